package io.fiducia.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large maps part by part against torch's own operations on the whole. */
class PartByPartTest {
  private static final long[] ONES = {1, 1, 1};
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

  /** Depths with 16, 4 and 2 slabs; kernels that reach over slabs and one that does not. */
  @ParameterizedTest
  @CsvSource({"64,3", "20,3", "70,3", "64,1", "32,5"})
  void aConvolutionOfJoinedMapsIsTheWholeOne(int depth, int kernelZ) {
    Tensor a = map(24, depth);
    Tensor b = map(40, depth);
    Tensor weight = values(0.05, 32, 64, kernelZ, 3, 3);
    Optional<Tensor> bias = Optional.of(values(1, 32));
    long[] padding = {kernelZ / 2, 1, 1};

    Optional<Tensor> parts = PartByPart.convolution(List.of(a, b), weight, bias, ONES, padding,
        false);

    Tensor joined = Tensor.cat(List.of(a, b), 1);
    assertThat(parts).isPresent();
    assertThat(difference(parts.get(),
        Functional.oneDnnConv(joined, weight, bias, ONES, padding))).isZero();
    // With gradients torch chooses the kernel itself.
    try (Autograd.Guard on = Autograd.withGrad()) {
      assertThat(difference(parts.get(), Functional.conv(joined, weight, bias, ONES, padding)))
          .isLessThan(1e-5);
    }
  }

  @Test
  void aConvolutionMayTakeItsInputOver() {
    Tensor a = map(32, 64);
    Tensor b = map(32, 64);
    Tensor weight = values(0.05, 32, 64, 3, 3, 3);
    Tensor whole = Functional.oneDnnConv(Tensor.cat(List.of(a, b), 1), weight, Optional.empty(),
        ONES, ONES);

    Optional<Tensor> taken = PartByPart.convolution(List.of(a, b), weight, Optional.empty(), ONES,
        ONES, true);

    assertThat(taken).containsSame(a);
    assertThat(difference(a, whole)).isZero();
  }

  @Test
  void upsamplingIsTheWholeOne() {
    Tensor x = map(64, 32);
    Tensor weight = values(0.1, 64, 32, 2, 2, 2);
    Optional<Tensor> bias = Optional.of(values(1, 32));
    long[] stride = {2, 2, 2};

    Optional<Tensor> parts = PartByPart.transposed(x, weight, bias, stride);

    assertThat(parts).isPresent();
    assertThat(difference(parts.get(), Functional.wholeTransposed(x, weight, bias, stride)))
        .isLessThan(1e-6);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void normalisationInPlaceIsTheWholeOne(boolean activated) {
    Tensor x = map(64, 70);
    Tensor weight = values(1, 64);
    Tensor bias = values(1, 64);
    Tensor whole = Functional.instanceNorm(x, weight, bias, 1e-5);
    OptionalDouble slope = activated ? OptionalDouble.of(0.01) : OptionalDouble.empty();
    slope.ifPresent(s -> Functional.leakyRelu_(whole, s));

    assertThat(PartByPart.normalised_(x, weight, bias, 1e-5, slope)).isTrue();

    assertThat(difference(x, whole)).isZero();
  }

  @Test
  void smallMapsAndStridesAreLeftToTorch() {
    Tensor small = values(1, 1, 8, 16, 16, 16);
    Tensor weight = values(1, 8, 8, 3, 3, 3);
    assertThat(PartByPart.convolution(List.of(small), weight, Optional.empty(), ONES, ONES, false))
        .isEmpty();
    Tensor large = map(64, 64);
    Tensor strided = values(1, 64, 64, 3, 3, 3);
    assertThat(PartByPart.convolution(List.of(large), strided, Optional.empty(),
        new long[]{2, 2, 2}, ONES, false)).isEmpty();
    try (Autograd.Guard on = Autograd.withGrad()) {
      assertThat(
          PartByPart.convolution(List.of(large), strided, Optional.empty(), ONES, ONES, false))
          .as("training needs the whole").isEmpty();
    }
  }

  private Tensor map(int channels, int depth) {
    long side = depth < 40 ? 180 : 90;
    return values(1, 1, channels, depth, side, side);
  }

  private Tensor values(double scale, long... shape) {
    int n = (int) java.util.Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (scale * (random.nextFloat() - 0.5));
    }
    return Tensor.of(v, Device.CPU, shape);
  }

  private static double difference(Tensor a, Tensor b) {
    Tensor d = a.sub(b);
    return Math.max(d.max().item(), d.neg().max().item());
  }
}
