package io.fiducia.nnunet.infer;

import io.fiducia.nnunet.plan.Resampling;
import io.fiducia.nnunet.preprocess.CaseProperties;
import io.fiducia.resample.NnunetResampler;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes logits from the network's grid back to the file's: resampled (the logits, not the labels:
 * labels would show steps), largest logit taken, pasted into the uncropped image, axes put back.
 *
 * <p>Works in slabs, so that all classes never exist at full resolution at once; the result is that
 * of resampling everything first.
 */
public final class LabelExport {
  /** Voxels of a slab over all classes: 64 MB of floats. */
  private static final long SLAB_VOXELS = 1 << 24;

  private LabelExport() {}

  /**
   * The label map in the axes of the array as read, (z, y, x): the first of the largest logits wins,
   * and what was cropped away is background.
   *
   * @param logits one array for each network output, of {@code shape} (z, y, x) in network axes
   * @param labels label value of each output
   */
  public static short[] toLabels(float[][] logits, int[] shape, int[] labels, Resampling resampling,
    CaseProperties properties) {
    int[] target = ints(properties.shapeAfterCropping());
    Optional<Integer> separate = NnunetResampler.separateAxis(
      doubles(properties.targetSpacingMm()), properties.transposedSpacingMm(),
      resampling.forceSeparateZ());
    int[] full = ints(properties.shapeBeforeCropping());
    short[] result = new short[full[0] * full[1] * full[2]];
    int plane = target[1] * target[2];
    int slab = (int) Math.clamp(SLAB_VOXELS / ((long) plane * logits.length), 1, target[0]);
    int z0Crop = properties.bounds().get(0).get(0);
    int y0Crop = properties.bounds().get(1).get(0);
    int x0Crop = properties.bounds().get(2).get(0);
    float[][] part = new float[logits.length][slab * plane];
    for (int z0 = 0; z0 < target[0]; z0 += slab) {
      int from = z0;
      int to = Math.min(target[0], z0 + slab);
      IntStream.range(0, logits.length).parallel().forEach(c -> NnunetResampler
        .resampleLinearSlab(logits[c], shape, target, separate, from, to, part[c]));
      IntStream.range(from, to).parallel().forEach(z -> {
        for (int y = 0; y < target[1]; y++) {
          int source = ((z - from) * target[1] + y) * target[2];
          int out = ((z0Crop + z) * full[1] + y0Crop + y) * full[2] + x0Crop;
          for (int x = 0; x < target[2]; x++) {
            int best = 0;
            for (int c = 1; c < part.length; c++) {
              if (part[c][source + x] > part[best][source + x]) {
                best = c;
              }
            }
            result[out + x] = (short) labels[best];
          }
        }
      });
    }
    return untransposed(result, full, ints(properties.transposeForward()));
  }

  /** Network axis i is array axis {@code forward[i]}; puts the array's own order back. */
  private static short[] untransposed(short[] data, int[] shape, int[] forward) {
    if (forward[0] == 0 && forward[1] == 1) {
      return data;
    }
    int[] strides = new int[3];
    int[] networkStrides = {shape[1] * shape[2], shape[2], 1};
    int[] original = new int[3];
    for (int i = 0; i < 3; i++) {
      original[forward[i]] = shape[i];
      strides[forward[i]] = networkStrides[i];
    }
    short[] result = new short[data.length];
    int i = 0;
    for (int z = 0; z < original[0]; z++) {
      for (int y = 0; y < original[1]; y++) {
        int from = z * strides[0] + y * strides[1];
        for (int x = 0; x < original[2]; x++) {
          result[i++] = data[from + x * strides[2]];
        }
      }
    }
    return result;
  }

  private static int[] ints(java.util.List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(java.util.List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
