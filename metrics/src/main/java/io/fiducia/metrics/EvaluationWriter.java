package io.fiducia.metrics;

import io.fiducia.base.AtomicFiles;
import io.fiducia.core.Structure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes an {@link Evaluation} as nnU-Net's summary.json and as a tidy table. */
public final class EvaluationWriter {
  /** NaN stands bare in nnU-Net's file, as Python's json writes and reads it. */
  private static final JsonMapper JSON = JsonMapper.builder()
      .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private static final Map<String, MetricKind> COUNTS = Arrays.stream(MetricKind.values())
      .filter(MetricKind::isCount)
      .collect(Collectors.toUnmodifiableMap(kind -> kind.name(0), kind -> kind));

  private EvaluationWriter() {}

  /**
   * Writes metrics.csv and summary.json into a folder: both, or neither if one cannot be written, so
   * that a disk that was full leaves nothing that looks like a finished evaluation.
   *
   * @throws io.fiducia.base.FiduciaException OUT_OF_RESOURCES if the disk is full, BAD_INPUT if the
   *     place cannot be written for another reason
   */
  public static void write(Evaluation evaluation, Path folder) {
    Path table = folder.resolve("metrics.csv");
    writeCsv(evaluation, table);
    try {
      writeSummary(evaluation, folder.resolve("summary.json"));
    } catch (RuntimeException e) {
      try {
        Files.deleteIfExists(table);
      } catch (IOException unwritten) {
        e.addSuppressed(unwritten);
      }
      throw e;
    }
  }

  /**
   * Writes summary.json: nnU-Net's {@code foreground_mean}, {@code mean} and {@code
   * metric_per_case}, and our {@code n}, {@code names}, {@code counts} and {@code problems}. A structure that is not
   * annotated in a case has no entry there, and is counted under {@code counts.not_annotated}.
   */
  public static void writeSummary(Evaluation evaluation, Path file) {
    ObjectNode root = JSON.createObjectNode();
    put(root.putObject("foreground_mean"), evaluation.foregroundMean(), false);
    ObjectNode mean = root.putObject("mean");
    ObjectNode n = root.putObject("n");
    ObjectNode names = root.putObject("names");
    for (Structure s : evaluation.structures()) {
      put(mean.putObject(s.key()), evaluation.mean(s.key()), false);
      ObjectNode counts = n.putObject(s.key());
      evaluation.counts(s.key()).forEach(counts::put);
      names.put(s.key(), s.name());
    }
    ArrayNode cases = root.putArray("metric_per_case");
    for (CaseScores c : evaluation.cases()) {
      ObjectNode node = cases.addObject();
      ObjectNode metrics = node.putObject("metrics");
      c.byStructure().forEach((key, values) -> put(metrics.putObject(key), values, true));
      node.put("prediction_file", c.prediction().toString());
      node.put("reference_file", c.reference().toString());
    }
    ObjectNode counts = root.putObject("counts").put("reference", evaluation.referenceCount())
        .put("prediction", evaluation.predictionCount())
        .put("evaluated", evaluation.cases().size());
    ObjectNode leftOut = counts.putObject("not_annotated");
    evaluation.structures().forEach(s -> leftOut.put(s.key(), evaluation.leftOut(s.key())));
    ArrayNode problems = root.putArray("problems");
    for (Evaluation.Problem p : evaluation.problems()) {
      problems.addObject().put("case", p.caseId()).put("message", p.message());
    }
    AtomicFiles.writeString(file,
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  /** Writes {@code case,structure,metric,value,unit}; an empty field where a value does not exist. */
  public static void writeCsv(Evaluation evaluation, Path file) {
    Map<String, String> names = new LinkedHashMap<>();
    evaluation.structures().forEach(s -> names.put(s.key(), s.name()));
    AtomicFiles.write(file, out -> {
      StringBuilder text = new StringBuilder("case,structure,metric,value,unit\n");
      for (CaseScores c : evaluation.cases()) {
        c.byStructure().forEach((key, values) -> values.forEach((metric, value) -> text
            .append(csv(c.id())).append(',').append(csv(names.get(key))).append(',').append(metric)
            .append(',').append(number(metric, value)).append(',').append(unit(metric))
            .append('\n')));
      }
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    });
  }

  /** The unit of a metric; empty for ratios. */
  public static String unit(String metric) {
    if (COUNTS.containsKey(metric)) {
      return COUNTS.get(metric).unit();
    }
    return metric.endsWith("_cm3") ? "cm3" : metric.endsWith("_mm") ? "mm" : "";
  }

  private static String number(String metric, double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return COUNTS.containsKey(metric) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String csv(String field) {
    boolean quote = field.contains(",") || field.contains("\"") || field.contains("\n");
    return quote ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  private static void put(ObjectNode node, Map<String, Double> values, boolean whole) {
    values.forEach((metric, value) -> {
      if (whole && COUNTS.containsKey(metric)) {
        node.put(metric, value.longValue());
      } else {
        node.put(metric, value);
      }
    });
  }
}
