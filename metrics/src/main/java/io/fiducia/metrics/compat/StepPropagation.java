package io.fiducia.metrics.compat;

/**
 * Distances from every voxel of a grid to the nearest of some voxels by passing steps from neighbour
 * to neighbour (Danielsson 1980), in single precision and in the order of plastimatch 1.9. The
 * result is not exact: a voxel knows only the steps that its neighbours stored, and with
 * anisotropic spacing may miss the nearest voxel.
 */
final class StepPropagation {
  private static final int UNKNOWN = -1;

  private final int nx;
  private final int ny;
  private final int nz;
  private final float sx2;
  private final float sy2;
  private final float sz2;
  /** Steps along x, y and z from each voxel to the one it has found. */
  private final int[] dx;
  private final int[] dy;
  private final int[] dz;

  private StepPropagation(boolean[] targets, int nx, int ny, int nz, float[] spacingMm) {
    this.nx = nx;
    this.ny = ny;
    this.nz = nz;
    sx2 = spacingMm[0] * spacingMm[0];
    sy2 = spacingMm[1] * spacingMm[1];
    sz2 = spacingMm[2] * spacingMm[2];
    dx = new int[targets.length];
    dy = new int[targets.length];
    dz = new int[targets.length];
    for (int i = 0; i < targets.length; i++) {
      dx[i] = targets[i] ? 0 : UNKNOWN;
    }
  }

  /** The distances in mm; the largest float where there is nothing to find. Index: x fastest. */
  static float[] distances(boolean[] targets, int nx, int ny, int nz, float[] spacingMm) {
    StepPropagation p = new StepPropagation(targets, nx, ny, nz, spacingMm);
    p.propagate();
    float[] d = new float[targets.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = p.dx[i] == UNKNOWN
          ? Float.MAX_VALUE
          : (float) Math.sqrt(p.squared(p.dx[i], p.dy[i], p.dz[i]));
    }
    return d;
  }

  private void propagate() {
    slice(0);
    for (int k = 1; k < nz; k++) {
      fromSlice(k, k - 1);
      slice(k);
    }
    for (int k = nz - 2; k >= 0; k--) {
      fromSlice(k, k + 1);
      slice(k);
    }
  }

  private void fromSlice(int k, int other) {
    for (int i = 0; i < nx * ny; i++) {
      offer(k * nx * ny + i, other * nx * ny + i, 0, 0, 1);
    }
  }

  /** Within a slice: up the rows and down again, each row both ways. */
  private void slice(int k) {
    row(k * ny);
    for (int j = 1; j < ny; j++) {
      fromRow(k * ny + j, k * ny + j - 1);
      row(k * ny + j);
    }
    for (int j = ny - 2; j >= 0; j--) {
      fromRow(k * ny + j, k * ny + j + 1);
      row(k * ny + j);
    }
  }

  private void fromRow(int row, int other) {
    for (int i = 0; i < nx; i++) {
      offer(row * nx + i, other * nx + i, 0, 1, 0);
    }
  }

  private void row(int row) {
    for (int i = 1; i < nx; i++) {
      offer(row * nx + i, row * nx + i - 1, 1, 0, 0);
    }
    for (int i = nx - 2; i >= 0; i--) {
      offer(row * nx + i, row * nx + i + 1, 1, 0, 0);
    }
  }

  /** Lets a voxel take its neighbour's steps and one more, if that is nearer than its own. */
  private void offer(int to, int from, int stepX, int stepY, int stepZ) {
    if (dx[from] == UNKNOWN) {
      return;
    }
    int x = dx[from] + stepX;
    int y = dy[from] + stepY;
    int z = dz[from] + stepZ;
    if (dx[to] == UNKNOWN || squared(x, y, z) < squared(dx[to], dy[to], dz[to])) {
      dx[to] = x;
      dy[to] = y;
      dz[to] = z;
    }
  }

  private float squared(int x, int y, int z) {
    float fx = x;
    float fy = y;
    float fz = z;
    return fx * fx * sx2 + fy * fy * sy2 + fz * fz * sz2;
  }
}
