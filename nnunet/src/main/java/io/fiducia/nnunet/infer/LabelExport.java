package io.fiducia.nnunet.infer;

import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.Resampling;
import io.fiducia.nnunet.preprocess.CaseProperties;
import io.fiducia.resample.NnunetResampler;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes logits from the network's grid back to the file's: resampled (the logits, not the labels:
 * labels would show steps), the largest taken.
 *
 * <p>Works in slabs, so that all classes never exist at full resolution at once; the result is that
 * of resampling everything first.
 */
public final class LabelExport {
  /** Voxels of a slab over all classes: 64 MB of floats. */
  private static final long SLAB_VOXELS = 1 << 24;

  private LabelExport() {}

  /**
   * The label map of the cropped image in network axes, (z, y, x) of {@link
   * CaseProperties#shapeAfterCropping}; the first of the largest logits wins. {@code CaseExport} takes
   * it from there to the file's grid.
   *
   * @param logits one array for each network output, of {@code shape} (z, y, x) in network axes
   * @param dataset says which label each output stands for; regions are written one over the other,
   *     in their order, wherever their own logit is above zero (a probability above one half)
   */
  public static short[] toLabels(float[][] logits, int[] shape, Labels dataset,
      Resampling resampling, CaseProperties properties) {
    int[] labels = dataset.outputLabels();
    boolean regions = dataset.hasRegions();
    int[] target = ints(properties.shapeAfterCropping());
    Optional<Integer> separate = NnunetResampler.separateAxis(
        doubles(properties.targetSpacingMm()), properties.transposedSpacingMm(),
        resampling.forceSeparateZ());
    int plane = target[1] * target[2];
    short[] result = new short[target[0] * plane];
    int slab = Math.clamp(SLAB_VOXELS / ((long) plane * logits.length), 1, target[0]);
    float[][] part = new float[logits.length][slab * plane];
    for (int z0 = 0; z0 < target[0]; z0 += slab) {
      int from = z0;
      int to = Math.min(target[0], z0 + slab);
      IntStream.range(0, logits.length).parallel().forEach(c -> NnunetResampler
          .resampleLinearSlab(logits[c], shape, target, separate, from, to, part[c]));
      IntStream.range(0, to - from).parallel().forEach(z -> {
        for (int i = z * plane; i < (z + 1) * plane; i++) {
          result[from * plane + i] = (short) (regions
              ? lastRegion(part, i, labels)
              : labels[largest(part, i)]);
        }
      });
    }
    return result;
  }

  private static int largest(float[][] logits, int voxel) {
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      if (logits[c][voxel] > logits[best][voxel]) {
        best = c;
      }
    }
    return best;
  }

  private static int lastRegion(float[][] logits, int voxel, int[] labels) {
    int label = 0;
    for (int c = 0; c < logits.length; c++) {
      if (logits[c][voxel] > 0) {
        label = labels[c];
      }
    }
    return label;
  }

  private static int[] ints(java.util.List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(java.util.List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
