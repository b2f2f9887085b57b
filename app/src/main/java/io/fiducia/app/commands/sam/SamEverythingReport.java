package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Console;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AtomicFiles;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.everything.EverythingFound;
import io.fiducia.promptable.everything.EverythingMask;
import io.fiducia.promptable.everything.EverythingSettings;
import io.fiducia.promptable.everything.MaskStack;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The results of {@code fiducia sam everything}. */
record SamEverythingReport(String name, SamSliceOptions.Shown shown, SamWeights weights,
    EverythingSettings settings, EverythingFound found) {
  private static final int MOST_PRINTED = 20;

  /** Where they go. */
  record Files(Path labels, Path table, Path picture) {}

  private MaskStack stack() {
    return new MaskStack(shown.slice().image().geometry().size().x(),
        shown.slice().image().geometry().size().y(), found.masks());
  }

  void write(Files files, SlicePicture picture) {
    FloatVolume image = shown.slice().image();
    MaskStack stack = stack();
    short[] labels = new short[image.data().length];
    short[] ofSlice = stack.labels();
    System.arraycopy(ofSlice, 0, labels, shown.slice().index() * ofSlice.length, ofSlice.length);
    NiftiWriter.writeLabels(files.labels(), new LabelVolume(image.geometry(), labels));
    stack.writePicture(files.picture(), picture);
    AtomicFiles.writeString(files.table(), JsonMapper.shared().writerWithDefaultPrettyPrinter()
        .writeValueAsString(document()) + "\n");
  }

  private double pixelMm2() {
    Vec3 spacing = shown.slice().image().geometry().spacingMm();
    return spacing.x() * spacing.y();
  }

  /** The table of the masks and what made them. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("image", name);
    document.put("slice", shown.slice().index());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (EverythingMask mask : stack().masks()) {
      rows.add(row(rows.size() + 1, mask));
    }
    document.put("masks", rows);
    EverythingFound.Counts counts = found.counts();
    Map<String, Object> dropped = new LinkedHashMap<>();
    dropped.put("predicted_iou", counts.belowIou());
    dropped.put("empty", counts.empty());
    dropped.put("stability_score", counts.belowStability());
    dropped.put("crop_edge", counts.cutByCrop());
    dropped.put("duplicates", counts.duplicates());
    document.put("dropped", dropped);
    document.put("best_predicted_iou", counts.bestIou());
    counts.bestStability().ifPresent(best -> document.put("best_stability_score", best));
    document.put("points_per_side", settings.pointsPerSide());
    document.put("crop_layers", settings.crops().layers());
    document.put("least_predicted_iou", settings.filters().predictedIou());
    document.put("least_stability_score", settings.filters().stability());
    document.put("least_area_mm2", settings.leastAreaPixels() * pixelMm2());
    document.put("window", List.of(shown.window().low(), shown.window().high()));
    document.put("model", weights.family().word());
    document.put("weights", weights.name());
    document.put("licence", weights.licence());
    document.put("version", Version.text());
    return document;
  }

  private Map<String, Object> row(int label, EverythingMask mask) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", label);
    row.put("area_pixels", mask.area());
    row.put("area_mm2", mask.area() * pixelMm2());
    row.put("box", List.of((int) mask.box().x0(), (int) mask.box().y0(), (int) mask.box().x1(),
        (int) mask.box().y1()));
    row.put("predicted_iou", mask.predictedIou());
    row.put("stability_score", mask.stability());
    row.put("point", List.of(mask.pointX(), mask.pointY()));
    row.put("crop_box", List.of(mask.crop().x0(), mask.crop().y0(), mask.crop().x1() - 1,
        mask.crop().y1() - 1));
    return row;
  }

  /** The largest masks, one in a line. */
  void print(Console console) {
    List<EverythingMask> masks = stack().masks();
    console.result(masks.size() == 1 ? "1 mask" : masks.size() + " masks");
    for (int i = 0; i < Math.min(masks.size(), MOST_PRINTED); i++) {
      EverythingMask mask = masks.get(i);
      console.result(String.format(Locale.ROOT,
          "%4d: %9.1f mm2, predicted IoU %.3f, stability %.3f, box %.0f %.0f %.0f %.0f", i + 1,
          mask.area() * pixelMm2(), mask.predictedIou(), mask.stability(), mask.box().x0(),
          mask.box().y0(), mask.box().x1(), mask.box().y1()));
    }
    if (masks.size() > MOST_PRINTED) {
      console.result((masks.size() - MOST_PRINTED) + " smaller ones are in " + name + ".json");
    }
  }
}
