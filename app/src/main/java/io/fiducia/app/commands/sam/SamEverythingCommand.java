package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.everything.EverythingFound;
import io.fiducia.promptable.everything.EverythingSettings;
import io.fiducia.promptable.everything.MaskGenerator;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.SlicePicture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia sam everything}: all masks that a model finds in a slice. */
@Command(name = "everything", description = {
  "Finds all masks of a slice: the model answers a grid of points, and masks that it is not sure of,",
  "that are not stable, or that are there twice are dropped. Experimental.",
  "Writes DIR/NAME.nii.gz (label map, 1 is the largest mask, smaller masks lie on larger ones),",
  "DIR/NAME.json (table of the masks) and DIR/NAME.png (the slice with coloured masks)."}, footer = {
    "", "Example:",
    "  fiducia sam everything --weights sam_vit_b_01ec64.pth --image ct.nii.gz --slice 40"
        + " --window -160 240 -o out"})
public final class SamEverythingCommand extends FiduciaCommand {
  private static final int POINTS = 32;
  private static final double IOU = 0.88;
  private static final double STABILITY = 0.95;
  private static final int MOST_LAYERS = 4;
  private static final int MOST_POINTS = 256;
  /** Together, points take more memory and, on a processor, about as much time. */
  private static final int BATCH = 16;

  @Mixin
  private SamModelOptions model;

  @Mixin
  private SamSliceOptions shown;

  @Option(names = "--points-per-side", paramLabel = "N", description = "points along each side of the grid (default: "
      + POINTS + ")")
  private int points = POINTS;

  @Option(names = "--crop-layers", paramLabel = "N", description = "also search crops of the slice, to find small things: layer i has 2^i by 2^i of them (default: 0, at most "
      + MOST_LAYERS + ")")
  private int layers;

  @Option(names = "--iou", paramLabel = "T", description = "keep masks whose predicted IoU is above T (default: "
      + IOU + "; 0 keeps all)")
  private double iou = IOU;

  @Option(names = "--stability", paramLabel = "T", description = "keep masks whose stability score is at least T (default: "
      + STABILITY + "; 0 keeps all)")
  private double stability = STABILITY;

  @Option(names = "--min-area", paramLabel = "MM2", description = "fill holes and remove islands of masks that are smaller, in mm2 (default: 0, masks stay as they are)")
  private double leastAreaMm2;

  @Override
  protected int run(Context context) {
    checkOptions();
    SamEverythingReport.Files files = new SamEverythingReport.Files(shown.target(".nii.gz"),
        shown.target(".json"), shown.target(".png"));
    SamSliceOptions.Shown slice = shown.readSlice(context);
    SamWeights weights = model.read(context);
    if (weights.family().boxesOnly()) {
      context.console().warning(weights.family().title()
          + " was trained with boxes only: what it makes of points was not tried by its authors");
    }
    Vec3 spacing = slice.slice().image().geometry().spacingMm();
    EverythingSettings settings = new EverythingSettings(points, BATCH,
        new EverythingSettings.Filters(iou, stability,
            EverythingSettings.Filters.usual().stabilityOffset(),
            EverythingSettings.Filters.usual().boxOverlap()),
        EverythingSettings.Crops.layers(layers), leastAreaMm2 / (spacing.x() * spacing.y()));
    SlicePicture picture = slice.slice().picture(slice.window());
    EverythingFound found;
    try (SamSliceModel loaded = SamSliceModel.load(weights, context.torchDevice())) {
      found = new MaskGenerator(loaded, settings).find(picture, context.progress(),
          context.cancellation());
    }
    SamEverythingReport report = new SamEverythingReport(shown.name(), slice, weights, settings,
        found);
    report.write(files, picture);
    found.reasonForNone(settings.filters())
        .ifPresent(reason -> context.console().note(reason + "; " + advice(found)));
    if (context.json()) {
      context.console().json(report.document());
    } else {
      report.print(context.console());
    }
    return 0;
  }

  private void checkOptions() {
    if (points < 1 || points > MOST_POINTS) {
      throw usageError("--points-per-side must be 1 to " + MOST_POINTS + ", found " + points);
    }
    if (layers < 0 || layers > MOST_LAYERS) {
      throw usageError("--crop-layers must be 0 to " + MOST_LAYERS + ", found " + layers);
    }
    if (!Double.isFinite(iou) || !(stability <= 1) || !Double.isFinite(stability)) {
      throw usageError("--iou must be a number, and --stability a number up to 1; found " + iou
          + " and " + stability);
    }
    if (!(leastAreaMm2 >= 0) || !Double.isFinite(leastAreaMm2)) {
      throw usageError("--min-area must be 0 mm2 or more, found " + leastAreaMm2);
    }
  }

  private static String advice(EverythingFound found) {
    return switch (found.causeOfNone().orElseThrow()) {
      case PREDICTED_IOU, EMPTY -> "lower --iou";
      case STABILITY -> "lower --stability";
      case CROP -> "leave out --crop-layers";
    };
  }
}
