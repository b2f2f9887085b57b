package io.fiducia.anatomy.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.core.Modality;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.raster.LabelPalette;
import io.fiducia.raster.RasterImage;
import io.fiducia.raster.RasterReader;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewPictureTest {
  /** Axes to the patient's left, to posterior, to superior. */
  private static final Geometry GRID = Geometry.of(new Size(60, 40, 50), new Vec3(2, 2, 2));

  @TempDir
  Path folder;

  private static void ball(short[] data, int label, int x, int y, int z, int radius) {
    for (int i = 0; i < data.length; i++) {
      int dx = i % 60 - x;
      int dy = i / 60 % 40 - y;
      int dz = i / 2400 - z;
      if (dx * dx + dy * dy + dz * dz <= radius * radius) {
        data[i] = (short) label;
      }
    }
  }

  /** The right kidney high, the left kidney low, and a liver in front of a gallbladder. */
  private static LabelVolume kidneys() {
    short[] data = new short[GRID.size().voxels()];
    ball(data, 2, 14, 20, 38, 9);
    ball(data, 3, 46, 20, 14, 9);
    return new LabelVolume(GRID, data);
  }

  private RasterImage picture(Optional<FloatVolume> image, LabelVolume labels,
      Map<Integer, String> names) {
    Path file = folder.resolve("preview.png");
    new PreviewPicture(image, Modality.CT, labels, names).write(file);
    return RasterReader.read(file);
  }

  /** How much of the picture has about the colour of a label, and where: count, mean x, mean y. */
  private static double[] coloured(RasterImage picture, int label) {
    double[] label1 = direction(LabelPalette.rgb(label));
    double[] found = new double[3];
    for (int i = 0; i < picture.width() * picture.height(); i++) {
      int rgb = (int) picture.planes().get(0)[i] << 16 | (int) picture.planes().get(1)[i] << 8
          | (int) picture.planes().get(2)[i];
      double[] d = direction(rgb);
      boolean bright = (rgb >> 16) + (rgb >> 8 & 255) + (rgb & 255) > 150;
      if (bright && label1[0] * d[0] + label1[1] * d[1] + label1[2] * d[2] > 0.999) {
        found[0]++;
        found[1] += i % picture.width();
        found[2] += i / picture.width();
      }
    }
    found[1] /= found[0] * picture.width();
    found[2] /= found[0] * picture.height();
    return found;
  }

  private static double[] direction(int rgb) {
    double r = rgb >> 16;
    double g = rgb >> 8 & 255;
    double b = rgb & 255;
    double length = Math.sqrt(r * r + g * g + b * b);
    return new double[]{r / length, g / length, b / length};
  }

  /** In every orientation of the file the patient's right is on the left and the head above. */
  @ParameterizedTest
  @ValueSource(strings = {"LPS", "RAS", "SAR", "PIL", "IRA"})
  void theRightKidneyIsOnTheLeft(String orientation) {
    AxisMap map = Orientation.of(GRID).to(new Orientation(orientation));
    RasterImage picture = picture(Optional.empty(), Reorient.apply(kidneys(), map),
        Map.of(2, "kidney_right", 3, "kidney_left"));
    double[] right = coloured(picture, 2);
    double[] left = coloured(picture, 3);
    assertThat(right[0]).isGreaterThan(1000);
    assertThat(left[0]).isGreaterThan(1000);
    assertThat(right[1]).isLessThan(0.4);
    assertThat(left[1]).isGreaterThan(0.6);
    assertThat(right[2]).isLessThan(left[2]);
  }

  @Test
  void theSamePictureWhateverTheOrientation() throws IOException {
    Path file = folder.resolve("preview.png");
    Map<Integer, String> names = Map.of(2, "kidney_right", 3, "kidney_left");
    new PreviewPicture(Optional.empty(), Modality.CT, kidneys(), names).write(file);
    byte[] first = Files.readAllBytes(file);
    AxisMap map = Orientation.of(GRID).to(new Orientation("ASR"));
    new PreviewPicture(Optional.empty(), Modality.CT, Reorient.apply(kidneys(), map), names)
        .write(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  /** Slices of 6 mm: a ball is as wide as it is high. */
  @Test
  void thickSlicesKeepTheShape() {
    Geometry thick = Geometry.of(new Size(60, 40, 20), new Vec3(2, 2, 6));
    short[] data = new short[thick.size().voxels()];
    for (int i = 0; i < data.length; i++) {
      if (Math.hypot(Math.hypot(2 * (i % 60 - 30), 2 * (i / 60 % 40 - 20)),
          6 * (i / 2400 - 10)) < 35) {
        data[i] = 2;
      }
    }
    RasterImage picture = picture(Optional.empty(), new LabelVolume(thick, data),
        Map.of(2, "liver"));
    int[] low = {Integer.MAX_VALUE, Integer.MAX_VALUE};
    int[] high = {0, 0};
    for (int i = 0; i < picture.width() * picture.height(); i++) {
      int[] place = {i % picture.width(), i / picture.width()};
      // The ball, not the caption or the legend.
      if (picture.planes().get(0)[i] > 0x60 && place[1] > 60
          && place[1] < picture.height() - 60) {
        for (int a = 0; a < 2; a++) {
          low[a] = Math.min(low[a], place[a]);
          high[a] = Math.max(high[a], place[a]);
        }
      }
    }
    double ratio = (double) (high[0] - low[0]) / (high[1] - low[1]);
    assertThat(ratio).isBetween(0.8, 1.25);
  }

  /** One panel for what is in front, and one more for what it hides. */
  @Test
  void whatOthersHideIsDrawnOnceMore() {
    short[] data = new short[GRID.size().voxels()];
    ball(data, 1, 30, 32, 25, 6);
    Map<Integer, String> names = new TreeMap<>(Map.of(1, "gallbladder", 2, "liver"));
    RasterImage alone = picture(Optional.empty(), new LabelVolume(GRID, data), names);
    double freely = coloured(alone, 1)[0];
    ball(data, 2, 30, 14, 25, 12);
    RasterImage hidden = picture(Optional.empty(), new LabelVolume(GRID, data), names);
    assertThat(freely).isGreaterThan(500);
    assertThat(coloured(hidden, 2)[0]).isGreaterThan(1000);
    assertThat(coloured(hidden, 1)[0]).isGreaterThan(500);
    PatientGrid grid = PatientGrid.of(new LabelVolume(GRID, data));
    FirstHits hits = FirstHits.of(grid, new int[]{-1, 0, 0}, 1);
    assertThat(hits.visibleShare(1)).isZero();
    assertThat(hits.visibleShare(2)).isEqualTo(1);
    // The gallbladder's shadow: voxels of a disc of radius 6, counted by hand with Gauss's circle.
    assertThat(hits.covered(1)).isEqualTo(113);
    assertThat(hits.depths(0)[25 * 60 + 30]).isEqualTo((short) (14 - 12));
  }

  @Test
  void nothingFoundIsAPictureToo() {
    FloatVolume image = new FloatVolume(GRID, new float[GRID.size().voxels()]);
    LabelVolume none = new LabelVolume(GRID, new short[GRID.size().voxels()]);
    RasterImage picture = picture(Optional.of(image), none, Map.of(1, "liver"));
    // Zero HU in a window of -115 to 225 is a third of white.
    int grey = Math.round(255 * 115f / 340);
    int count = 0;
    for (float value : picture.planes().get(1)) {
      count += value == grey ? 1 : 0;
    }
    assertThat(count).isGreaterThan(picture.width() * picture.height() / 4);
    picture(Optional.empty(), none, Map.of());
  }

  /** Outside of the image there is nothing to window, and inside the brightest voxels are white. */
  @Test
  void anMrImageThatCoversHalfOfTheLabelsIsShown() {
    Geometry half = Geometry.of(new Size(60, 40, 25), new Vec3(2, 2, 2));
    float[] values = new float[half.size().voxels()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 60;
    }
    Path file = folder.resolve("preview.png");
    new PreviewPicture(Optional.of(new FloatVolume(half, values)), Modality.MR,
        new LabelVolume(GRID, new short[GRID.size().voxels()]), Map.of()).write(file);
    int white = 0;
    for (float value : RasterReader.read(file).planes().get(1)) {
      white += value == 255 ? 1 : 0;
    }
    assertThat(white).isGreaterThan(500);
  }

  @Test
  void aPlaneAndASingleVoxelAreDrawn() {
    Geometry plane = Geometry.of(new Size(9, 1, 1), new Vec3(1, 1, 1));
    short[] data = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    FloatVolume image = new FloatVolume(plane, new float[9]);
    assertThat(
        picture(Optional.of(image), new LabelVolume(plane, data), Map.of(1, "liver")).width())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "vertebrae_L5, BONES", "rib_left_3, BONES", "hip_right, BONES", "Femur_Head_L, BONES",
    "liver, ORGANS", "kidney_left, ORGANS", "urinary_bladder, ORGANS", "Bladder, ORGANS",
    "spinal_cord, ORGANS", "Uterus, ORGANS", "Glnd_Thyroid, ORGANS",
    "lung_upper_lobe_left, LUNGS_AND_BOWEL", "colon, LUNGS_AND_BOWEL", "rectum, LUNGS_AND_BOWEL",
    "heart, VESSELS", "aorta, VESSELS", "portal_vein_and_splenic_vein, VESSELS",
    "V_Iliac_L, VESSELS", "lung_vessels, VESSELS", "gluteus_maximus_left, MUSCLES",
    "right psoas major, MUSCLES", "Musc_Iliopsoas_L, MUSCLES", "body_trunc, OTHER",
    "subcutaneous_fat, OTHER", "thyroid_cartilage, ORGANS"
  })
  void groupsOfStructures(String name, PreviewGroup group) {
    assertThat(PreviewGroup.of(name)).isEqualTo(group);
  }
}
