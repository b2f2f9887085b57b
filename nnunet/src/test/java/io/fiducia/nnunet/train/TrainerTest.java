package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.AnnotatedSource;
import io.fiducia.learn.augment.ArrayPatchSource;
import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.learn.augment.CascadeSource;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final int EDGE = 24;
  private static final List<Integer> PATCH = List.of(16, 16, 16);

  private static final Labels LABELS = new Labels(
      new java.util.TreeMap<>(Map.of("background", List.of(0), "ball", List.of(1))), List.of(),
      OptionalInt.empty());

  @TempDir
  private Path folder;

  /** A bright ball in noise. */
  private static PatchSource ball(int number) {
    SeededRandom random = SeededRandom.of(1, "ball", number);
    double[] centre = {8 + random.nextDouble() * 8, 8 + random.nextDouble() * 8, 12};
    float[] data = new float[EDGE * EDGE * EDGE];
    short[] seg = new short[data.length];
    List<Integer> inside = new ArrayList<>();
    for (int i = 0; i < data.length; i++) {
      int z = i / (EDGE * EDGE);
      int y = i / EDGE % EDGE;
      int x = i % EDGE;
      boolean in = Math.hypot(Math.hypot(z - centre[0], y - centre[1]), x - centre[2]) < 5;
      seg[i] = (short) (in ? 1 : 0);
      data[i] = (float) ((in ? 1 : -1) + random.nextGaussian());
      if (in) {
        inside.addAll(List.of(z, y, x));
      }
    }
    return new ArrayPatchSource("ball_" + number, new int[]{EDGE, EDGE, EDGE},
        new float[][]{data}, seg, Map.of(1, inside.stream().mapToInt(i -> i).toArray()));
  }

  private static TrainingJob job(Path folder) {
    Architecture architecture = new Architecture(
        "dynamic_network_architectures.architectures.unet.PlainConvUNet", List.of(8, 16, 16),
        List.of(List.of(3, 3, 3), List.of(3, 3, 3), List.of(3, 3, 3)),
        List.of(List.of(1, 1, 1), List.of(2, 2, 2), List.of(2, 2, 2)), List.of(1, 1, 1),
        List.of(1, 1), true);
    Configuration configuration = new Configuration(
        new Configuration.Identity("3d_fullres", "test_3d_fullres", "DefaultPreprocessor",
            Optional.empty()),
        new Configuration.Batch(2, PATCH, false),
        new Configuration.Target(List.of(1.0, 1.0, 1.0), List.of(24.0, 24.0, 24.0)),
        new Configuration.Normalization(List.of("ZScoreNormalization"), List.of(false)),
        new Configuration.ByKind(ResamplingSettings.data(), ResamplingSettings.seg(),
            ResamplingSettings.probabilities()),
        architecture);
    return new TrainingJob(new TrainingJob.Network(configuration, 1, LABELS),
        new TrainingJob.Origin(new LinkedHashMap<>(), new LinkedHashMap<>(), "nnUNetTrainer"),
        new TrainingJob.Fold("0", folder),
        new TrainingJob.Cases(List.of(ball(0), ball(1), ball(2)), List.of(ball(3))), 1,
        Optional.empty());
  }

  private static TrainingSettings settings() {
    return TrainingSettings
        .brief(AugmentationSettings.nnunet(PATCH).withMirrorAxes(List.of()), 5, 1)
        .withIterations(10, 2);
  }

  private static TrainingLog train(Path folder, int epochs, boolean resume,
      Cancellation cancellation, Progress progress) {
    return new Trainer(job(folder), settings(), new Pace.Epochs(epochs), Device.CPU, progress,
        cancellation).run(resume);
  }

  @Test
  void learnsABall() {
    TrainingLog log = train(folder, 6, false, new Cancellation(), Progress.none());
    assertThat(log.rows()).hasSize(6);
    assertThat(log.steps()).isEqualTo(60);
    double first = log.rows().getFirst().trainLoss();
    double last = log.rows().getLast().trainLoss();
    assertThat(last).isLessThan(first - 0.3);
    assertThat(log.rows().getLast().meanDice()).isGreaterThan(0.6);
    assertThat(folder.resolve("checkpoint_final.pth")).exists();
    assertThat(folder.resolve("checkpoint_best.pth")).exists();
  }

  /** A ball whose rough outline, once too large, a first stage has found. */
  private static PatchSource cascade(int number) {
    PatchSource ball = ball(number);
    return new CascadeSource(ball, (start, size, seg) -> {
      ball.readPatch(start, size, new float[seg.length], seg);
      for (int i = seg.length - 1; i > 0; i--) {
        seg[i] = (short) Math.max(seg[i], seg[i - 1]);
      }
    });
  }

  private static TrainingJob with(TrainingJob job, int channels, Labels labels,
      List<PatchSource> cases) {
    return new TrainingJob(
        new TrainingJob.Network(job.network().configuration(), channels, labels), job.origin(),
        job.fold(), new TrainingJob.Cases(cases, List.of()), 1, Optional.empty());
  }

  private static TrainingLog train(TrainingJob job, TrainingSettings settings, int epochs) {
    return new Trainer(job, settings, new Pace.Epochs(epochs), Device.CPU, Progress.none(),
        new Cancellation()).run(false);
  }

  /** Everything random at once, and still the number of threads that make batches changes nothing. */
  @Test
  void aSecondStageLearnsFromTheFirst() {
    AugmentationSettings augmentation = AugmentationSettings.nnunet(PATCH)
        .withPreviousStage(List.of(1));
    List<PatchSource> cases = List.of(cascade(0), cascade(1));
    List<Map<String, String>> weights = new ArrayList<>();
    for (int threads : new int[]{1, 3}) {
      Path fold = folder.resolve("threads" + threads);
      TrainingLog log = train(with(job(fold), 2, LABELS, cases),
          TrainingSettings.brief(augmentation, 5, threads).withIterations(10, 2), 3);
      assertThat(log.rows().getLast().trainLoss())
          .isLessThan(log.rows().getFirst().trainLoss() - 0.2);
      weights.add(weights(fold));
    }
    assertThat(weights.get(1)).isEqualTo(weights.get(0));
    assertThatThrownBy(() -> train(with(job(folder), 2, LABELS, List.of(ball(0))),
        TrainingSettings.brief(augmentation, 5, 1).withIterations(1, 1), 1))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("first stage");
  }

  @Test
  void regionsAndPartlyAnnotatedCasesLearn() {
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("any", List.of(1, 2));
    names.put("second", List.of(2));
    Labels regions = new Labels(names, List.of(1, 2), OptionalInt.empty());
    // The second structure was not looked for in these cases.
    List<PatchSource> cases = List.of(new AnnotatedSource(ball(0), Set.of(1)),
        new AnnotatedSource(ball(1), Set.of(1)));
    TrainingLog log = train(with(job(folder), 1, regions, cases), settings(), 6);
    TrainingLog.Row last = log.rows().getLast();
    assertThat(last.trainLoss()).isLessThan(log.rows().getFirst().trainLoss() - 0.2);
    assertThat(last.dicePerStructure().get(0)).isGreaterThan(0.5);
    assertThat(last.dicePerStructure().get(1)).isNaN();
  }

  @Test
  void patienceEndsATrainingThatGetsNoBetter() {
    TrainingSettings still = settings()
        .withSchedule(new LearningRate(1e-12, LearningRate.Decay.POLY, 0))
        .withPatience(2);
    TrainingLog log = train(job(folder), still, 50);
    assertThat(log.rows()).hasSizeBetween(3, 20);
    assertThat(folder.resolve("checkpoint_final.pth")).exists();
  }

  @Test
  void aTrainingThatWasStoppedResumesToTheSameBits() {
    Path whole = folder.resolve("whole");
    Path broken = folder.resolve("broken");
    train(whole, 3, false, new Cancellation(), Progress.none());

    // Stopped in the middle of the second epoch, and again in the third.
    for (int stopAfter : new int[]{14, 9}) {
      Cancellation cancellation = new Cancellation();
      AtomicInteger steps = new AtomicInteger();
      assertThatThrownBy(() -> train(broken, 3, true, cancellation, event -> {
        if (event instanceof ProgressEvent.Advanced && steps.incrementAndGet() == stopAfter) {
          cancellation.cancel();
        }
      })).isInstanceOfSatisfying(FiduciaException.class,
          e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    }
    train(broken, 3, true, new Cancellation(), Progress.none());

    assertThat(weights(broken)).isEqualTo(weights(whole));
  }

  private static TrainingSettings settings(long seed) {
    return TrainingSettings
        .brief(AugmentationSettings.nnunet(PATCH).withMirrorAxes(List.of()), seed, 1)
        .withIterations(4, 1);
  }

  private static void train(Path fold, TrainingSettings settings, int epochs, boolean resume) {
    new Trainer(job(fold), settings, new Pace.Epochs(epochs), Device.CPU, Progress.none(),
        new Cancellation()).run(resume);
  }

  /** Rewrites the latest checkpoint, as somebody else's program would have written it. */
  private static void edit(Path fold, Consumer<Map<Object, Object>> change) {
    Path latest = fold.resolve(TrainingCheckpoints.LATEST);
    Map<Object, Object> root = new LinkedHashMap<>(
        (Map<?, ?>) CheckpointReader.read(latest).root());
    change.accept(root);
    CheckpointWriter.writePth(latest, root);
  }

  private static long seedOf(Path fold) {
    Map<?, ?> root = (Map<?, ?>) CheckpointReader.read(fold.resolve(TrainingCheckpoints.LATEST))
        .root();
    return ((Number) ((Map<?, ?>) root.get("fiducia")).get("seed")).longValue();
  }

  @Test
  void aTrainingIsNotResumedWithAnotherSeed() {
    train(folder, settings(5), 1, false);
    assertThatThrownBy(() -> train(folder, settings(6), 2, true))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).endsWith(TrainingCheckpoints.LATEST);
          assertThat(e.why()).contains("seed 5 then, 6 now");
        });
    // Without resuming, the seed is free to change.
    train(folder, settings(6), 1, false);
    assertThat(seedOf(folder)).isEqualTo(6);
  }

  /** nnU-Net's settings use SGD, the brief ones AdamW. */
  @Test
  void aTrainingIsNotResumedWithAnotherOptimiser() {
    AugmentationSettings augmentation = AugmentationSettings.nnunet(PATCH)
        .withMirrorAxes(List.of());
    TrainingSettings sgd = TrainingSettings.nnunet(augmentation, List.of(), 5, 1)
        .withIterations(4, 1);
    TrainingSettings adamW = settings(5);
    for (List<TrainingSettings> pair : List.of(List.of(sgd, adamW), List.of(adamW, sgd))) {
      train(folder, pair.get(0), 1, false);
      assertThatThrownBy(() -> train(folder, pair.get(1), 2, true))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
            assertThat(e.where()).contains(TrainingCheckpoints.LATEST);
            assertThat(e.why()).contains("momentum_buffer");
            assertThat(e.advice()).contains("optimiser");
          });
    }
  }

  @Test
  void aTrainingKeepsItsSeedWhereNoneIsChosen() {
    Path whole = folder.resolve("whole");
    train(whole, settings(5), 2, false);
    Path broken = folder.resolve("broken");
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() -> new Trainer(job(broken), settings(5),
        new Pace.Epochs(2), Device.CPU, Progress.none(), cancellation)
        .run(false, log -> cancellation.cancel())).isInstanceOf(FiduciaException.class);
    train(broken, settings(0).withDefaultSeed(), 2, true);
    assertThat(weights(broken)).isEqualTo(weights(whole));
    assertThat(seedOf(broken)).isEqualTo(5);
  }

  @Test
  void aCheckpointThatNamesNoSeedResumesWithTheSeedAsked() {
    train(folder, settings(5), 1, false);
    edit(folder, root -> root.remove("fiducia"));
    train(folder, settings(6), 2, true);
    assertThat(seedOf(folder)).isEqualTo(6);
  }

  /** nnU-Net writes its latest state only every 50 epochs, and the best one in between. */
  @Test
  void aFoldThatHoldsTheBestAloneResumesFromIt() throws IOException {
    train(folder, settings(5), 1, false);
    Files.delete(folder.resolve(TrainingCheckpoints.LATEST));
    Files.delete(folder.resolve(TrainingCheckpoints.FINAL));
    TrainingLog log = new Trainer(job(folder), settings(5), new Pace.Epochs(2), Device.CPU,
        Progress.none(), new Cancellation()).run(true);
    assertThat(log.rows()).hasSize(2);
  }

  @Test
  void aCheckpointThatCannotBeRestoredLeavesNoNativeMemoryBehind() {
    train(folder, settings(5), 1, false);
    edit(folder, root -> root.remove("logging"));
    long before = TorchRuntime.nativeObjects();
    assertThatThrownBy(() -> train(folder, settings(5), 2, true))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("logging");
    assertThat(TorchRuntime.nativeObjects()).isEqualTo(before);
  }

  private static Map<String, String> weights(Path folder) {
    Map<String, String> hashes = new LinkedHashMap<>();
    CheckpointReader.read(folder.resolve("checkpoint_final.pth")).tensors()
        .forEach((String name, StoredTensor t) -> hashes.put(name, t.sha256()));
    assertThat(hashes).isNotEmpty();
    return hashes;
  }
}
