package io.fiducia.metrics.compat;

import io.fiducia.metrics.surface.MaskPair;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tools whose figures can be reproduced, with their own special rules. They know spacings
 * only, so that their distances on a sheared grid are not those in the patient.
 */
public enum CompatTool {
  SURFACE_DISTANCE("surface-distance", SurfaceDistanceFigures::of),
  METRICS_RELOADED("metrics-reloaded", MetricsReloadedFigures::of),
  MONAI("monai", MonaiFigures::of),
  PLASTIMATCH("plastimatch", PlastimatchFigures::of),
  SIMPLEITK("simpleitk", SimpleItkFigures::of);

  /** Computes a tool's figures by name, in its order. */
  @FunctionalInterface
  interface Figures {
    Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm, List<Double> percentiles);
  }

  private final String id;
  private final Figures figures;

  CompatTool(String id, Figures figures) {
    this.id = id;
    this.figures = figures;
  }

  /** How {@code --compat} calls the tool. */
  public String id() {
    return id;
  }

  /** The tool of an id. */
  public static Optional<CompatTool> of(String id) {
    return Arrays.stream(values()).filter(t -> t.id.equalsIgnoreCase(id)).findFirst();
  }

  /** The tool's figures of one structure by name: NaN and infinities as the tool gives them. */
  public Map<String, Double> scores(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    return figures.of(pair, tolerancesMm, percentiles);
  }
}
