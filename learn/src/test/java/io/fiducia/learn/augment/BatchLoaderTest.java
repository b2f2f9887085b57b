package io.fiducia.learn.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {
  private static final long SEED = 11;

  /** A case whose image tells its own voxel, with a block of label 1 and a single voxel of label 2. */
  private static ArrayPatchSource testCase(String id, int z, int y, int x, int channels) {
    float[][] data = new float[channels][z * y * x];
    short[] seg = new short[z * y * x];
    List<Integer> ones = new ArrayList<>();
    for (int k = 0; k < z; k++) {
      for (int j = 0; j < y; j++) {
        for (int i = 0; i < x; i++) {
          int v = (k * y + j) * x + i;
          for (int c = 0; c < channels; c++) {
            data[c][v] = (float) Math.sin(0.3 * k + 0.2 * j + 0.1 * i + c);
          }
          if (k >= 2 && k < 5 && j >= 3 && j < 7 && i >= 1 && i < 6) {
            seg[v] = 1;
            ones.addAll(List.of(k, j, i));
          }
        }
      }
    }
    seg[((z - 1) * y + y - 1) * x + x - 1] = 2;
    Map<Integer, int[]> locations = new TreeMap<>();
    locations.put(1, ones.stream().mapToInt(Integer::intValue).toArray());
    locations.put(2, new int[]{z - 1, y - 1, x - 1});
    locations.put(3, new int[0]);
    return new ArrayPatchSource(id, new int[]{z, y, x}, data, seg, locations);
  }

  private static List<PatchSource> cases() {
    return List.of(
        testCase("a", 20, 24, 22, 2), testCase("b", 9, 30, 12, 2), testCase("c", 30, 30, 30, 2));
  }

  private static BatchLoader loader(
      List<PatchSource> cases, AugmentationSettings settings, BatchLoader.Mode mode, int epoch,
      int threads) {
    return new BatchLoader(cases, new BatchLoader.Content(mode, 3, settings),
        new BatchLoader.Order(SEED, 4, epoch), threads, new Cancellation());
  }

  @Test
  void threadsAndResumingChangeNothing() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(12, 16, 10))
        .withMaskOutside(List.of(true, false));
    List<Batch> single = new ArrayList<>();
    try (BatchLoader loader = loader(cases(), settings, BatchLoader.Mode.TRAINING, 0, 1)) {
      for (int i = 0; i < 12; i++) {
        single.add(loader.next());
      }
    }
    try (BatchLoader loader = loader(cases(), settings, BatchLoader.Mode.TRAINING, 0, 5)) {
      for (Batch expected : single) {
        assertSame(loader.next(), expected);
      }
      assertSame(loader.batch(1, 2), single.get(6));
    }
    try (BatchLoader resumed = loader(cases(), settings, BatchLoader.Mode.TRAINING, 2, 2)) {
      assertSame(resumed.next(), single.get(8));
    }
    assertThat(single.get(0).data()).isNotEqualTo(single.get(4).data());
    assertThat(single.get(0).data()).hasSize(3 * 2 * 12 * 16 * 10);
  }

  private static void assertSame(Batch found, Batch expected) {
    assertThat(found.data()).isEqualTo(expected.data());
    assertThat(found.seg()).isEqualTo(expected.seg());
    assertThat(found.patch()).isEqualTo(expected.patch());
  }

  @Test
  void twoDimensionalAndInPlaneBatchesAreMade() {
    for (List<Integer> patch : List.of(List.of(24, 16), List.of(4, 24, 20), List.of(1, 20, 20))) {
      AugmentationSettings settings = AugmentationSettings.nnunet(patch);
      try (BatchLoader loader = loader(cases(), settings, BatchLoader.Mode.TRAINING, 0, 2)) {
        for (int i = 0; i < 20; i++) {
          Batch batch = loader.next();
          assertThat(batch.patch()).hasSize(patch.size());
          for (float v : batch.data()) {
            assertThat(v).isFinite();
          }
          for (short label : batch.seg()) {
            assertThat(label).isBetween((short) 0, (short) 2);
          }
        }
      }
    }
  }

  @Test
  void validationIsNotAugmented() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(8, 8, 8));
    List<PatchSource> one = List.of(testCase("a", 40, 40, 40, 1));
    try (BatchLoader loader = loader(one, settings, BatchLoader.Mode.VALIDATION, 0, 1)) {
      for (int n = 0; n < 10; n++) {
        float[] data = loader.next().data();
        // The image rises by the same phase from voxel to voxel: sin a + sin(a + 2d) = 2 cos d sin(a + d).
        for (int i = 0; i + 2 < 8; i++) {
          assertThat(data[i] + data[i + 2])
              .isCloseTo((float) (2 * Math.cos(0.1) * data[i + 1]), within(1e-5f));
        }
      }
    }
  }

  @Test
  void settingsWithoutTransformsGiveTheCentreOfTheRegion() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(8, 9, 7)).scaled(0)
        .withMirrorAxes(List.of());
    List<PatchSource> one = List.of(testCase("a", 40, 40, 40, 1));
    int[] region = settings.initialPatch().stream().mapToInt(Integer::intValue).toArray();
    SeededRandom random = SeededRandom.of(SEED, "training/sample", 0, 0, 0);
    int[] start = new PatchSampler(one, 3, settings).place(0, random).start();
    int[] centre = new int[3];
    int[] patch = {8, 9, 7};
    for (int axis = 0; axis < 3; axis++) {
      centre[axis] = start[axis] + region[axis] / 2 - patch[axis] / 2;
    }
    float[] expected = new float[8 * 9 * 7];
    one.get(0).readPatch(centre, patch, expected, new short[8 * 9 * 7]);
    try (BatchLoader loader = loader(one, settings, BatchLoader.Mode.TRAINING, 0, 1)) {
      assertThat(loader.next().data()).startsWith(expected);
    }
  }

  @Test
  void samplerFollowsTheSpecification() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(12, 16, 10));
    List<PatchSource> cases = cases();
    int[] region = settings.initialPatch().stream().mapToInt(Integer::intValue).toArray();
    PatchSampler two = new PatchSampler(cases, 2, settings);
    assertThat(two.forcesForeground(0)).isFalse();
    assertThat(two.forcesForeground(1)).isTrue();
    PatchSampler nine = new PatchSampler(cases, 9, settings);
    // round(9 * 0.67) = 6
    assertThat(nine.forcesForeground(5)).isFalse();
    assertThat(nine.forcesForeground(6)).isTrue();
    int[] chosen = new int[3];
    int single = 0;
    int draws = 6000;
    for (int n = 0; n < draws; n++) {
      SeededRandom random = SeededRandom.of(3, "test", n);
      PatchSampler.Place place = two.place(1, random);
      chosen[place.caseIndex()]++;
      int[] shape = cases.get(place.caseIndex()).shape();
      boolean lastVoxel = true;
      for (int axis = 0; axis < 3; axis++) {
        int extra = Math.max(
            region[axis] - settings.patch().get(axis), region[axis] - shape[axis]);
        int low = -((extra + 1) / 2);
        assertThat(place.start()[axis]).isGreaterThanOrEqualTo(low);
        lastVoxel &= place.start()[axis] == Math.max(low, shape[axis] - 1 - region[axis] / 2);
      }
      single += lastVoxel ? 1 : 0;
      PatchSampler.Place anywhere = two.place(0, random);
      shape = cases.get(anywhere.caseIndex()).shape();
      for (int axis = 0; axis < 3; axis++) {
        int extra = Math.max(
            region[axis] - settings.patch().get(axis), region[axis] - shape[axis]);
        assertThat(anywhere.start()[axis]).isBetween(
            Math.floorDiv(-extra, 2), shape[axis] + extra / 2 + extra % 2 - region[axis]);
      }
    }
    for (int count : chosen) {
      assertThat(count / (double) draws).isCloseTo(1 / 3.0, within(0.03));
    }
    // Two classes occur, so half of the forced samples are about the single voxel of label 2.
    assertThat(single / (double) draws).isCloseTo(0.5, within(0.03));
  }

  @Test
  void ignoreLabelCentresOnAnnotatedVoxels() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(4, 4, 4))
        .withIgnoreLabel(true);
    float[] image = new float[8000];
    ArrayPatchSource source = new ArrayPatchSource(
        "a", new int[]{20, 20, 20}, new float[][]{image}, new short[8000],
        Map.of(PatchSource.ANNOTATED, new int[]{10, 11, 12}));
    int[] region = settings.initialPatch().stream().mapToInt(Integer::intValue).toArray();
    PatchSampler sampler = new PatchSampler(List.of(source), 2, settings);
    for (int sample = 0; sample < 2; sample++) {
      assertThat(sampler.place(sample, SeededRandom.of(1, "t", sample)).start()).containsExactly(
          10 - region[0] / 2, 11 - region[1] / 2, 12 - region[2] / 2);
    }
  }

  @Test
  void probabilitiesAreThoseOfTheSettings() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(12, 16, 10));
    Map<String, Integer> counts = new TreeMap<>();
    int draws = 20_000;
    for (int n = 0; n < draws; n++) {
      Augmentation drawn = Augmentation.draw(settings, 1, SeededRandom.of(5, "test", n));
      drawn.spatial().ifPresent(s -> counts.merge("spatial", 1, Integer::sum));
      for (Augmentation.Step step : drawn.steps()) {
        String name = step.transform().getClass().getSimpleName();
        if (step.transform() instanceof Gamma gamma) {
          name += gamma.inverted();
          counts.merge(gamma.gamma() < 1 ? "lowGamma" : "highGamma", 1, Integer::sum);
          assertThat(gamma.gamma()).isBetween(0.7f, 1.5f);
        }
        counts.merge(name, 1, Integer::sum);
      }
      for (int axis = 0; axis < 3; axis++) {
        counts.merge("mirror" + axis, drawn.mirrored().get(axis) ? 1 : 0, Integer::sum);
      }
    }
    Map<String, Double> expected = Map.ofEntries(
        Map.entry("spatial", 0.36), Map.entry("GaussianNoise", 0.1),
        Map.entry("GaussianBlur", 0.1), Map.entry("Brightness", 0.15),
        Map.entry("Contrast", 0.15), Map.entry("LowResolution", 0.125),
        Map.entry("Gammatrue", 0.1), Map.entry("Gammafalse", 0.3), Map.entry("mirror0", 0.5),
        Map.entry("mirror1", 0.5), Map.entry("mirror2", 0.5), Map.entry("lowGamma", 0.2),
        Map.entry("highGamma", 0.2));
    assertThat(counts.keySet()).isEqualTo(expected.keySet());
    // Four standard deviations of a share of 20 000 draws are at most 0.0142.
    expected.forEach((name, share) -> assertThat(counts.get(name) / (double) draws).as(name)
        .isCloseTo(share, within(0.0142)));
  }

  @Test
  void scaledSettingsDrawLess() {
    AugmentationSettings half = AugmentationSettings.nnunet(List.of(12, 16, 10)).scaled(0.5);
    assertThat(half.probabilities().spatial().rotation()).isEqualTo(0.1);
    assertThat(half.probabilities().gamma().plain()).isEqualTo(0.15);
    assertThat(half.probabilities().spatial().mirror()).isEqualTo(0.5);
    assertThatThrownBy(() -> half.scaled(1.5)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFailingReadSurfacesAfterTheBatchesBeforeIt() {
    ArrayPatchSource good = testCase("a", 20, 20, 20, 1);
    AtomicInteger reads = new AtomicInteger();
    PatchSource failing = new PatchSource() {
      @Override
      public String id() {
        return "a";
      }

      @Override
      public int[] shape() {
        return good.shape();
      }

      @Override
      public int channels() {
        return 1;
      }

      @Override
      public void readPatch(int[] start, int[] size, float[] data, short[] seg) {
        if (reads.incrementAndGet() > 7) {
          throw FiduciaException.badInput("The case cannot be read", "a", "cut short", "");
        }
        good.readPatch(start, size, data, seg);
      }

      @Override
      public Map<Integer, int[]> classLocations() {
        return good.classLocations();
      }
    };
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(8, 8, 8));
    for (int threads : new int[]{1, 3}) {
      reads.set(0);
      try (BatchLoader loader = loader(List.of(failing), settings, BatchLoader.Mode.TRAINING, 0,
          threads)) {
        assertThatThrownBy(() -> {
          for (int i = 0; i < 10; i++) {
            loader.next();
          }
        }).isInstanceOf(FiduciaException.class).hasMessageContaining("cannot be read");
        assertThatThrownBy(loader::next).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void cancellingAndClosingEndTheThreads() {
    Cancellation cancellation = new Cancellation();
    BatchLoader loader = new BatchLoader(cases(),
        new BatchLoader.Content(BatchLoader.Mode.TRAINING, 3,
            AugmentationSettings.nnunet(List.of(8, 8, 8))),
        new BatchLoader.Order(1, 4, 0), 3, cancellation);
    loader.next();
    cancellation.cancel();
    assertThatThrownBy(loader::next).isInstanceOfSatisfying(
        FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    loader.close();
    loader.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("training-batches-"));
  }

  @Test
  void badCasesAreNamed() {
    AugmentationSettings settings = AugmentationSettings.nnunet(List.of(8, 8, 8));
    assertThatThrownBy(() -> loader(List.of(), settings, BatchLoader.Mode.TRAINING, 0, 1))
        .isInstanceOf(FiduciaException.class);
    assertThatThrownBy(() -> loader(
        List.of(testCase("a", 9, 9, 9, 1), testCase("b", 9, 9, 9, 2)), settings,
        BatchLoader.Mode.TRAINING, 0, 1)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("[b]");
  }
}
