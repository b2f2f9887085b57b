package io.fiducia.universeg.segment;

import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.GridSampler;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.List;
import java.util.Optional;

/**
 * One structure of the image, as probabilities on the part of the image's grid where it may lie.
 *
 * @param structure which
 * @param region the part of the grid; elsewhere the probability is 0
 * @param probability x fastest
 * @param spread standard deviation of the probability over draws and planes
 * @param uncertainty 0 (all draws give the same contours) to 1
 * @param place where the structure was looked for
 * @param likeness how much that place looks like the support's: -1 to 1; 1 if the user gave it
 */
public record StructureResult(Structure structure, Region region, float[] probability,
    float[] spread, double uncertainty, BoxMm place, double likeness) {
  /** The planes' mean on the part of the image's grid that they show. */
  static StructureResult onGrid(Structure structure, Geometry grid,
      List<StackProbabilities> found, BoxMm box, double likeness) {
    Region region = found.stream().map(f -> voxels(grid, BoxMm.of(f.view().grid())))
        .flatMap(Optional::stream).reduce(Region::union)
        .orElse(new Region(0, 0, 0, new Size(1, 1, 1)));
    Geometry part = region.of(grid);
    float[] mean = new float[region.size().voxels()];
    float[] square = new float[mean.length];
    double disagreement = 0;
    for (StackProbabilities f : found) {
      Geometry view = f.view().grid();
      float[] p = GridSampler.sample(new FloatVolume(view, f.mean()), part, 1, 0).data();
      float[] s = GridSampler.sample(new FloatVolume(view, f.spread()), part, 1, 0).data();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += p[i] / found.size();
        square[i] += (p[i] * p[i] + s[i] * s[i]) / found.size();
      }
      disagreement += f.disagreement() / found.size();
    }
    for (int i = 0; i < mean.length; i++) {
      square[i] = (float) Math.sqrt(Math.max(0, square[i] - mean[i] * mean[i]));
    }
    return new StructureResult(structure, region, mean, square, disagreement, box,
        likeness);
  }

  /** The voxels of a grid that a box may hold; empty if the grid lies elsewhere. */
  private static Optional<Region> voxels(Geometry grid, BoxMm box) {
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    for (int corner = 0; corner < 8; corner++) {
      Vec3 at = grid.toIndex(new Vec3(((corner & 1) == 0 ? box.low() : box.high()).x(),
          ((corner & 2) == 0 ? box.low() : box.high()).y(),
          ((corner & 4) == 0 ? box.low() : box.high()).z()));
      for (int a = 0; a < 3; a++) {
        low[a] = Math.min(low[a], at.get(a));
        high[a] = Math.max(high[a], at.get(a));
      }
    }
    int[] from = new int[3];
    int[] to = new int[3];
    for (int a = 0; a < 3; a++) {
      from[a] = (int) Math.max(0, Math.floor(low[a]));
      to[a] = (int) Math.min(grid.size().get(a), Math.ceil(high[a]) + 1);
      if (from[a] >= to[a]) {
        return Optional.empty();
      }
    }
    return Optional.of(Region.between(from[0], from[1], from[2], to[0], to[1], to[2]));
  }

  /** The probability on the whole grid of the image. */
  public FloatVolume probabilityOn(Geometry grid) {
    return whole(grid, probability);
  }

  /** The spread on the whole grid of the image. */
  public FloatVolume spreadOn(Geometry grid) {
    return whole(grid, spread);
  }

  private FloatVolume whole(Geometry grid, float[] values) {
    return CropPad.apply(new FloatVolume(region.of(grid), values), region.inverse(grid.size()), 0);
  }
}
