package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.BudgetOptions;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.adapt.train.AdaptTrainer;
import io.fiducia.promptable.adapt.train.AdaptTraining;
import io.fiducia.promptable.adapt.train.PromptShares;
import io.fiducia.promptable.sam.weights.SamWeights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia sam adapt}: adapts a model of the SAM family to the contours of a dataset. */
@Command(name = "adapt", description = {
  "Adapts a model of the SAM family to the contours of a dataset: to answer boxes and points there, or",
  "with --automatic to find its structures without prompts. Writes DIR/weights.safetensors and",
  "DIR/weights.pth (whole weights), DIR/difference.safetensors (what changed, not for --method full),",
  "DIR/card.json and DIR/training_log.csv. After a stop, the same command continues. Experimental."}, footer = {
    "", "Example:",
    "  fiducia sam adapt --dataset Dataset901_HeadNeckOAR --weights sam_vit_b_01ec64.pth"
        + " --method lora --minutes 30 -o adapted",
    "  fiducia sam segment --weights adapted --image ct.nii.gz --slice 40 --box 180 150 260 210 -o out"})
public final class SamAdaptCommand extends FiduciaCommand {
  @Mixin
  private SamAdaptOptions options;

  @Mixin
  private SamModelOptions model;

  @Option(names = "--automatic", description = "learn to find all structures without prompts, instead of answering prompts")
  private boolean automatic;

  @Mixin
  private BudgetOptions budget;

  @Option(names = "--batch", paramLabel = "N", description = "examples of a step (default: 4); fewer need less memory")
  private Optional<Integer> batch = Optional.empty();

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "highest learning rate (default: 1e-4 for decoder and full, 5e-4 for lora and adapter)")
  private Optional<Double> rate = Optional.empty();

  @Option(names = "--name", paramLabel = "NAME", description = "what the weights are called (default: the output folder's name)")
  private Optional<String> name = Optional.empty();

  @Option(names = "--licence", paramLabel = "TEXT", description = "the terms of the weights, for the card (default: those of the weights before)")
  private Optional<String> licence = Optional.empty();

  @Option(names = "--overwrite", description = "start again, replacing what the folder holds")
  private boolean overwrite;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Override
  protected int run(Context context) {
    options.problem().ifPresent(problem -> {
      throw usageError(problem);
    });
    if (batch.filter(b -> b < 1).isPresent() || rate.filter(r -> !(r > 0 && r <= 1)).isPresent()) {
      throw usageError("--batch must be at least 1, and --learning-rate above 0 and at most 1");
    }
    AdaptedNetwork.Choice choice = options.choice();
    AdaptTraining.Length usual = AdaptTraining.Length.usual(budget.budget(), choice.method(),
        context.seed());
    AdaptTraining.Length length = usual.withBatch(batch.orElse(usual.batch()))
        .withRate(rate.orElse(usual.rate().highest()));
    SamWeights weights = model.readAny(context);
    AdaptTraining.Goal goal = automatic
        ? new AdaptTraining.Goal.Automatic()
        : new AdaptTraining.Goal.Prompted(
            weights.family().boxesOnly() ? PromptShares.BOXES : PromptShares.ALL);
    AdaptTraining training = new AdaptTraining(output, List.of(options.data()),
        new AdaptTraining.Start.From(weights, choice), goal, length,
        new AdaptTraining.Label(
            name.orElse(output.toAbsolutePath().normalize().getFileName().toString()),
            licence.orElse(weights.licence()), Version.text(), false));
    print(new AdaptTrainer(training, context.torchDevice(), context.progress(),
        context.cancellation()).run(overwrite), context);
    return 0;
  }

  private void print(AdaptTrainer.Outcome outcome, Context context) {
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("folder", output.toString());
      document.put("steps", outcome.steps());
      document.put("trained_parameters", outcome.parameters());
      document.put("loss_first", outcome.firstLoss());
      document.put("loss_last", outcome.lastLoss());
      document.put("dice", outcome.dice());
      context.console().json(document);
      return;
    }
    StringBuilder dice = new StringBuilder();
    outcome.dice().forEach((structure, value) -> dice
        .append(String.format(Locale.ROOT, ", %s %.3f", structure, value)));
    context.console().result(String.format(Locale.ROOT,
        "%d steps, %d parameters trained, loss %.3f at first and %.3f at last; Dice %s%s",
        outcome.steps(), outcome.parameters(), outcome.firstLoss(), outcome.lastLoss(),
        automatic ? "without prompts" : "with a box", dice));
  }
}
