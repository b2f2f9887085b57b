package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Tissue;
import io.fiducia.phantom.TissueSource;
import io.fiducia.volume.FloatVolume;

/**
 * A CT scanner: partial volumes, tissue texture, contrast agent, a couch, a reconstruction kernel,
 * noise, beam hardening and metal streaks (see {@link CtNoise}).
 *
 * @param name for tables
 * @param agent the contrast agent that patients are given
 * @param photons counted in a ray through air, whatever the voxel's size: a coarse grid stands for a
 *     quick scan at low dose
 * @param kernel of the reconstruction
 * @param hardening how much beam hardening its corrections leave, 0 to 1
 * @param offsetHu how far its calibration is off at water
 * @param gain how far its calibration is off in scale; 1 is right
 * @param flatCouch whether the patient lies on a flat couch, as for radiotherapy
 */
public record CtScanner(String name, ContrastAgent agent, double photons, CtKernel kernel,
    double hardening, double offsetHu, double gain, boolean flatCouch) implements Scanner {
  private static final float LOWEST = -1024;
  private static final float HIGHEST = 3071;

  public CtScanner {
    if (!(photons > 0 && gain > 0 && hardening >= 0)) {
      throw new IllegalArgumentException(
          "photons " + photons + ", gain " + gain + ", hardening " + hardening);
    }
  }

  /** A planning scanner: flat couch, soft kernel, low noise, no contrast agent. */
  public static CtScanner source() {
    return new CtScanner("CT A", ContrastAgent.none(), 1.8e6, new CtKernel(1.5, 0), 0.5, 0, 1,
        true);
  }

  /** A diagnostic scanner: contrast agent, sharper and noisier, its calibration a little off. */
  public static CtScanner target() {
    return new CtScanner("CT B", ContrastAgent.lateWithOral(), 9e5, new CtKernel(1.2, 0.25), 1, 10,
        1, false);
  }

  @Override
  public FloatVolume scan(TissueSource body, Geometry grid, long seed, int threads) {
    Size size = grid.size();
    float[] image = new float[size.voxels()];
    try (Workers workers = new Workers(threads)) {
      SubVoxels tissues = SubVoxels.of(body, grid, grid.spacingMm().z(), workers);
      Span urine = Span.of(grid, workers,
          (voxel, p) -> CtTissues.bladder(tissues.tissue(0, voxel), p.y()) ? p.y() : Double.NaN);
      CtTissues numbers = CtTissues.of(seed, agent, urine);
      Couch couch = flatCouch ? Couch.flat() : Couch.curved();
      // The couch touches the lowest part of the body.
      double bottom = grid.spacingMm().y() + Span.of(grid, workers,
          (voxel, p) -> tissues.tissue(0, voxel) == Tissue.AIR.code()
              ? Double.NaN
              : couch.carrying(p.x(), p.y()))
          .most();
      CtNoise noise = new CtNoise(grid, photons, hardening, kernel);
      workers.each(size.z(), k -> {
        float[] slice = new float[size.x() * size.y()];
        float[] metal = new float[slice.length];
        paint(k, grid, tissues, numbers, couch, bottom, slice, metal);
        float[] errors = noise.errors(slice, metal, SeededRandom.of(seed, "ct noise", k));
        finish(slice, metal, errors, grid);
        System.arraycopy(slice, 0, image, k * slice.length, slice.length);
      });
    }
    return new FloatVolume(grid, image);
  }

  /** The true CT numbers of a slice, and how much metal is in each pixel. */
  private static void paint(int k, Geometry grid, SubVoxels tissues, CtTissues numbers,
      Couch couch, double bottom, float[] slice, float[] metal) {
    Size size = grid.size();
    int places = tissues.count();
    double blur = Math.max(grid.spacingMm().x(), grid.spacingMm().y());
    for (int j = 0; j < size.y(); j++) {
      for (int i = 0; i < size.x(); i++) {
        int voxel = size.index(i, j, k);
        Vec3 p = grid.toPhysical(i, j, k);
        float sum = 0;
        int iron = 0;
        int before = -1;
        float value = 0;
        for (int n = 0; n < places; n++) {
          int tissue = tissues.tissue(n, voxel);
          if (tissue == Tissue.METAL.code()) {
            iron++;
            continue;
          }
          if (tissue != before) {
            before = tissue;
            value = tissue == Tissue.AIR.code()
                ? (float) couch.hu(p.x(), p.y(), bottom, blur)
                : numbers.hu(tissue) + numbers.texture(tissue, p.x(), p.y(), p.z());
          }
          sum += value;
        }
        int at = i + size.x() * j;
        slice[at] = iron == places ? 0 : sum / (places - iron);
        metal[at] = (float) iron / places;
      }
    }
  }

  private void finish(float[] slice, float[] metal, float[] errors, Geometry grid) {
    for (int i = 0; i < slice.length; i++) {
      slice[i] += metal[i] * ((float) Spectrum.METAL_HU - slice[i]);
    }
    kernel.apply(slice, grid.size().x(), grid.size().y(), grid.spacingMm().x(),
        grid.spacingMm().y());
    for (int i = 0; i < slice.length; i++) {
      double hu = (slice[i] + errors[i] + 1000) * gain - 1000 + offsetHu;
      slice[i] = (float) Math.rint(Math.clamp(hu, LOWEST, HIGHEST));
    }
  }
}
