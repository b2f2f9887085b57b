package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.Tool;
import io.fiducia.base.FiduciaException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A folder of a tool's weights in nnU-Net's layout, {@code
 * DATASET/TRAINER__PLANS__CONFIGURATION/fold_N/checkpoint_final.pth}. CADS has one such folder per
 * edition below the root.
 *
 * @param root need not exist
 * @param edition whose weights they are
 */
public record WeightsFolder(Path root, WeightsEdition edition) {
  private static final String CADS_VARIABLE = "CADS_WEIGHTS_PATH";

  /**
   * TotalSegmentator's folder, found as that program finds it: TOTALSEG_WEIGHTS_PATH, else
   * nnunet/results in TOTALSEG_HOME_DIR, else in .totalsegmentator in the user's home. A home that is
   * the root of the file system, as in some containers, stands for /tmp. An empty variable counts as
   * not set, where TotalSegmentator would take the current folder.
   *
   * @param environment the process's environment variables
   * @param home the user's home folder
   */
  public static WeightsFolder totalSegmentator(Map<String, String> environment, Path home) {
    return totalSegmentator(variable(environment, "TOTALSEG_WEIGHTS_PATH")
        .orElseGet(() -> variable(environment, "TOTALSEG_HOME_DIR")
            .orElseGet(() -> (home.getNameCount() == 0 ? home.resolve("tmp") : home)
                .resolve(".totalsegmentator"))
            .resolve("nnunet").resolve("results")));
  }

  /** A folder of TotalSegmentator's weights. */
  public static WeightsFolder totalSegmentator(Path root) {
    return new WeightsFolder(root, WeightsEdition.TOTALSEGMENTATOR);
  }

  /** CADS's folder, which CADS_WEIGHTS_PATH names; empty if the variable is not set. */
  public static Optional<WeightsFolder> cads(Map<String, String> environment,
      WeightsEdition edition) {
    return variable(environment, CADS_VARIABLE).map(root -> new WeightsFolder(root, edition));
  }

  private static Optional<Path> variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    try {
      return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    } catch (InvalidPathException e) {
      throw FiduciaException.badInput("the environment variable " + name + " is no path", value,
          e.getReason(), "correct the variable", e);
    }
  }

  /** The folders in which the folder of a dataset may lie, the usual one first. */
  List<Path> places(int dataset) {
    if (edition.tool() != Tool.CADS) {
      return List.of(root);
    }
    Set<Path> places = new LinkedHashSet<>();
    if (WeightsEdition.isRegion(dataset)) {
      places.add(root.resolve(WeightsEdition.CADS_REGION.word()));
    }
    places.add(root.resolve(edition.word()));
    return List.copyOf(places);
  }

  /**
   * The model folder of a network if it is there and complete. What its labels mean is not compared;
   * {@link #status} does.
   */
  public Optional<Path> find(ModelSource model) {
    return WeightsSearch.in(this, model) instanceof WeightsStatus.Found found
        ? Optional.of(found.folder())
        : Optional.empty();
  }

  /** What is on disk for a network: the files are read except for the checkpoints. */
  public WeightsStatus status(TaskNetwork network) {
    return WeightsSearch.in(this, network);
  }

  /** Where a user gets the weights of a network, and under which licence. */
  public WeightsOrigin origin(TaskNetwork network) {
    return WeightsOrigin.of(edition, network);
  }

  /**
   * The model folder of a task's part.
   *
   * @throws FiduciaException BAD_INPUT if the weights are not there, damaged or those of another
   *     network; it names the task, the dataset, the folder, the licence and where a user gets them
   */
  public Path require(AnatomyTask task, Part part) {
    TaskNetwork network = TaskNetwork.of(task, part);
    return require(List.of(network), task.name()).get(network);
  }

  /**
   * The model folders of several networks.
   *
   * @param purpose the task that needs them, as the user named it: a network may be needed only to
   *     crop the image for another task
   * @throws FiduciaException BAD_INPUT naming all networks whose weights are not there, or the first
   *     one whose weights cannot be used; see {@link #require(AnatomyTask, Part)}
   */
  public Map<TaskNetwork, Path> require(List<TaskNetwork> networks, String purpose) {
    Map<TaskNetwork, Path> folders = new LinkedHashMap<>();
    Map<TaskNetwork, Path> missing = new LinkedHashMap<>();
    for (TaskNetwork network : networks) {
      switch (status(network)) {
        case WeightsStatus.Found found -> folders.put(network, found.folder());
        case WeightsStatus.Missing m -> missing.put(network, m.expected());
        case WeightsStatus.Wrong wrong -> throw FiduciaException.badInput(
            "the weights for " + network.title() + " (dataset " + network.model().dataset()
                + ") cannot be used",
            wrong.where(), wrong.problem(), wrong.advice());
      }
    }
    if (!missing.isEmpty()) {
      throw missing(missing, purpose);
    }
    return folders;
  }

  private FiduciaException missing(Map<TaskNetwork, Path> missing, String purpose) {
    Set<String> licences = new LinkedHashSet<>();
    Set<String> ways = new LinkedHashSet<>();
    Set<String> others = new LinkedHashSet<>();
    missing.keySet().forEach(n -> {
      WeightsOrigin origin = origin(n);
      licences.add(origin.licence().name() + " (" + origin.licence().allows() + ")");
      ways.add(origin.how());
      if (!n.task().name().equals(purpose)) {
        others.add(n.title());
      }
    });
    String tool = edition.tool().displayName();
    List<String> why = new ArrayList<>();
    why.add("expected " + missing.entrySet().stream()
        .map(e -> e.getValue() + " (dataset " + e.getKey().model().dataset()
            + e.getKey().detail() + ")")
        .collect(Collectors.joining(", ")));
    if (!others.isEmpty()) {
      why.add("task " + purpose + " needs " + String.join(" and ", others) + " too");
    }
    WeightsSearch.hint(this).ifPresent(why::add);
    why.add("licence of these weights: " + String.join("; ", licences));
    return FiduciaException.badInput(
        "no weights for " + tool + " task " + purpose + ": they are not part of this program", root,
        String.join("; ", why), String.join("; ", ways) + "; then run 'fiducia " + command()
            + " weights import ZIP' for each zip file");
  }

  /** The word for the tool on the command line. */
  private String command() {
    return edition.tool() == Tool.CADS ? "cads" : "totalsegmentator";
  }

  /** Whether the folder is there. */
  public boolean exists() {
    return Files.isDirectory(root);
  }
}
