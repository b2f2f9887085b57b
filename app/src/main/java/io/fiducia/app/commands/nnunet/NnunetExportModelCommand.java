package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.run.ModelExport;
import io.fiducia.nnunet.run.TrainerName;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet export-model}: trained models as one zip file. */
@Command(name = "export-model", description = {"Writes trained models into a zip file.",
  "'fiducia nnunet import-model' and nnUNetv2_install_pretrained_model_from_zip install it."}, footer = {
    "", "Example:", "  fiducia nnunet export-model -d 4 -o hippocampus.zip -c 3d_fullres -f 0"})
public final class NnunetExportModelCommand extends FiduciaCommand {
  @Option(names = "-d", required = true, paramLabel = "DATASET", description = "number or name of the dataset")
  private String dataset;

  @Option(names = "-o", required = true, paramLabel = "FILE", description = "the zip file to write")
  private Path output;

  @Option(names = "-c", arity = "1..*", paramLabel = "CONFIG", description = "configurations (default: 3d_lowres 3d_fullres 2d 3d_cascade_fullres)")
  private List<String> configurations = List.of("3d_lowres", "3d_fullres", "2d",
      "3d_cascade_fullres");

  @Option(names = "-tr", paramLabel = "TRAINER", defaultValue = TrainerName.DEFAULT, description = "trainer (default: nnUNetTrainer)")
  private String trainer;

  @Option(names = "-p", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "plans (default: nnUNetPlans)")
  private String plans;

  @Option(names = "-f", arity = "1..*", paramLabel = "FOLD", description = "folds (default: 0 1 2 3 4)")
  private List<String> folds = List.of("0", "1", "2", "3", "4");

  @Option(names = "-chk", arity = "1..*", paramLabel = "NAME", description = "checkpoints (default: checkpoint_final.pth)")
  private List<String> checkpoints = List.of(TrainingCheckpoints.FINAL);

  @Option(names = "--not_strict", description = "leave out configurations and folds that are not trained")
  private boolean lenient;

  @Option(names = "--exp_cv_preds", description = "include the label maps of the cross-validation")
  private boolean predictions;

  @Option(names = "--overwrite", description = "replace an existing zip file")
  private boolean overwrite;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    if (!overwrite && Files.exists(output)) {
      throw FiduciaException.badInput("the output exists already", output,
          "existing results are not overwritten", "give --overwrite");
    }
    Path results = folders.results(context);
    int files = ModelExport.run(results, folders.datasetName(dataset, context),
        new ModelExport.Request(
            new ModelExport.Models(trainer, plans, configurations, folds, checkpoints), lenient,
            predictions),
        output, context.progress(), context.cancellation());
    if (context.json()) {
      context.console().json(Map.of("output", output.toString(), "files", files));
    } else {
      context.console().note(files + " files: " + output);
    }
    return 0;
  }
}
