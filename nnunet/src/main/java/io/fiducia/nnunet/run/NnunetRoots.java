package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * nnU-Net's three folders, each with one folder per dataset in it; those that are known.
 *
 * @param raw raw datasets
 * @param preprocessed plans and preprocessed cases
 * @param results trained models
 */
public record NnunetRoots(Optional<Path> raw, Optional<Path> preprocessed,
    Optional<Path> results) {

  /**
   * The name of a dataset given by number or by name, looked for in all folders that are known, as
   * nnU-Net does.
   *
   * @throws FiduciaException BAD_INPUT if there is none, or several of that number; USAGE if the word
   *     is neither a number nor a dataset's name
   */
  public String datasetName(String numberOrName) {
    boolean number = numberOrName.matches("\\d{1,3}");
    if (!number && !numberOrName.matches("Dataset\\d{3}_.+")) {
      throw FiduciaException.usage("this is no dataset",
          "expected a number such as 4 or a name such"
              + " as Dataset004_Hippocampus, found " + numberOrName,
          "");
    }
    String prefix = number
        ? String.format(Locale.ROOT, "Dataset%03d_", Integer.parseInt(numberOrName))
        : numberOrName;
    TreeSet<String> found = new TreeSet<>();
    List<Path> known = Stream.of(raw, preprocessed, results).flatMap(Optional::stream).toList();
    known.stream().filter(Files::isDirectory).flatMap(f -> subfolders(f).stream())
        .filter(n -> number ? n.startsWith(prefix) : n.equals(prefix)).forEach(found::add);
    String places = String.join(", ",
        new TreeSet<>(known.stream().map(Path::toString).toList()));
    if (found.isEmpty()) {
      throw FiduciaException.badInput("no such dataset", places,
          "expected a folder " + (number ? prefix + "NAME" : prefix),
          "check the number, and the folders that nnUNet_raw, nnUNet_preprocessed and"
              + " nnUNet_results name");
    }
    if (found.size() > 1) {
      throw FiduciaException.badInput("several datasets have this number", places,
          "found " + found, "give the dataset's name, or rename one");
    }
    return found.first();
  }

  /**
   * The folders for training a dataset.
   *
   * @param dataset the dataset's name, as {@link #datasetName} gives it
   * @throws java.util.NoSuchElementException if the folder of preprocessed data or of results is not
   *     known
   */
  public FoldFolders fold(String dataset) {
    return new FoldFolders(preprocessed.orElseThrow().resolve(dataset),
        FoldFolders.Models.in(results.orElseThrow().resolve(dataset)),
        raw.map(r -> r.resolve(dataset)));
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
