package io.fiducia.app.demo;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.learn.train.EpochSettings;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.learn.train.Pace;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.Predictor;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.store.PreprocessedStore;
import io.fiducia.nnunet.train.Trainer;
import io.fiducia.nnunet.train.TrainingJob;
import io.fiducia.nnunet.train.TrainingSettings;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What settled the schedule of short trainings: the same plan and data, one choice changed, a fixed
 * number of steps, so that the figures do not depend on the machine's speed. docs/experiments.md has
 * the results. Not a test; run it with the tests' class path:
 *
 * <pre>ScheduleExperiment DATASET DEMO_OUT WORK steps=400 seed=0 rate=0.01 augmentation=0.5 ...</pre>
 *
 * where DEMO_OUT is the folder of a demonstration on that dataset, whose plan and preprocessed cases
 * are used.
 */
final class ScheduleExperiment {
  private static final int PER_EPOCH = 25;

  private ScheduleExperiment() {}

  public static void main(String[] args) {
    Map<String, Double> choice = new LinkedHashMap<>(Map.of("steps", 400.0, "seed", 0.0, "rate",
        TrainingSettings.BRIEF_RATE, "augmentation", TrainingSettings.BRIEF_AUGMENTATION, "batch",
        2.0, "averaging", 0.99, "warmup", 0.03, "decay", 1e-2));
    for (int i = 3; i < args.length; i++) {
      String[] parts = args[i].split("=", 2);
      if (choice.replace(parts[0], Double.valueOf(parts[1])) == null) {
        throw new IllegalArgumentException("no choice named " + parts[0]);
      }
    }
    TorchRuntime.setThreads(1);
    double dice = run(RawDataset.open(Path.of(args[0])), Path.of(args[1]), Path.of(args[2]),
        choice);
    System.out.printf(Locale.ROOT, "%s mean Dice %.4f%n",
        String.join(" ", List.of(args).subList(3, args.length)), dice);
  }

  private static double run(RawDataset dataset, Path demo, Path work, Map<String, Double> choice) {
    Configuration planned = Plans.read(demo.resolve("model/plans.json"))
        .configuration("3d_fullres");
    Configuration configuration = planned.with(new Configuration.Batch(
        choice.get("batch").intValue(), planned.patchSize(), planned.batchDice()));
    Path model = work.resolve("model");
    Plans.read(demo.resolve("model/plans.json")).write(model.resolve("plans.json"));
    dataset.json().write(model.resolve("dataset.json"));
    PreprocessedStore store = new PreprocessedStore(
        demo.resolve("preprocessed").resolve(planned.dataIdentifier()));
    AugmentationSettings augmentation = AugmentationSettings.nnunet(planned.patchSize())
        .withMirrorAxes(List.of()).withMaskOutside(planned.useMaskForNorm())
        .scaled(choice.get("augmentation"));
    TrainingSettings settings = new TrainingSettings(
        new TrainingSettings.Descent(new TrainingSettings.AdamWSettings(choice.get("decay")), 12,
            choice.get("averaging"), false),
        new LearningRate(choice.get("rate"), LearningRate.Decay.COSINE, choice.get("warmup")),
        new EpochSettings(PER_EPOCH, 1, 0),
        new TrainingSettings.Batches(augmentation, List.of(),
            new TrainingSettings.Seed(choice.get("seed").longValue(), true), 1));
    TrainingJob job = new TrainingJob(
        new TrainingJob.Network(configuration, dataset.json().channels().size(),
            dataset.json().labelSet()),
        new TrainingJob.Origin(Plans.read(model.resolve("plans.json")).asMap(),
            dataset.json().asMap(), "nnUNetTrainerNoMirroring"),
        new TrainingJob.Fold("0", model.resolve("fold_0")),
        new TrainingJob.Cases(store.ids().stream().map(store::open).toList(), List.of()), 1,
        Optional.empty());
    new Trainer(job, settings, new Pace.Epochs(choice.get("steps").intValue() / PER_EPOCH),
        Device.CPU, Progress.none(), new Cancellation()).run(false);

    List<RawCase> test = dataset.test();
    Path predictions = work.resolve("predictions");
    new Predictor(ModelFolder.open(model),
        Predictor.Options
            .of(ModelOptions.on(Device.CPU).withMirroring(false).withFolds(List.of("0")))
            .withOverwrite(true),
        Progress.none(), new Cancellation()).predict(test, predictions);
    Map<String, Path> references = new LinkedHashMap<>();
    test.forEach(c -> references.put(c.id(), c.label().orElseThrow()));
    Evaluation evaluation = FolderEvaluator.evaluate(references, predictions,
        new FolderEvaluator.Options(StructureNames.read(model.resolve("dataset.json")),
            StructureNames.ignoreLabel(model.resolve("dataset.json")), true),
        Progress.none(), new Cancellation());
    evaluation.structures().forEach(s -> System.out.printf(Locale.ROOT, "  %s %.4f%n", s.name(),
        evaluation.mean(s.key()).get("Dice")));
    return evaluation.foregroundMean().get("Dice");
  }
}
