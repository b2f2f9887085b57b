package io.fiducia.nnunet.infer;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.resample.LinearPlanes;
import io.fiducia.resample.NnunetResampler;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes logits from the network's grid back to the file's, plane by plane as they come: the logits are
 * resampled (labels would show steps), and the largest decides. All classes never exist at full
 * resolution at once; the result is that of resampling everything first.
 */
public final class LabelExport implements SlidingWindow.PlaneSink {
  /** Voxels that one thread labels at a time. */
  private static final int CHUNK = 1 << 13;

  /**
   * What turns logits into labels, the same for all cases of a model.
   *
   * @param labels says which label each output stands for; regions are written one over the other, in
   *     their order, wherever their own probability is above one half
   * @param resampling of logits, as the plans say
   * @param half whether resampled logits are rounded to half precision, as nnU-Net rounds them
   */
  public record Rules(Labels labels, ResamplingSettings resampling, boolean half) {}

  private final Labels dataset;
  private final int[] labels;
  private final boolean half;
  private final Optional<ProbabilityScratch> probabilities;
  private final LinearPlanes planes;
  private final int inputPlane;
  private final int outputPlane;
  private final float[] part;
  private final short[] result;
  private float[] previous = {};
  private int next;

  /**
   * An export of one case.
   *
   * @param shape the logits' (z, y, x), in network axes
   * @param probabilities where probabilities go, if they are wanted
   * @throws FiduciaException BAD_INPUT if the plans resample logits by a cubic order
   */
  public LabelExport(int[] shape, Rules rules, CaseProperties properties,
      Optional<ProbabilityScratch> probabilities) {
    ResamplingSettings resampling = rules.resampling();
    this.dataset = rules.labels();
    this.labels = dataset.outputLabels();
    this.half = rules.half();
    this.probabilities = probabilities;
    int[] target = ints(properties.shapeAfterCropping());
    checkOrder(resampling);
    Optional<Integer> separate = NnunetResampler.separateAxis(
        doubles(properties.targetSpacingMm()), properties.transposedSpacingMm(),
        resampling.forceSeparateZ());
    this.planes = new LinearPlanes(shape, target, resampling.order(), resampling.orderZ(),
        separate);
    this.inputPlane = shape[1] * shape[2];
    this.outputPlane = target[1] * target[2];
    this.part = new float[Math.multiplyExact(labels.length, outputPlane)];
    this.result = new short[Math.multiplyExact(target[0], outputPlane)];
  }

  private static void checkOrder(ResamplingSettings r) {
    if (r.order() > 1 || r.orderZ() > 1) {
      throw FiduciaException.badInput("logits cannot be resampled as the plans say",
          "resampling_fn_probabilities_kwargs in the plans file",
          "expected order 0 or 1, found order " + r.order() + " and order_z " + r.orderZ(),
          "use plans of nnU-Net's default planners");
    }
  }

  /** Resamples and labels what the next plane of logits, (output, y, x), completes. */
  @Override
  public void accept(int z, float[] logits) {
    float[] before = previous;
    while (next < planes.size() && planes.high(next) <= z) {
      int k = next++;
      float[] low = planes.low(k) < z ? before : logits;
      IntStream.range(0, labels.length).parallel().forEach(c -> planes.plane(low, c * inputPlane,
          logits, c * inputPlane, k, part, c * outputPlane));
      int chunks = (outputPlane + CHUNK - 1) / CHUNK;
      IntStream.range(0, chunks).parallel()
          .forEach(i -> label(k, i * CHUNK, Math.min(outputPlane, (i + 1) * CHUNK)));
      probabilities.ifPresent(p -> p.write(k, part));
    }
    previous = logits;
  }

  private void label(int k, int from, int to) {
    if (half) {
      for (int c = 0; c < labels.length; c++) {
        for (int i = c * outputPlane + from; i < c * outputPlane + to; i++) {
          part[i] = Float.float16ToFloat(Float.floatToFloat16(part[i]));
        }
      }
    }
    if (probabilities.isPresent()) {
      // As nnU-Net does, labels are then taken from what is saved.
      Probabilities.ofLogits(part, labels.length, outputPlane, from, to, dataset.hasRegions());
    }
    float threshold = probabilities.isPresent() ? 0.5f : 0;
    if (dataset.hasRegions()) {
      for (int i = from; i < to; i++) {
        result[k * outputPlane + i] = lastRegion(i, threshold);
      }
    } else {
      largest(from, to, k * outputPlane);
    }
  }

  /** Class by class, since memory is read in a row then; of equal values the first class counts. */
  private void largest(int from, int to, int resultPlane) {
    float[] value = Arrays.copyOfRange(part, from, to);
    short[] best = new short[to - from];
    for (int c = 1; c < labels.length; c++) {
      int at = c * outputPlane + from;
      for (int i = 0; i < best.length; i++) {
        float v = part[at + i];
        if (v > value[i]) {
          value[i] = v;
          best[i] = (short) c;
        }
      }
    }
    for (int i = 0; i < best.length; i++) {
      result[resultPlane + from + i] = (short) labels[best[i]];
    }
  }

  private short lastRegion(int voxel, float threshold) {
    int label = 0;
    for (int c = 0; c < labels.length; c++) {
      if (part[c * outputPlane + voxel] > threshold) {
        label = labels[c];
      }
    }
    return (short) label;
  }

  /**
   * The label map of the cropped image in network axes, (z, y, x) of {@link
   * CaseProperties#shapeAfterCropping}, once all planes were taken; {@code CaseExport} takes it from
   * there to the file's grid.
   */
  public short[] labels() {
    if (next < planes.size()) {
      throw new IllegalStateException(next + " of " + planes.size() + " planes are labelled");
    }
    return result;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
