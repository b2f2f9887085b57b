package io.fiducia.learn.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Each transform at fixed parameters. "Oracle" numbers are those of the project's numeric oracle file
 * (section network_aug_sliding); "peer" numbers were computed by batchgeneratorsv2 0.3.6 with torch
 * 2.10 on the same input: sin(0.01 i) on a grid of 10 x 12 x 14.
 */
class AugmentTransformsTest {
  private static final PatchShape SHAPE = new PatchShape(10, 12, 14, false);

  private static float[] image() {
    float[] data = new float[SHAPE.voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) Math.sin(i * 0.01f);
    }
    return data;
  }

  private static short[] labels() {
    short[] seg = new short[SHAPE.voxels()];
    for (int z = 0; z < 10; z++) {
      for (int y = 0; y < 12; y++) {
        for (int x = 0; x < 14; x++) {
          seg[(z * 12 + y) * 14 + x] = (short) ((z / 3 + y / 4 + x / 5) % 4);
        }
      }
    }
    return seg;
  }

  private static float[] applied(IntensityTransform transform) {
    float[] data = image();
    transform.apply(data, 0, SHAPE, new Workspace());
    return data;
  }

  private static double sum(float[] data) {
    double sum = 0;
    for (float v : data) {
      sum += v;
    }
    return sum;
  }

  private static float at(float[] data, int z, int y, int x) {
    return data[(z * 12 + y) * 14 + x];
  }

  @Test
  void gammaMatchesOracle() {
    float[] plain = applied(new Gamma(1.3f, false));
    assertThat(sum(plain)).isCloseTo(146.5104, within(2e-3));
    assertThat(at(plain, 3, 4, 5)).isCloseTo(-0.6237340f, within(2e-6f));
    assertThat(plain[0]).isCloseTo(-0.0823017f, within(2e-6f));
    float[] inverted = applied(new Gamma(1.3f, true));
    assertThat(sum(inverted)).isCloseTo(146.5104, within(2e-3));
    assertThat(at(inverted, 3, 4, 5)).isCloseTo(-0.5797548f, within(2e-6f));
    assertThat(inverted[0]).isCloseTo(0.0846437f, within(2e-6f));
  }

  @Test
  void powerMatchesTheClosedForm() {
    for (float gamma : new float[]{0.7f, 0.9f, 1f, 1.1f, 1.5f}) {
      float[] v = new float[PowerBlock.SIZE];
      for (int i = 0; i < v.length; i++) {
        v[i] = i / (float) (v.length - 1);
      }
      v[1] = 1e-20f;
      float[] raised = v.clone();
      new PowerBlock(gamma).raise(raised, raised.length);
      for (int i = 0; i < v.length; i++) {
        assertThat(raised[i]).isCloseTo((float) Math.pow(v[i], gamma), within(3e-7f));
      }
    }
  }

  @Test
  void contrastMatchesOracle() {
    float[] out = applied(new Contrast(1.2f));
    assertThat(sum(out)).isCloseTo(141.67681, within(2e-4));
    assertThat(at(out, 3, 4, 5)).isCloseTo(-0.7275004f, within(1e-6f));
    assertThat(out[0]).isCloseTo(-0.0174417f, within(1e-6f));
  }

  @Test
  void lowResolutionMatchesOracleAndPeer() {
    float[] out = applied(new LowResolution(0.6, false));
    assertThat(sum(out)).isCloseTo(163.266596, within(2e-4));
    assertThat(at(out, 3, 4, 5)).isCloseTo(0.2247441f, within(2e-6f));
    assertThat(out[0]).isZero();
    float[] inPlane = applied(new LowResolution(0.73, true));
    assertThat(sum(inPlane)).isCloseTo(144.019538, within(2e-4));
    assertThat(at(inPlane, 3, 4, 5)).isCloseTo(-0.6061587f, within(2e-6f));
    assertThat(at(inPlane, 9, 11, 13)).isCloseTo(-0.8829155f, within(2e-6f));
  }

  @Test
  void blurKernelsMatchOracle() {
    assertThat(GaussianBlur.kernel(0.5))
        .containsExactly(new float[]{0.1065070f, 0.7869860f, 0.1065070f}, within(1e-7f));
    assertThat(GaussianBlur.kernel(0.75)).containsExactly(
        new float[]{0.01519962f, 0.2187517f, 0.5320973f, 0.2187517f, 0.01519962f}, within(1e-7f));
    assertThat(GaussianBlur.kernel(1)).containsExactly(
        new float[]{
          0.004433048f, 0.05400558f, 0.2420362f, 0.3990503f, 0.2420362f, 0.05400558f,
          0.004433048f},
        within(1e-7f));
  }

  @Test
  void blurMatchesPeer() {
    float[] out = applied(new GaussianBlur(0.55, 0.9, 0.75));
    assertThat(sum(out)).isCloseTo(169.669990, within(3e-4));
    assertThat(at(out, 3, 4, 5)).isCloseTo(-0.4068545f, within(2e-6f));
    assertThat(out[0]).isCloseTo(0.3372955f, within(2e-6f));
    assertThat(at(out, 9, 11, 13)).isCloseTo(-0.4259056f, within(2e-6f));
  }

  @Test
  void noiseHasItsDeviationAndIsThatOfItsSeed() {
    PatchShape shape = new PatchShape(40, 50, 50, false);
    float[] data = new float[shape.voxels()];
    new GaussianNoise(0.07, 5).apply(data, 0, shape, new Workspace());
    IntensityMoments moments = IntensityMoments.of(data, 0, data.length);
    assertThat(moments.mean()).isCloseTo(0, within(1e-3));
    assertThat(moments.std()).isCloseTo(0.07, within(1e-3));
    double fourth = 0;
    for (float v : data) {
      fourth += Math.pow(v / 0.07, 4);
    }
    // A normal distribution's fourth moment is 3.
    assertThat(fourth / data.length).isCloseTo(3, within(0.1));
    float[] again = new float[shape.voxels()];
    new GaussianNoise(0.07, 5).apply(again, 0, shape, new Workspace());
    assertThat(again).isEqualTo(data);
  }

  private record Cut(float[] data, String labels) {}

  private static Cut cut(SpatialTransform transform, PatchShape patch, int[] region) {
    float[] all = image();
    short[] seg = labels();
    ArrayPatchSource source = new ArrayPatchSource(
        "a", new int[]{10, 12, 14}, new float[][]{all}, seg, Map.of());
    SpatialTransform.Box box = transform.needed(patch, region);
    float[] from = new float[box.voxels()];
    short[] fromSeg = new short[box.voxels()];
    source.readPatch(box.start(), box.size(), from, fromSeg);
    float[] out = new float[patch.voxels()];
    short[] outSeg = new short[patch.voxels()];
    transform.apply(new SpatialTransform.Source(from, fromSeg, box, region, 1), patch, out, outSeg);
    StringBuilder text = new StringBuilder();
    for (short label : outSeg) {
      text.append(label < 0 ? "." : String.valueOf(label));
    }
    return new Cut(out, text.toString());
  }

  @Test
  void rotationMatchesOracleAndPeer() {
    SpatialTransform transform = SpatialTransform.of(0.3, 0.1, -0.2, 1.2);
    assertThat(transform.matrix()).containsExactly(
        new double[]{
          1.170204392642179, 0.26245291355001443, 0.041715076531842, -0.23721217398490063,
          1.1165184763884362, -0.3702929602309532, -0.11980009997619379, 0.352852603862227,
          1.140676543106476},
        within(1e-14));
    Cut cut = cut(transform, new PatchShape(8, 8, 8, false), new int[]{10, 12, 14});
    assertThat(sum(cut.data)).isCloseTo(26.011754, within(1e-4));
    assertThat(cut.data[0]).isCloseTo(0.1735874f, within(2e-6f));
    assertThat(cut.data[3 * 64 + 4 * 8 + 5]).isCloseTo(0.8753380f, within(2e-6f));
    assertThat(cut.labels).isEqualTo(ROTATED);
  }

  private static final String ROTATED = "....1112111211121122222211222233222222332333333323333000.3333000"
      + "0001111211111112112222221122222322222233223332332333300023330011"
      + "0001111111111112112222221223333032333300330033003000001030000111"
      + "1112222222122223222332232233333022333300330333003000000030000111"
      + "1112222222122223222332232233333022333300330030110011111101111122"
      + "1112222322233333333033303330000033000001000000110011101101111122"
      + "2222333322233333333333303330003033000001000000110011101101111122"
      + "2222333.2223333333333330333000010001111210111112112211221.22....";

  @Test
  void scaleMatchesPeer() {
    SpatialTransform transform = SpatialTransform.of(0, 0, 0, 1.35);
    Cut cut = cut(transform, new PatchShape(8, 8, 8, false), new int[]{10, 12, 14});
    assertThat(sum(cut.data)).isCloseTo(72.928819, within(1e-4));
    assertThat(cut.data[3 * 64 + 4 * 8 + 5]).isCloseTo(0.7593229f, within(2e-6f));
    assertThat(cut.data[0]).isCloseTo(0.0974503f, within(2e-6f));
    assertThat(cut.labels).isEqualTo(SCALED);
  }

  private static final String SCALED = "0001112200011122001111221112223311122233222333302223330022233300"
      + "0001112200011122001111221112223311122233222333302223330022233300"
      + "0011112200111122111222331122223311222233222333002233330022333300"
      + "1112223311122233112222332223330022233300333000013330001133300011"
      + "1122223311222233222333302233330022333300333000113300001133000011"
      + "2223330022233300223333003330001133300011000111120001112200011122"
      + "2223330022233300223333003330001133300011000111120001112200011122"
      + "3330001133300011330000110001112200011122111222231112223311122233";

  @Test
  void inPlaneRotationMatchesPeer() {
    SpatialTransform transform = SpatialTransform.inPlane(0.7, 1.3);
    Cut cut = cut(transform, new PatchShape(10, 8, 10, false), new int[]{10, 12, 14});
    assertThat(sum(cut.data)).isCloseTo(65.583282, within(1e-4));
    assertThat(cut.data[3 * 80 + 4 * 10 + 5]).isCloseTo(-0.3774593f, within(2e-6f));
    assertThat(cut.data[9 * 80 + 7 * 10]).isZero();
    assertThat(cut.labels.substring(320, 400)).isEqualTo(
        ".2211122..222212222.3222332223332333323333333333333300333003.000"
            + "000000..0001100.");
    assertThat(cut.labels.chars().filter(c -> c == '.').count()).isEqualTo(80);
    assertThat(cut.labels.chars().filter(c -> c == '3').count()).isEqualTo(204);
  }

  @Test
  void patchBeyondTheCaseIsZeroAndOutside() {
    ArrayPatchSource source = new ArrayPatchSource(
        "a", new int[]{10, 12, 14}, new float[][]{image()}, labels(), Map.of());
    float[] data = new float[64];
    short[] seg = new short[64];
    source.readPatch(new int[]{-2, 10, 12}, new int[]{4, 4, 4}, data, seg);
    for (int z = 0; z < 4; z++) {
      for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 4; x++) {
          boolean inside = z >= 2 && y < 2 && x < 2;
          int i = (z * 4 + y) * 4 + x;
          assertThat(data[i]).isEqualTo(inside ? at(image(), z - 2, y + 10, x + 12) : 0f);
          assertThat(seg[i] >= 0).isEqualTo(inside);
        }
      }
    }
    source.readPatch(new int[]{50, -40, 3}, new int[]{4, 4, 4}, data, seg);
    assertThat(data).containsOnly(0f);
    assertThat(seg).containsOnly((short) -1);
  }

  @Test
  void deepSupervisionMatchesPeer() {
    short[] seg = new short[6 * 10 * 7];
    for (int i = 0; i < seg.length; i++) {
      seg[i] = (short) ((5 * i) % 11);
    }
    int[][] strides = {{1, 1, 1}, {1, 2, 2}, {2, 2, 2}, {1, 1, 1}};
    List<short[]> targets = DeepSupervisionTargets.downsample(seg, new int[]{6, 10, 7}, strides);
    assertThat(targets).hasSize(3);
    assertThat(targets.get(0)).isSameAs(seg);
    assertThat(targets.get(1)).hasSize(6 * 5 * 4)
        .startsWith((short) 2, (short) 1, (short) 0, (short) 10, (short) 6, (short) 5);
    assertThat(weighted(targets.get(1))).isEqualTo(36407);
    assertThat(targets.get(2)).containsExactly(
        (short) 7, (short) 5, (short) 6, (short) 4, (short) 3, (short) 1, (short) 2, (short) 0,
        (short) 10, (short) 8, (short) 9, (short) 7);
  }

  private static long weighted(short[] labels) {
    long sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum += (i + 1L) * labels[i];
    }
    return sum;
  }

  @Test
  void initialPatchMatchesOracle() {
    assertInitial(List.of(128, 128, 128), 205, 205, 205);
    assertInitial(List.of(40, 56, 40), 73, 80, 64);
    assertInitial(List.of(64, 192, 192), 178, 308, 233);
    assertInitial(List.of(80, 192, 160), 194, 289, 210);
    assertInitial(List.of(160, 128, 112), 238, 196, 208);
    assertInitial(List.of(20, 320, 256), 20, 376, 376);
    assertInitial(List.of(20, 256, 224), 20, 301, 301);
    assertInitial(List.of(512, 512), 602, 602);
    assertThat(InitialPatchSize.of(List.of(512, 512), Math.toRadians(15), false))
        .containsExactly(737, 602);
    assertInitial(List.of(192, 160), 225, 225);
    assertThat(InitialPatchSize.of(List.of(192, 160), Math.toRadians(15), false))
        .containsExactly(266, 188);
  }

  private static void assertInitial(List<Integer> patch, Integer... expected) {
    assertThat(AugmentationSettings.nnunet(patch).initialPatch()).containsExactly(expected);
  }
}
