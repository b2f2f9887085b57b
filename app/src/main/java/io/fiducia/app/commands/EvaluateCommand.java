package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.LabelMapFormat;
import io.fiducia.metrics.MetricSet;
import io.fiducia.metrics.PartialAnnotation;
import io.fiducia.metrics.Resampling;
import io.fiducia.metrics.StructureNames;
import io.fiducia.metrics.compat.CompatTool;
import io.fiducia.metrics.stats.Covariates;
import io.fiducia.metrics.stats.SubgroupTable;
import io.fiducia.metrics.stats.Subgroups;
import io.fiducia.metrics.stats.SystemScores;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia evaluate}: scores predicted contours against references. */
@Command(name = "evaluate", description = {"Scores contours against references.",
  "Each side is a folder with one label map per case (CASE.nii.gz), a folder with one folder per case"
      + " and one file per structure in it (CASE/NAME.nii.gz), or a single file."}, footer = {"",
        "Example:", "  fiducia evaluate -r labelsTs -p predictions -o scores",
        "  fiducia evaluate -r labelsTs -p predictions -o scores --tolerance 1 2 3 --percentile 95 99",
        "  fiducia evaluate -r scan_labels.nii.gz -p contours/ --labels dataset.json -o scores",
        "  fiducia evaluate -r labelsTs -p predictions -o check --compat surface-distance"})
public final class EvaluateCommand extends FiduciaCommand {
  private static final String SUBGROUPS = "subgroups.json";
  /** The deepest layout of contours is CASE/segmentations/NAME. */
  private static final int LEVELS = 3;

  @Option(names = {"-r",
    "--reference"}, required = true, paramLabel = "PATH", description = "reference contours")
  private Path references;

  @Option(names = {"-p",
    "--prediction"}, required = true, paramLabel = "PATH", description = "predicted contours")
  private Path predictions;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for summary.json and metrics.csv")
  private Path output;

  @Option(names = "--labels", paramLabel = "FILE", description = "dataset.json that names the structures (default: the one beside the references, or one folder above)")
  private Path labels;

  @Option(names = "--annotated", paramLabel = "FILE", description = "JSON file with {\"annotated\": {CASE: [NAME, ...]}}: structures that are not listed for a case are left out of that case (default: annotated_structures.json beside dataset.json, else dataset.json itself if it says so)")
  private Path annotated;

  @Option(names = "--one-case", description = "the two folders are one case, with one file per structure")
  private boolean oneCase;

  @Option(names = "--tolerance", arity = "1..*", split = ",", paramLabel = "MM", description = "tolerances of surface Dice (default: 2)")
  private List<Double> tolerances = List.of();

  @Option(names = "--percentile", arity = "1..*", split = ",", paramLabel = "P", description = "percentiles of the Hausdorff distance (default: 95)")
  private List<Double> percentiles = List.of();

  @Option(names = "--metrics", arity = "1..*", split = ",", paramLabel = "NAME", description = "the metrics to compute, such as Dice,HD95,NSD (default: all)")
  private List<String> metrics = List.of();

  @Option(names = "--compat", paramLabel = "TOOL", description = "the figures of another tool, by its own rules: surface-distance, metrics-reloaded, monai, plastimatch or simpleitk")
  private String compat;

  @Option(names = "--resample", arity = "0..1", fallbackValue = "nearest", paramLabel = "HOW", description = "resample a prediction on another grid to the grid of the reference: nearest or linear")
  private String resample;

  @Option(names = "--covariates", paramLabel = "FILE", description = "a table of covariates (first column: the case); writes Dice, surface Dice and HD95 of subgroups to subgroups.json")
  private Path covariates;

  @Mixin
  private OutputOption overwrite;

  @Override
  protected int run(Context context) {
    overwrite.check(output.resolve("summary.json"));
    overwrite.check(output.resolve("metrics.csv"));
    overwrite.check(output.resolve(SUBGROUPS));
    Optional<Covariates> groups = Optional.ofNullable(covariates).map(Covariates::read);
    Optional<Path> names = labels != null ? Optional.of(labels) : StructureNames.find(references);
    names.ifPresent(f -> StructureNames.warnings(f).forEach(context.progress()::warning));
    List<Structure> structures = names.map(StructureNames::read).orElse(List.of());
    OptionalInt ignore = names.map(StructureNames::ignoreLabel).orElse(OptionalInt.empty());
    FolderEvaluator.Options options = new FolderEvaluator.Options(structures, ignore, true,
        metricSet(), annotation(names), resampling(), format(names, context));
    Evaluation evaluation = oneCase
        ? FolderEvaluator.evaluateOne(references, predictions, options, context.progress(),
            context.cancellation())
        : FolderEvaluator.evaluate(references, predictions, options, context.progress(),
            context.cancellation());
    EvaluationWriter.write(evaluation, output);
    for (Evaluation.Problem p : evaluation.problems()) {
      context.console().warning(p.caseId() + ": " + p.message());
    }
    EvaluationTable.print(evaluation, context);
    boolean grouped = groups.map(g -> subgroups(evaluation, g, context)).orElse(true);
    return evaluation.problems().isEmpty() && grouped
        ? 0
        : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  /** Writes and shows the subgroups; false if a case is not in the table of covariates. */
  private boolean subgroups(Evaluation evaluation, Covariates groups, Context context) {
    SystemScores scores = SystemScores.of(String.valueOf(predictions.getFileName()), evaluation);
    List<Subgroups> subgroups = SubgroupTable.of(List.of(scores), scores.headline(), groups,
        context.seed(), context.cancellation());
    SubgroupTable.write(subgroups, output.resolve(SUBGROUPS));
    if (!context.json()) {
      CompareText.subgroups(subgroups, context.console());
    }
    List<String> without = scores.cases().stream().filter(c -> !groups.has(c)).toList();
    without.forEach(c -> context.console()
        .warning(c + ": not in the table of covariates; in no subgroup"));
    return without.isEmpty();
  }

  /** The picture format that dataset.json states, if the references have it; otherwise NIfTI. */
  private LabelMapFormat format(Optional<Path> names, Context context) {
    Optional<String> ending = names.flatMap(StructureNames::fileEnding)
        .filter(e -> !LabelMapFormat.NIFTI.endings().contains(e));
    Optional<Path> first = ending.flatMap(this::firstReference);
    if (first.isEmpty()) {
      return LabelMapFormat.NIFTI;
    }
    context.console().note("pictures do not say how large a pixel is: it counts as 1 mm along each"
        + " axis, except where a file CASE.json beside a TIFF stack holds its spacing");
    DatasetJson dataset = DatasetJson.read(names.get()).withReaderFor(first.get());
    return new LabelFiles(dataset.reader(), dataset.fileEnding()).format();
  }

  private Optional<Path> firstReference(String ending) {
    try (Stream<Path> files = Files.walk(references, LEVELS)) {
      return files.filter(f -> f.toString().endsWith(ending)).sorted().findFirst();
    } catch (IOException | UncheckedIOException e) {
      // What is missing or cannot be listed is named where it is read.
      return Optional.empty();
    }
  }

  private MetricSet metricSet() {
    List<Double> mm = tolerances.isEmpty() ? List.of(MetricSet.TOLERANCE_MM) : tolerances;
    List<Double> percent = percentiles.isEmpty() ? List.of(MetricSet.PERCENTILE) : percentiles;
    if (compat == null) {
      return metrics.isEmpty()
          ? MetricSet.all(mm, percent)
          : MetricSet.named(metrics, mm, percent);
    }
    if (!metrics.isEmpty()) {
      throw usageError("--metrics chooses among our own metrics, --compat computes another tool's;"
          + " give one of the two");
    }
    return MetricSet.of(CompatTool.of(compat).orElseThrow(() -> usageError(
        "--compat must be one of " + Arrays.stream(CompatTool.values()).map(CompatTool::id)
            .collect(Collectors.joining(", ")) + ", found " + compat)),
        mm, percent);
  }

  private PartialAnnotation annotation(Optional<Path> names) {
    return Optional.ofNullable(annotated)
        .or(() -> names.map(n -> n.resolveSibling(PartialAnnotation.FILE)).filter(Files::exists))
        .or(() -> names).map(PartialAnnotation::read)
        .orElse(PartialAnnotation.complete());
  }

  private Optional<Resampling> resampling() {
    if (resample == null) {
      return Optional.empty();
    }
    return Optional.of(Arrays.stream(Resampling.values())
        .filter(r -> r.name().equalsIgnoreCase(resample)).findFirst()
        .orElseThrow(() -> usageError("--resample must be nearest or linear, found " + resample)));
  }
}
