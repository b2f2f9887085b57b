package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.learn.window.Precision;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.nnunet.dataset.ImageInputs;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code fiducia nnunet predict}: segments a folder of images with a trained model. */
@Command(name = "predict", description = {"Segments a folder of images with a trained model.",
  "Name the model by -d, -c, -tr and -p, or by its folder with -m."}, footer = {"", "Example:",
    "  fiducia nnunet predict -i imagesTs -o out -d 4 -c 3d_fullres -f 0 1 2",
    "  fiducia nnunet predict -i imagesTs -o out -m model-folder -f all"})
public final class NnunetPredictCommand extends FiduciaCommand {
  @Option(names = "-i", required = true, paramLabel = "DIR|FILE", description = "images CASE_0000.nii.gz, one file per channel: a folder, one file, or a .json list of lists of files")
  private Path input;

  @Option(names = "-o", required = true, paramLabel = "DIR", description = "folder for the label maps")
  private Path output;

  @Option(names = "-m", paramLabel = "DIR", description = "the model folder")
  private Path model;

  @Option(names = "-d", paramLabel = "DATASET", description = "number or name of the model's dataset")
  private String dataset;

  @Option(names = "-c", paramLabel = "CONFIG", description = "configuration, such as 3d_fullres")
  private String configuration;

  @Option(names = "-tr", paramLabel = "TRAINER", defaultValue = TrainerName.DEFAULT, description = "trainer (default: nnUNetTrainer)")
  private String trainer;

  @Option(names = "-p", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "plans (default: nnUNetPlans)")
  private String plans;

  @Option(names = "-f", arity = "1..*", paramLabel = "FOLD", description = "folds to average, or all (default: every numbered fold that is trained)")
  private List<String> folds = new ArrayList<>();

  @Option(names = "-chk", paramLabel = "NAME", defaultValue = "checkpoint_final.pth", description = "checkpoint (default: checkpoint_final.pth)")
  private String checkpoint;

  @Option(names = "-step_size", paramLabel = "X", defaultValue = "0.5", description = "distance between tiles as a share of the patch (default: 0.5)")
  private double step;

  @Option(names = "--disable_tta", description = "do not average over mirrored images (test-time augmentation)")
  private boolean noMirroring;

  @Option(names = "--save_probabilities", description = "also write CASE.npz and CASE.pkl, which ensembles need")
  private boolean saveProbabilities;

  @Option(names = "-prev_stage_predictions", paramLabel = "DIR", description = "folder of the label maps that the first stage of a cascade predicted, with the same names")
  private Path previousStage;

  @Option(names = {"--continue_prediction",
    "--c"}, description = "keep existing label maps, predict the other cases")
  private boolean goOn;

  @Option(names = "--overwrite", description = "replace existing label maps")
  private boolean overwrite;

  @Option(names = "--compat", paramLabel = "fp16", description = "fp16: sum tiles in half precision, as nnU-Net does")
  private Compat compat;

  @Option(names = "--precision", paramLabel = "fp32|bf16|fp16", defaultValue = "fp32", description = "precision of the network: bf16 if the processor supports it, fp16 on GPUs (default: fp32)")
  private Precision precision;

  @Option(names = "-num_parts", paramLabel = "N", defaultValue = "1", description = "divide the cases among N calls")
  private int parts;

  @Option(names = "-part_id", paramLabel = "K", defaultValue = "0", description = "the number of this call, from 0")
  private int part;

  @Option(names = {"-npp",
    "-nps"}, paramLabel = "N", description = "accepted for compatibility with nnU-Net; no effect")
  private List<Integer> workers = new ArrayList<>();

  @Option(names = {"--disable_progress_bar",
    "--not_on_device"}, description = "accepted for compatibility with nnU-Net; no effect")
  private boolean ignored;

  @Mixin
  private NnunetFolders folders;

  /** Tools whose arithmetic can be had instead of the default. */
  enum Compat {
    FP16
  }

  @Override
  protected int run(Context context) {
    checkOptions();
    Path folder = model != null
        ? model
        : folders.model(datasetName(context), trainer, plans, configuration, context);
    ModelFolder opened = ModelFolder.open(folder);
    PlansFiles.warn(opened.plans(), context);
    List<RawCase> all = ImageInputs.of(input, opened.dataset(), context.progress());
    List<RawCase> cases = IntStream.range(0, all.size()).filter(i -> i % parts == part)
        .mapToObj(all::get).toList();
    checkOutput(cases, opened.dataset().fileEnding());
    FileNames.checkApart(cases.stream().map(RawCase::id).toList(), output, context.progress());
    Predictor predictor = new Predictor(opened,
        new Predictor.Options(step, !noMirroring,
            compat == Compat.FP16
                ? SlidingWindow.Accumulation.HALF
                : SlidingWindow.Accumulation.SINGLE,
            folds, checkpoint, context.torchDevice(), overwrite).withPrecision(precision)
            .withProbabilities(saveProbabilities)
            .withPreviousStage(Optional.ofNullable(previousStage)),
        context.progress(), context.cancellation());
    writeDescription(opened);
    List<Predictor.Failure> failures = predictor.predict(cases, output);
    failures.forEach(f -> context.console()
        .warning("case " + f.caseId() + " failed: " + f.error().getMessage()));
    if (context.json()) {
      context.console().json(Map.of("output", output.toString(), "cases", cases.size(), "failed",
          failures.stream().map(Predictor.Failure::caseId).toList()));
    } else {
      context.console().note((cases.size() - failures.size()) + " of " + cases.size()
          + " cases segmented: " + output);
    }
    if (failures.size() == cases.size() && !failures.isEmpty()) {
      throw failures.get(0).error();
    }
    return failures.isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  private void checkOptions() {
    if (model != null && (dataset != null || configuration != null)) {
      throw usageError("give -m, or -d and -c, not both");
    }
    if (model == null && (dataset == null || configuration == null)) {
      throw usageError("name the model: -d DATASET -c CONFIG, or -m DIR");
    }
    if (goOn && overwrite) {
      throw usageError("give --continue_prediction or --overwrite, not both");
    }
    if (parts < 1 || part < 0 || part >= parts) {
      throw usageError("-part_id must lie between 0 and -num_parts less 1, found " + part + " of "
          + parts);
    }
    for (String fold : folds) {
      if (!fold.matches("\\d{1,6}|all")) {
        throw usageError("-f takes numbers or all, found " + fold);
      }
    }
  }

  private String datasetName(Context context) {
    folders.results(context);
    return folders.datasetName(dataset, context);
  }

  private void checkOutput(List<RawCase> cases, String ending) {
    if (goOn || overwrite) {
      return;
    }
    for (RawCase c : cases) {
      Path target = output.resolve(c.id() + ending);
      if (Files.exists(target)) {
        throw FiduciaException.badInput("the output exists already", target,
            "existing results are not overwritten",
            "give --continue_prediction to make the others only, or --overwrite");
      }
    }
  }

  /** What nnU-Net leaves beside its label maps, its ensembling among others reads it. */
  private void writeDescription(ModelFolder opened) {
    opened.dataset().write(output.resolve("dataset.json"));
    opened.plans().write(output.resolve("plans.json"));
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("list_of_lists_or_source_folder", input.toString());
    arguments.put("output_folder_or_list_of_truncated_output_files", output.toString());
    arguments.put("save_probabilities", saveProbabilities);
    arguments.put("overwrite", !goOn);
    arguments.put("folder_with_segs_from_prev_stage",
        previousStage == null ? null : previousStage.toString());
    arguments.put("num_parts", parts);
    arguments.put("part_id", part);
    AtomicFiles.writeString(output.resolve("predict_from_raw_data_args.json"),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(arguments) + "\n");
  }
}
