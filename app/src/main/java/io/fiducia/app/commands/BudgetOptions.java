package io.fiducia.app.commands;

import io.fiducia.core.TrainingBudget;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a training lasts: minutes or steps, one of them. */
public final class BudgetOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--minutes", paramLabel = "N", description = "train for N minutes")
  private Optional<Double> minutes = Optional.empty();

  @Option(names = "--iterations", paramLabel = "N", description = "train for N steps, rounded up to whole epochs")
  private Optional<Integer> iterations = Optional.empty();

  /**
   * The budget.
   *
   * @throws ParameterException if not exactly one is given, or it is not above 0
   */
  public TrainingBudget budget() {
    if (minutes.isPresent() == iterations.isPresent()) {
      throw new ParameterException(command.commandLine(),
          "give --minutes or --iterations, one of them");
    }
    if (minutes.filter(m -> !(m > 0 && Double.isFinite(m))).isPresent()
        || iterations.filter(i -> i < 1).isPresent()) {
      throw new ParameterException(command.commandLine(),
          "--minutes and --iterations must be above 0");
    }
    return minutes.<TrainingBudget>map(TrainingBudget.Minutes::new)
        .orElseGet(() -> new TrainingBudget.Iterations(iterations.orElseThrow()));
  }
}
