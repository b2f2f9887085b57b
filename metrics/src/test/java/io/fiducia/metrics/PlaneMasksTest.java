package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.compat.CompatTool;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Masks of two dimensions. The reference holds rows 8 to 19 and columns 10 to 21 of 40 x 36 pixels, the
 * prediction rows 12 to 23 and columns 9 to 21. The expected numbers come from surface-distance 0.1,
 * MONAI 1.6.1, SimpleITK 2.5.7 and SciPy 1.17.1 (binary_erosion and distance_transform_edt), all of
 * them run on arrays of two dimensions.
 */
class PlaneMasksTest {
  private static final Vec3 SQUARE = new Vec3(1, 1, 1);
  private static final Vec3 OBLONG = new Vec3(0.7, 1.9, 1);

  @TempDir
  private Path folder;

  private Map<String, Double> scores(Vec3 spacingMm, int dimensions, MetricSet metrics) {
    Path reference = folder.resolve("ref.nii");
    Path prediction = folder.resolve("pred.nii");
    NiftiWriter.write(reference, rectangle(spacingMm, dimensions, 10, 8));
    NiftiWriter.write(prediction, rectangle(spacingMm, dimensions, 9, 12));
    Evaluation evaluation = FolderEvaluator.evaluateOne(reference, prediction,
        new FolderEvaluator.Options(List.of(Structure.ofLabel(1)), OptionalInt.empty(), true)
            .with(metrics),
        Progress.none(), new Cancellation());
    assertThat(evaluation.problems()).isEmpty();
    return evaluation.cases().get(0).byStructure().get("1");
  }

  private static NiftiImage rectangle(Vec3 spacingMm, int dimensions, int firstX, int firstY) {
    Size size = new Size(40, 36, 1);
    short[] labels = new short[size.voxels()];
    for (int y = firstY; y < firstY + 12; y++) {
      for (int x = firstX; x < 22; x++) {
        labels[size.index(x, y, 0)] = 1;
      }
    }
    NiftiImage image = NiftiImage
        .ofLabels(new LabelVolume(Geometry.of(size, spacingMm), labels));
    return dimensions == 2 ? image.asPlane() : image;
  }

  private static MetricSet all(double... tolerances) {
    return MetricSet.all(java.util.Arrays.stream(tolerances).boxed().toList(), List.of(95.0));
  }

  private static void assertAll(Map<String, Double> found, Map<String, Double> expected,
      double tolerance) {
    expected.forEach((name, value) -> assertThat(found.get(name)).as(name).isCloseTo(value,
        within(tolerance)));
  }

  @Test
  void aFileOfTwoDimensionsIsMeasuredByItsContour() {
    assertAll(scores(SQUARE, 2, all(1, 2)),
        Map.of("HD_mm", 4.123105625617661, "HD95_mm", 4.0, "ASSD_mm", 2.210396275840655, "MASD_mm",
            2.2107631552196128, "NSD@1mm", 0.4372757964175699, "NSD@2mm", 0.52090806786081,
            "NSD_voxel@1mm", 0.43333333333333335),
        1e-12);
  }

  @Test
  void theSpacingsOfTheTwoAxesMayDiffer() {
    assertAll(scores(OBLONG, 2, all(1, 2)),
        Map.of("HD_mm", 7.632168761236874, "HD95_mm", 7.6, "ASSD_mm", 3.2429307984198372,
            "MASD_mm", 3.2432821051735563, "NSD@1mm", 0.5460050718262681, "NSD@2mm",
            0.614609126304037, "NSD_voxel@1mm", 0.4),
        1e-6);
  }

  /** surface-distance, MONAI and SciPy treat an array of shape (40, 36, 1) in the same way. */
  @Test
  void aFileOfThreeDimensionsWithOneSliceStaysThreeDimensional() {
    assertAll(scores(SQUARE, 3, all(1)), Map.of("ASSD_mm", 0.8631, "MASD_mm", 0.8620,
        "NSD_voxel@1mm", 0.7467, "NSD@1mm", 0.782), 5e-4);
  }

  @Test
  void surfaceDistanceInTwoDimensions() {
    assertAll(scores(OBLONG, 2, MetricSet.of(CompatTool.SURFACE_DISTANCE, List.of(1.0, 2.0),
        List.of(95.0))),
        Map.of("Dice", 0.64, "HD_mm", 7.632168761236874, "HD95_mm", 7.6, "ASD_ref_to_pred_mm",
            2.4055227032647797, "ASD_pred_to_ref_mm", 2.4263509381583814, "NSD@1mm",
            0.5460050718262681, "NSD@2mm", 0.614609126304037),
        1e-6);
  }

  @Test
  void monaiInTwoDimensions() {
    assertAll(scores(OBLONG, 2, MetricSet.of(CompatTool.MONAI, List.of(1.0, 2.0), List.of(95.0))),
        Map.of("Dice", 0.64, "HD_mm", 7.632168769836426, "HD95_mm", 7.599999904632568, "ASSD_mm",
            3.2429308891296387, "ASD_pred_to_ref_mm", 3.227473497390747, "NSD@1mm",
            0.5460050702095032, "NSD_voxel@1mm", 0.4000000059604645, "NSD_voxel@2mm",
            0.47777777910232544),
        1e-6);
  }

  /** The formulas of MetricsReloaded, computed by SciPy in two dimensions. */
  @Test
  void metricsReloadedInTwoDimensions() {
    assertAll(scores(OBLONG, 2, MetricSet.of(CompatTool.METRICS_RELOADED, List.of(1.0),
        List.of(95.0))),
        Map.of("HD_mm", 7.632168761236874, "HD95_mm", 7.6, "ASSD_mm", 3.2429307984198372,
            "MASD_mm", 3.2432821051735563, "NSD_voxel@1mm", 0.4),
        1e-6);
  }

  @Test
  void simpleItkInTwoDimensions() {
    assertAll(scores(OBLONG, 2, MetricSet.of(CompatTool.SIMPLEITK, List.of(), List.of())),
        Map.of("Dice", 0.64, "HD_mm", 7.632168761236868, "HD_average_mm", 1.6021274739031575,
            "false_positive_error", 0.046296296296296294),
        1e-6);
  }

  /** A pixel counts with the header's third spacing, here 2.5 mm: 144 x 0.7 x 1.9 x 2.5 mm3. */
  @Test
  void volumesTakeTheThirdSpacingOfTheHeader() {
    Map<String, Double> found = scores(new Vec3(0.7, 1.9, 2.5), 2, all(1));
    assertThat(found.get("volume_ref_cm3")).isCloseTo(0.4788, within(1e-6));
    assertThat(found.get("n_components")).isEqualTo(1);
    assertThat(found.get("missing_slices")).isZero();
  }
}
