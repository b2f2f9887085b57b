package io.fiducia.promptable.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.raster.RasterImage;
import io.fiducia.raster.RasterReader;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContourPictureTest {
  private static SegmentedObject ball(FloatVolume image, SlicePlane plane, int... slices) {
    List<Prompt> boxes = Arrays.stream(slices)
        .mapToObj(k -> (Prompt) new Prompt.Box(Region.between(10, 8, k, 31, 29, k + 1))).toList();
    return new ObjectSegmentation(image, new GrowingModel('a'), Optional.empty(),
        new VolumeSettings(plane, false, PropagationSettings.usual(), Multimask.NEVER),
        Progress.none(), new Cancellation())
        .segment(new ObjectRequest(new PromptedObject("ball", List.copyOf(boxes)), Bodies.WINDOW,
            true));
  }

  private static long count(RasterImage picture, int rgb) {
    long n = 0;
    for (int i = 0; i < picture.width() * picture.height(); i++) {
      int found = (int) picture.planes().get(0)[i] << 16 | (int) picture.planes().get(1)[i] << 8
          | (int) picture.planes().get(2)[i];
      n += found == rgb ? 1 : 0;
    }
    return n;
  }

  @Test
  void showsTheContourAndTheInterpolation(@TempDir Path folder) {
    FloatVolume image = Bodies.image(Bodies.grid(), Bodies::ball);
    Path file = folder.resolve("ball.png");
    ContourPicture.write(file, image, ball(image, SlicePlane.AXIAL, 10, 12));
    RasterImage picture = RasterReader.read(file);
    // Three cells of 300 pixels in a row, and two rows.
    assertThat(picture.width()).isBetween(900, 1000);
    assertThat(picture.height()).isBetween(500, 700);
    // Slices 8, 10, 12, 14 and 16, at 300 pixels for 40 voxels: inside of the ball there is its grey value
    // (200 of 255) or the line; the legend has the line's colour too.
    SliceAxes axes = SliceAxes.of(Bodies.grid(), SlicePlane.AXIAL);
    boolean[] all = Bodies.mask(Bodies.grid(), Bodies::ball);
    double inside = 0;
    for (int k = 8; k <= 16; k += 2) {
      inside += SliceMask.area(axes.cut(all, k)) * 7.5 * 7.5;
    }
    long line = count(picture, ContourPicture.MODEL);
    assertThat((double) line + count(picture, 0xc8c8c8)).isCloseTo(inside, withinPercentage(2));
    assertThat(line).isBetween(1000L, (long) (inside / 5));
    // Around it, 60 to 63.
    assertThat(count(picture, 0x3c3c3c)).isGreaterThan(1000);
  }

  /** Where the interpolation goes beyond the model it is seen. */
  @Test
  void theInterpolationIsSeenWhereItDiffers(@TempDir Path folder) {
    FloatVolume image = Bodies.image(Bodies.grid(), Bodies::ball);
    SegmentedObject found = ball(image, SlicePlane.AXIAL, 12);
    boolean[] larger = Bodies.mask(Bodies.grid(), (i, j, k) -> i > 5 && i < 35 && j > 3 && j < 33
        && k == 12);
    ContourPicture.write(folder.resolve("a.png"), image, found);
    ContourPicture.write(folder.resolve("b.png"), image,
        new SegmentedObject(found.request(), found.probabilities(), larger, found.planes()));
    long same = count(RasterReader.read(folder.resolve("a.png")), ContourPicture.INTERPOLATION);
    long different = count(RasterReader.read(folder.resolve("b.png")),
        ContourPicture.INTERPOLATION);
    // Both have the legend in this colour.
    assertThat(different).isGreaterThan(same + 200);
  }

  @Test
  void anObjectThatWasNotFoundIsDrawnToo(@TempDir Path folder) {
    FloatVolume image = Bodies.image(Bodies.grid(), Bodies::ball);
    SegmentedObject found = ball(image, SlicePlane.AXIAL, 12);
    FloatVolume nothing = new FloatVolume(Bodies.grid(), new float[image.data().length]);
    ContourPicture.write(folder.resolve("a.png"), image, new SegmentedObject(found.request(),
        nothing, new boolean[image.data().length], found.planes()));
    assertThat(RasterReader.read(folder.resolve("a.png")).width()).isPositive();
  }

  /** NIfTI's usual RAS order: the first index grows to the patient's right, as LPS coordinates fall. */
  @Test
  void slicesAreTurnedAsPeopleLookAtThem() {
    Geometry ras = new Geometry(new Size(4, 5, 6), new Vec3(1, 2, 3), new Vec3(0, 0, 0),
        new Mat3(new Vec3(-1, 0, 0), new Vec3(0, -1, 0), new Vec3(0, 0, 1)));
    PatientView axial = PatientView.of(ras, SlicePlane.AXIAL);
    // On the left is the patient's right, the largest i; above is anterior, the largest j.
    assertThat(axial.left()).isEqualTo('R');
    assertThat(axial.voxel(2, 0, 0)).isEqualTo(ras.size().index(3, 4, 2));
    assertThat(axial.voxel(2, 1, 2)).isEqualTo(ras.size().index(2, 2, 2));
    PatientView coronal = PatientView.of(ras, SlicePlane.CORONAL);
    assertThat(coronal.width()).isEqualTo(4);
    assertThat(coronal.height()).isEqualTo(6);
    assertThat(coronal.downMm()).isEqualTo(3);
    // Above is superior, the largest k.
    assertThat(coronal.voxel(1, 0, 0)).isEqualTo(ras.size().index(3, 1, 5));
    PatientView sagittal = PatientView.of(ras, SlicePlane.SAGITTAL);
    assertThat(sagittal.left()).isEqualTo('A');
    assertThat(sagittal.voxel(0, 0, 0)).isEqualTo(ras.size().index(0, 4, 5));
    // LPS order: nothing is turned in axial slices.
    Geometry lps = Geometry.of(new Size(4, 5, 6), new Vec3(1, 2, 3));
    assertThat(PatientView.of(lps, SlicePlane.AXIAL).voxel(2, 1, 2))
        .isEqualTo(lps.size().index(1, 2, 2));
    // Slices in the file's first axis that runs to superior, rows to the left.
    Geometry turned = new Geometry(new Size(4, 5, 6), new Vec3(1, 2, 3), new Vec3(0, 0, 0),
        new Mat3(new Vec3(0, 0, 1), new Vec3(0, 1, 0), new Vec3(1, 0, 0)));
    PatientView odd = PatientView.of(turned, SlicePlane.AXIAL);
    assertThat(odd.width()).isEqualTo(6);
    assertThat(odd.voxel(3, 1, 2)).isEqualTo(turned.size().index(3, 2, 1));
  }
}
