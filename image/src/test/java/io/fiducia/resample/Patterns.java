package io.fiducia.resample;

/** Test images by a formula that the peers' script shares: v(i) = (37 i i + 11 i) mod 101. */
final class Patterns {
  private Patterns() {}

  static float[] image(int[] shape) {
    float[] data = new float[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < data.length; i++) {
      data[i] = value(i);
    }
    return data;
  }

  /** Labels -1 to 3. */
  static short[] labels(int[] shape) {
    short[] data = new short[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (value(i) % 5 - 1);
    }
    return data;
  }

  private static int value(long i) {
    return (int) ((i * i * 37 + i * 11) % 101);
  }

  static double sum(float[] data) {
    double sum = 0;
    for (float v : data) {
      sum += v;
    }
    return sum;
  }

  static long checksum(short[] data) {
    long sum = 0;
    for (int i = 0; i < data.length; i++) {
      sum += (long) data[i] * (i % 1009 + 1);
    }
    return sum;
  }
}
