package io.fiducia.phantom;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The union of solids, sampled on a grid of a few millimetres and interpolated between: depths vary
 * slowly, so that this is as good as evaluating every solid at every voxel, and far faster.
 */
final class DepthField {
  /** Depth wherever nothing is near. */
  static final float OUTSIDE = -30;
  /** How far outside a solid its depth is still kept. */
  private static final double MARGIN = 6;

  private final double step;
  private final double x0;
  private final double y0;
  private final double z0;
  private final int nx;
  private final int ny;
  private final int nz;
  private final float[] first;
  /** The depth of the second deepest part, for the fat between neighbours; empty if not asked for. */
  private final float[] second;
  private final byte[] part;

  /** One part of the union: solids that belong together, with a number. */
  record Part(int id, List<Primitive> solids) {
    Primitive.Box bounds() {
      return solids.stream().map(Primitive::bounds).reduce(Primitive.Box::with).orElseThrow();
    }
  }

  /** How to move a point before the solids are asked; anatomy is never straight. */
  @FunctionalInterface
  interface Warp {
    /** Adds the displacement of p (mm) to p. */
    void apply(double[] p);

    /** None. */
    static Warp none() {
      return p -> {};
    }
  }

  private DepthField(Primitive.Box box, double step, boolean neighbours) {
    this.step = step;
    this.x0 = box.x0();
    this.y0 = box.y0();
    this.z0 = box.z0();
    this.nx = cells(box.x1() - box.x0());
    this.ny = cells(box.y1() - box.y0());
    this.nz = cells(box.z1() - box.z0());
    this.first = new float[nx * ny * nz];
    Arrays.fill(first, OUTSIDE);
    this.second = neighbours ? first.clone() : new float[0];
    this.part = new byte[first.length];
  }

  private int cells(double extent) {
    return (int) Math.ceil(extent / step) + 2;
  }

  /**
   * Samples parts.
   *
   * @param marginMm how far outside the depth must be right
   * @param neighbours whether {@link #second} is wanted
   */
  static DepthField of(List<Part> parts, double step, double marginMm, boolean neighbours,
      Warp warp) {
    Primitive.Box box = parts.stream().map(Part::bounds).reduce(Primitive.Box::with).orElseThrow()
        .grown(marginMm + 2 * MARGIN);
    DepthField field = new DepthField(box, step, neighbours);
    IntStream.range(0, field.nz).parallel()
        .forEach(k -> field.fill(k, parts, marginMm + MARGIN, warp, neighbours));
    return field;
  }

  static DepthField of(List<Primitive> solids, double step, Warp warp) {
    return of(List.of(new Part(1, solids)), step, 0, false, warp);
  }

  private void fill(int k, List<Part> parts, double margin, Warp warp, boolean neighbours) {
    double[] warped = new double[3 * nx * ny];
    double[] p = new double[3];
    for (int i = 0; i < nx * ny; i++) {
      p[0] = x0 + i % nx * step;
      p[1] = y0 + i / nx * step;
      p[2] = z0 + k * step;
      warp.apply(p);
      System.arraycopy(p, 0, warped, 3 * i, 3);
    }
    float[] own = new float[nx * ny];
    for (Part one : parts) {
      Span all = span(one.bounds(), k, margin);
      if (all.empty()) {
        continue;
      }
      for (int j = all.j0; j <= all.j1; j++) {
        Arrays.fill(own, nx * j + all.i0, nx * j + all.i1 + 1, OUTSIDE);
      }
      for (Primitive solid : one.solids()) {
        splat(solid, span(solid.bounds(), k, margin), warped, own);
      }
      merge(own, all, k * nx * ny, (byte) one.id(), neighbours);
    }
  }

  /** The samples of one slice that a box reaches. */
  private record Span(int i0, int i1, int j0, int j1) {
    boolean empty() {
      return i0 > i1 || j0 > j1;
    }
  }

  private Span span(Primitive.Box bounds, int k, double margin) {
    Primitive.Box box = bounds.grown(margin);
    double z = z0 + k * step;
    if (z < box.z0() || z > box.z1()) {
      return new Span(0, -1, 0, -1);
    }
    return new Span(Math.max(0, (int) ((box.x0() - x0) / step)),
        Math.min(nx - 1, (int) ((box.x1() - x0) / step) + 1),
        Math.max(0, (int) ((box.y0() - y0) / step)),
        Math.min(ny - 1, (int) ((box.y1() - y0) / step) + 1));
  }

  private void splat(Primitive solid, Span span, double[] warped, float[] own) {
    for (int j = span.j0; j <= span.j1; j++) {
      for (int i = span.i0; i <= span.i1; i++) {
        int at = i + nx * j;
        float depth = (float) solid.depth(warped[3 * at], warped[3 * at + 1], warped[3 * at + 2]);
        own[at] = Math.max(own[at], depth);
      }
    }
  }

  private void merge(float[] own, Span span, int offset, byte id, boolean neighbours) {
    for (int j = span.j0; j <= span.j1; j++) {
      for (int i = nx * j + span.i0; i <= nx * j + span.i1; i++) {
        int at = offset + i;
        if (own[i] > first[at]) {
          if (neighbours) {
            second[at] = first[at];
          }
          first[at] = own[i];
          part[at] = id;
        } else if (neighbours && own[i] > second[at]) {
          second[at] = own[i];
        }
      }
    }
  }

  /** Adds a smooth change to the depth everywhere, as on the surface of a soft organ. */
  DepthField roughened(Noise noise, double mm) {
    int index = 0;
    for (int k = 0; k < nz; k++) {
      for (int j = 0; j < ny; j++) {
        for (int i = 0; i < nx; i++, index++) {
          if (first[index] > OUTSIDE) {
            first[index] += (float) (mm
                * noise.at(x0 + i * step, y0 + j * step, z0 + k * step));
          }
        }
      }
    }
    return this;
  }

  /** Whether a point may be near anything at all. */
  boolean near(double x, double y, double z) {
    return x > x0 && y > y0 && z > z0 && x < x0 + (nx - 1) * step && y < y0 + (ny - 1) * step
        && z < z0 + (nz - 1) * step;
  }

  /** Depth in mm, positive inside. */
  double depth(double x, double y, double z) {
    return near(x, y, z) ? interpolate(first, x, y, z) : OUTSIDE;
  }

  /** Depth in the part that comes second here. */
  double second(double x, double y, double z) {
    return near(x, y, z) ? interpolate(second, x, y, z) : OUTSIDE;
  }

  /** The number of the deepest part at the nearest sample. */
  int part(double x, double y, double z) {
    if (!near(x, y, z)) {
      return 0;
    }
    int i = (int) ((x - x0) / step + 0.5);
    int j = (int) ((y - y0) / step + 0.5);
    int k = (int) ((z - z0) / step + 0.5);
    return part[i + nx * (j + ny * k)];
  }

  private double interpolate(float[] data, double x, double y, double z) {
    double u = (x - x0) / step;
    double v = (y - y0) / step;
    double w = (z - z0) / step;
    int i = (int) u;
    int j = (int) v;
    int k = (int) w;
    double a = u - i;
    double b = v - j;
    double c = w - k;
    int base = i + nx * (j + ny * k);
    int up = base + nx * ny;
    double low = (1 - b) * ((1 - a) * data[base] + a * data[base + 1])
        + b * ((1 - a) * data[base + nx] + a * data[base + nx + 1]);
    double high = (1 - b) * ((1 - a) * data[up] + a * data[up + 1])
        + b * ((1 - a) * data[up + nx] + a * data[up + nx + 1]);
    return (1 - c) * low + c * high;
  }
}
