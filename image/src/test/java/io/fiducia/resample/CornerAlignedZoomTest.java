package io.fiducia.resample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expected checksums: {@code scipy.ndimage.zoom(mode="nearest")} of scipy 1.17.1 on x86-64, float64,
 * written by {@code make_zoom_fixtures.py}. Equal checksums are equal bits.
 */
class CornerAlignedZoomTest {
  private static long crc(float[] data) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(data);
    return crc(bytes.array());
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** The formula's image; with a plateau, the lower half along z is air. */
  private static float[] image(int[] shape, boolean plateau) {
    float[] data = Patterns.image(shape);
    if (plateau) {
      Arrays.fill(data, 0, shape[0] / 2 * shape[1] * shape[2], -1024);
    }
    return data;
  }

  @ParameterizedTest
  @CsvFileSource(resources = "zoom.csv", numLinesToSkip = 1)
  void everyOrderHasScipysBits(ArgumentsAccessor a) {
    int[] from = {a.getInteger(2), a.getInteger(1), a.getInteger(0)};
    int[] to = {a.getInteger(5), a.getInteger(4), a.getInteger(3)};
    int order = a.getInteger(6);
    float[] data = image(from, a.getBoolean(7));
    float[] zoomed = CornerAlignedZoom.zoom(data, from, to, order);
    int middle = (to[0] / 2 * to[1] + to[1] / 2) * to[2] + to[2] / 2;
    float expected = a.getFloat(10);
    assertThat(zoomed[middle]).isCloseTo(expected, within(Math.abs(expected) * 1e-4f + 1e-6f));
    if (Arrays.equals(from, to)) {
      assertThat(zoomed).isSameAs(data);
    } else {
      assertThat(crc(zoomed)).isEqualTo(a.getLong(8));
    }
    assertThat(crc(CornerAlignedZoom.zoomToInt(data, from, to, order))).isEqualTo(a.getLong(9));
  }

  /** scipy's mode {@code mirror}, which its default {@code constant} is but for planes of zeros. */
  @ParameterizedTest
  @CsvFileSource(resources = "mirrored.csv", numLinesToSkip = 1)
  void mirroredEndsHaveScipysBits(ArgumentsAccessor a) {
    int[] from = {a.getInteger(2), a.getInteger(1), a.getInteger(0)};
    int[] to = {a.getInteger(5), a.getInteger(4), a.getInteger(3)};
    float[] zoomed = CornerAlignedZoom.zoomMirroredToInt(image(from, a.getBoolean(6)), from, to);
    assertThat(Patterns.sum(zoomed)).isEqualTo(a.getDouble(8));
    assertThat(crc(zoomed)).isEqualTo(a.getLong(7));
  }

  @Test
  void mirroredEndsInPiecesHaveTheSameBits() {
    int[] from = {260, 5, 6};
    int[] to = {311, 7, 4};
    float[] data = image(from, true);
    Spline spline = new Spline(3, Ends.MIRRORED);
    float[] whole = new SplineZoom(from, to, spline, false, Long.MAX_VALUE).all(data);
    assertThat(new SplineZoom(from, to, spline, false, 150 * 8 * 11 * 12).all(data))
        .isEqualTo(whole);
  }

  @Test
  void theLastVoxelStaysWhereRoundingLeadsBeyondIt() {
    // scipy.ndimage.zoom(order=3), 1.17, gives 353.4682659 394.82230848 and then 0 in place of 441.
    float[] squares = new float[22];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = i * i;
    }
    assertThat(CornerAlignedZoom.zoomMirroredToInt(squares, new int[]{1, 1, 22},
        new int[]{1, 1, 20})).endsWith(353, 394, 441);
  }

  /** Coefficients of a few slices at a time, each with its run-up, are those of the whole image. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void memoryForCoefficientsChangesNoBit(int order) {
    int[] from = {260, 5, 6};
    int[] to = {311, 7, 4};
    float[] data = image(from, true);
    float[] whole = new SplineZoom(from, to, new Spline(order, Ends.CONSTANT), false,
        Long.MAX_VALUE).all(data);
    float[] pieces = new SplineZoom(from, to, new Spline(order, Ends.CONSTANT), false,
        150 * 8 * 11 * 12).all(data);
    assertThat(pieces).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "nearest.csv", numLinesToSkip = 1)
  void nearestVoxelsAreScipysForAllSizes(int from, long crc) {
    ByteBuffer indices = ByteBuffer.allocate(40 * 41 / 2);
    for (int to = 1; to <= 40; to++) {
      for (int index : CornerAlignedZoom.nearest(from, to)) {
        indices.put((byte) index);
      }
    }
    assertThat(crc(indices.array())).isEqualTo(crc);
  }

  @Test
  void labelsAreZoomedLikeImagesOfOrderZero() {
    int[] from = {5, 7, 9};
    int[] to = {8, 3, 9};
    short[] labels = Patterns.labels(from);
    float[] image = new float[labels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = labels[i];
    }
    float[] expected = CornerAlignedZoom.zoom(image, from, to, 0);
    short[] zoomed = CornerAlignedZoom.zoomLabels(labels, from, to);
    for (int i = 0; i < zoomed.length; i++) {
      assertThat((float) zoomed[i]).isEqualTo(expected[i]);
    }
    assertThat(CornerAlignedZoom.zoomLabels(labels, from, from)).isSameAs(labels);
  }

  /** numpy's astype(int32) on x86-64. */
  @ParameterizedTest
  @CsvSource({"NaN,-2147483648", "1e30,-2147483648", "-1e30,-2147483648", "-1.999,-1", "1.999,1",
    "-0.5,0", "16777215,16777215"})
  void wholeNumbersAreCutAsNumpyCutsThem(float value, int expected) {
    int[] one = {1, 1, 1};
    assertThat(CornerAlignedZoom.zoomToInt(new float[]{value}, one, one, 1))
        .containsExactly((float) expected);
  }

  @Test
  void ordersBeyondFiveAreRefused() {
    int[] one = {1, 1, 1};
    assertThatThrownBy(() -> CornerAlignedZoom.zoom(new float[1], one, one, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CornerAlignedZoom.zoomToInt(new float[2], one, one, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
