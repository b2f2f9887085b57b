package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.run.FoldFolders;
import io.fiducia.nnunet.run.NnunetRoots;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** nnU-Net's three folders, from options or from its environment variables. */
public final class NnunetFolders {
  static final String RAW = "nnUNet_raw";
  static final String PREPROCESSED = "nnUNet_preprocessed";
  static final String RESULTS = "nnUNet_results";

  @Option(names = "--raw", paramLabel = "DIR", description = "raw datasets (default: the variable nnUNet_raw)")
  private Path raw;

  @Option(names = "--preprocessed", paramLabel = "DIR", description = "plans and preprocessed data (default: the variable nnUNet_preprocessed)")
  private Path preprocessed;

  @Option(names = "--results", paramLabel = "DIR", description = "trained models (default: the variable nnUNet_results)")
  private Path results;

  /** The folder of raw datasets. @throws FiduciaException USAGE if nothing says where it is */
  Path raw(Context context) {
    return needed(folder(raw, RAW, context), RAW, "--raw");
  }

  /** The folder of plans and preprocessed data; errors as {@link #raw}. */
  Path preprocessed(Context context) {
    return needed(folder(preprocessed, PREPROCESSED, context), PREPROCESSED, "--preprocessed");
  }

  /** The folder of trained models; errors as {@link #raw}. */
  Path results(Context context) {
    return needed(folder(results, RESULTS, context), RESULTS, "--results");
  }

  /** All folders that are known. */
  NnunetRoots roots(Context context) {
    return new NnunetRoots(folder(raw, RAW, context), folder(preprocessed, PREPROCESSED, context),
        folder(results, RESULTS, context));
  }

  /** The name of a dataset given by number or by name; errors as {@link NnunetRoots#datasetName}. */
  String datasetName(String numberOrName, Context context) {
    return roots(context).datasetName(numberOrName);
  }

  /** Opens a raw dataset by its name. */
  RawDataset rawDataset(String name, Context context) {
    return RawDataset.open(raw(context).resolve(name));
  }

  /** A model's folder as nnU-Net names it: {@code results/DATASET/TRAINER__PLANS__CONFIG}. */
  Path model(String dataset, String trainer, String plans, String configuration, Context context) {
    return FoldFolders.Models.in(results(context).resolve(dataset)).folder(trainer, plans,
        configuration);
  }

  private static Optional<Path> folder(Path option, String variable, Context context) {
    return Optional.ofNullable(option)
        .or(() -> Optional.ofNullable(context.environment().get(variable)).filter(v -> !v.isBlank())
            .map(Path::of));
  }

  private static Path needed(Optional<Path> folder, String variable, String option) {
    return folder.orElseThrow(() -> FiduciaException.usage(
        "the environment variable " + variable + " is not set",
        "nothing says where these folders are",
        "set " + variable + ", or give " + option + " DIR"));
  }
}
