package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia nnunet train}: trains one fold of one configuration. */
@Command(name = "train", description = {"Trains one fold, then segments and scores its validation"
    + " cases.",
  "Stopped with Ctrl-C, the same command with --c goes on."}, footer = {"",
    "Example:", "  fiducia nnunet train 4 3d_fullres 0",
    "  fiducia nnunet train 4 3d_fullres 0 -tr nnUNetTrainer_100epochs --c",
    "  fiducia nnunet train 4 3d_fullres all -p FiduciaCpuPlans --minutes 30"})
public final class NnunetTrainCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "DATASET", description = "number or name of the dataset")
  private String dataset;

  @Parameters(index = "1", paramLabel = "CONFIG", description = "such as 3d_fullres")
  private String configuration;

  @Parameters(index = "2", paramLabel = "FOLD", description = "0 to 4, or all")
  private String fold;

  @Option(names = "-tr", paramLabel = "TRAINER", description = "a trainer of nnU-Net: nnUNetTrainer (default), nnUNetTrainerNoMirroring, nnUNetTrainer_100epochs, ...")
  private String trainer;

  @Option(names = "-p", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "name of the plans (default: nnUNetPlans)")
  private String plans;

  @Option(names = "--c", description = "go on from the latest checkpoint")
  private boolean goOn;

  @Option(names = "--val", description = "only segment and score the validation cases")
  private boolean validateOnly;

  @Option(names = "--val_best", description = "validate with checkpoint_best.pth")
  private boolean validateBest;

  @Option(names = "--npz", description = "not supported: probabilities are not written")
  private boolean npz;

  @Option(names = "-num_gpus", paramLabel = "1", defaultValue = "1", description = "only 1 is supported")
  private int gpus;

  @Option(names = "--epochs", paramLabel = "N", description = "epochs (default: the trainer's, 1000)")
  private Integer epochs;

  @Option(names = "--iterations", paramLabel = "N", description = "training iterations an epoch, and a fifth of them to validate (default: 250)")
  private Integer iterations;

  @Option(names = "--minutes", paramLabel = "N", description = "train for this long instead of a number of epochs")
  private Double minutes;

  @Option(names = "--overwrite", description = "train a trained fold anew")
  private boolean overwrite;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    if (npz) {
      throw usageError("--npz is not supported: probabilities are not written");
    }
    if (gpus != 1) {
      throw usageError("-num_gpus must be 1: one fold trains on one device, found " + gpus);
    }
    if (goOn && overwrite) {
      throw usageError("--c goes on and --overwrite starts anew: give one of them");
    }
    if (validateOnly && (goOn || overwrite)) {
      throw usageError("--val trains nothing: give it without --c and --overwrite");
    }
    if (epochs != null && minutes != null) {
      throw usageError("give --epochs or --minutes, not both");
    }
    if ((epochs != null && epochs < 1) || (iterations != null && iterations < 1)) {
      throw usageError("--epochs and --iterations must be at least 1");
    }
    if (minutes != null && !(minutes > 0)) {
      throw usageError("--minutes must be above 0, found " + minutes);
    }
    if (!fold.matches("\\d{1,6}|all")) {
      throw usageError("FOLD must be a number or all, found " + fold);
    }
    return new FoldTraining(new FoldTraining.Request(folders.datasetName(known(context), context),
        configuration, fold, plans, Optional.ofNullable(trainer),
        Optional.ofNullable(epochs), Optional.ofNullable(iterations),
        Optional.ofNullable(minutes), mode(), validateBest), folders, context).run();
  }

  /** The dataset as given, once the folders that training needs are known. */
  private String known(Context context) {
    folders.preprocessed(context);
    folders.results(context);
    return dataset;
  }

  private FoldTraining.Mode mode() {
    if (validateOnly) {
      return FoldTraining.Mode.VALIDATE;
    }
    return goOn
        ? FoldTraining.Mode.GO_ON
        : overwrite ? FoldTraining.Mode.ANEW : FoldTraining.Mode.FIRST;
  }
}
