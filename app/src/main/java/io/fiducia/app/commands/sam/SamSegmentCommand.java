package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.segment.ObjectRequest;
import io.fiducia.promptable.segment.VolumeSettings;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.PropagationSettings.Carry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia sam segment}: an object of a slice or of a volume after a box, points, or both. */
@Command(name = "segment", description = {
  "Segments an object of a slice after a box, points, or both (SAM, MedSAM, MobileSAM, LiteMedSAM);",
  "or follows it through the volume, beside plain interpolation of the prompted slices. A volume",
  "gets DIR/NAME.nii.gz, DIR/NAME_interpolation.nii.gz and DIR/NAME.png for each object, and",
  "DIR/report.json; with --prompts also DIR/labels.nii.gz. With weights that were adapted to find",
  "structures without prompts: all structures, in all slices.",
  "Experimental."}, footer = {"", "Example:",
    "  fiducia sam segment --weights sam_vit_b_01ec64.pth --image ct.nii.gz --slice 40"
        + " --window -160 240 --box 180 150 260 210 -o out",
    "  fiducia sam segment --weights FILE --image ct.nii.gz --volume --slice 40 --box 180 150 260 210"
        + " --structure Bladder -o out",
    "  fiducia sam segment --weights FILE --image ct.nii.gz --prompts prompts.json --cache embeddings -o out",
    "  fiducia sam segment --weights FILE --image ct.nii.gz --three-planes --box 180 150 30 260 210 55 -o out"})
public final class SamSegmentCommand extends FiduciaCommand {
  @Mixin
  private SamModelOptions model;

  @Mixin
  private SamSliceOptions shown;

  @Mixin
  private SamVolumeOptions volume;

  @Mixin
  private SamCacheOptions cache;

  @Option(names = "--box", arity = "4..6", paramLabel = "VOXEL", description = "X0 Y0 X1 Y1: voxels at the box's corners, inside of the box; or X0 Y0 Z0 X1 Y1 Z1: a box of the volume, whose middle slice is prompted")
  private List<Double> box = new ArrayList<>();

  @Option(names = "--point", arity = "3", paramLabel = "VALUE", description = "X Y LABEL: a voxel, and 1 if it lies on the object, 0 if beside it; may be given several times")
  private List<Double> points = new ArrayList<>();

  @Option(names = "--multimask", description = "three masks to choose from; the one with the best predicted quality is taken")
  private boolean multimask;

  @Option(names = "--plain", description = "the model's masks as they are; a single slice is always segmented so; in a volume, parts without connection to a prompted slice stay")
  private boolean plain;

  @Option(names = "--save-probabilities", description = "also write DIR/NAME_probabilities.nii.gz; for a single slice with masks on the fourth axis")
  private boolean saveProbabilities;

  @Override
  protected int run(Context context) {
    cache.fault().ifPresent(fault -> {
      throw usageError(fault);
    });
    if (!List.of(0, 4, 6, 8, 12).contains(box.size())) {
      throw usageError("--box takes 4 values, or 6 for a volume; found " + box.size());
    }
    if (box.size() > 6) {
      throw usageError("--box was given twice; one object has one box");
    }
    if (box.isEmpty() && points.isEmpty() && !volume.asked()) {
      SamWeights read = model.readAny(context);
      if (SamAutomaticRun.isFor(read)) {
        return new SamAutomaticRun(read, shown, plain, saveProbabilities).run(context);
      }
    }
    return volume.asked() || box.size() == 6 ? runVolume(context) : runSlice(context);
  }

  private int runSlice(Context context) {
    SlicePrompts prompts = prompts();
    Path mask = shown.target(".nii.gz");
    Optional<Path> probabilities = saveProbabilities
        ? Optional.of(shown.target("_probabilities.nii.gz"))
        : Optional.empty();
    SamSliceOptions.Shown slice = shown.readSlice(context);
    prompts.check(slice.slice().image().geometry().size().x(),
        slice.slice().image().geometry().size().y());
    SamWeights weights = model.read(context);
    warnOfPoints(context, weights, !points.isEmpty());
    try (SamSliceModel loaded = SamSliceModel.load(weights, context.torchDevice())) {
      SliceEmbedding embedding = cache.kept(context)
          .map(c -> slice.slice().embedding(slice.window(), loaded, c))
          .orElseGet(() -> loaded.embed(slice.slice().picture(slice.window())));
      List<SliceAnswer> answers = loaded.answer(embedding, prompts);
      SliceAnswer best = answers.stream()
          .max(Comparator.comparingDouble(SliceAnswer::predictedIou)).orElseThrow();
      NiftiWriter.writeLabels(mask, slice.slice().mask(best));
      probabilities.ifPresent(
          file -> NiftiWriter.writeFloats(file, slice.slice().probabilities(answers)));
      report(context, weights, slice, answers, best);
    }
    return 0;
  }

  private int runVolume(Context context) {
    volume.fault(box.size(), !points.isEmpty(), shown.slice().isPresent()).ifPresent(fault -> {
      throw usageError(fault);
    });
    List<SlicePrompts.Point> said = points();
    model.check();
    shown.check(List.of());
    SamSliceOptions.Image image = shown.read(context);
    SamVolumeRequests wanted = new SamVolumeRequests(volume, shown, image,
        new SamVolumeRequests.Said(box, said));
    PlaneStack.requireUsable(shown.image(), image.volume());
    List<ObjectRequest> requests = wanted.make();
    SamVolumeOutput out = new SamVolumeOutput(shown.output(), saveProbabilities,
        volume.prompts().isPresent());
    shown.check(out.files(requests.stream().map(ObjectRequest::name).toList(),
        volume.prompts().map(Object.class::cast).orElse("object")));
    SamWeights weights = model.read(context);
    warnOfPoints(context, weights, requests.stream().flatMap(r -> r.prompts().stream())
        .anyMatch(p -> p instanceof Prompt.Click || p instanceof Prompt.Scribble));
    requests.forEach(r -> context.console().note(String.format(Locale.ROOT,
        "%s: window %.6g to %.6g", r.name(), r.window().low(), r.window().high())));
    VolumeSettings settings = settings(weights, wanted, image);
    Optional<EmbeddingCache> kept = cache.kept(context);
    Optional<EmbeddingCache> scratch = kept.isEmpty() && requests.size() > 1
        ? Optional.of(cache.scratch(shown.output(), context))
        : Optional.empty();
    try (SamSliceModel loaded = SamSliceModel.load(weights, context.torchDevice())) {
      return new SamVolumeRun(new SamVolumeRun.Model(loaded, weights), image.volume(), settings,
          out, context).run(requests, kept.or(() -> scratch));
    } finally {
      scratch.ifPresent(EmbeddingCache::clear);
    }
  }

  private VolumeSettings settings(SamWeights weights, SamVolumeRequests wanted,
      SamSliceOptions.Image image) {
    PropagationSettings usual = PropagationSettings.usual()
        .withCarry(weights.family().boxesOnly() ? Carry.BOX : Carry.BOX_AND_MASK);
    PropagationSettings all = plain ? usual.withAllParts() : usual;
    return new VolumeSettings(volume.plane(image.volume().geometry()), volume.threePlanes(),
        wanted.range().map(all::within).orElse(all),
        multimask
            ? Multimask.ALWAYS
            : volume.prompts().isPresent() ? Multimask.SINGLE_CLICK : Multimask.NEVER);
  }

  private static void warnOfPoints(Context context, SamWeights weights, boolean given) {
    if (weights.family().boxesOnly() && given) {
      context.console().warning(weights.family().title()
          + " was trained with boxes only: what it makes of points was not tried by its authors");
    }
  }

  private List<SlicePrompts.Point> points() {
    List<SlicePrompts.Point> all = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 3) {
      double label = points.get(i + 2);
      if (label != 0 && label != 1) {
        throw usageError("the third value of --point must be 1 (on the object) or 0 (beside it),"
            + " found " + label);
      }
      all.add(new SlicePrompts.Point(points.get(i), points.get(i + 1), label == 1));
    }
    return all;
  }

  private SlicePrompts prompts() {
    List<SlicePrompts.Point> all = points();
    if (all.isEmpty() && box.isEmpty()) {
      throw usageError("--box or --point is needed: only weights that were adapted to find"
          + " structures without prompts need none");
    }
    return new SlicePrompts(all,
        box.isEmpty()
            ? List.of()
            : List.of(new PixelBox(box.get(0), box.get(1), box.get(2), box.get(3))),
        Optional.empty(), multimask);
  }

  private void report(Context context, SamWeights weights, SamSliceOptions.Shown slice,
      List<SliceAnswer> answers, SliceAnswer best) {
    List<Map<String, Object>> masks = new ArrayList<>();
    for (SliceAnswer answer : answers) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("slice", slice.slice().index());
      one.put("index", answer.index());
      one.put("iou", answer.predictedIou());
      masks.add(one);
    }
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("masks", masks);
      document.put("written", best.index());
      document.put("model", weights.family().word());
      document.put("weights", weights.name());
      document.put("licence", weights.licence());
      document.put("window", List.of(slice.window().low(), slice.window().high()));
      context.console().json(document);
      return;
    }
    for (SliceAnswer answer : answers) {
      long inside = 0;
      for (byte b : answer.mask()) {
        inside += b;
      }
      context.console().note(String.format(Locale.ROOT,
          "mask %d: %d voxels, predicted quality %.3f%s", answer.index(), inside,
          answer.predictedIou(), answer == best && answers.size() > 1 ? " (written)" : ""));
    }
  }
}
