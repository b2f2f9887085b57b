package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SlicePrompts;
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

/** {@code fiducia sam segment}: an object of a slice after a box, points, or both. */
@Command(name = "segment", description = {
  "Segments an object of a slice after a box, points, or both (SAM, MedSAM, MobileSAM, LiteMedSAM).",
  "With weights that were adapted to find structures without prompts: all structures, in all slices.",
  "Experimental."}, footer = {"", "Example:",
    "  fiducia sam segment --weights sam_vit_b_01ec64.pth --image ct.nii.gz --slice 40"
        + " --window -160 240 --box 180 150 260 210 -o out"})
public final class SamSegmentCommand extends FiduciaCommand {
  @Mixin
  private SamModelOptions model;

  @Mixin
  private SamSliceOptions shown;

  @Option(names = "--box", arity = "4", paramLabel = "VOXEL", description = "X0 Y0 X1 Y1: voxels at the box's corners, inside of the box")
  private List<Double> box = new ArrayList<>();

  @Option(names = "--point", arity = "3", paramLabel = "VALUE", description = "X Y LABEL: a voxel, and 1 if it lies on the object, 0 if beside it; may be given several times")
  private List<Double> points = new ArrayList<>();

  @Option(names = "--multimask", description = "three masks to choose from; the one with the best predicted quality is written")
  private boolean multimask;

  @Option(names = "--plain", description = "the model's masks as they are; a single slice is always segmented so")
  private boolean plain;

  @Option(names = "--save-probabilities", description = "also write DIR/NAME_probabilities.nii.gz, masks on the fourth axis")
  private boolean saveProbabilities;

  @Override
  protected int run(Context context) {
    if (box.isEmpty() && points.isEmpty()) {
      SamWeights read = model.readAny(context);
      if (SamAutomaticRun.isFor(read)) {
        return new SamAutomaticRun(read, shown, plain, saveProbabilities).run(context);
      }
    }
    SlicePrompts prompts = prompts();
    Path mask = shown.target(".nii.gz");
    Optional<Path> probabilities = saveProbabilities
        ? Optional.of(shown.target("_probabilities.nii.gz"))
        : Optional.empty();
    SamSliceOptions.Shown slice = shown.read(context);
    prompts.check(slice.slice().image().geometry().size().x(),
        slice.slice().image().geometry().size().y());
    SamWeights weights = model.read(context);
    if (weights.family().boxesOnly() && !points.isEmpty()) {
      context.console().warning(weights.family().title()
          + " was trained with boxes only: what it makes of points was not tried by its authors");
    }
    try (SamSliceModel loaded = SamSliceModel.load(weights, context.torchDevice())) {
      List<SliceAnswer> answers = loaded.answer(loaded.embed(slice.slice().picture(slice.window())),
          prompts);
      SliceAnswer best = answers.stream()
          .max(Comparator.comparingDouble(SliceAnswer::predictedIou)).orElseThrow();
      NiftiWriter.writeLabels(mask, slice.slice().mask(best));
      probabilities.ifPresent(
          file -> NiftiWriter.writeFloats(file, slice.slice().probabilities(answers)));
      report(context, weights, slice, answers, best);
    }
    return 0;
  }

  private SlicePrompts prompts() {
    List<SlicePrompts.Point> all = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 3) {
      double label = points.get(i + 2);
      if (label != 0 && label != 1) {
        throw usageError("the third value of --point must be 1 (on the object) or 0 (beside it),"
            + " found " + label);
      }
      all.add(new SlicePrompts.Point(points.get(i), points.get(i + 1), label == 1));
    }
    if (box.size() > 4) {
      throw usageError("--box was given " + box.size() / 4 + " times; one object has one box");
    }
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
