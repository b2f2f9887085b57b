package io.fiducia.nnunet.infer;

/** From logits to probabilities. */
final class Probabilities {
  private Probabilities() {}

  /**
   * Softmax over the outputs, or the sigmoid of each where structures are regions, in place.
   *
   * @param values one plane after another, each of {@code stride} values
   * @param from first voxel of a plane to change
   * @param to after the last voxel to change
   */
  static void ofLogits(float[] values, int outputs, int stride, int from, int to,
      boolean regions) {
    double[] e = new double[outputs];
    for (int i = from; i < to; i++) {
      if (regions) {
        for (int c = 0; c < outputs; c++) {
          values[c * stride + i] = (float) (1 / (1 + Math.exp(-values[c * stride + i])));
        }
        continue;
      }
      float largest = values[i];
      for (int c = 1; c < outputs; c++) {
        largest = Math.max(largest, values[c * stride + i]);
      }
      double sum = 0;
      for (int c = 0; c < outputs; c++) {
        e[c] = Math.exp(values[c * stride + i] - largest);
        sum += e[c];
      }
      for (int c = 0; c < outputs; c++) {
        values[c * stride + i] = (float) (e[c] / sum);
      }
    }
  }
}
