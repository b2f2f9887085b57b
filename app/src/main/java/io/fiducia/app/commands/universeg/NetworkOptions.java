package io.fiducia.app.commands.universeg;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.segment.SegmentSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which network segments, and how often it looks. */
public final class NetworkOptions {
  @Option(names = "--weights", paramLabel = "FILE", description = "weights as released, or from fiducia universeg train (default: those that come with the program)")
  private Optional<Path> weights = Optional.empty();

  @Option(names = "--support-size", paramLabel = "N", description = "support slices for each slice (default: "
      + SegmentSettings.SUPPORT_SIZE + ")")
  private int supportSize = SegmentSettings.SUPPORT_SIZE;

  @Option(names = "--draws", paramLabel = "N", description = "draws of support slices that are averaged (default: "
      + SegmentSettings.DRAWS + ")")
  private int draws = SegmentSettings.DRAWS;

  @Option(names = "--planes", arity = "1..3", paramLabel = "PLANE", description = "axial, coronal, sagittal: planes of slices, averaged (default: axial)")
  private List<String> planes = List.of("axial");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** @throws ParameterException for numbers that make no sense */
  void check() {
    if (supportSize < 1 || supportSize > 1024 || draws < 1 || draws > 1000) {
      throw new ParameterException(command.commandLine(),
          "--support-size must be 1 to 1024 and --draws 1 to 1000, found " + supportSize + " and "
              + draws);
    }
  }

  /** The weights' file, if one was given. */
  Optional<Path> file() {
    return weights;
  }

  /** The given weights, or those that come with the program; BAD_INPUT if they are not usable. */
  InContextWeights weights() {
    return weights.map(InContextWeights::read).orElseGet(InContextWeights::shipped);
  }

  /** The usual settings with these numbers and planes; USAGE for an unknown plane. */
  SegmentSettings settings(long seed) {
    return new SegmentSettings(supportSize, draws,
        planes.stream().map(p -> SlicePlane.of(p.toLowerCase(Locale.ROOT))).distinct().toList(),
        Optional.empty(), false, true, seed);
  }

  /** The options as they stand on a command line. */
  String text() {
    return weights.map(w -> " --weights " + w.getFileName()).orElse("") + " --support-size "
        + supportSize + " --draws " + draws + " --planes " + String.join(" ", planes);
  }
}
