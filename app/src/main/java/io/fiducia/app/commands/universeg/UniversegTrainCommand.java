package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.BudgetOptions;
import io.fiducia.app.commands.DatasetModality;
import io.fiducia.core.TrainingBudget;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.universeg.train.InContextDataset;
import io.fiducia.universeg.train.InContextTrainer;
import io.fiducia.universeg.train.InContextTraining;
import io.fiducia.universeg.train.TaskChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia universeg train}: trains an in-context network on tasks of any datasets. */
@Command(name = "train", description = {
  "Trains a network that segments after examples. Every structure of every dataset is a task,",
  "in axial, coronal and sagittal slices; made-up tasks are added.",
  "Writes DIR/weights.safetensors, DIR/weights.pth, DIR/card.json and DIR/training_log.csv.",
  "After a stop, the same command continues."}, footer = {"", "Example:",
    "  fiducia universeg train --dataset Dataset900_Phantom Dataset901_HeadNeckOAR"
        + " --holdout Uterus --minutes 60 -o model"})
public final class UniversegTrainCommand extends FiduciaCommand {
  private static final double HALF_OF_STEPS = 0.5;
  /** Steps at half resolution in each minute of a training: about a third of its time on two cores. */
  private static final int COARSE_STEPS_PER_MINUTE = 100;

  @Option(names = "--dataset", required = true, arity = "1..*", paramLabel = "DIR", description = "nnU-Net raw datasets whose training cases are used; of several channels the first")
  private List<Path> datasets;

  @Option(names = "--holdout", arity = "1..*", paramLabel = "STRUCTURE", description = "structures that are never trained on, only validated")
  private List<String> heldOut = new ArrayList<>();

  @Option(names = "--init", paramLabel = "FILE", description = "weights of UniverSeg to start from (default: random weights)")
  private Optional<Path> init = Optional.empty();

  @Mixin
  private BudgetOptions budget;

  @Option(names = "--width", paramLabel = "N", description = "features of every layer (default: "
      + InContextTraining.USUAL_WIDTH + ", or those of --init)")
  private Optional<Integer> width = Optional.empty();

  @Option(names = "--patients", paramLabel = "N", description = "at most N patients of each dataset (default: "
      + TaskChoice.USUAL_PATIENTS + "); 24 patients with 8 structures take about 0.9 GB")
  private int patients = TaskChoice.USUAL_PATIENTS;

  @Option(names = "--synthetic", paramLabel = "SHARE", description = "share of made-up tasks, 0 to 1 (default: "
      + InContextTraining.Tasks.USUAL_SYNTHETIC + ")")
  private double synthetic = InContextTraining.Tasks.USUAL_SYNTHETIC;

  @Option(names = "--coarse-steps", paramLabel = "N", description = "steps at half resolution before the others (default: half of --iterations, or 100 for each minute)")
  private Optional<Integer> coarseSteps = Optional.empty();

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "highest learning rate (default: "
      + InContextTraining.Length.USUAL_RATE + ")")
  private double rate = InContextTraining.Length.USUAL_RATE;

  @Option(names = "--workers", paramLabel = "N", description = "threads that prepare slices; they change no result (default: 1)")
  private int workers = 1;

  @Option(names = "--name", paramLabel = "NAME", description = "what the weights are called (default: the output folder's name)")
  private Optional<String> name = Optional.empty();

  @Option(names = "--licence", paramLabel = "TEXT", description = "the terms of the weights, for the card (default: not stated)")
  private String licence = "not stated";

  @Option(names = "--overwrite", description = "start again, replacing what the folder holds")
  private boolean overwrite;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Override
  protected int run(Context context) {
    check();
    InContextTraining.Length length = length();
    List<InContextDataset> read = datasets.stream().map(RawDataset::open)
        .map(d -> new InContextDataset(d.name(), DatasetModality.of(d),
            RawContouredCase.training(d)))
        .toList();
    InContextTraining training = new InContextTraining(output, read,
        new InContextTraining.Tasks(heldOut, patients, synthetic),
        new InContextTraining.Start(init, width, context.seedGiven()), length,
        new InContextTraining.Label(
            name.orElse(output.toAbsolutePath().normalize().getFileName().toString()), licence,
            Version.text()));
    InContextTrainer.Outcome outcome = new InContextTrainer(training, context.torchDevice(),
        context.progress(), context.cancellation()).run(overwrite);
    print(outcome, context);
    return 0;
  }

  private void check() {
    if (width.filter(w -> w < 4 || w > 1024).isPresent()) {
      throw usageError("--width must be 4 to 1024, found " + width.orElseThrow());
    }
    if (!(synthetic >= 0 && synthetic <= 1)) {
      throw usageError("--synthetic is a share from 0 to 1, found " + synthetic);
    }
    if (patients < 1 || workers < 1 || workers > 64) {
      throw usageError("--patients must be at least 1 and --workers 1 to 64, found " + patients
          + " and " + workers);
    }
    if (!(rate > 0 && rate <= 1)) {
      throw usageError("--learning-rate must lie above 0 and not above 1, found " + rate);
    }
    if (coarseSteps.filter(c -> c < 0).isPresent()) {
      throw usageError("--coarse-steps must not be negative");
    }
  }

  private InContextTraining.Length length() {
    TrainingBudget length = budget.budget();
    int usual = (int) Math.rint(switch (length) {
      case TrainingBudget.Minutes m -> COARSE_STEPS_PER_MINUTE * m.minutes();
      case TrainingBudget.Iterations i -> HALF_OF_STEPS * i.iterations();
    });
    return new InContextTraining.Length(length, coarseSteps.orElse(usual), rate, workers);
  }

  private void print(InContextTrainer.Outcome outcome, Context context) {
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("folder", output.toString());
      document.put("steps", outcome.steps());
      outcome.trainedDice().ifPresent(d -> document.put("dice_trained", d));
      outcome.heldOutDice().ifPresent(d -> document.put("dice_held_out", d));
      context.console().json(document);
      return;
    }
    String trained = outcome.trainedDice().map(d -> String.format(Locale.ROOT,
        "; Dice with 8 support slices: trained structures %.3f", d)).orElse("");
    String held = outcome.heldOutDice()
        .map(d -> String.format(Locale.ROOT, ", held-out structures %.3f", d)).orElse("");
    context.console().result(outcome.steps() + " steps" + trained + held);
  }
}
