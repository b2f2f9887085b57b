package io.fiducia.learn.picture;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Superpixels by SLIC (Achanta et al., IEEE TPAMI 2012): k-means of place and intensity, each centre
 * looking only two cells around. Simplified: a grey image, no step that connects stray pixels.
 */
public final class Superpixels {
  /** Superpixels further from the middle than this, as a share of the side, are not chosen. */
  private static final double OFF_CENTRE = 0.32;
  private static final int ROUNDS = 4;
  /** How far intensity counts: a difference of the whole range is as far as this many cells. */
  private static final double INTENSITY_CELLS = 8;

  private Superpixels() {}

  /**
   * The superpixel of every pixel, numbered from 0.
   *
   * @param image side x side intensities from 0 to 1
   * @param cell about how many pixels a superpixel is wide
   */
  public static int[] of(float[] image, int side, int cell) {
    int across = Math.max(1, side / cell);
    int count = across * across;
    double[][] centres = new double[count][3];
    for (int c = 0; c < count; c++) {
      int x = (int) ((c % across + 0.5) * side / across);
      int y = (int) ((c / across + 0.5) * side / across);
      centres[c] = new double[]{x, y, image[y * side + x]};
    }
    int[] owner = new int[side * side];
    for (int round = 0; round < ROUNDS; round++) {
      assign(image, side, cell, centres, owner);
      move(image, side, centres, owner);
    }
    return owner;
  }

  private static void assign(float[] image, int side, int cell, double[][] centres, int[] owner) {
    double[] nearest = new double[side * side];
    Arrays.fill(nearest, Double.MAX_VALUE);
    double perIntensity = INTENSITY_CELLS * cell;
    for (int c = 0; c < centres.length; c++) {
      int x0 = Math.max(0, (int) centres[c][0] - 2 * cell);
      int x1 = Math.min(side - 1, (int) centres[c][0] + 2 * cell);
      int y0 = Math.max(0, (int) centres[c][1] - 2 * cell);
      int y1 = Math.min(side - 1, (int) centres[c][1] + 2 * cell);
      for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
          int p = y * side + x;
          double dx = x - centres[c][0];
          double dy = y - centres[c][1];
          double di = perIntensity * (image[p] - centres[c][2]);
          double d = dx * dx + dy * dy + di * di;
          if (d < nearest[p]) {
            nearest[p] = d;
            owner[p] = c;
          }
        }
      }
    }
  }

  private static void move(float[] image, int side, double[][] centres, int[] owner) {
    double[][] sums = new double[centres.length][4];
    for (int p = 0; p < owner.length; p++) {
      double[] s = sums[owner[p]];
      s[0] += p % side;
      s[1] += p / side;
      s[2] += image[p];
      s[3]++;
    }
    for (int c = 0; c < centres.length; c++) {
      if (sums[c][3] > 0) {
        centres[c] = new double[]{sums[c][0] / sums[c][3], sums[c][1] / sums[c][3],
          sums[c][2] / sums[c][3]};
      }
    }
  }

  /** A superpixel near the middle, half of the time with one or two that lie beside it. */
  public static float[] structure(SeededRandom random, int[] owner, int side) {
    int x = side / 2 + (int) (side * Draws.uniform(random, -OFF_CENTRE, OFF_CENTRE));
    int y = side / 2 + (int) (side * Draws.uniform(random, -OFF_CENTRE, OFF_CENTRE));
    float[] label = new float[side * side];
    fill(label, owner, owner[y * side + x]);
    int more = Draws.happens(random, 0.5) ? Draws.between(random, 1, 2) : 0;
    for (int i = 0; i < more; i++) {
      List<Integer> beside = beside(label, owner, side);
      if (!beside.isEmpty()) {
        fill(label, owner, beside.get(Draws.index(random, beside.size())));
      }
    }
    return label;
  }

  private static void fill(float[] label, int[] owner, int superpixel) {
    for (int p = 0; p < label.length; p++) {
      label[p] = owner[p] == superpixel ? 1 : label[p];
    }
  }

  /** The superpixels that touch the label, as often as pixels touch it. */
  private static List<Integer> beside(float[] label, int[] owner, int side) {
    List<Integer> out = new ArrayList<>();
    for (int p = 0; p < label.length - side; p++) {
      if (label[p] != label[p + side]) {
        out.add(owner[label[p] > 0 ? p + side : p]);
      }
      if (p % side < side - 1 && label[p] != label[p + 1]) {
        out.add(owner[label[p] > 0 ? p + 1 : p]);
      }
    }
    return out;
  }
}
