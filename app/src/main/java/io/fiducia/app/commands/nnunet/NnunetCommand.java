package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before nnU-Net's steps, each with the flags of nnU-Net's own command. */
@Command(name = "nnunet", description = {
  "The steps of nnU-Net on its folders, with the options of its own commands.",
  "Folders: nnUNet_raw, nnUNet_preprocessed, nnUNet_results, or --raw, --preprocessed, --results."}, subcommands = {
    NnunetFingerprintCommand.class, NnunetPlanCommand.class, NnunetPreprocessCommand.class,
    NnunetTrainCommand.class, NnunetPredictCommand.class,
    NnunetEvaluateCommand.class, NnunetEnsembleCommand.class,
    NnunetApplyPostprocessingCommand.class, NnunetFindBestConfigurationCommand.class,
    NnunetExportModelCommand.class, NnunetImportModelCommand.class}, footer = {"", "Example:",
      "  fiducia nnunet plan -d 4",
      "  fiducia nnunet preprocess -d 4 -c 3d_fullres", "  fiducia nnunet train 4 3d_fullres 0"})
public final class NnunetCommand extends GroupCommand {}
