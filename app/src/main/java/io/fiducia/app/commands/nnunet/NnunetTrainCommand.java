package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.train.Recipe;
import io.fiducia.nnunet.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia nnunet train}: trains one fold of one configuration. */
@Command(name = "train", description = {"Trains one fold, then segments and scores its validation"
    + " cases.",
  "After a stop with Ctrl-C, the same command with --c continues."}, footer = {"",
    "Example:", "  fiducia nnunet train 4 3d_fullres 0",
    "  fiducia nnunet train 4 3d_fullres 0 -tr nnUNetTrainer_100epochs --c",
    "  fiducia nnunet train 4 3d_fullres all -p FiduciaCpuPlans --minutes 30",
    "  fiducia nnunet train 4 3d_fullres 0 --init OTHER_MODEL --recipe full --epochs 50"})
public final class NnunetTrainCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "DATASET", description = "number or name of the dataset")
  private String dataset;

  @Parameters(index = "1", paramLabel = "CONFIG", description = "such as 3d_fullres")
  private String configuration;

  @Parameters(index = "2", paramLabel = "FOLD", description = "0 to 4, or all")
  private String fold;

  @Option(names = "-tr", paramLabel = "TRAINER", description = "an nnU-Net trainer: nnUNetTrainer (default), nnUNetTrainerNoMirroring, nnUNetTrainer_100epochs, ...")
  private String trainer;

  @Option(names = "-p", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "name of the plans (default: nnUNetPlans)")
  private String plans;

  @Option(names = "--c", description = "continue from the latest checkpoint")
  private boolean goOn;

  @Option(names = "--val", description = "only segment and score the validation cases")
  private boolean validateOnly;

  @Option(names = "--val_best", description = "validate with checkpoint_best.pth")
  private boolean validateBest;

  @Option(names = "--npz", description = "also write the probabilities of the validation cases, for ensembles")
  private boolean npz;

  @Option(names = "-num_gpus", paramLabel = "1", defaultValue = "1", description = "only 1 is supported")
  private int gpus;

  @Option(names = "--epochs", paramLabel = "N", description = "epochs (default: the trainer's, 1000)")
  private Integer epochs;

  @Option(names = "--iterations", paramLabel = "N", description = "training iterations per epoch; a fifth as many validate (default: 250)")
  private Integer iterations;

  @Option(names = "--minutes", paramLabel = "N", description = "train for N minutes instead of a number of epochs")
  private Double minutes;

  @Option(names = "--patience", paramLabel = "N", description = "stop early when the moving average of the pseudo Dice has not risen for N epochs")
  private Integer patience;

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "highest learning rate (default: 0.01, or the recipe's)")
  private Double learningRate;

  @Option(names = "--warm-up", paramLabel = "SHARE", description = "share of the training in which the learning rate rises from zero, such as 0.05 (default: 0)")
  private Double warmUp;

  @Option(names = "--decay", paramLabel = "poly|cosine", description = "how the learning rate falls (default: poly)")
  private TrainingSettings.Decay decay;

  @Option(names = "-pretrained_weights", paramLabel = "FILE", description = "a checkpoint whose weights, except the heads, are trained further, as in nnU-Net")
  private Path pretrained;

  @Option(names = "--init", paramLabel = "SOURCE", description = "a checkpoint, a fold folder or a model folder whose weights are adapted; see --recipe")
  private Path init;

  @Option(names = "--recipe", paramLabel = "NAME", description = "how weights of --init are adapted: full (default), decoder, heads, pretrained")
  private String recipe;

  @Option(names = "--overwrite", description = "train a finished fold again from the start")
  private boolean overwrite;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
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
    if (patience != null && patience < 1) {
      throw usageError("--patience must be at least 1, found " + patience);
    }
    if (learningRate != null && !(learningRate > 0 && learningRate <= 1)) {
      throw usageError("--learning-rate must lie above 0 and not above 1, found " + learningRate);
    }
    if (warmUp != null && !(warmUp >= 0 && warmUp < 1)) {
      throw usageError("--warm-up must lie from 0 to below 1, found " + warmUp);
    }
    if (pretrained != null && init != null) {
      throw usageError("give -pretrained_weights or --init, not both");
    }
    if (recipe != null && init == null) {
      throw usageError("--recipe says how weights are adapted: give them with --init");
    }
    if (minutes != null && !(minutes > 0)) {
      throw usageError("--minutes must be above 0, found " + minutes);
    }
    if (!fold.matches("\\d{1,6}|all")) {
      throw usageError("FOLD must be a number or all, found " + fold);
    }
    return new FoldTraining(new FoldTraining.Request(folders.datasetName(known(context), context),
        configuration, fold, plans, Optional.ofNullable(trainer),
        new FoldTraining.Length(Optional.ofNullable(epochs), Optional.ofNullable(iterations),
            Optional.ofNullable(minutes), Optional.ofNullable(patience)),
        new FoldTraining.Schedule(Optional.ofNullable(learningRate), Optional.ofNullable(decay),
            Optional.ofNullable(warmUp)),
        start(), mode(), validateBest, npz), folders, context).run();
  }

  private Optional<FoldTraining.Start> start() {
    if (pretrained != null) {
      return Optional.of(new FoldTraining.Start(pretrained, Recipe.PRETRAINED));
    }
    return Optional.ofNullable(init).map(source -> new FoldTraining.Start(source,
        recipe == null ? Recipe.FULL : Recipe.of(recipe)));
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
