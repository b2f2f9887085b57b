package io.fiducia.promptable.adapt.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.base.Progress;
import io.fiducia.core.TrainingBudget;
import io.fiducia.learn.train.AheadOfTime;
import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.EpochSettings;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingLogFile;
import io.fiducia.learn.train.TrainingLoop;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Trains a model of the SAM family in a folder, to weights, card and log. A training that was killed goes on
 * where its last checkpoint stands, with the same bits if its length is a number of steps.
 */
public final class AdaptTrainer {
  private static final double WEIGHT_DECAY = 1e-2;
  private static final double GRADIENT_CLIP = 1;
  private static final int EPOCH = 250;
  /** The learning rate of a number of steps is constant within an epoch, and rises in the first. */
  private static final int FEWEST_EPOCHS = 20;
  private static final int VALIDATION_EXAMPLES = 6;
  /** Examples that are trained on for each one that is validated. */
  private static final int TRAINED_PER_VALIDATED = 5;
  private static final double UNKNOWN_STEP_SECONDS = 1;
  private static final String EMBEDDINGS = "embeddings";

  private final AdaptTraining training;
  private final Device device;
  private final Progress progress;
  private final Cancellation cancellation;

  /** Prepares a training; nothing is read or written before {@link #run}. */
  public AdaptTrainer(AdaptTraining training, Device device, Progress progress,
      Cancellation cancellation) {
    this.training = training;
    this.device = device;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * What a training came to.
   *
   * @param steps steps taken, those before an interruption included
   * @param parameters number of values that trained
   * @param dice of the last validation, by structure; at the resolution of the network's masks
   * @param firstLoss mean loss of the first epoch
   * @param lastLoss mean loss of the last epoch
   */
  public record Outcome(int steps, long parameters, Map<String, Double> dice, double firstLoss,
      double lastLoss) {}

  /**
   * Trains to the end and writes the results ({@link AdaptResults}).
   *
   * @param overwrite whether a training in the folder, finished or not, is replaced
   * @throws FiduciaException CANCELLED after a request to stop, with the latest state saved; BAD_INPUT if
   *     the data cannot be used, the folder holds a finished training or one with other settings, or
   *     another program trains there
   */
  public Outcome run(boolean overwrite) {
    Path folder = training.folder();
    try (FolderLock lock = FolderLock.take(folder, "a training runs in this folder already")) {
      Path latest = folder.resolve(ResumeFile.NAME);
      if (overwrite) {
        delete(folder.resolve(AdaptResults.CARD));
        AdaptResults.FILES.forEach(name -> delete(folder.resolve(name)));
        delete(latest);
        deleteEmbeddings();
      } else if (Files.exists(folder.resolve(AdaptResults.CARD))) {
        throw FiduciaException.badInput("the folder holds a finished training", folder,
            AdaptResults.CARD + " exists",
            "choose another output folder, or allow to overwrite it");
      }
      AdaptSlices slices = AdaptSlices.together(training.data().stream()
          .map(data -> new AdaptSlicesReader(data,
              training.goal() instanceof AdaptTraining.Goal.Automatic, progress, cancellation)
              .read())
          .toList());
      progress.note(slices.structures().size() + " structures, " + slices.training().size()
          + " slices to learn from");
      Outcome outcome = withNetwork(slices, Files.exists(latest)
          ? Optional.of(ResumeFile.read(latest))
          : Optional.empty());
      deleteEmbeddings();
      return outcome;
    }
  }

  /** What a training starts from: the network, and how its weights are known. */
  private record Beginning(SamNetwork network, SamFamily family, ModelIdentity identity) {}

  private Beginning begin(AdaptSlices slices) {
    boolean automatic = training.goal() instanceof AdaptTraining.Goal.Automatic;
    return switch (training.start()) {
      case AdaptTraining.Start.From from -> {
        SamWeights weights = automatic
            ? AutomaticWeights.of(from.weights(), slices.structures())
            : from.weights();
        if (!automatic) {
          AutomaticWeights.requirePromptable(weights);
        }
        yield new Beginning(weights.load(device), weights.family(), from.weights().identity());
      }
      case AdaptTraining.Start.Random random -> {
        if (automatic) {
          throw new IllegalArgumentException("from random weights only with prompts");
        }
        yield new Beginning(
            SamNetwork.create(random.shape(), device, training.length().seed()), random.family(),
            new ModelIdentity(random.family().word(), "0".repeat(64)));
      }
    };
  }

  private Outcome withNetwork(AdaptSlices slices, Optional<ResumeFile> begun) {
    Beginning start = begin(slices);
    try (TorchScope scope = TorchScope.open("model"); SamNetwork network = start.network()) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, training.start().choice(),
          training.length().seed());
      List<Tensor> parameters = adapted.trainable().stream().map(NamedTensor::tensor).toList();
      Map<String, String> settings = AdaptSettings.of(training, slices, start.identity());
      begun.ifPresent(b -> b.requireSettings(settings, Set.of()));
      try (
          MixedPrecisionStep descent = new MixedPrecisionStep(
              new AdamW(parameters, WEIGHT_DECAY), parameters, GRADIENT_CLIP, device, false);
          AveragedWeights average = new AveragedWeights(parameters,
              training.length().averaging())) {
        return train(new AdaptTask.Parts(adapted, descent, average), start, slices,
            new Settings(settings, begun));
      }
    }
  }

  private record Settings(Map<String, String> texts, Optional<ResumeFile> begun) {}

  private Outcome train(AdaptTask.Parts parts, Beginning start, AdaptSlices slices,
      Settings settings) {
    TrainingState state = settings.begun().map(b -> b.restore(parts.toResume()))
        .orElseGet(TrainingState::start);
    boolean frozen = parts.adapted().encoderIsFrozen();
    NetworkInputs inputs = new NetworkInputs(start.network(), start.family());
    Objective objective = objective(inputs, slices, training.length().changed() && !frozen);
    Optional<EmbeddingStore> embeddings = frozen
        ? Optional.of(new EmbeddingStore(
            new SamSliceModel(start.family(), start.network(), start.identity()),
            training.length().embeddingBytes(), training.folder().resolve(EMBEDDINGS), progress))
        : Optional.empty();
    int batch = training.length().batch();
    TrainingLog log;
    List<String> names;
    try (AheadOfTime<List<Example>> batches = new AheadOfTime<>(step -> objective.draw(step, batch),
        state.steps(), 1)) {
      AdaptTask task = new AdaptTask(parts, objective, inputs, embeddings, batches,
          new AdaptTask.Saving(training.folder().resolve(ResumeFile.NAME), settings.texts()));
      names = task.names();
      TrainingLogFile table = new TrainingLogFile(training.folder(), names);
      log = new TrainingLoop(plan(names, () -> {
        embeddings.ifPresent(e -> e.prepare(slices.all(), progress, cancellation));
        return task.secondsPerStep(objective.draw(0, batch));
      }), task, progress, cancellation).run(state, table::write);
    }
    try (Autograd.Guard used = parts.average().inPlace()) {
      Outcome outcome = AdaptResults.outcome(parts.adapted(), names, log);
      new AdaptResults(training, start.family(), start.identity(), settings.texts())
          .write(parts.adapted(), slices, outcome);
      return outcome;
    }
  }

  private Objective objective(NetworkInputs inputs, AdaptSlices slices, boolean changed) {
    long seed = training.length().seed();
    return switch (training.goal()) {
      case AdaptTraining.Goal.Prompted prompted -> new PromptObjective(inputs,
          new PromptDraw(
              prompted.varied()
                  .<Subjects>map(shares -> new VariedSubjects(slices.training(), shares))
                  .orElseGet(() -> new SliceSubjects(slices.training(), changed)),
              prompted.shares(), seed),
          slices.validation());
      case AdaptTraining.Goal.Automatic automatic ->
        new AutomaticObjective(inputs, slices, changed, seed);
    };
  }

  /**
   * The plan of the training. An epoch of a time budget is short enough for its steps, which take minutes for a
   * large network.
   *
   * @param stepSeconds measures a step; what it computes before is not training time
   */
  private TrainingLoop.Plan plan(List<String> names, DoubleSupplier stepSeconds) {
    TrainingLoop.Names named = new TrainingLoop.Names(training.folder().toString(), names);
    return switch (training.length().budget()) {
      case TrainingBudget.Minutes m -> {
        double seconds = stepSeconds.getAsDouble();
        int length = (int) Math.clamp(60 * m.minutes() / seconds / FEWEST_EPOCHS, 1, EPOCH);
        yield new TrainingLoop.Plan(new Pace.Budget(60 * m.minutes()), training.length().rate(),
            epoch(length, names.size()), seconds, named);
      }
      case TrainingBudget.Iterations i -> {
        int length = Math.clamp(i.iterations() / FEWEST_EPOCHS, 1, EPOCH);
        yield new TrainingLoop.Plan(new Pace.Epochs(Math.ceilDiv(i.iterations(), length)),
            training.length().rate(), epoch(length, names.size()), UNKNOWN_STEP_SECONDS, named);
      }
    };
  }

  /** An epoch whose validation takes a small part of its time, however many structures there are. */
  private EpochSettings epoch(int steps, int names) {
    int examples = steps * training.length().batch() / TRAINED_PER_VALIDATED / Math.max(1, names);
    return new EpochSettings(steps, Math.clamp(examples, 1, VALIDATION_EXAMPLES), 0);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot delete a file", file,
          String.valueOf(e.getMessage()), "check that the folder may be written", e);
    }
  }

  /** Embeddings are made of patients' images, and nobody needs them after the training. */
  private void deleteEmbeddings() {
    Path folder = training.folder().resolve(EMBEDDINGS);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(AdaptTrainer::delete);
    } catch (IOException e) {
      progress.warning(folder + " cannot be emptied: " + e.getMessage());
    }
    delete(folder);
  }
}
