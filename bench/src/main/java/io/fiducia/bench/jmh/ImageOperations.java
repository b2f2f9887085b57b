package io.fiducia.bench.jmh;

import io.fiducia.morphology.DistanceTransform;
import io.fiducia.resample.NnunetResampler;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Operations on images: what preprocessing and the surface metrics spend their time in. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ImageOperations {
  private static final int[] SHAPE = {100, 256, 256};
  private static final int[] NEW_SHAPE = {150, 200, 200};
  private static final double[] SPACING_MM = {2.5, 1, 1};

  private final float[] image = new float[SHAPE[0] * SHAPE[1] * SHAPE[2]];
  private final boolean[] ball = new boolean[image.length];

  /** Fills a ramp with some structure, and a ball. */
  public ImageOperations() {
    for (int z = 0, i = 0; z < SHAPE[0]; z++) {
      for (int y = 0; y < SHAPE[1]; y++) {
        for (int x = 0; x < SHAPE[2]; x++, i++) {
          image[i] = x + (y * 31 + z * 17) % 97;
          double d = Math.hypot(Math.hypot(x - 128, y - 128), 2.5 * (z - 50));
          ball[i] = d < 80;
        }
      }
    }
  }

  /** Resizes an image with cubic splines. */
  @Benchmark
  public float[] cubicResize() {
    return NnunetResampler.resampleData(image, SHAPE, NEW_SHAPE, 3, 3, Optional.empty());
  }

  /** Computes every voxel's distance to a ball. */
  @Benchmark
  public double[] distanceTransform() {
    return DistanceTransform.toMask(ball, SHAPE, SPACING_MM);
  }
}
