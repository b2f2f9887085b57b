package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsLicence;
import io.fiducia.anatomy.weights.WeightsListing;
import io.fiducia.anatomy.weights.WeightsListing.Entry;
import io.fiducia.anatomy.weights.WeightsListing.Row;
import io.fiducia.anatomy.weights.WeightsStatus;
import io.fiducia.app.cli.Console;
import io.fiducia.core.Modality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A listing of weights as a table for people and as a document for programs.
 *
 * @param command the words before {@code weights} on the command line
 * @param source the tool and its version
 * @param only the task to tell everything about; empty: all tasks, in short
 */
record WeightsReport(String command, String source, WeightsListing listing,
    Optional<String> only) {

  /** Prints the table. */
  void print(Console console) {
    List<Entry> entries = entries();
    console.result(source);
    console.result(listing.weights().map(w -> "weights are looked for in " + w.root()
        + (w.exists() ? "" : " (there is no such folder)"))
        .orElse("no folder of weights is known: set CADS_WEIGHTS_PATH, or give --weights"));
    console.result("");
    List<WeightsLicence> licences = entries.stream().flatMap(e -> e.own().stream())
        .map(r -> r.origin().licence()).distinct().toList();
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[]{"task", "variant", "for", "weights", "licence", "datasets"});
    String before = "";
    for (Entry e : entries) {
      String name = e.task().name();
      String letters = e.own().stream().map(r -> letter(licences.indexOf(r.origin().licence())))
          .distinct().collect(Collectors.joining(", "));
      lines.add(new String[]{name.equals(before) ? "" : name, variant(e),
        e.task().modality().name(), state(e), letters, datasets(e)});
      before = name;
    }
    table(console, lines);
    console.result("");
    for (int i = 0; i < licences.size(); i++) {
      WeightsLicence l = licences.get(i);
      console.result(letter(i) + ": " + l.name());
      console.result("   allows: " + l.allows());
      console.result("   weights trained from these: " + l.derived());
      console.result("   see " + l.source());
    }
    details(console, entries);
    if (only.isEmpty()) {
      console.result("");
      console.result(listing.runnable().size() + " of " + listing.tasks() + " tasks can run."
          + " Where to get what is missing: fiducia " + command + " weights --task NAME");
    }
  }

  private List<Entry> entries() {
    return listing.entries().stream()
        .filter(e -> only.isEmpty() || e.task().name().equals(only.get())).toList();
  }

  /** Everything about one task, or what is wrong with any. */
  private void details(Console console, List<Entry> entries) {
    List<Row> rows = only.isEmpty()
        ? listing.wrong()
        : entries.stream().flatMap(e -> java.util.stream.Stream.concat(e.own().stream(),
            e.others().stream())).distinct().toList();
    for (Row row : rows) {
      console.result("");
      TaskNetwork network = row.network();
      console.result("dataset " + network.model().dataset() + ", " + network.title() + ": "
          + word(row));
      switch (row.status()) {
        case WeightsStatus.Found found -> {
          console.result("  " + found.folder());
          found.remarks().forEach(r -> console.result("  note: " + r));
        }
        case WeightsStatus.Missing missing -> {
          console.result("  expected " + missing.expected());
          console.result("  " + row.origin().how());
          if (row.origin().download().isPresent()) {
            console.result("  then: fiducia " + command + " weights import ZIP");
          }
        }
        case WeightsStatus.Wrong wrong -> {
          console.result("  " + wrong.where() + ": " + wrong.problem());
          console.result("  try: " + wrong.advice());
        }
      }
    }
  }

  private static String variant(Entry e) {
    String set = e.own().get(0).network().set();
    return !set.isEmpty() ? set : e.variant().equals(Variant.DEFAULT) ? "standard" : e.variant();
  }

  /** Its datasets, with their parts where there are several, and those that it needs besides. */
  private static String datasets(Entry e) {
    String own = e.own().size() == 1
        ? numbers(e.own())
        : e.own().stream().map(r -> r.network().model().dataset() + " "
            + r.network().part().name()).collect(Collectors.joining(", "));
    return own + (e.others().isEmpty() ? "" : " + " + numbers(e.others()));
  }

  private static String numbers(List<Row> rows) {
    return rows.stream().map(r -> Integer.toString(r.network().model().dataset()))
        .collect(Collectors.joining(" "));
  }

  /** What is there of a task's own networks, and what else it lacks. */
  private static String state(Entry e) {
    long found = e.own().stream().filter(Row::found).count();
    boolean wrong = e.own().stream().anyMatch(r -> r.status() instanceof WeightsStatus.Wrong);
    String own = wrong
        ? "wrong"
        : found == e.own().size()
            ? "found"
            : found == 0 ? "missing" : found + " of " + e.own().size() + " found";
    List<Row> lacking = e.others().stream().filter(r -> !r.found()).toList();
    return own.equals("found") && !lacking.isEmpty()
        ? "found, but " + numbers(lacking) + " is not"
        : own;
  }

  private static String word(Row row) {
    return switch (row.status()) {
      case WeightsStatus.Found found -> "found";
      case WeightsStatus.Missing missing -> "missing";
      case WeightsStatus.Wrong wrong -> "wrong";
    };
  }

  private static String letter(int index) {
    return String.valueOf((char) ('A' + index));
  }

  private static void table(Console console, List<String[]> lines) {
    int columns = lines.get(0).length;
    int[] widths = new int[columns];
    lines.forEach(line -> {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], line[c].length());
      }
    });
    for (String[] line : lines) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        text.append(String.format(Locale.ROOT, "%-" + widths[c] + "s  ", line[c]));
      }
      console.result(text.toString().stripTrailing());
    }
  }

  /** The document: one object for each task, with its variants and their networks. */
  Map<String, Object> document() {
    Map<String, List<Entry>> byTask = new LinkedHashMap<>();
    entries().forEach(e -> byTask.computeIfAbsent(e.task().name(), k -> new ArrayList<>()).add(e));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("source", source);
    document.put("weights", listing.weights().map(w -> w.root().toString()).orElse(null));
    document.put("exists", listing.weights().map(w -> w.exists()).orElse(false));
    document.put("tasks", byTask.values().stream().map(this::task).toList());
    document.put("runnable", listing.runnable().stream()
        .filter(n -> only.isEmpty() || n.equals(only.get())).toList());
    return document;
  }

  private Map<String, Object> task(List<Entry> variants) {
    AnatomyTask task = variants.get(0).task();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", task.name());
    map.put("modality", task.modality() == Modality.CT ? "ct" : "mr");
    map.put("licence_number_needed", task.licensed());
    map.put("datasets", variants.stream().flatMap(e -> e.own().stream())
        .map(r -> r.network().model().dataset()).distinct().toList());
    map.put("found", variants.stream().anyMatch(e -> e.own().stream().allMatch(Row::found)));
    map.put("runs", variants.stream().anyMatch(Entry::runs));
    map.put("variants", variants.stream().map(e -> {
      Map<String, Object> variant = new LinkedHashMap<>();
      variant.put("variant", variant(e));
      variant.put("runs", e.runs());
      variant.put("networks", e.own().stream().map(WeightsReport::network).toList());
      variant.put("also_needs", e.others().stream().map(WeightsReport::network).toList());
      return variant;
    }).toList());
    return map;
  }

  private static Map<String, Object> network(Row row) {
    TaskNetwork network = row.network();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("dataset", network.model().dataset());
    map.put("task", network.task().name());
    map.put("part", network.part().name());
    map.put("structures", network.part().labels().size());
    map.put("folder", network.model().folder());
    map.put("model", network.model().modelName());
    map.put("status", word(row));
    switch (row.status()) {
      case WeightsStatus.Found found -> {
        map.put("path", found.folder().toString());
        map.put("remarks", found.remarks());
      }
      case WeightsStatus.Missing missing -> map.put("path", missing.expected().toString());
      case WeightsStatus.Wrong wrong -> {
        map.put("path", wrong.where().toString());
        map.put("problem", wrong.problem());
        map.put("advice", wrong.advice());
      }
    }
    WeightsLicence licence = row.origin().licence();
    map.put("licence", licence.name());
    map.put("licence_allows", licence.allows());
    map.put("licence_derived", licence.derived());
    map.put("licence_source", licence.source());
    map.put("download", row.origin().download().orElse(null));
    map.put("how", row.origin().how());
    return map;
  }
}
