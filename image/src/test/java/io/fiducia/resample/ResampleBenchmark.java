package io.fiducia.resample;

import io.fiducia.morphology.DistanceTransform;
import java.util.Optional;

/**
 * Prints the seconds of a cubic resize (100x256x256 to 150x200x200, all axes together) and of an exact
 * distance transform (100x256x256, spacing 3, 0.8, 0.8), the best of several runs and the first. The
 * peers' same work: {@code skimage.transform.resize(order=3, mode="edge", anti_aliasing=False)} on
 * float32 and {@code scipy.ndimage.distance_transform_edt(mask, sampling)}.
 */
public final class ResampleBenchmark {
  private static final int[] SHAPE = {100, 256, 256};
  private static final int[] NEW_SHAPE = {150, 200, 200};

  private ResampleBenchmark() {}

  /** Argument: the number of runs, 10 by default. */
  public static void main(String[] args) {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    float[] data = new float[SHAPE[0] * SHAPE[1] * SHAPE[2]];
    boolean[] mask = new boolean[data.length];
    for (int z = 0, i = 0; z < SHAPE[0]; z++) {
      for (int y = 0; y < SHAPE[1]; y++) {
        for (int x = 0; x < SHAPE[2]; x++, i++) {
          data[i] = (float) (1000 * Math.sin(z * 0.31) * Math.cos(y * 0.17) + x % 37);
          double r = Math.pow((z - 50) / 45.0, 2) + Math.pow((y - 128) / 100.0, 2)
              + Math.pow((x - 128) / 110.0, 2);
          mask[i] = r < 1;
        }
      }
    }
    measure("resize_order3", runs,
        () -> NnunetResampler.resampleData(data, SHAPE, NEW_SHAPE, 3, 0, Optional.empty()));
    measure("resize_order1", runs,
        () -> NnunetResampler.resampleData(data, SHAPE, NEW_SHAPE, 1, 0, Optional.empty()));
    measure("edt", runs,
        () -> DistanceTransform.toBackground(mask, SHAPE, new double[]{3, 0.8, 0.8}));
  }

  private static void measure(String name, int runs, Runnable work) {
    double best = Double.MAX_VALUE;
    double first = 0;
    for (int r = 0; r < runs; r++) {
      long start = System.nanoTime();
      work.run();
      double seconds = (System.nanoTime() - start) * 1e-9;
      best = Math.min(best, seconds);
      if (r == 0) {
        first = seconds;
      }
    }
    System.out.printf(java.util.Locale.ROOT, "%s best %.4f s, first %.4f s%n", name, best, first);
  }
}
