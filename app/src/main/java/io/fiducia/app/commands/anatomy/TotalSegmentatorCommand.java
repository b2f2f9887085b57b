package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.total.TotalRequest;
import io.fiducia.anatomy.total.TotalRequest.Cleaning;
import io.fiducia.anatomy.total.TotalRequest.Cropping;
import io.fiducia.anatomy.total.TotalRequest.Resampling;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.anatomy.total.TotalRequest.Way;
import io.fiducia.anatomy.total.TotalRun;
import io.fiducia.anatomy.total.TotalSegmentation;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.DeviceChoice;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.learn.window.Precision;
import io.fiducia.torch.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia totalsegmentator}: runs TotalSegmentator's tasks, with its own options. */
@Command(name = "totalsegmentator", description = {
  "Runs TotalSegmentator's tasks, with its own options. The weights must be on this machine:",
  "see fiducia totalsegmentator weights."}, subcommands = {TotalSegmentatorWeightsCommand.class,
    TotalSourceCommand.class}, footer = {"",
      "Example:", "  fiducia totalsegmentator -i ct.nii.gz -o segmentations --fast",
      "  fiducia totalsegmentator -i ct.nii.gz -o all.nii.gz --ml --statistics --preview",
      "  fiducia totalsegmentator -i mr.nii.gz -o out --task total_mr --roi_subset urinary_bladder",
      "  fiducia totalsegmentator -i scans -o out --task body"})
public final class TotalSegmentatorCommand extends FiduciaCommand {
  @Option(names = "-i", paramLabel = "FILE|DIR", description = "a CT or MR image as NIfTI, or a folder of them")
  private Path input;

  @Option(names = "-o", paramLabel = "DIR|FILE", description = "folder for one file per structure, or with --ml the file of the label map; for a folder of images a folder")
  private Path output;

  @Option(names = {"-ta",
    "--task"}, paramLabel = "TASK", defaultValue = "total", description = "what to segment (default: total); --list-tasks shows all")
  private String taskName;

  @Option(names = {"-f", "--fast"}, description = "the network for voxels of 3 mm")
  private boolean fast;

  @Option(names = {"-ff", "--fastest"}, description = "the network for voxels of 6 mm")
  private boolean fastest;

  @Option(names = {"-rs",
    "--roi_subset"}, arity = "1..*", paramLabel = "NAME", description = "only these structures, and only the networks that know them; the image is cropped to them first")
  private List<String> subset = new ArrayList<>();

  @Option(names = {"-rsr",
    "--roi_subset_robust"}, arity = "1..*", paramLabel = "NAME", description = "as --roi_subset, with --robust_crop")
  private List<String> robustSubset = new ArrayList<>();

  @Option(names = {"-rc",
    "--robust_crop"}, description = "find what is cropped to at 3 mm instead of 6 mm")
  private boolean robustCrop;

  @Option(names = {"-bs", "--body_seg"}, description = "crop a CT to the body first")
  private boolean bodyFirst;

  @Option(names = {"-fs",
    "--force_split"}, description = "divide the image into three parts along z")
  private boolean thirds;

  @Option(names = {"-ro",
    "--resampling_order"}, paramLabel = "0-5", defaultValue = "1", description = "order of the interpolation of the image (default: 1)")
  private int order;

  @Option(names = {"-ho", "--higher_order_resampling",
    "--high_order_resampling"}, description = "let nnU-Net resample the image and the logits: smoother contours")
  private boolean byNetwork;

  @Option(names = {"--higher_order_resampling_LEGACY",
    "--high_order_resampling_LEGACY"}, description = "interpolate each structure's mask")
  private boolean smooth;

  @Option(names = {"-sl",
    "--save_lowres"}, description = "with --fast or --fastest: leave labels at the network's voxels")
  private boolean lowResolution;

  @Option(names = {"-rmb",
    "--remove_small_blobs"}, arity = "0..1", paramLabel = "MM3", fallbackValue = "200", description = "erase connected regions up to this volume (200 if no number is given)")
  private Double smallBlobs;

  @Option(names = {"-v1o",
    "--v1_order"}, description = "number the labels of task total as TotalSegmentator 1 did")
  private boolean version1;

  @Option(names = {"-ms",
    "--model_size"}, paramLabel = "big|small", defaultValue = "big", description = "of task total_v3: the larger or the smaller networks (default: big)")
  private ModelSize modelSize;

  @Option(names = "--strict", description = "do nothing that could change a voxel against TotalSegmentator: compute patches of air too")
  private boolean strict;

  @Option(names = "--precision", paramLabel = "fp32|bf16|fp16", defaultValue = "fp32", description = "precision of the networks: bf16 if the processor supports it, fp16 on GPUs (default: fp32)")
  private Precision precision;

  @Mixin
  private WeightsPlace weights;

  @Option(names = "-d", paramLabel = "gpu|cpu", description = "as TotalSegmentator has it: gpu takes a GPU if there is one; see --device")
  private String device;

  @Option(names = {"-lt", "--list-tasks"}, description = "list the tasks and do nothing else")
  private boolean listTasks;

  @Option(names = {"-lc",
    "--list-classes"}, arity = "0..1", paramLabel = "TASK", fallbackValue = "", description = "list the structures of a task (default: that of --task)")
  private String listClasses;

  /** TotalSegmentator's words. */
  enum ModelSize {
    BIG,
    SMALL
  }

  @Mixin
  private TotalOutputOptions outputs;

  @Mixin
  private TotalUnusedOptions unused;

  @Override
  protected int run(Context context) {
    TotalTasks tasks = TotalTasks.load();
    if (listTasks) {
      return TotalLists.tasks(tasks, context);
    }
    if (listClasses != null) {
      return TotalLists.classes(task(tasks, listClasses.isEmpty() ? taskName : listClasses),
          context);
    }
    AnatomyTask task = task(tasks, taskName);
    if (input == null || output == null) {
      throw usageError("give an image with -i and a place for the results with -o");
    }
    unused.check(this::usageError);
    outputs.check(input, output, this::usageError);
    TotalRequest request = request(task);
    Device where = torchDevice(context);
    long start = System.nanoTime();
    TotalRun.Result result;
    try (ResidentModels models = new ResidentModels(ResidentModels.Settings
        .on(where, outputs.scratch(output)).with(precision))) {
      WeightsFolder folder = weights.total(context);
      TotalSegmentation segmentation = new TotalSegmentation(tasks, folder, models);
      result = new TotalRun(segmentation, request,
          outputs.output(output, request, segmentation.classes(request), context)).run(input,
              new TotalSegmentation.Work(context.progress(), context.cancellation()));
    }
    outputs.report(
        new TotalReport.Facts(request, outputs.isLabelMap(), input, output, where.toString(),
            (System.nanoTime() - start) / 1e9, result));
    return report(result, context);
  }

  private AnatomyTask task(TotalTasks tasks, String name) {
    AnatomyTask found = tasks.find(name).orElseThrow(() -> usageError("there is no task " + name
        + Suggestions.nearest(name, tasks.all().stream().map(AnatomyTask::name).toList())
            .map(n -> "; did you mean " + n + "?").orElse("; --list-tasks shows all")));
    if (modelSize == ModelSize.BIG) {
      return found;
    }
    return TotalTasks.small(found).orElseThrow(
        () -> usageError("--model_size small is for task " + TotalTasks.WITH_SMALL_NETWORKS));
  }

  private TotalRequest request(AnatomyTask task) {
    if (order < 0 || order > 5) {
      throw usageError("--resampling_order must lie between 0 and 5, found " + order);
    }
    if (smallBlobs != null && !(smallBlobs > 0)) {
      throw usageError("--remove_small_blobs must be above 0, found " + smallBlobs);
    }
    Set<String> wanted = new LinkedHashSet<>(subset);
    wanted.addAll(robustSubset);
    for (String name : wanted) {
      if (task.label(name).isEmpty()) {
        throw usageError("task " + task.name() + " has no structure " + name
            + Suggestions.nearest(name, task.names()).map(n -> "; did you mean " + n + "?")
                .orElse("; --list-classes shows all"));
      }
    }
    Way way = way(task, !wanted.isEmpty());
    return TotalRequest.of(task)
        .at(fast ? Speed.FAST : fastest ? Speed.FASTEST : Speed.STANDARD).only(wanted)
        .with(new Cropping(robustCrop || !robustSubset.isEmpty(), bodyFirst, thirds))
        .with(new Resampling(order, way))
        .with(new Cleaning(
            smallBlobs == null ? OptionalDouble.empty() : OptionalDouble.of(smallBlobs),
            version1 && task.name().equals("total")))
        .strictly(strict);
  }

  private Way way(AnatomyTask task, boolean cropped) {
    if (lowResolution) {
      if (!fast && !fastest) {
        throw usageError("--save_lowres works with --fast or --fastest only");
      }
      if (cropped || bodyFirst || task.crop().isPresent()) {
        throw usageError("--save_lowres does not work where the image is cropped");
      }
    }
    return byNetwork
        ? Way.LOGITS
        : lowResolution ? Way.MODEL_GRID : smooth ? Way.SMOOTH_MASKS : Way.NEAREST;
  }

  private Device torchDevice(Context context) {
    if (device == null) {
      return context.torchDevice();
    }
    try {
      DeviceChoice choice = device.equals("gpu") ? DeviceChoice.auto() : DeviceChoice.parse(device);
      return gpuOr(context.on(choice), context.on(DeviceChoice.parse("cpu")));
    } catch (IllegalArgumentException e) {
      throw usageError("-d: " + e.getMessage());
    }
  }

  /** As TotalSegmentator, the processor where the GPU that was asked for is not there. */
  private static Device gpuOr(Context asked, Context processor) {
    try {
      return asked.torchDevice();
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.USAGE) {
        throw e;
      }
      asked.console().note("no such GPU: running on the processor");
      return processor.torchDevice();
    }
  }

  private static int report(TotalRun.Result result, Context context) {
    result.failed().forEach(f -> context.console()
        .warning(f.name() + " failed: " + f.error().getMessage()));
    if (context.json()) {
      Map<String, List<String>> files = new TreeMap<>();
      result.done().forEach(d -> files.put(d.name(),
          d.files().stream().map(Path::toString).toList()));
      context.console().json(Map.of("images", files,
          "failed", result.failed().stream().map(TotalRun.Failed::name).toList()));
    } else {
      context.console().note(result.done().size() + " of "
          + (result.done().size() + result.failed().size()) + " images segmented");
    }
    return result.failed().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }
}
