package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.cads.CadsRequest;
import io.fiducia.anatomy.cads.CadsRun;
import io.fiducia.anatomy.cads.CadsSegmentation;
import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.DeviceChoice;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.Precision;
import io.fiducia.nnunet.run.ImagePrediction.Existing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia cads}: runs CADS's tasks, with its own options. */
@Command(name = "cads", description = {
  "Runs CADS's tasks on CT scans, with its own options. The weights must be on this machine:",
  "see fiducia cads weights. Writes DIR/CASE/CASE_part_TASK.nii.gz."}, subcommands = {
    CadsWeightsCommand.class, CadsSourceCommand.class}, footer = {"", "Example:",
      "  fiducia cads -in scans -out segmentations -task 553 556 -license open",
      "  fiducia cads -in ct.nii.gz -out segmentations --ml"})
public final class CadsCommand extends FiduciaCommand {
  @Option(names = {"-in",
    "--in"}, paramLabel = "DIR|FILE", description = "a folder of CT scans as NIfTI, or one")
  private Path input;

  @Option(names = {"-out",
    "--out"}, paramLabel = "DIR", description = "folder for the results; each scan gets a folder in it")
  private Path output;

  @Option(names = {"-task",
    "--task"}, arity = "1..*", paramLabel = "TASK", description = "551 to 559, all of these (all, the default), or models by region, 601 to 613; 557 and 558 run 553 and 552 too")
  private List<String> tasks = new ArrayList<>();

  @Option(names = {"-license",
    "--license"}, paramLabel = "reference|research|open", defaultValue = CadsTasks.REFERENCE, description = "set of weights (default: reference)")
  private String licence;

  @Option(names = {"-cpu", "--cpu"}, description = "compute on the processor; see --device")
  private boolean cpu;

  @Option(names = {"-no-preprocessing",
    "--no-preprocessing"}, description = "the scans lie on CADS's grid already: 1.5 mm, right-anterior-superior, first voxel at the origin")
  private boolean noPreprocessing;

  @Option(names = {"-no-postprocessing",
    "--no-postprocessing"}, description = "keep small components, and results outside of a head")
  private boolean noPostprocessing;

  @Option(names = "--ml", description = "also write one label map of all tasks, CASE_combined.nii.gz, and labels.json")
  private boolean combined;

  @Option(names = "--targets", description = "also write one file per structure, targets/CASE_STRUCTURE.nii.gz")
  private boolean structures;

  @Option(names = "--strict", description = "do nothing that could change a voxel against CADS: compute patches of air too, let the thoracic cavity overwrite the lungs in the combined map")
  private boolean strict;

  @Option(names = "--precision", paramLabel = "fp32|bf16|fp16", defaultValue = "fp32", description = "precision of the networks: bf16 if the processor supports it, fp16 on GPUs (default: fp32)")
  private Precision precision;

  @Option(names = "--overwrite", description = "replace existing results")
  private boolean overwrite;

  @Option(names = "--continue", description = "keep the results of scans that are finished, segment the others")
  private boolean goOn;

  @Option(names = {"-np",
    "-ns"}, paramLabel = "N", description = "accepted for compatibility with CADS; no effect")
  private List<Integer> workers = new ArrayList<>();

  @Mixin
  private StructureNaming naming;

  @Mixin
  private WeightsPlace place;

  @Override
  protected int run(Context context) {
    CadsTasks table = CadsTasks.load();
    CadsRequest request = request(table, context);
    if (input == null || output == null) {
      throw usageError("give scans with -in and a folder for the results with -out");
    }
    if (overwrite && goOn) {
      throw usageError("give --overwrite or --continue, not both");
    }
    CadsRun run = CadsRun.open(input, request, new CadsRun.Output(output, combined, structures,
        overwrite ? Existing.REPLACE : goOn ? Existing.KEEP : Existing.REFUSE),
        context.progress());
    WeightsFolder weights = place.requireCads(context);
    Map<String, Path> folders = request.folders(weights);
    Context where = cpu ? context.on(new DeviceChoice(DeviceChoice.Kind.CPU, 0)) : context;
    try (ResidentModels models = new ResidentModels(
        ResidentModels.Settings.on(where.torchDevice(), output).with(precision))) {
      return report(run.run(new CadsSegmentation(request, folders, models), context.progress(),
          context.cancellation()), context);
    }
  }

  private CadsRequest request(CadsTasks table, Context context) {
    CadsRequest plain = CadsRequest.of(table, tasks.isEmpty() ? List.of(CadsRequest.ALL) : tasks)
        .withLicence(licence)
        .with(new CadsRequest.Steps(!noPreprocessing, !noPostprocessing, strict));
    return plain.named(naming.of(plain.structures(), context));
  }

  private static int report(CadsRun.Outcome outcome, Context context) {
    List<String> failed = outcome.failures().stream().map(CadsRun.Failure::caseId).toList();
    if (context.json()) {
      context.console().json(Map.of("cases", outcome.cases(), "kept", outcome.kept(), "failed",
          failed));
    } else {
      context.console().note((outcome.cases().size() - failed.size()) + " of "
          + outcome.cases().size() + " scans segmented"
          + (outcome.kept().isEmpty() ? "" : ", " + outcome.kept().size() + " of them before"));
    }
    return failed.isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }
}
