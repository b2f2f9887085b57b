package io.fiducia.learn.picture;

/**
 * Cuts an example out of a picture: crop and all distortions in one resampling, the same for image and
 * label. The image is interpolated linearly and mirrored at the picture's borders; the label is
 * interpolated linearly and cut at one half, 0 beyond the borders.
 */
public final class ExampleCutter {
  /** Above this many pixels of the picture per pixel of the example, four samples are averaged. */
  private static final double COARSE = 1.5;

  private ExampleCutter() {}

  /**
   * Cuts an example.
   *
   * @param task the distortion that all examples of a task share
   * @param own the example's own distortion
   * @param pixels along each side of the example
   */
  public static Picture cut(Picture from, Crop crop, Distortion task, Distortion own, int pixels) {
    int parts = crop.side() * from.side() / pixels > COARSE ? 2 : 1;
    Picture fine = sample(from, crop, task, own, pixels * parts);
    return parts == 1
        ? new Picture(pixels, fine.image(), threshold(fine.label()))
        : new Picture(pixels, halved(fine.image(), pixels),
            threshold(halved(fine.label(), pixels)));
  }

  private static float[] threshold(float[] coverage) {
    for (int i = 0; i < coverage.length; i++) {
      coverage[i] = coverage[i] >= 0.5f ? 1 : 0;
    }
    return coverage;
  }

  private static float[] halved(float[] fine, int side) {
    float[] out = new float[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int p = 4 * y * side + 2 * x;
        out[y * side + x] = (fine[p] + fine[p + 1] + fine[p + 2 * side] + fine[p + 2 * side + 1])
            / 4;
      }
    }
    return out;
  }

  private static Picture sample(Picture from, Crop crop, Distortion task, Distortion own,
      int side) {
    NoiseLattice lattice = new NoiseLattice(side);
    int nodes = lattice.nodes();
    double[] sourceX = new double[nodes * nodes];
    double[] sourceY = new double[nodes * nodes];
    double[] place = new double[2];
    for (int n = 0; n < sourceX.length; n++) {
      place[0] = lattice.place(n % nodes) - 0.5;
      place[1] = lattice.place(n / nodes) - 0.5;
      own.apply(place);
      task.apply(place);
      sourceX[n] = (crop.centreX() + place[0] * crop.side()) * from.side() - 0.5;
      sourceY[n] = (crop.centreY() + place[1] * crop.side()) * from.side() - 0.5;
    }
    float[] image = new float[side * side];
    float[] label = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      double x = lattice.at(sourceX, i % side, i / side);
      double y = lattice.at(sourceY, i % side, i / side);
      image[i] = mirrored(from.image(), from.side(), x, y);
      label[i] = bounded(from.label(), from.side(), x, y);
    }
    return new Picture(side, image, label);
  }

  private static float mirrored(float[] values, int side, double x, double y) {
    double mx = mirror(x, side - 1);
    double my = mirror(y, side - 1);
    int ix = Math.min(side - 2, (int) mx);
    int iy = Math.min(side - 2, (int) my);
    float fx = (float) (mx - ix);
    float fy = (float) (my - iy);
    int p = iy * side + ix;
    float above = values[p] + fx * (values[p + 1] - values[p]);
    float below = values[p + side] + fx * (values[p + side + 1] - values[p + side]);
    return above + fy * (below - above);
  }

  private static double mirror(double at, double last) {
    double period = 2 * last;
    double inside = at - period * Math.floor(at / period);
    return inside <= last ? inside : period - inside;
  }

  private static float bounded(float[] values, int side, double x, double y) {
    int ix = (int) Math.floor(x);
    int iy = (int) Math.floor(y);
    float fx = (float) (x - ix);
    float fy = (float) (y - iy);
    return (1 - fy)
        * ((1 - fx) * value(values, side, ix, iy) + fx * value(values, side, ix + 1, iy))
        + fy * ((1 - fx) * value(values, side, ix, iy + 1)
            + fx * value(values, side, ix + 1, iy + 1));
  }

  private static float value(float[] values, int side, int x, int y) {
    return x < 0 || y < 0 || x >= side || y >= side ? 0 : values[y * side + x];
  }
}
