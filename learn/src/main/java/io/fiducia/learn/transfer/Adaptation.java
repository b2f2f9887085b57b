package io.fiducia.learn.transfer;

import io.fiducia.base.AtomicFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a network was adapted from another one: the content of {@code adaptation.json}.
 *
 * @param start where it started
 * @param cases names of the cases that it learned from
 * @param seed of everything random
 * @param iterations optimiser steps so far
 * @param report every tensor of the network
 * @param trainedFrom by a tensor's name, the first step (from 0) that may change it; empty if none
 */
public record Adaptation(Start start, List<String> cases, long seed, long iterations,
    WeightReport report, Function<String, OptionalLong> trainedFrom) {
  /** The name of the file, beside the checkpoints. */
  public static final String FILE = "adaptation.json";

  /**
   * Where a network started.
   *
   * @param source the weights, as the user named them
   * @param recipe how they are adapted
   * @param origin what is known of where the source comes from and of its licence; may be empty
   */
  public record Start(String source, String recipe, Map<String, Object> origin) {}

  public Adaptation {
    cases = List.copyOf(cases);
  }

  /** The same after so many steps. */
  public Adaptation after(long steps) {
    return new Adaptation(start, cases, seed, steps, report, trainedFrom);
  }

  /** Writes the file into a folder, whole or not at all. */
  public void write(Path folder) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("source", start.source());
    root.put("recipe", start.recipe());
    root.put("cases", cases);
    root.put("seed", seed);
    root.put("iterations", iterations);
    root.put("tensors", report.tensors().stream().map(this::tensor).toList());
    root.put("left", report.left().stream().map(Adaptation::left).toList());
    if (!start.origin().isEmpty()) {
      root.put("origin", start.origin());
    }
    AtomicFiles.writeString(folder.resolve(FILE),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private Map<String, Object> tensor(WeightReport.Mapped t) {
    OptionalLong from = trainedFrom.apply(t.name());
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", t.name());
    node.put("state", t.state().word());
    node.put("why", t.why());
    node.put("trained_from", from.isPresent() ? from.getAsLong() : null);
    return node;
  }

  private static Map<String, Object> left(WeightReport.Left l) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", l.name());
    node.put("why", l.why());
    return node;
  }
}
