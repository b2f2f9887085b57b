package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.RawDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * nnU-Net's three folders, from options or from its environment variables, and the datasets in them.
 */
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

  /** The folder of raw datasets, if it is known. */
  Optional<Path> knownRaw(Context context) {
    return folder(raw, RAW, context);
  }

  /** The folder of plans and preprocessed data; errors as {@link #raw}. */
  Path preprocessed(Context context) {
    return needed(folder(preprocessed, PREPROCESSED, context), PREPROCESSED, "--preprocessed");
  }

  /** The folder of trained models; errors as {@link #raw}. */
  Path results(Context context) {
    return needed(folder(results, RESULTS, context), RESULTS, "--results");
  }

  /**
   * The name of a dataset given by number or by name, looked for in all folders that are known, as
   * nnU-Net does.
   *
   * @throws FiduciaException BAD_INPUT if there is none, or several of that number; USAGE if the word
   *     is neither a number nor a dataset's name
   */
  String datasetName(String numberOrName, Context context) {
    boolean number = numberOrName.matches("\\d{1,3}");
    if (!number && !numberOrName.matches("Dataset\\d{3}_.+")) {
      throw FiduciaException.usage("this is no dataset",
          "expected a number such as 4 or a name such"
              + " as Dataset004_Hippocampus, found " + numberOrName,
          "");
    }
    String prefix = number
        ? String.format("Dataset%03d_", Integer.parseInt(numberOrName))
        : numberOrName;
    TreeSet<String> found = new TreeSet<>();
    TreeSet<String> places = new TreeSet<>();
    for (Optional<Path> folder : List.of(folder(raw, RAW, context),
        folder(preprocessed, PREPROCESSED, context), folder(results, RESULTS, context))) {
      folder.ifPresent(f -> places.add(f.toString()));
      folder.filter(Files::isDirectory).ifPresent(f -> subfolders(f).forEach(n -> {
        if (number ? n.startsWith(prefix) : n.equals(prefix)) {
          found.add(n);
        }
      }));
    }
    if (found.isEmpty()) {
      throw FiduciaException.badInput("no such dataset", String.join(", ", places),
          "expected a folder " + (number ? prefix + "NAME" : prefix),
          "check the number, and the folders that " + RAW + ", " + PREPROCESSED + " and " + RESULTS
              + " name");
    }
    if (found.size() > 1) {
      throw FiduciaException.badInput("several datasets have this number",
          String.join(", ", places), "found " + found, "give the dataset's name, or rename one");
    }
    return found.first();
  }

  /** Opens a raw dataset by its name. */
  RawDataset rawDataset(String name, Context context) {
    return RawDataset.open(raw(context).resolve(name));
  }

  /** A model's folder as nnU-Net names it: {@code results/DATASET/TRAINER__PLANS__CONFIG}. */
  Path model(String dataset, String trainer, String plans, String configuration, Context context) {
    return results(context).resolve(dataset)
        .resolve(trainer + "__" + plans + "__" + configuration);
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

  private static List<String> subfolders(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).map(p -> p.getFileName().toString()).toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }
}
