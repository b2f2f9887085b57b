package io.fiducia.app.commands.universeg;

/** Dice of one label in two label maps of the same grid. */
final class LabelDice {
  private LabelDice() {}

  static double of(short[] a, short[] b, int label) {
    double both = 0;
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] == label && b[i] == label ? 1 : 0;
      sum += (a[i] == label ? 1 : 0) + (b[i] == label ? 1 : 0);
    }
    return 2 * both / sum;
  }
}
