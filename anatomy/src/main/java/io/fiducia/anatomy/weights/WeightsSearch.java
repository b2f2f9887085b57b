package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.plan.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Looks for one network's model folder and says what is wrong with what it finds. As TotalSegmentator
 * and nnU-Net do, folders of datasets are found by number, whatever follows it; of several with one
 * number that of the table is taken, where nnU-Net refuses.
 */
final class WeightsSearch {
  private static final String CHECKPOINT = "checkpoint_final.pth";
  /** Ends the name of a folder in the table of which only the beginning is public. */
  private static final String ANY = "*";
  private static final String AGAIN = "unpack or import the zip file again";

  private WeightsSearch() {}

  /** What is there for a network, labels compared. */
  static WeightsStatus in(Path root, TaskNetwork network) {
    return search(root, network.model(), Optional.of(network));
  }

  /** What is there for a network in the folder of a dataset, whatever that is called. */
  static WeightsStatus inDataset(Path dataset, TaskNetwork network) {
    try {
      return examine(dataset, network.model(), Optional.of(network),
          network.model().folder().endsWith(ANY));
    } catch (IOException e) {
      return unreadable(dataset, e);
    }
  }

  /** What is there for a model, whatever its labels mean. */
  static WeightsStatus in(Path root, ModelSource model) {
    return search(root, model, Optional.empty());
  }

  private static WeightsStatus search(Path root, ModelSource model,
      Optional<TaskNetwork> network) {
    Path expected = root.resolve(model.folder().replace(ANY, "NAME"));
    String wanted = model.folder().substring(model.folder().lastIndexOf('/') + 1);
    try {
      List<Path> found = subfolders(expected.getParent()).stream()
          .filter(f -> isDataset(name(f), model.dataset())).toList();
      if (found.isEmpty()) {
        return new WeightsStatus.Missing(expected.resolve(model.modelName()));
      }
      Optional<Path> named = found.stream().filter(f -> name(f).equals(wanted)).findFirst();
      if (named.isEmpty() && found.size() > 1) {
        boolean known = !wanted.endsWith(ANY);
        return new WeightsStatus.Wrong(expected.getParent(),
            "several folders have the number " + model.dataset() + ": "
                + String.join(", ", found.stream().map(WeightsSearch::name).toList())
                + (known ? "; none has the expected name " + wanted : ""),
            "keep one of them" + (known ? ", or rename the right one to " + wanted : ""));
      }
      return examine(named.orElse(found.get(0)), model, network, wanted.endsWith(ANY));
    } catch (IOException e) {
      return unreadable(root, e);
    }
  }

  private static WeightsStatus.Wrong unreadable(Path folder, IOException e) {
    return new WeightsStatus.Wrong(folder, "the folder cannot be read: " + e,
        "check who may read it");
  }

  /**
   * @param lenient whether a model of another trainer or other plans will do, because the authors do
   *     not say which ones they used
   */
  private static WeightsStatus examine(Path dataset, ModelSource model,
      Optional<TaskNetwork> network, boolean lenient) throws IOException {
    Path folder = dataset.resolve(model.modelName());
    if (!Files.isDirectory(folder)) {
      List<Path> others = subfolders(dataset).stream()
          .filter(f -> name(f).split("__", -1).length == 3).toList();
      if (!lenient || others.size() != 1) {
        return new WeightsStatus.Wrong(dataset, "expected the folder " + model.modelName()
            + ", found " + (others.isEmpty()
                ? "no model folder"
                : String.join(", ", others.stream().map(WeightsSearch::name).toList())),
            others.isEmpty() ? AGAIN : "get the weights that this task needs");
      }
      folder = others.get(0);
    }
    try {
      // Reads plans.json and dataset.json, and refuses what is missing or damaged.
      ModelFolder files = ModelFolder.open(folder);
      Configuration configuration = files.plans().configuration(model.configuration());
      List<String> folds = model.folds().isEmpty() ? files.folds(CHECKPOINT) : model.folds();
      Optional<String> absent = folds.stream().filter(f -> !hasCheckpoint(files.folder(), f))
          .findFirst();
      if (folds.isEmpty() || absent.isPresent()) {
        return new WeightsStatus.Wrong(folder, "expected fold_" + absent.orElse("N") + "/"
            + CHECKPOINT + ", found " + (files.folds(CHECKPOINT).isEmpty()
                ? "no such checkpoint in any numbered fold"
                : "it in folds " + String.join(", ", files.folds(CHECKPOINT))),
            AGAIN);
      }
      return identity(files, configuration, network);
    } catch (FiduciaException e) {
      return new WeightsStatus.Wrong(folder, e.what() + ": " + e.why(), AGAIN);
    }
  }

  /** Whether a complete model is the network that is looked for. */
  private static WeightsStatus identity(ModelFolder files, Configuration configuration,
      Optional<TaskNetwork> network) {
    if (network.isEmpty()) {
      return new WeightsStatus.Found(files.folder(), List.of());
    }
    LabelCheck check = LabelCheck.of(network.get(), LabelCheck.found(files.dataset().labelSet()));
    Optional<String> problem = check.problem()
        .or(() -> otherVoxels(network.get(), configuration.target().spacing()));
    return problem.isEmpty()
        ? new WeightsStatus.Found(files.folder(), check.remarks())
        : new WeightsStatus.Wrong(files.folder(), problem.get(),
            "these are the weights of another network: put them into their own folder, and get"
                + " those of " + network.get().model().folder());
  }

  /**
   * Why a model with the right labels is another network all the same: its voxels are those of a
   * network with the same labels, such as the one at 6 mm in the folder of that at 3 mm.
   *
   * @param spacing of the model's plans, in mm, in any order of axes
   */
  private static Optional<String> otherVoxels(TaskNetwork network, List<Double> spacing) {
    if (network.spacing().isEmpty() || alike(network.spacing(), spacing, 0.4)) {
      return Optional.empty();
    }
    return KnownNetworks.all().twins(network).stream()
        .filter(n -> !n.spacing().isEmpty() && alike(n.spacing(), spacing, 0.05)).findFirst()
        .map(n -> "its plans are for voxels of " + spacing + " mm, " + network.title()
            + " has voxels of " + network.spacing() + " mm; they are those of " + n.title()
            + ", dataset " + n.model().dataset());
  }

  /** Whether two spacings differ by no more than a fraction, whatever the order of their axes. */
  private static boolean alike(List<Double> a, List<Double> b, double fraction) {
    List<Double> first = a.stream().sorted().toList();
    List<Double> second = b.stream().sorted().toList();
    return first.size() == second.size() && IntStream.range(0, first.size())
        .allMatch(i -> Math.abs(first.get(i) - second.get(i)) <= fraction * first.get(i));
  }

  private static boolean hasCheckpoint(Path model, String fold) {
    try {
      return Files.size(model.resolve("fold_" + fold).resolve(CHECKPOINT)) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What may have happened when the folder of weights does not hold what is looked for. */
  static Optional<String> hint(Path root, Collection<TaskNetwork> missing) {
    try {
      if (!Files.isDirectory(root)) {
        return Optional.of("there is no folder " + root);
      }
      List<String> names = subfolders(root).stream().map(WeightsSearch::name).toList();
      Path results = root.resolve("nnunet").resolve("results");
      if (Files.isDirectory(results)) {
        return Optional.of("weights lie in " + results + ": name that folder");
      }
      if (isDataset(name(root.toAbsolutePath()))) {
        return Optional.of("this is the folder of one dataset: name the folder above it");
      }
      if (names.contains("nnUNet") && names.stream().noneMatch(WeightsSearch::isDataset)) {
        return Optional
            .of("only weights of TotalSegmentator 1 lie there, which are of another form");
      }
      return missing.stream().filter(n -> !n.set().isEmpty()).findFirst()
          .flatMap(n -> otherSet(root, n, names));
    } catch (IOException e) {
      return Optional.of("the folder cannot be read: " + e);
    }
  }

  /** Where else than in the folder of its set a network of CADS lies, if anywhere. */
  private static Optional<String> otherSet(Path root, TaskNetwork network, List<String> names) {
    int dataset = network.model().dataset();
    if (names.stream().anyMatch(n -> isDataset(n, dataset))) {
      return Optional.of("dataset " + dataset + " lies directly in " + root + ": it belongs into "
          + root.resolve(network.set()));
    }
    return names.stream().filter(n -> {
      try {
        return subfolders(root.resolve(n)).stream().anyMatch(f -> isDataset(name(f), dataset));
      } catch (IOException e) {
        return false;
      }
    }).findFirst().map(n -> "dataset " + dataset + " lies in " + root.resolve(n)
        + ": choose that set of weights, or get the weights of set " + network.set());
  }

  private static boolean isDataset(String name) {
    return name.matches("Dataset\\d{3,}.*");
  }

  /** Whether a folder is that of a dataset: by its number, whatever name follows. */
  static boolean isDataset(String name, int dataset) {
    String start = String.format(Locale.ROOT, "Dataset%03d", dataset);
    return name.startsWith(start)
        && (name.length() == start.length() || !Character.isDigit(name.charAt(start.length())));
  }

  private static List<Path> subfolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String name(Path path) {
    return path.getFileName() == null ? "" : path.getFileName().toString();
  }
}
