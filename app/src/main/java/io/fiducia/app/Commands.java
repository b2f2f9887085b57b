package io.fiducia.app;

import io.fiducia.app.commands.DoctorCommand;
import io.fiducia.app.commands.GenerateCompletionCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tree of commands. */
public final class Commands {
  private Commands() {}

  /** The program itself: every command is named here, and made only when it is called. */
  @Command(name = "fiducia", description = {
    "Adapts segmentation models to a clinic's few contoured patients, and says which to trust.",
    "Research software: not a medical device."}, versionProvider = Version.class, subcommands = {
      DoctorCommand.class, GenerateCompletionCommand.class}, footer = {"",
        "Start with:", "  fiducia doctor", "  fiducia demo"})
  static final class Root extends GroupCommand {
    @Option(names = "--version", versionHelp = true, description = "the program's version")
    private boolean version;
  }

  /** Tells the version that the build wrote down. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[]{"fiducia " + version()};
    }
  }

  /** A parser for the whole tree. */
  public static CommandLine program() {
    return new CommandLine(new Root())
        // nnU-Net has options such as -tr beside -t: letters must never be taken apart.
        .setPosixClusteredShortOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100);
  }

  /** The program's version, for reports. */
  public static String version() {
    try (InputStream in = Commands.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
