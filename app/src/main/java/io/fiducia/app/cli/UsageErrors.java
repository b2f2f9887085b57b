package io.fiducia.app.cli;

import io.fiducia.base.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Words the command line's own errors: unknown and missing options, values of the wrong form. */
final class UsageErrors {
  private UsageErrors() {}

  /** The report of a parse error, with the nearest known word where one was mistyped. */
  static ErrorReport report(ParameterException e, int exitCode) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String help = name + " --help";
    if (e instanceof UnmatchedArgumentException u && !u.getUnmatched().isEmpty()) {
      String word = u.getUnmatched().getFirst();
      boolean option = word.startsWith("-") && word.length() > 1;
      String bare = option && word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      boolean commands = !option && !command.getSubcommands().isEmpty();
      Optional<String> meant = Suggestions.nearest(bare, known(command, option, commands));
      String kind = option ? "unknown option " : commands ? "unknown command " : "unexpected word ";
      return new ErrorReport(
          exitCode,
          kind + bare,
          "",
          "",
          meant.map(m -> "did you mean " + m + "? See ").orElse("see ") + help);
    }
    String what = e.getMessage() == null ? "cannot read the command line" : e.getMessage();
    if (what.startsWith("Error: ")) {
      what = what.substring("Error: ".length());
    }
    return new ErrorReport(
        exitCode, Character.toLowerCase(what.charAt(0)) + what.substring(1), "", "", "see " + help);
  }

  private static List<String> known(CommandLine command, boolean option, boolean commands) {
    List<String> words = new ArrayList<>();
    if (option) {
      command.getCommandSpec().options().forEach(o -> words.addAll(List.of(o.names())));
    } else if (commands) {
      words.addAll(command.getSubcommands().keySet());
    }
    return words;
  }
}
