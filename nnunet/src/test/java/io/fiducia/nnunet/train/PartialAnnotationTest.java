package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.learn.augment.Batch;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The marginal loss against its definition, worked out here voxel by voxel. */
class PartialAnnotationTest {
  private static final int CLASSES = 4;
  private static final int VOXELS = 12;
  private static final List<Double> ONE = List.of(1.0);
  /** The first sample has structures 1 and 3, the second 1 alone. */
  private static final float[] ANNOTATED = {1, 1, 0, 1, 1, 1, 0, 0};

  private static float[] logits(int channels) {
    float[] v = new float[2 * channels * VOXELS];
    for (int i = 0; i < v.length; i++) {
      v[i] = (i * 31 % 17 - 8) / 3f;
    }
    return v;
  }

  private static long[] target() {
    long[] v = new long[2 * VOXELS];
    for (int i = 0; i < v.length; i++) {
      v[i] = i * 7L % 11 % CLASSES;
    }
    return v;
  }

  private static Tensor tensor(float[] values, int channels) {
    return Tensor.of(values, Device.CPU, 2, channels, 3, 2, 2);
  }

  private static Tensor targets() {
    return Tensor.ofLongs(target(), Device.CPU, 2, 1, 3, 2, 2);
  }

  private static Tensor annotated(float... values) {
    return Tensor.of(values, Device.CPU, 2, values.length / 2);
  }

  /** Probabilities of background and of the annotated structures; the others' go to background. */
  private static double[] merged(float[] x, float[] annotated, int sample, int voxel) {
    double[] p = new double[CLASSES];
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      p[c] = Math.exp(x[(sample * CLASSES + c) * VOXELS + voxel]);
      sum += p[c];
    }
    for (int c = 0; c < CLASSES; c++) {
      p[c] /= sum;
      if (c > 0 && annotated[sample * CLASSES + c] == 0) {
        p[0] += p[c];
        p[c] = 0;
      }
    }
    return p;
  }

  private static double definition(float[] x, long[] target, float[] annotated, int ignore,
      boolean batchDice) {
    double entropy = 0;
    int counted = 0;
    double[][][] sums = new double[2][CLASSES][3];
    for (int b = 0; b < 2; b++) {
      for (int v = 0; v < VOXELS; v++) {
        int t = (int) target[b * VOXELS + v];
        if (t == ignore) {
          continue;
        }
        t = annotated[b * CLASSES + t] == 0 ? 0 : t;
        double[] q = merged(x, annotated, b, v);
        entropy -= Math.log(q[t]);
        counted++;
        for (int c = 1; c < CLASSES; c++) {
          sums[b][c][0] += t == c ? q[c] : 0;
          sums[b][c][1] += q[c];
          sums[b][c][2] += t == c ? 1 : 0;
        }
      }
    }
    double dice = 0;
    int terms = 0;
    for (int c = 1; c < CLASSES; c++) {
      double[] all = new double[3];
      for (int b = 0; b < 2; b++) {
        if (annotated[b * CLASSES + c] == 0) {
          continue;
        }
        if (!batchDice) {
          dice += dice(sums[b][c]);
          terms++;
        }
        for (int k = 0; k < 3; k++) {
          all[k] += sums[b][c][k];
        }
      }
      if (batchDice && annotated[c] + annotated[CLASSES + c] > 0) {
        dice += dice(all);
        terms++;
      }
    }
    return entropy / counted - dice / Math.max(1, terms);
  }

  private static double dice(double[] s) {
    return (2 * s[0] + 1e-5) / (s[1] + s[2] + 1e-5);
  }

  @Test
  void theLossIsItsDefinition() {
    for (boolean batchDice : new boolean[]{true, false}) {
      for (int ignore : new int[]{-1, 3}) {
        try (TorchScope scope = TorchScope.open("test")) {
          double found = SegmentationLoss.forLabels(batchDice,
              ignore < 0 ? OptionalInt.empty() : OptionalInt.of(ignore), ONE)
              .compute(List.of(tensor(logits(CLASSES), CLASSES)), List.of(targets()),
                  Optional.of(annotated(ANNOTATED)))
              .item();
          assertThat(found).isCloseTo(
              definition(logits(CLASSES), target(), ANNOTATED, ignore, batchDice), within(1e-6));
        }
      }
    }
  }

  @Test
  void whereAllIsAnnotatedItIsTheOrdinaryLoss() {
    for (boolean batchDice : new boolean[]{true, false}) {
      try (TorchScope scope = TorchScope.open("test")) {
        SegmentationLoss loss = SegmentationLoss.forLabels(batchDice, OptionalInt.of(3), ONE);
        double ordinary = loss.compute(List.of(tensor(logits(CLASSES), CLASSES)),
            List.of(targets())).item();
        double partial = loss.compute(List.of(tensor(logits(CLASSES), CLASSES)),
            List.of(targets()), Optional.of(annotated(1, 1, 1, 1, 1, 1, 1, 1))).item();
        assertThat(partial).isCloseTo(ordinary, within(1e-6));
      }
    }
  }

  /** Which of background and unannotated structures is predicted makes no difference. */
  @Test
  void whatIsNotAnnotatedIsNeitherTaughtNorForbidden() {
    float[] x = logits(CLASSES);
    float[] other = x.clone();
    // Background and structure 2 of both samples, and structure 3 of the second, change places.
    for (int b = 0; b < 2; b++) {
      for (int v = 0; v < VOXELS; v++) {
        other[b * CLASSES * VOXELS + v] = x[(b * CLASSES + 2) * VOXELS + v];
        other[(b * CLASSES + 2) * VOXELS + v] = x[b * CLASSES * VOXELS + v];
      }
    }
    try (TorchScope scope = TorchScope.open("test")) {
      SegmentationLoss loss = SegmentationLoss.forLabels(true, OptionalInt.empty(), ONE);
      Optional<Tensor> a = Optional.of(annotated(ANNOTATED));
      assertThat(loss.compute(List.of(tensor(other, CLASSES)), List.of(targets()), a).item())
          .isCloseTo(loss.compute(List.of(tensor(x, CLASSES)), List.of(targets()), a).item(),
              within(1e-6));
      // Nothing annotated at all: the loss is 0 whatever is predicted, and so is its gradient.
      Tensor free = tensor(x, CLASSES).requiresGrad_(true);
      Tensor zero = loss.compute(List.of(free), List.of(targets()),
          Optional.of(annotated(1, 0, 0, 0, 1, 0, 0, 0)));
      zero.backward();
      assertThat(zero.item()).isCloseTo(0, within(1e-6));
      for (float g : free.grad().toFloats()) {
        assertThat(g).isCloseTo(0, within(1e-7f));
      }
    }
  }

  /** Even logits that no float's exponential holds. */
  @Test
  void extremeLogitsStayFinite() {
    float[] x = logits(CLASSES);
    for (int i = 0; i < x.length; i++) {
      x[i] *= 100;
    }
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor free = tensor(x, CLASSES).requiresGrad_(true);
      Tensor loss = SegmentationLoss.forLabels(true, OptionalInt.empty(), ONE).compute(
          List.of(free), List.of(targets()), Optional.of(annotated(ANNOTATED)));
      loss.backward();
      assertThat(loss.item()).isFinite().isPositive();
      for (float g : free.grad().toFloats()) {
        assertThat(g).isFinite();
      }
    }
  }

  @Test
  void regionsWithoutContoursHaveNoLoss() {
    float[] truth = new float[2 * 3 * VOXELS];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = i * 5 % 7 < 3 ? 1 : 0;
    }
    float[] a = {1, 0, 1, 1, 0, 0};
    float[] x = logits(3);
    double entropy = 0;
    double[][] sums = new double[3][3];
    for (int b = 0; b < 2; b++) {
      for (int c = 0; c < 3; c++) {
        for (int v = 0; v < VOXELS && a[b * 3 + c] > 0; v++) {
          int i = (b * 3 + c) * VOXELS + v;
          double p = 1 / (1 + Math.exp(-x[i]));
          entropy -= Math.log(truth[i] > 0 ? p : 1 - p);
          sums[c][0] += truth[i] * p;
          sums[c][1] += p;
          sums[c][2] += truth[i];
        }
      }
    }
    double expected = entropy / (3 * VOXELS) - (dice(sums[0]) + dice(sums[2])) / 2;
    try (TorchScope scope = TorchScope.open("test")) {
      assertThat(SegmentationLoss.forRegions(true, false, ONE)
          .compute(List.of(tensor(x, 3)), List.of(tensor(truth, 3)), Optional.of(annotated(a)))
          .item()).isCloseTo(expected, within(1e-6));
    }
  }

  private static Labels labels() {
    Map<String, List<Integer>> names = new TreeMap<>();
    names.put("background", List.of(0));
    names.put("one", List.of(1));
    names.put("two", List.of(2));
    return new Labels(names, List.of(), OptionalInt.empty());
  }

  /** Voxels by hand; the second case has structure 1 alone, so its 2 counts as background. */
  @Test
  void pseudoDiceLeavesOutWhatIsNotAnnotated() {
    short[] truth = {0, 1, 2, 2, 1, 2, 1, 0};
    float[] predicted = new float[2 * 3 * 4];
    int[] labels = {0, 1, 2, 1, 1, 2, 2, 1};
    for (int i = 0; i < 8; i++) {
      predicted[(i / 4 * 3 + labels[i]) * 4 + i % 4] = 1;
    }
    PseudoDice dice = new PseudoDice(labels());
    try (TorchScope scope = TorchScope.open("test")) {
      dice.add(Tensor.of(predicted, Device.CPU, 2, 3, 1, 1, 4), new Batch(new float[8], truth, 2, 1,
          new int[]{1, 1, 4}, List.of(Optional.empty(), Optional.of(Set.of(1)))));
    }
    // Structure 1: TP 2, FP 1 + 1, FN 1. Structure 2: TP 1, FN 1 in the first case alone.
    assertThat(dice.perStructure()).containsExactly(4 / 7.0, 2 / 3.0);
  }

  /** Regions {1, 2} and {2}, and an ignored label 3. */
  @Test
  void pseudoDiceOfRegions() {
    Map<String, List<Integer>> names = new java.util.LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("whole", List.of(1, 2));
    names.put("core", List.of(2));
    names.put("ignore", List.of(3));
    PseudoDice dice = new PseudoDice(new Labels(names, List.of(1, 2), OptionalInt.of(3)));
    short[] truth = {0, 1, 2, 3};
    float[] logits = {1, 1, -1, 1, -1, 1, 1, 1};
    try (TorchScope scope = TorchScope.open("test")) {
      dice.add(Tensor.of(logits, Device.CPU, 1, 2, 1, 1, 4), new Batch(new float[4], truth, 1, 1,
          new int[]{1, 1, 4}, List.of(Optional.empty())));
    }
    assertThat(dice.perStructure()).containsExactly(0.5, 2 / 3.0);
  }
}
