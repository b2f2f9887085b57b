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
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
    return new TrainingJob(configuration, new LinkedHashMap<>(), new LinkedHashMap<>(), "0", folder,
        "nnUNetTrainer", 1,
        LABELS, List.of(ball(0), ball(1), ball(2)),
        List.of(ball(3)), 1, Optional.empty());
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
    return new TrainingJob(job.configuration(), job.plans(), job.dataset(), job.fold(),
        job.foldFolder(), job.trainerName(), channels, labels, cases, List.of(), 1,
        Optional.empty());
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
    TrainingSettings still = settings().withSchedule(1e-12, TrainingSettings.Decay.POLY, 0)
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

  private static Map<String, String> weights(Path folder) {
    Map<String, String> hashes = new LinkedHashMap<>();
    CheckpointReader.read(folder.resolve("checkpoint_final.pth")).tensors()
        .forEach((String name, StoredTensor t) -> hashes.put(name, t.sha256()));
    assertThat(hashes).isNotEmpty();
    return hashes;
  }
}
