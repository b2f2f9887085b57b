package io.fiducia.app.commands.anatomy;

import io.fiducia.app.cli.Context;
import io.fiducia.base.Suggestions;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which task a listing of weights is about. */
public final class WeightsChoice {
  @Option(names = {"--task", "-ta",
    "-task"}, paramLabel = "NAME", description = "tell everything about this task only")
  private String name;

  /**
   * The task that was asked for, if one was.
   *
   * @param known names of all tasks
   * @param error makes the usage error for a name that is not among them
   */
  Optional<String> task(List<String> known, Function<String, ? extends RuntimeException> error) {
    if (name != null && !known.contains(name)) {
      throw error.apply("unknown task " + name + Suggestions.nearest(name, known)
          .map(n -> "; did you mean " + n + "?")
          .orElse("; known are " + String.join(", ", known)));
    }
    return Optional.ofNullable(name);
  }

  /** Prints a listing as the user wants it. */
  void print(WeightsReport report, Context context) {
    if (context.json()) {
      context.console().json(report.document());
    } else {
      report.print(context.console());
    }
  }
}
