package io.fiducia.bench;

import io.fiducia.bench.Job.Measurement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The figures of a job as lines of text. */
final class Table {
  /** Below this ratio a change is not called one, however regular it is. */
  private static final double NOTABLE = 1.03;
  /** With fewer rounds, all of them pointing one way says nothing. */
  private static final int FEWEST = 3;

  private Table() {}

  /** The median; NaN of nothing. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /**
   * The figures of each program, as lines under a head.
   *
   * @param programs their names
   * @param runs for each program its rounds
   */
  static List<String> programs(List<String> programs, List<List<Measurement>> runs) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "%-12s %32s %12s %10s", "", "seconds: median (min to max)",
        "processor s", "peak MB"));
    for (int p = 0; p < programs.size(); p++) {
      List<Measurement> own = runs.get(p);
      double[] seconds = values(own, Measurement::seconds);
      lines.add(String.format(Locale.ROOT, "%-12s %32s %12.2f %10.0f", programs.get(p),
          spread("%.3f", seconds), median(values(own, m -> m.usage().processorSeconds())),
          median(values(own, m -> m.usage().peakBytes())) / (1 << 20)));
    }
    return lines;
  }

  /**
   * The ratios of the first program to every other, one line each. They are taken round by round,
   * because what else the machine does changes from minute to minute.
   */
  static List<String> ratios(List<String> programs, List<List<Measurement>> runs) {
    return IntStream.range(1, programs.size()).mapToObj(p -> ratio(programs, runs, p)).toList();
  }

  private static String ratio(List<String> programs, List<List<Measurement>> runs, int p) {
    List<Measurement> first = runs.get(0);
    List<Measurement> own = runs.get(p);
    double[] ratios = new double[Math.min(first.size(), own.size())];
    double[] memory = new double[ratios.length];
    double[] processor = new double[ratios.length];
    for (int r = 0; r < ratios.length; r++) {
      ratios[r] = first.get(r).seconds() / own.get(r).seconds();
      processor[r] = first.get(r).usage().processorSeconds()
          / own.get(r).usage().processorSeconds();
      memory[r] = (double) first.get(r).usage().peakBytes() / own.get(r).usage().peakBytes();
    }
    double smallest = Arrays.stream(ratios).min().orElse(Double.NaN);
    double largest = Arrays.stream(ratios).max().orElse(Double.NaN);
    double middle = median(ratios);
    String verdict = "within the noise";
    if (ratios.length < FEWEST) {
      verdict = "too few rounds to judge";
    } else if (smallest > 1 && middle > NOTABLE) {
      verdict = "SLOWER";
    } else if (largest < 1 && middle < 1 / NOTABLE) {
      verdict = "faster";
    }
    boolean same = first.stream().allMatch(a -> own.stream()
        .allMatch(b -> a.result().equals(b.result())));
    return String.format(Locale.ROOT,
        "%s / %s: time %s, processor %s, memory %s: %s, %s", programs.get(0), programs.get(p),
        spread("%.2f", ratios), spread("%.2f", processor), spread("%.2f", memory), verdict,
        same ? "same results" : "OTHER RESULTS");
  }

  private static String spread(String format, double[] values) {
    return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")",
        median(values), Arrays.stream(values).min().orElse(Double.NaN),
        Arrays.stream(values).max().orElse(Double.NaN));
  }

  private static double[] values(List<Measurement> runs, ToDoubleFunction<Measurement> value) {
    return runs.stream().mapToDouble(value).toArray();
  }
}
