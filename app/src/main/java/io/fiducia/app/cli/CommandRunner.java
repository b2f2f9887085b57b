package io.fiducia.app.cli;

import io.fiducia.base.Cancellation;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Reads a command line, runs the one command it names, and turns what that throws into an error text
 * and an exit code.
 */
public final class CommandRunner {
  private static final int USAGE = 2;

  private CommandRunner() {}

  /** Runs the command that the words name and returns its exit code. */
  public static int run(
      CommandLine program,
      String[] args,
      PrintStream out,
      PrintStream err,
      Map<String, String> environment,
      Console.Style style,
      Cancellation cancellation) {
    program.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    program.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    program.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            style.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    ParseResult parsed;
    try {
      parsed = program.parseArgs(args);
    } catch (ParameterException e) {
      return usageError(e, new Console(out, err, style));
    }
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    GlobalOptions options = new GlobalOptions();
    ParseResult leaf = parsed;
    for (ParseResult p = parsed; p != null; p = p.subcommand()) {
      options = options.overriddenBy(command(p).globalOptions());
      leaf = p;
    }
    Console console = new Console(out, err, style.withQuiet(options.quiet()));
    try {
      return command(leaf).run(context(options, console, environment, cancellation, leaf));
    } catch (ParameterException e) {
      return usageError(e, console);
    } catch (VirtualMachineError | Exception | LinkageError e) {
      ErrorReport report = ErrorReport.of(e);
      console.error(report);
      if (options.debug()) {
        console.stackTrace(e);
      }
      return report.exitCode();
    } finally {
      console.flush();
    }
  }

  private static FiduciaCommand command(ParseResult parsed) {
    return (FiduciaCommand) parsed.commandSpec().userObject();
  }

  private static Context context(
      GlobalOptions options,
      Console console,
      Map<String, String> environment,
      Cancellation cancellation,
      ParseResult leaf) {
    if (options.threads() < 1) {
      throw new ParameterException(
          leaf.commandSpec().commandLine(),
          "--threads must be at least 1, found " + options.threads());
    }
    if (options.threadsGiven()) {
      // Read once, when the common pool is first used; the calling thread works too.
      System.setProperty(
          "java.util.concurrent.ForkJoinPool.common.parallelism",
          Integer.toString(options.threads() - 1));
    }
    if (options.debug()) {
      System.setProperty("fiducia.log", "DEBUG");
    } else if (options.verbose()) {
      System.setProperty("fiducia.log", "INFO");
    }
    return new Context(
        console,
        cancellation,
        environment,
        options.json(),
        options.verbose() || options.debug(),
        options.seed(),
        options.threads(),
        options.device());
  }

  private static int usageError(ParameterException e, Console console) {
    console.error(UsageErrors.report(e, USAGE));
    console.flush();
    return USAGE;
  }
}
