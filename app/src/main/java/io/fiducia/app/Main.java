package io.fiducia.app;

import io.fiducia.base.Cancellation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program's entry: reads the command line, runs one command, turns what it throws into an error
 * text and an exit code. Nothing here loads libtorch.
 */
public final class Main {
  private static final int USAGE = 2;
  private static final long STOP_SECONDS = 120;

  private Main() {}

  /** Runs the program and ends the JVM with the exit code. */
  public static void main(String[] args) {
    // Fixed to UTF-8: a structure's name must not depend on the machine's locale.
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Cancellation cancellation = new Cancellation();
    CountDownLatch finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(
        new Thread(() -> stop(cancellation, finished, err), "stop"));
    int exitCode = run(args, out, err, System.getenv(), style(System.getenv()), cancellation);
    finished.countDown();
    System.exit(exitCode);
  }

  /** Runs one command as the program would, without ending the JVM; returns the exit code. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, out, err, System.getenv(), Console.Style.plain(), new Cancellation());
  }

  /** As {@link #run(String[], PrintStream, PrintStream)} with everything the process would give. */
  public static int run(
      String[] args,
      PrintStream out,
      PrintStream err,
      Map<String, String> environment,
      Console.Style style,
      Cancellation cancellation) {
    CommandLine program = Commands.program();
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

  private static Console.Style style(Map<String, String> environment) {
    // The JVM cannot ask whether standard error alone is a terminal; the launcher can.
    boolean terminal = Boolean.getBoolean("fiducia.terminal");
    boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
    return new Console.Style(false, terminal, colour, Integer.getInteger("fiducia.columns", 80));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private static void stop(Cancellation cancellation, CountDownLatch finished, PrintStream err) {
    if (finished.getCount() == 0) {
      return;
    }
    err.println();
    err.println("stopping: the step under way is finished first");
    cancellation.cancel();
    try {
      if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        err.println("warning: stopped while the step was still running");
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; ending at once is then what is left.
      err.println("warning: stopped at once");
    }
  }
}
