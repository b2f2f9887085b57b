package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows an image's grid, data type and statistics; never what a header says about a person. */
@Command(name = "show", description = "Prints grid, data type and statistics of an image.", footer = {"",
  "Example:", "  fiducia image show scan.nii.gz --json"})
public final class ImageShowCommand extends FiduciaCommand {
  @Parameters(paramLabel = "FILE", description = "a .nii or .nii.gz file")
  private Path file;

  @Override
  protected int run(Context context) {
    NiftiImage image = NiftiReader.read(file);
    image.warnings().forEach(context.console()::warning);
    NiftiImage.Statistics statistics = image.statistics();
    if (context.json()) {
      context.console().json(document(image, statistics));
    } else {
      lines(image, statistics)
          .forEach((name, text) -> context.console()
              .result(String.format(Locale.ROOT, "%-12s %s", name, text)));
    }
    return 0;
  }

  private static Map<String, Object> document(NiftiImage image, NiftiImage.Statistics statistics) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("shape", image.shape());
    document.put(
        "affine",
        Arrays.stream(image.affine()).map(row -> Arrays.stream(row).boxed().toList()).toList());
    document.put("dtype", image.dataType().numpyName());
    document.put("min", statistics.min());
    document.put("max", statistics.max());
    document.put("mean", statistics.mean());
    document.put("non_finite", statistics.nonFinite());
    document.put("orientation", Orientation.of(image.geometry()).codes());
    Vec3 spacing = image.geometry().spacingMm();
    document.put("spacing_mm", List.of(spacing.x(), spacing.y(), spacing.z()));
    document.put("slope", image.slope());
    document.put("intercept", image.intercept());
    return document;
  }

  private static Map<String, String> lines(NiftiImage image, NiftiImage.Statistics statistics) {
    Geometry grid = image.geometry();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put(
        "format",
        "NIfTI-" + image.version()
            + (image.byteOrder() == ByteOrder.BIG_ENDIAN ? ", big-endian" : ""));
    lines.put(
        "shape",
        image.shape().stream().map(String::valueOf).collect(Collectors.joining(" x ")));
    lines.put("spacing", numbers(grid.spacingMm()) + " mm");
    lines.put("origin", numbers(grid.originMm()) + " mm (LPS)");
    lines.put("axes", Orientation.of(grid).codes());
    double[][] affine = image.affine();
    for (int row = 0; row < 3; row++) {
      lines.put(
          row == 0 ? "affine (RAS)" : " ".repeat(row),
          Arrays.stream(affine[row])
              .mapToObj(v -> String.format(Locale.ROOT, "%12.5g", v))
              .collect(Collectors.joining(" ")));
    }
    boolean scaled = image.slope() != 1 || image.intercept() != 0;
    lines.put(
        "data type",
        image.dataType().numpyName()
            + (scaled ? ", times " + image.slope() + " plus " + image.intercept() : ""));
    lines.put(
        "values",
        String.format(
            Locale.ROOT,
            "%.6g to %.6g, mean %.6g",
            statistics.min(),
            statistics.max(),
            statistics.mean()));
    if (statistics.nonFinite() > 0) {
      lines.put("not finite", statistics.nonFinite() + " values (NaN or infinite)");
    }
    return lines;
  }

  private static String numbers(Vec3 v) {
    return String.format(Locale.ROOT, "%.6g x %.6g x %.6g", v.x(), v.y(), v.z());
  }
}
