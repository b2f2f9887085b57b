package io.fiducia.bench;

import io.fiducia.base.FiduciaException;
import io.fiducia.bench.Job.Measurement;
import io.fiducia.bench.Job.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Measures whole runs of the program, alternating with another version of it in one session, so that
 * a loss of speed or memory is seen. {@code bench/run} starts it; docs/benchmarks.md explains it.
 */
public final class Bench {
  private static final String CURRENT = "current";

  private Bench() {}

  /** Runs the jobs that the options name, prints a table for each, and ends with an exit code. */
  public static void main(String[] args) {
    try {
      run(BenchOptions.parse(args));
    } catch (FiduciaException e) {
      System.err.println("error: " + e.getMessage());
      if (!e.advice().isEmpty()) {
        System.err.println("try:   " + e.advice());
      }
      System.exit(e.kind().exitCode());
    } catch (IOException e) {
      System.err.println("error: " + e);
      System.exit(FiduciaException.Kind.BAD_INPUT.exitCode());
    }
  }

  private static void run(BenchOptions options) throws IOException {
    Path launcher = options.root().resolve("fiducia");
    Path current = options.root().resolve("app").resolve("target").resolve("fiducia.jar");
    List<Program> programs = new ArrayList<>();
    note("laying out the programs");
    programs.add(Program.layOut(CURRENT, current, launcher,
        options.folder().resolve("programs").resolve(CURRENT)));
    for (int i = 0; i < options.against().size(); i++) {
      String name = options.against().size() == 1 ? "other" : "other" + (i + 1);
      programs.add(Program.layOut(name, options.against().get(i), launcher,
          options.folder().resolve("programs").resolve(name)));
    }
    Program oldest = programs.get(programs.size() - 1);
    List<Job> all = new Jobs(oldest, options.folder().resolve("data"), options.full()).all();
    System.out.printf(Locale.ROOT, "%s, Java %s, %d cores%n", programs.stream()
        .map(p -> p.name() + " = " + p.jar()).collect(Collectors.joining(", ")),
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    Path csv = options.folder().resolve("results.csv");
    List<String> rows = new ArrayList<>(
        List.of("job,program,round,seconds,process_seconds,processor_seconds,peak_bytes,result"));
    List<String> summary = new ArrayList<>();
    for (Job job : all) {
      if (options.only().isEmpty() || options.only().contains(job.name())) {
        List<String> ratios = measure(job, programs, options, rows);
        ratios
            .forEach(line -> summary.add(String.format(Locale.ROOT, "%-10s %s", job.name(), line)));
        Files.write(csv, rows);
      }
    }
    System.out.println();
    summary.forEach(System.out::println);
    System.out.println("every run: " + csv);
  }

  /** Measures a job, prints its table, adds every run to the rows, and returns the ratios' lines. */
  private static List<String> measure(Job job, List<Program> programs, BenchOptions options,
      List<String> rows) throws IOException {
    note(job.name() + ": preparing");
    List<Place> places = new ArrayList<>();
    List<List<Measurement>> runs = new ArrayList<>();
    for (Program program : programs) {
      Path folder = options.folder().resolve("jobs").resolve(job.name()).resolve(program.name());
      Program.deleteTree(folder);
      Place place = new Place(program, Files.createDirectories(folder.resolve("own")),
          folder.resolve("out"));
      job.before().make(place);
      places.add(place);
      runs.add(new ArrayList<>());
    }
    int rounds = options.rounds() > 0 ? options.rounds() : job.rounds();
    for (int round = 0; round < rounds; round++) {
      note(String.format(Locale.ROOT, "%s: round %d of %d", job.name(), round + 1, rounds));
      for (int i = 0; i < places.size(); i++) {
        // Every other round backwards, so that none always runs on what another left in caches.
        int p = round % 2 == 0 ? i : places.size() - 1 - i;
        Place place = places.get(p);
        Program.deleteTree(place.out());
        Files.createDirectories(place.out());
        Measurement m = job.work().run(place);
        runs.get(p).add(m);
        rows.add(String.format(Locale.ROOT, "%s,%s,%d,%.4f,%.4f,%.2f,%d,%s", job.name(),
            place.program().name(), round + 1, m.seconds(), m.usage().seconds(),
            m.usage().processorSeconds(), m.usage().peakBytes(), m.result()));
      }
    }
    System.out.println();
    System.out.println(job.name() + ": " + job.measures() + ", " + rounds + " rounds");
    List<String> names = programs.stream().map(Program::name).toList();
    List<String> ratios = Table.ratios(names, runs);
    Table.programs(names, runs).forEach(line -> System.out.println("  " + line));
    ratios.forEach(line -> System.out.println("  " + line));
    return ratios;
  }

  private static void note(String line) {
    System.err.println(line);
  }
}
