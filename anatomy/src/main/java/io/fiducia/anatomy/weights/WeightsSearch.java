package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.Tool;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.plan.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final String AGAIN = "unpack or import the zip file again";

  private WeightsSearch() {}

  /** What is there for a network, labels compared. */
  static WeightsStatus in(WeightsFolder weights, TaskNetwork network) {
    return search(weights, network.model(), Optional.of(network));
  }

  /** What is there for a model, whatever its labels mean. */
  static WeightsStatus in(WeightsFolder weights, ModelSource model) {
    return search(weights, model, Optional.empty());
  }

  private static WeightsStatus search(WeightsFolder weights, ModelSource model,
      Optional<TaskNetwork> network) {
    try {
      List<Path> found = new ArrayList<>();
      for (Path place : weights.places(model.dataset())) {
        found.addAll(subfolders(place).stream()
            .filter(f -> isDataset(name(f), model.dataset())).toList());
      }
      Optional<Path> named = found.stream().filter(f -> name(f).equals(model.folder())).findFirst();
      if (found.isEmpty()) {
        return new WeightsStatus.Missing(weights.places(model.dataset()).get(0)
            .resolve(model.folder()).resolve(model.modelName()));
      }
      if (named.isEmpty() && found.size() > 1) {
        return new WeightsStatus.Wrong(found.get(0).getParent(),
            "several folders have the number " + model.dataset() + ": "
                + String.join(", ", found.stream().map(WeightsSearch::name).toList())
                + "; none has the expected name " + model.folder(),
            "keep one of them, or rename the right one to " + model.folder());
      }
      return examine(named.orElse(found.get(0)), model, network,
          weights.edition().tool() == Tool.CADS && WeightsEdition.isRegion(model.dataset()));
    } catch (IOException e) {
      return new WeightsStatus.Wrong(weights.root(), "the folder cannot be read: " + e,
          "check who may read it");
    }
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
      List<String> wanted = model.folds().isEmpty() ? files.folds(CHECKPOINT) : model.folds();
      Optional<String> absent = wanted.stream().filter(f -> !hasCheckpoint(files.folder(), f))
          .findFirst();
      if (wanted.isEmpty() || absent.isPresent()) {
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
  static Optional<String> hint(WeightsFolder weights) {
    Path root = weights.root();
    try {
      if (!Files.isDirectory(root)) {
        return Optional.of("there is no folder " + root);
      }
      List<String> names = subfolders(root).stream().map(WeightsSearch::name).toList();
      if (Files.isDirectory(root.resolve("nnunet").resolve("results"))) {
        return Optional.of("weights lie in " + root.resolve("nnunet").resolve("results")
            + ": name that folder");
      }
      if (name(root.toAbsolutePath()).matches("Dataset\\d{3,}.*")) {
        return Optional.of("this is a folder of one dataset: name the folder above it");
      }
      if (weights.edition().tool() == Tool.CADS
          && names.stream().anyMatch(n -> n.matches("Dataset\\d{3,}.*"))) {
        return Optional.of("weights lie directly in " + root + ": they belong into "
            + root.resolve(weights.edition().word()));
      }
      if (names.contains("nnUNet") && names.stream().noneMatch(n -> n.startsWith("Dataset"))) {
        return Optional
            .of("only weights of TotalSegmentator 1 lie there, which are of another form");
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("the folder cannot be read: " + e);
    }
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
