package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grids whose axes are not at right angles, as a tilted gantry leaves them. */
class ShearedGridTest {
  private static final double TILT = Math.toRadians(20);
  private static final double LEAN = Math.toRadians(50);

  @TempDir
  private Path folder;

  /** Rows run along (0, cos t, sin t), slices along z. */
  private static Mat3 tilted(double t) {
    return new Mat3(new Vec3(1, 0, 0), new Vec3(0, Math.cos(t), Math.sin(t)), new Vec3(0, 0, 1));
  }

  private Map<String, Double> scores(Geometry grid, short[] reference, short[] prediction,
      MetricSet metrics) {
    NiftiWriter.writeLabels(folder.resolve("ref.nii"), new LabelVolume(grid, reference));
    NiftiWriter.writeLabels(folder.resolve("pred.nii"), new LabelVolume(grid, prediction));
    Evaluation evaluation = FolderEvaluator.evaluateOne(folder.resolve("ref.nii"),
        folder.resolve("pred.nii"),
        new FolderEvaluator.Options(List.of(Structure.ofLabel(1)), OptionalInt.empty(), true)
            .with(metrics),
        Progress.none(), new Cancellation());
    return evaluation.cases().get(0).byStructure().get("1");
  }

  /** The distance is |10 (0, cos 20, sin 20) - (0, 0, 4)|. */
  @Test
  void aVoxelIsAsFarAsItsCentreInThePatient() {
    Size size = new Size(6, 24, 8);
    Geometry grid = new Geometry(size, new Vec3(1, 1, 4), new Vec3(3, -20, 7), tilted(TILT));
    short[] reference = new short[size.voxels()];
    short[] prediction = new short[size.voxels()];
    reference[size.index(2, 5, 4)] = 1;
    prediction[size.index(2, 15, 3)] = 1;
    Map<String, Double> found = scores(grid, reference, prediction, MetricSet.all());
    double expected = Math.hypot(10 * Math.cos(TILT), 10 * Math.sin(TILT) - 4);
    assertThat(expected).isCloseTo(9.4148, within(5e-5));
    for (String name : List.of("HD_mm", "HD95_mm", "ASSD_mm", "MASD_mm")) {
      assertThat(found.get(name)).as(name).isCloseTo(expected, within(1e-5));
    }
    assertThat(found.get("centroid_shift_y_mm")).isCloseTo(10 * Math.cos(TILT), within(1e-5));
    assertThat(found.get("centroid_shift_z_mm")).isCloseTo(10 * Math.sin(TILT) - 4, within(1e-5));
    // One voxel: 1 x 1 x 4 mm sheared, so that the volume is 4 cos 20.
    assertThat(found.get("volume_ref_cm3")).isCloseTo(0.004 * Math.cos(TILT), within(1e-9));
  }

  /**
   * A box of 40 voxels along each axis and the same two rows further, where the slices lean by 50
   * degrees: the two faces across the rows are 2 cos 50 = 1.29 mm from their copies, the others lie in
   * those of the copy. Faces are parallelograms, so that those along rows and slices are smaller by cos
   * 50. Taken as rectangles they would make the share 0.556.
   */
  @Test
  void surfaceDiceWeighsShearedFaces() {
    int n = 40;
    Size size = new Size(n + 6, n + 6, n + 6);
    Geometry grid = new Geometry(size, new Vec3(1, 1, 4), new Vec3(0, 0, 0), tilted(LEAN));
    Map<String, Double> found = scores(grid, box(size, n, 0), box(size, n, 2),
        MetricSet.all(List.of(1.0), List.of(95.0)));
    double alongRows = 1 + 4 * Math.cos(LEAN);
    double expected = alongRows / (alongRows + 4);
    assertThat(expected).isCloseTo(0.472, within(5e-4));
    assertThat(found.get("NSD@1mm")).isCloseTo(expected, within(0.03));
  }

  private static short[] box(Size size, int edge, int shiftY) {
    short[] labels = new short[size.voxels()];
    for (int z = 2; z < 2 + edge; z++) {
      for (int y = 2 + shiftY; y < 2 + shiftY + edge; y++) {
        for (int x = 2; x < 2 + edge; x++) {
          labels[size.index(x, y, z)] = 1;
        }
      }
    }
    return labels;
  }
}
