package io.fiducia.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Maps part by part against torch's own operations on the whole: one map per operation at the size from
 * which the program does so, and every other form on maps that are small, with the limits set as low.
 */
class PartByPartTest {
  private static final long[] ONES = {1, 1, 1};

  /** Takes maps of 64 KiB apart, and normalises 32 KiB at a time. */
  private static final PartByPart LOW = new PartByPart(64L << 10, 32L << 10);

  private final Random random = new Random(5);
  private TorchScope scope;
  private Autograd.Guard noGrad;

  @BeforeEach
  void open() {
    scope = TorchScope.open("test");
    noGrad = Autograd.noGrad();
  }

  @AfterEach
  void close() {
    noGrad.close();
    scope.close();
  }

  /** Depths with 16, 8, 4 and 2 slabs; kernels that reach over slabs and one that does not. */
  @ParameterizedTest
  @CsvSource({"64,3,3,3", "40,3,3,3", "20,3,3,3", "70,3,3,3", "64,1,3,3", "32,5,3,3", "32,3,1,5"})
  void aConvolutionOfJoinedMapsIsTheWholeOne(int depth, int kz, int ky, int kx) {
    sameAsTheWhole(LOW, map(24, depth, 20), map(40, depth, 20), kz, ky, kx);
  }

  @Test
  void aConvolutionOfLargeMapsIsTheWholeOne() {
    // Bytes of input and output just above the limit.
    sameAsTheWhole(PartByPart.USUAL, map(24, 64, 76), map(40, 64, 76), 3, 3, 3);
  }

  private void sameAsTheWhole(PartByPart sizes, Tensor a, Tensor b, int... kernel) {
    Tensor weight = values(0.05, 32, 64, kernel[0], kernel[1], kernel[2]);
    Optional<Tensor> bias = Optional.of(values(1, 32));
    long[] padding = Arrays.stream(kernel).mapToLong(k -> k / 2).toArray();

    Optional<Tensor> parts = sizes.convolution(List.of(a, b), weight, bias, ONES, padding, false);

    Tensor joined = Tensor.cat(List.of(a, b), 1);
    assertThat(parts).isPresent();
    assertThat(difference(parts.get(),
        Functional.oneDnnConv(joined, weight, bias, ONES, padding))).isZero();
    if (sizes == LOW) {
      // With gradients torch chooses the kernel itself, which is slow for large maps.
      try (Autograd.Guard on = Autograd.withGrad()) {
        assertThat(difference(parts.get(), Functional.conv(joined, weight, bias, ONES, padding)))
            .isLessThan(1e-5);
      }
    }
  }

  /** Slabs hold only where the output has the input's size: every other form is left to torch. */
  @ParameterizedTest
  @CsvSource({"0,1,1", "1,0,1", "1,1,0", "0,0,0", "2,1,1", "1,2,1", "2,2,2"})
  void aConvolutionOfOtherPaddingIsTheWholeOne(int pz, int py, int px) {
    Tensor x = map(16, 32, 24);
    Tensor weight = values(0.05, 16, 16, 3, 3, 3);
    long[] padding = {pz, py, px};
    Tensor whole = Functional.oneDnnConv(x, weight, Optional.empty(), ONES, padding);

    Tensor result = LOW.convolution(List.of(x), weight, Optional.empty(), ONES, padding, false)
        .orElseGet(() -> Functional.oneDnnConv(x, weight, Optional.empty(), ONES, padding));

    assertThat(result.shape()).containsExactly(whole.shape());
    assertThat(difference(result, whole)).isZero();
  }

  @Test
  void aConvolutionOfAnEvenKernelIsTheWholeOne() {
    Tensor x = map(16, 32, 24);
    Tensor weight = values(0.05, 16, 16, 2, 2, 2);

    assertThat(LOW.convolution(List.of(x), weight, Optional.empty(), ONES, ONES, false)).isEmpty();
    assertThat(Functional.conv(x, weight, Optional.empty(), ONES, ONES).shape())
        .containsExactly(1, 16, 33, 25, 25);
  }

  @Test
  void aConvolutionMayTakeItsInputOver() {
    Tensor a = map(32, 64, 20);
    Tensor b = map(32, 64, 20);
    Tensor weight = values(0.05, 32, 64, 3, 3, 3);
    Tensor whole = Functional.oneDnnConv(Tensor.cat(List.of(a, b), 1), weight, Optional.empty(),
        ONES, ONES);

    Optional<Tensor> taken = LOW.convolution(List.of(a, b), weight, Optional.empty(), ONES, ONES,
        true);

    assertThat(taken).containsSame(a);
    assertThat(difference(a, whole)).isZero();
  }

  @Test
  void mapsOfDifferentSizesAreLeftToTorch() {
    Tensor weight = values(0.05, 16, 32, 3, 3, 3);
    for (Tensor other : List.of(map(16, 48, 24), map(16, 32, 12))) {
      assertThat(LOW.convolution(List.of(map(16, 32, 24), other), weight, Optional.empty(), ONES,
          ONES, false)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"2,2,2", "1,2,2", "4,2,1"})
  void upsamplingIsTheWholeOne(long z, long y, long x) {
    sameUpsampling(LOW, map(64, 32, 10), z, y, x);
  }

  @Test
  void upsamplingOfLargeMapsIsTheWholeOne() {
    sameUpsampling(PartByPart.USUAL, map(64, 32, 58), 2, 2, 2);
  }

  /** Large enough for a product of matrices, but not for slabs. */
  @Test
  void upsamplingInOnePieceIsTheWholeOne() {
    sameUpsampling(new PartByPart(4L << 20, 32L << 10), map(64, 10, 10), 2, 2, 2);
    assertThat(LOW.transposed(map(64, 2, 4), values(0.1, 64, 2, 2, 2, 2), Optional.empty(),
        new long[]{2, 2, 2})).as("small").isEmpty();
  }

  private void sameUpsampling(PartByPart sizes, Tensor x, long... stride) {
    Tensor weight = values(0.1, 64, 32, stride[0], stride[1], stride[2]);
    Optional<Tensor> bias = Optional.of(values(1, 32));

    Optional<Tensor> parts = sizes.transposed(x, weight, bias, stride);

    assertThat(parts).isPresent();
    assertThat(difference(parts.get(), Functional.wholeTransposed(x, weight, bias, stride)))
        .isLessThan(1e-6);
  }

  /** Planes of several slabs add up where the kernel is larger than the stride. */
  @ParameterizedTest
  @CsvSource({"3,2,2,2", "4,4,4,2", "2,2,2,1", "1,2,2,2"})
  void upsamplingOfAnotherKernelIsTheWholeOne(long kz, long ky, long kx, long s) {
    Tensor x = map(16, 32, 20);
    Tensor weight = values(0.1, 16, 16, kz, ky, kx);
    long[] stride = {s, s, s};
    Tensor whole = Functional.wholeTransposed(x, weight, Optional.empty(), stride);

    Tensor result = LOW.transposed(x, weight, Optional.empty(), stride)
        .orElseGet(() -> Functional.wholeTransposed(x, weight, Optional.empty(), stride));

    assertThat(result.shape()).containsExactly(whole.shape());
    assertThat(difference(result, whole)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void normalisationInPlaceIsTheWholeOne(boolean activated) {
    sameNormalisation(LOW, map(64, 35, 10), activated);
  }

  @Test
  void normalisationOfLargeMapsIsTheWholeOne() {
    sameNormalisation(PartByPart.USUAL, map(64, 70, 87), true);
  }

  private void sameNormalisation(PartByPart sizes, Tensor x, boolean activated) {
    long channels = x.size(1);
    Tensor weight = values(1, channels);
    Tensor bias = values(1, channels);
    Tensor whole = Functional.instanceNorm(x, weight, bias, 1e-5);
    OptionalDouble slope = activated ? OptionalDouble.of(0.01) : OptionalDouble.empty();
    slope.ifPresent(s -> Functional.leakyRelu_(whole, s));

    assertThat(sizes.normalised_(x, weight, bias, 1e-5, slope)).isTrue();

    assertThat(difference(x, whole)).isZero();
  }

  @Test
  void smallMapsStridesAndTrainingAreLeftToTorch() {
    Tensor weight = values(1, 64, 64, 3, 3, 3);
    Tensor large = map(64, 64, 16);
    assertThat(convolution(LOW, large, weight, ONES)).isPresent();
    assertThat(convolution(PartByPart.USUAL, large, weight, ONES)).as("small").isEmpty();
    for (long[] stride : List.of(new long[]{2, 2, 2}, new long[]{1, 2, 2}, new long[]{2, 1, 1})) {
      assertThat(convolution(LOW, large, weight, stride)).as("strides").isEmpty();
    }
    try (Autograd.Guard on = Autograd.withGrad()) {
      assertThat(convolution(LOW, large, weight, ONES)).as("training needs the whole").isEmpty();
    }
  }

  private static Optional<Tensor> convolution(PartByPart sizes, Tensor x, Tensor weight,
      long[] stride) {
    return sizes.convolution(List.of(x), weight, Optional.empty(), stride, ONES, false);
  }

  private Tensor map(int channels, int depth, int side) {
    return values(1, 1, channels, depth, side, side);
  }

  private Tensor values(double scale, long... shape) {
    int n = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (scale * (random.nextFloat() - 0.5));
    }
    return Tensor.of(v, Device.CPU, shape);
  }

  private static double difference(Tensor a, Tensor b) {
    Tensor d = a.sub(b);
    return Stream.of(d, d.neg()).mapToDouble(t -> t.max().item()).max().orElseThrow();
  }
}
