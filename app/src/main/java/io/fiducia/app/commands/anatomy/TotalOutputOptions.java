package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.statistics.Aggregation;
import io.fiducia.anatomy.statistics.StatisticsOptions;
import io.fiducia.anatomy.total.TotalOutput;
import io.fiducia.anatomy.total.TotalOutput.Form;
import io.fiducia.anatomy.total.TotalRequest;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.OutputOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code fiducia totalsegmentator} writes. */
public final class TotalOutputOptions {
  @Option(names = {"-ml", "--ml"}, description = "one label map instead of one file per structure")
  private boolean labelMap;

  @Option(names = {"-ss", "--skip_saving"}, description = "write statistics only, no contours")
  private boolean skipSaving;

  @Option(names = {"-p", "--preview"}, description = "also write a picture, preview_TASK.png")
  private boolean preview;

  @Option(names = {"-s",
    "--statistics"}, arity = "0..1", paramLabel = "FILE", fallbackValue = "", description = "also write volume (mm3) and mean intensity of each structure to statistics.json, or to this file")
  private String statistics;

  @Option(names = {"-sii",
    "--stats_include_incomplete"}, description = "statistics of structures at the border of the image too")
  private boolean incomplete;

  @Option(names = {"-sa",
    "--stats_aggregation"}, paramLabel = "mean|median", defaultValue = "mean", description = "of intensities (default: mean)")
  private Aggregation aggregation;

  @Option(names = {"-sx",
    "--statistics_extra"}, description = "more figures: voxels, spread of intensities, centre, bounds")
  private boolean extra;

  @Option(names = {"-rp",
    "--report"}, paramLabel = "FILE", description = "also write a JSON file about the run")
  private Path report;

  @Option(names = {"-ndm",
    "--no_derived_masks"}, description = "task body: do not write body and skin")
  private boolean noDerivedMasks;

  @Mixin
  private StructureNaming naming;

  @Mixin
  private OutputOption existing;

  /** Refuses a place that cannot hold the results, before anything is computed. */
  void check(Path input, Path output, Function<String, ParameterException> usageError) {
    boolean many = Files.isDirectory(input);
    if (many && statistics != null && !statistics.isEmpty()) {
      throw usageError.apply("--statistics takes no file with a folder of images");
    }
    if (many && isFile(output)) {
      throw usageError.apply("with a folder of images -o is a folder, found " + output);
    }
    if (labelMap && !many && !skipSaving && (!isFile(output) || Files.isDirectory(output))) {
      throw usageError
          .apply("with --ml -o is a file that ends in .nii.gz or .nii, found " + output);
    }
    if (!labelMap && isFile(output)) {
      throw usageError.apply(
          "-o is a folder, found " + output + "; give --ml to write one label map");
    }
    if (!isFile(output) && Files.isRegularFile(output)) {
      throw usageError.apply("-o is a folder, and a file is there: " + output);
    }
    if (report != null) {
      existing.check(report);
    }
  }

  /** Folder for intermediate results: beside the output. */
  Path scratch(Path output) {
    return labelMap && isFile(output)
        ? output.toAbsolutePath().normalize().getParent()
        : output;
  }

  private static boolean isFile(Path output) {
    return output.getFileName() != null
        && output.getFileName().toString().matches(".*\\.nii(\\.gz)?");
  }

  TotalOutput output(Path path, TotalRequest request, Map<Integer, String> classes,
      Context context) {
    TotalOutput plain = TotalOutput.into(path)
        .as(skipSaving ? Form.NONE : labelMap ? Form.LABEL_MAP : Form.STRUCTURES)
        .withPreview(preview).withDerivedMasks(!noDerivedMasks && request.subset().isEmpty())
        .withOverwrite(existing.overwrite()).named(naming.of(classes, context));
    return statistics == null
        ? plain
        : plain.with(new TotalOutput.Statistics(
            new StatisticsOptions(!incomplete, aggregation, false, extra),
            statistics.isEmpty() ? Optional.empty() : Optional.of(Path.of(statistics))));
  }

  /** Whether one label map per image is written. */
  boolean isLabelMap() {
    return labelMap;
  }

  void report(TotalReport.Facts facts) {
    if (report != null) {
      TotalReport.write(report, facts);
    }
  }
}
