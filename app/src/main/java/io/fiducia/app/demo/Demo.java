package io.fiducia.app.demo;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.Version;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.MetricSet;
import io.fiducia.metrics.PartialAnnotation;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.Predictor;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.CpuPlanner;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import io.fiducia.nnunet.preprocess.FingerprintExtractor;
import io.fiducia.nnunet.run.Compute;
import io.fiducia.nnunet.run.DatasetPlanning;
import io.fiducia.nnunet.run.Fingerprints;
import io.fiducia.nnunet.run.FoldFolders;
import io.fiducia.nnunet.run.FoldRequest;
import io.fiducia.nnunet.run.FoldRun;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import io.fiducia.nnunet.train.TrainingSettings;
import io.fiducia.report.ReportData;
import io.fiducia.report.ReportJson;
import io.fiducia.report.ReportWriter;
import io.fiducia.report.TrainingCurve;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Everything from contoured images to an honest report, in one go: plan for this machine and this
 * much time, train, segment cases that the training never saw, score, report.
 */
public final class Demo {
  private static final String CONFIGURATION = "3d_fullres";
  private static final String PLANS = DatasetPlanning.CPU_PLANS;
  private static final String FOLD = "0";
  /** Held out for the report where the dataset brings no test cases. */
  private static final double TEST_SHARE = 0.2;
  /** Set aside from the training cases for the training curve, where there are enough. */
  private static final double CURVE_SHARE = 0.05;
  private static final int ENOUGH_FOR_CURVE = 20;

  private final DemoOptions options;
  private final Context context;
  private final Cancellation cancellation;
  private final DemoState state;
  private final Path model;
  private final Path predictions;

  private Demo(DemoOptions options, Context context, DemoState state) {
    this.options = options;
    this.context = context;
    this.cancellation = context.cancellation();
    this.state = state;
    this.model = options.output().resolve("model");
    this.predictions = options.output().resolve("predictions");
  }

  /** What came of it. */
  public record Result(Path report, Evaluation evaluation, double meanDice) {}

  /**
   * Runs the demonstration, or what is left of one that was stopped.
   *
   * @throws FiduciaException CANCELLED if stopped; the same command then goes on
   */
  public static Result run(DemoOptions options, Context context) {
    // A dataset that cannot be used must leave nothing behind.
    Optional<RawDataset> given = options.dataset().map(Demo::open);
    Demo demo = new Demo(options, context, DemoState.open(options, context.seed()));
    return demo.run(given.orElseGet(demo::phantom));
  }

  /** The dataset where none was given. */
  private RawDataset phantom() {
    return RawDataset.open(timed("Phantom", () -> PhantomCohort.write(options.output(), context)));
  }

  private static RawDataset open(Path folder) {
    RawDataset whole = RawDataset.open(folder);
    if (whole.json().labelSet().hasRegions()) {
      throw FiduciaException.badInput("the dataset's labels are regions", whole.json().file(),
          "the demonstration trains mutually exclusive labels", "give each structure one label");
    }
    if (whole.json().labelSet().foregroundNames().isEmpty()) {
      throw FiduciaException.badInput("the dataset names no structure", whole.json().file(),
          "expected labels besides the background", "name the structures under labels");
    }
    boolean testCases = whole.test().stream().anyMatch(c -> c.label().isPresent());
    long patients = whole.training().stream().map(c -> HeldOut.patient(c.id())).distinct().count();
    if (!testCases && patients < 2) {
      throw FiduciaException.badInput("too few patients", folder,
          "expected at least 2, one to train on and one to test, found " + patients,
          "add contoured cases to imagesTr and labelsTr, or test cases to imagesTs and labelsTs");
    }
    return whole;
  }

  private Result run(RawDataset whole) {
    List<RawCase> test = whole.test().stream().filter(c -> c.label().isPresent()).toList();
    List<RawCase> forTraining = whole.training();
    List<String> warnings = new ArrayList<>();
    if (test.isEmpty()) {
      HeldOut.Split split = HeldOut.split(forTraining, TEST_SHARE, context.seed(), "test cases");
      forTraining = split.kept();
      test = split.heldOut();
    }
    if (forTraining.size() < 5) {
      warnings.add("Trained on " + forTraining.size() + " case(s) only: expect little.");
    }
    RawDataset dataset = whole.withTraining(forTraining);
    List<RawCase> testCases = test;
    Device device = context.torchDevice();
    TorchRuntime.setThreads(context.threads());

    Fingerprint fingerprint = timed("Fingerprint", () -> fingerprint(dataset, testCases));
    Plans plans = timed("Plan", () -> plan(dataset, fingerprint, device));
    Configuration configuration = plans.configuration(CONFIGURATION);
    timed("Preprocess", () -> preprocess(dataset, plans, configuration));
    TrainingLog log = timed("Train", () -> train(dataset, device));
    timed("Predict", () -> predict(testCases, device)).forEach(f -> warnings.add(
        "Case " + f.caseId() + " could not be segmented: " + f.error().what()));
    Evaluation evaluation = timed("Evaluate", () -> evaluate(dataset, testCases));
    return report(dataset, testCases, configuration, log, evaluation, warnings, device);
  }

  private <T> T timed(String phase, Supplier<T> work) {
    long start = System.nanoTime();
    try (PhaseMemory memory = PhaseMemory.start()) {
      try {
        return work.get();
      } finally {
        state.spent(phase, (System.nanoTime() - start) / 1e9, memory.peakMb());
      }
    }
  }

  private Fingerprint fingerprint(RawDataset dataset, List<RawCase> test) {
    Path file = model.resolve(Fingerprints.FILE);
    if (Files.exists(file)) {
      return Fingerprint.read(file);
    }
    Fingerprint fingerprint = FingerprintExtractor.extract(dataset, context.progress(),
        cancellation);
    // A broken test case must show now, not after the training.
    FingerprintExtractor.check(dataset, test, context.progress(), cancellation);
    fingerprint.write(file);
    return fingerprint;
  }

  private Plans plan(RawDataset dataset, Fingerprint fingerprint, Device device) {
    Path file = model.resolve("plans.json");
    if (Files.exists(file)) {
      return Plans.read(file);
    }
    CpuPlanner.Planned planned = DatasetPlanning.forTime(fingerprint, dataset.json(),
        dataset.name(), new DatasetPlanning.Method.ForTime(options.minutes(), PLANS, device),
        cancellation);
    CpuPlanner.Choice c = planned.choice();
    context.progress()
        .note(String.format(Locale.ROOT,
            "plan: patch %s at %s mm, batch %d, features %s, %.2f s per step, about %d steps",
            c.patch(),
            c.spacingMm().stream().map(s -> String.format(Locale.ROOT, "%.3g", s))
                .collect(Collectors.joining(" x ")),
            c.batch(), c.architecture().featuresPerStage(), c.stepSeconds(), c.steps()));
    state.put("step_seconds", c.stepSeconds());
    dataset.json().write(model.resolve("dataset.json"));
    planned.plans().write(file);
    return planned.plans();
  }

  private DatasetPreprocessor.Outcome preprocess(RawDataset dataset, Plans plans,
      Configuration configuration) {
    DatasetPreprocessor.Outcome outcome = new DatasetPreprocessor(dataset, plans, configuration,
        work(),
        DatasetPreprocessor.Format.NATIVE).run(context.threads(), context.progress(), cancellation);
    outcome.check();
    return outcome;
  }

  private Path work() {
    return options.output().resolve("preprocessed");
  }

  private TrainingLog train(RawDataset dataset, Device device) {
    List<RawCase> learn = dataset.training();
    List<RawCase> curve = List.of();
    if (learn.size() >= ENOUGH_FOR_CURVE) {
      HeldOut.Split split = HeldOut.split(learn, CURVE_SHARE, context.seed(),
          "training curve cases");
      learn = split.kept();
      curve = split.heldOut();
    }
    new Splits(List.of(new Splits.Fold(names(learn), names(curve))))
        .write(work().resolve("splits_final.json"));
    TrainingCheckpoints checkpoints = new TrainingCheckpoints(model.resolve("fold_" + FOLD));
    boolean begun = checkpoints.trained() || checkpoints.toResumeFrom().isPresent();
    double stepSeconds = state.number("step_seconds");
    FoldRequest request = FoldRequest.of(CONFIGURATION, FOLD, PLANS)
        .with(begun ? FoldRequest.Mode.CONTINUE : FoldRequest.Mode.FIRST)
        .with(new FoldRequest.Training(
            FoldRequest.Length.ofMinutes(options.minutes(),
                Optional.of(Double.isNaN(stepSeconds) ? 1 : stepSeconds)),
            FoldRequest.Schedule.standard(), Optional.empty()))
        // The held-out cases are segmented instead.
        .withValidation(Optional.empty());
    FoldFolders folders = new FoldFolders(work(), (trainer, plans, configuration) -> model,
        Optional.of(dataset.folder()));
    return FoldRun.run(request, folders,
        new Compute(device, context.threads(), OptionalLong.of(context.seed())),
        // Where the training had ended, nothing is trained, and the final checkpoint has the log.
        context.progress(), cancellation).log().or(checkpoints::log).orElseThrow();
  }

  private static List<String> names(List<RawCase> cases) {
    return cases.stream().map(RawCase::id).toList();
  }

  private List<Predictor.Failure> predict(List<RawCase> test, Device device) {
    Predictor predictor = new Predictor(ModelFolder.open(model),
        Predictor.Options.of(
            ModelOptions.on(device).withMirroring(false).withFolds(List.of(FOLD))),
        context.progress(), cancellation);
    List<Predictor.Failure> failures = predictor.predict(test, predictions);
    failures.forEach(f -> context.console().warning(f.caseId() + ": " + f.error().getMessage()));
    return failures;
  }

  private Evaluation evaluate(RawDataset dataset, List<RawCase> test) {
    Map<String, Path> references = new LinkedHashMap<>();
    test.forEach(c -> references.put(c.id(), c.label().orElseThrow()));
    Evaluation evaluation = FolderEvaluator.evaluate(references, predictions,
        new FolderEvaluator.Options(StructureNames.read(model.resolve("dataset.json")),
            StructureNames.ignoreLabel(model.resolve("dataset.json")), true).with(MetricSet.all())
            .with(PartialAnnotation.beside(dataset.folder().resolve("dataset.json"))),
        context.progress(), cancellation);
    EvaluationWriter.writeSummary(evaluation, options.output().resolve("summary.json"));
    EvaluationWriter.writeCsv(evaluation, options.output().resolve("metrics.csv"));
    return evaluation;
  }

  private Result report(RawDataset dataset, List<RawCase> test, Configuration configuration,
      TrainingLog log, Evaluation evaluation, List<String> warnings, Device device) {
    Map<String, Path> images = new LinkedHashMap<>();
    test.forEach(c -> images.put(c.id(), c.images().get(0)));
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Dataset", dataset.name());
    facts.put("Training cases", Integer.toString(dataset.training().size()));
    facts.put("Held-out cases", Integer.toString(test.size()));
    facts.put("Patch", configuration.patchSize() + " voxels, batch " + configuration.batchSize());
    facts.put("Spacing", configuration.spacing().stream()
        .map(s -> String.format(Locale.ROOT, "%.3g", s)).collect(Collectors.joining(" x "))
        + " mm");
    facts.put("Network", "nnU-Net plain U-Net, features "
        + configuration.architecture().featuresPerStage());
    facts.put("Schedule", String.format(Locale.ROOT,
        "AdamW, %s at most, warm-up, cosine, averaged weights", TrainingSettings.BRIEF_RATE));
    facts.put("Steps", log.steps() + " in " + log.rows().size() + " epochs");
    facts.put("Training budget", options.minutes() + " min");
    facts.put("Device", device + ", " + context.threads() + " threads");
    facts.put("Machine", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
        + Runtime.getRuntime().availableProcessors() + " cores");
    facts.put("Java, libtorch",
        Runtime.version().feature() + ", " + TorchRuntime.version());
    facts.put("Seed", Long.toString(context.seed()));
    facts.put("Version", Version.text());
    Path page = options.output().resolve("report.html");
    ReportData data = new ReportData(
        new ReportData.Heading("Fiducia on " + dataset.name(), "Fiducia",
            dataset.json().tree().path("synthetic").asBoolean(false), warnings),
        evaluation, curve(log), new ReportData.Pictures(dataset.json().channels().get(0), images),
        new ReportData.Run(state.phases(), facts, List.of(options.commandLine()),
            context.seed()));
    ReportWriter.write(data, page);
    double mean = ReportJson.write(data, log.steps(), Version.text(),
        options.output().resolve("report.json"));
    state.finish();
    return new Result(page, evaluation, mean);
  }

  private static TrainingCurve curve(TrainingLog log) {
    return new TrainingCurve(log.rows().stream().map(r -> new TrainingCurve.Epoch(r.steps(),
        r.trainLoss(), r.validationLoss(), r.dicePerStructure())).toList());
  }
}
