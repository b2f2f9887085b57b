package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Tissue;
import io.fiducia.phantom.TissueSource;
import io.fiducia.volume.FloatVolume;

/**
 * An MR scanner with a T2-weighted turbo spin echo: tissue contrast and texture, slices as thick as
 * they are, displaced fat, coil fall-off and shading, ghosts of the breathing belly, Rician noise,
 * voids around metal.
 *
 * <p>Not modelled: geometric distortion, wrap-around, inflow, several receive channels with noise of
 * their own.
 *
 * @param name for tables
 * @param motionMm how far breathing moves the front of the belly
 * @param evened how much of the coil's fall-off the scanner takes out again, 0 to 1
 * @param scale of the image: what fully relaxed water at the centre of the coil shows
 */
public record MrScanner(String name, MrSequence sequence, MrCoil coil, double motionMm,
    double evened, double scale) implements Scanner {
  private static final double WALL_MM = 45;
  private static final double VOID_MM = 9;

  public MrScanner {
    if (!(motionMm >= 0 && evened >= 0 && evened <= 1 && scale > 0)) {
      throw new IllegalArgumentException(
          "motion " + motionMm + " mm, evened " + evened + ", scale " + scale);
    }
  }

  /** A wide-bore 3 T scanner: even, quiet, fine. */
  public static MrScanner source() {
    return new MrScanner("MR A", new MrSequence(3, 96, 5000, 0.9, 0.9, 1.2),
        new MrCoil(60, 0.8, 0.08, 0.012), 0.7, 0.8, 1000);
  }

  /** An older 1.5 T scanner: another contrast, bright near its coils, noisier, coarser, ghosts. */
  public static MrScanner target() {
    return new MrScanner("MR B", new MrSequence(1.5, 84, 3600, 1.3, 1, 2),
        new MrCoil(50, 1.4, 0.15, 0.022), 2, 0.4, 420);
  }

  @Override
  public FloatVolume scan(TissueSource body, Geometry grid, long seed, int threads) {
    Size size = grid.size();
    float[] image = new float[size.voxels()];
    try (Workers workers = new Workers(threads)) {
      SubVoxels tissues = SubVoxels.of(body, grid, grid.spacingMm().z() * sequence.sliceShare(),
          workers);
      MrTissues signals = MrTissues.of(seed, sequence);
      Span trunk = Span.of(grid, workers,
          (voxel, p) -> tissues.tissue(0, voxel) == Tissue.AIR.code() ? Double.NaN : p.y());
      MrCoil.Field field = coil.field(seed, trunk.least(), trunk.most());
      Fourier alongX = new Fourier(Fourier.fitting(size.x()));
      Fourier alongY = new Fourier(Fourier.fitting(size.y()));
      workers.each(size.z(), k -> {
        float[] slice = new float[size.x() * size.y()];
        float[] gain = new float[slice.length];
        paint(k, grid, tissues, signals, slice);
        Slice2d still = new Slice2d(alongX, alongY);
        Slice2d moving = new Slice2d(alongX, alongY);
        for (int j = 0; j < size.y(); j++) {
          for (int i = 0; i < size.x(); i++) {
            Vec3 p = grid.toPhysical(i, j, k);
            int at = i + size.x() * j;
            gain[at] = (float) field.at(p.x(), p.y(), p.z());
            double seen = slice[at] * gain[at];
            double moves = Math.clamp((trunk.least() + WALL_MM - p.y()) / (0.5 * WALL_MM), 0.0,
                1.0);
            still.re[i + j * still.width()] = (float) (seen * (1 - moves));
            moving.re[i + j * still.width()] = (float) (seen * moves);
          }
        }
        if (motionMm == 0) {
          add(moving.re, still.re);
        }
        float[] seen = new MrSlice(still, moving, grid.spacingMm().x(), grid.spacingMm().y())
            .acquire(sequence.voxelMm(), motionMm, coil.noise(),
                SeededRandom.of(seed, "mr noise", k));
        for (int j = 0; j < size.y(); j++) {
          for (int i = 0; i < size.x(); i++) {
            int at = i + size.x() * j;
            double even = Math.pow(gain[at], -evened);
            image[k * slice.length + at] = (float) Math
                .rint(scale * even * seen[i + j * still.width()]);
          }
        }
      });
    }
    return new FloatVolume(grid, image);
  }

  private static void add(float[] from, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  /** The signal of a slice before any coil. */
  private void paint(int k, Geometry grid, SubVoxels tissues, MrTissues signals, float[] slice) {
    Size size = grid.size();
    int places = tissues.count();
    float[] fat = new float[slice.length];
    float[] metal = new float[slice.length];
    boolean implant = false;
    for (int j = 0; j < size.y(); j++) {
      for (int i = 0; i < size.x(); i++) {
        int voxel = size.index(i, j, k);
        Vec3 p = grid.toPhysical(i, j, k);
        int at = i + size.x() * j;
        int before = -1;
        float value = 0;
        for (int n = 0; n < places; n++) {
          int tissue = tissues.tissue(n, voxel);
          if (tissue != before) {
            before = tissue;
            value = signals.signal(tissue) * signals.texture(tissue, p.x(), p.y(), p.z()) / places;
          }
          if (MrTissues.fatty(tissue)) {
            fat[at] += value;
          } else {
            slice[at] += value;
          }
          if (tissue == Tissue.METAL.code()) {
            metal[at] += 1f / places;
            implant = true;
          }
        }
      }
    }
    displace(fat, slice, size, sequence.fatShiftMm() / grid.spacingMm().x());
    if (implant) {
      hollow(slice, metal, grid);
    }
  }

  private static void displace(float[] fat, float[] slice, Size size, double pixels) {
    int whole = (int) Math.floor(pixels);
    float rest = (float) (pixels - whole);
    for (int j = 0; j < size.y(); j++) {
      for (int i = 0; i < size.x(); i++) {
        int from = i - whole;
        float near = from >= 0 && from < size.x() ? fat[from + size.x() * j] : 0;
        float far = from >= 1 && from <= size.x() ? fat[from - 1 + size.x() * j] : 0;
        slice[i + size.x() * j] += (1 - rest) * near + rest * far;
      }
    }
  }

  /** Around metal the field is so uneven that signal is lost, and piles up at the void's rim. */
  private static void hollow(float[] slice, float[] metal, Geometry grid) {
    Size size = grid.size();
    Blur.gaussian(metal, size.x(), size.y(), VOID_MM / grid.spacingMm().x(),
        VOID_MM / grid.spacingMm().y());
    for (int i = 0; i < slice.length; i++) {
      double lost = Math.clamp(8 * metal[i], 0.0, 1.0);
      double rim = Math.exp(-Math.pow((metal[i] - 0.05) / 0.025, 2));
      slice[i] *= (float) ((1 - lost) * (1 + 0.9 * rim));
    }
  }
}
