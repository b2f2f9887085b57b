package io.fiducia.resample;

import java.util.Optional;

/**
 * {@link NnunetResampler#resampleData} of order 0 or 1, one output plane at a time, for arrays that
 * come plane by plane and are never whole in memory: output plane {@code k} needs the input planes
 * {@link #low} and {@link #high} only, which never run backwards and are one apart at most. The same to
 * the last bit. Safe to use from several threads.
 */
public final class LinearPlanes {
  private final LinearResize resize;
  private final int inputPlane;
  private final int outputPlane;

  /**
   * @param shape the input's (z, y, x)
   * @param newShape the output's (z, y, x)
   * @param order 0 or 1, along all axes but the separate one
   * @param orderZ 0 or 1, along the separate axis
   */
  public LinearPlanes(int[] shape, int[] newShape, int order, int orderZ,
      Optional<Integer> separateAxis) {
    if (order < 0 || order > 1 || orderZ < 0 || orderZ > 1) {
      throw new IllegalArgumentException("orders " + order + ", " + orderZ);
    }
    this.resize = new LinearResize(NnunetResampler.maps(shape, newShape),
        NnunetResampler.orders(order, orderZ, separateAxis));
    this.inputPlane = Math.multiplyExact(shape[1], shape[2]);
    this.outputPlane = Math.multiplyExact(newShape[1], newShape[2]);
  }

  /** The number of output planes. */
  public int size() {
    return resize.slices().size();
  }

  /** The first input plane that an output plane needs. */
  public int low(int k) {
    return resize.slices().lo()[k];
  }

  /** The last input plane that an output plane needs: {@link #low} or the one after it. */
  public int high(int k) {
    return resize.slices().w1()[k] == 0 ? low(k) : resize.slices().hi()[k];
  }

  /**
   * Writes output plane {@code k} of one channel to {@code out} from {@code outAt}.
   *
   * @param low holds the channel's input plane {@link #low} from {@code lowAt}
   * @param high holds the channel's input plane {@link #high} from {@code highAt}
   */
  public void plane(float[] low, int lowAt, float[] high, int highAt, int k, float[] out,
      int outAt) {
    if (lowAt + inputPlane > low.length || highAt + inputPlane > high.length
        || outAt + outputPlane > out.length) {
      throw new IllegalArgumentException("planes of " + inputPlane + " and " + outputPlane
          + " values do not fit");
    }
    resize.slice(low, lowAt, high, highAt, k, out, outAt);
  }
}
