package io.fiducia.app;

import io.fiducia.app.cli.GroupCommand;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.CheckpointCommand;
import io.fiducia.app.commands.CompareCommand;
import io.fiducia.app.commands.DemoCommand;
import io.fiducia.app.commands.DoctorCommand;
import io.fiducia.app.commands.EvaluateCommand;
import io.fiducia.app.commands.GenerateCompletionCommand;
import io.fiducia.app.commands.ImageCommand;
import io.fiducia.app.commands.PhantomCommand;
import io.fiducia.app.commands.anatomy.CadsCommand;
import io.fiducia.app.commands.anatomy.TotalSegmentatorCommand;
import io.fiducia.app.commands.nnunet.NnunetCommand;
import io.fiducia.app.commands.sam.SamCommand;
import io.fiducia.app.commands.universeg.UniversegCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tree of commands. */
public final class Commands {
  private Commands() {}

  private static final List<Class<?>> ALL = List.of(DemoCommand.class, EvaluateCommand.class,
      CompareCommand.class, DoctorCommand.class, ImageCommand.class, CheckpointCommand.class,
      NnunetCommand.class, TotalSegmentatorCommand.class, CadsCommand.class, UniversegCommand.class,
      SamCommand.class,
      PhantomCommand.class, GenerateCompletionCommand.class);

  /** The program itself. */
  @Command(name = "fiducia", description = {
    "Adapts segmentation models to a clinic's few contoured patients, and says which to trust.",
    "Research software: not a medical device."}, versionProvider = Version.class, footer = {"",
      "Examples:", "  fiducia doctor", "  fiducia demo"})
  static final class Root extends GroupCommand {
    @Option(names = "--version", versionHelp = true, description = "the program's version")
    private boolean version;
  }

  /** A parser for the whole tree. */
  public static CommandLine program() {
    return program(ALL);
  }

  /**
   * A parser for these arguments: if the first one names a command, for that command only. To build
   * the whole tree takes a tenth of a second.
   */
  static CommandLine program(String[] args) {
    List<Class<?>> named = ALL.stream().filter(c -> args.length > 0
        && c != GenerateCompletionCommand.class
        && c.getAnnotation(Command.class).name().equals(args[0])).toList();
    return program(named.isEmpty() ? ALL : named);
  }

  private static CommandLine program(List<Class<?>> commands) {
    CommandLine root = new CommandLine(new Root());
    commands.forEach(root::addSubcommand);
    return root
        // nnU-Net has options such as -tr beside -t: letters must never be taken apart.
        .setPosixClusteredShortOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100);
  }
}
