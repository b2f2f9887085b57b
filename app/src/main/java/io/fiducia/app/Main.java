package io.fiducia.app;

import io.fiducia.app.cli.CommandRunner;
import io.fiducia.app.cli.Console;
import io.fiducia.base.Cancellation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The program's entry: runs one command and ends with its exit code. Nothing here loads libtorch, so
 * that short commands are quick.
 */
public final class Main {
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
    return CommandRunner.run(
        Commands.program(args), args, out, err, environment, style, cancellation);
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
