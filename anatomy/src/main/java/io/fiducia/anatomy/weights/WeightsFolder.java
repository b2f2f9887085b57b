package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.Tool;
import io.fiducia.base.FiduciaException;
import java.io.File;
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
 * DATASET/TRAINER__PLANS__CONFIGURATION/fold_N/checkpoint_final.pth}. CADS has one such folder below
 * the root for each of its sets of weights.
 *
 * @param root need not exist
 */
public record WeightsFolder(Path root) {
  private static final String CADS_VARIABLE = "CADS_WEIGHTS_PATH";

  /**
   * TotalSegmentator's folder, found as that program finds it: TOTALSEG_WEIGHTS_PATH, else
   * nnunet/results in TOTALSEG_HOME_DIR, else in .totalsegmentator in the user's home, which outside
   * of Windows HOME names if it is set. A home that is the root of the file system, as in some
   * containers, stands for /tmp. An empty variable counts as not set, where TotalSegmentator would take
   * the current folder.
   *
   * @param environment the process's environment variables
   * @param userHome the user's home folder as the system knows it
   */
  public static WeightsFolder totalSegmentator(Map<String, String> environment, Path userHome) {
    Path home = variable(environment, "HOME").filter(h -> File.separatorChar == '/')
        .orElse(userHome);
    return new WeightsFolder(variable(environment, "TOTALSEG_WEIGHTS_PATH")
        .orElseGet(() -> variable(environment, "TOTALSEG_HOME_DIR")
            .orElseGet(() -> (home.getNameCount() == 0 ? home.resolve("tmp") : home)
                .resolve(".totalsegmentator"))
            .resolve("nnunet").resolve("results")));
  }

  /** CADS's folder, which CADS_WEIGHTS_PATH names; empty if the variable is not set. */
  public static Optional<WeightsFolder> cads(Map<String, String> environment) {
    return variable(environment, CADS_VARIABLE).map(WeightsFolder::new);
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

  /**
   * The model folder of a network if it is there and complete. What its labels mean is not compared;
   * {@link #status} does.
   */
  public Optional<Path> find(ModelSource model) {
    return WeightsSearch.in(root, model) instanceof WeightsStatus.Found found
        ? Optional.of(found.folder())
        : Optional.empty();
  }

  /** What is on disk for a network: the files are read except for the checkpoints. */
  public WeightsStatus status(TaskNetwork network) {
    return WeightsSearch.in(root, network);
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
   * @param purpose the task that needs them, as the user named it, or several with commas between: a network may be needed only to
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
      WeightsOrigin origin = WeightsOrigin.of(n);
      licences.add(origin.licence().name() + " (" + origin.licence().allows() + ")");
      ways.add(origin.how());
      if (!List.of(purpose.split(", ")).contains(n.task().name())) {
        others.add(n.title());
      }
    });
    boolean zips = missing.keySet().stream()
        .anyMatch(n -> WeightsOrigin.of(n).download().isPresent());
    Tool tool = missing.keySet().iterator().next().task().tool();
    List<String> why = new ArrayList<>();
    why.add("expected " + missing.entrySet().stream()
        .map(e -> e.getValue() + " (dataset " + e.getKey().model().dataset()
            + e.getKey().detail() + ")")
        .collect(Collectors.joining(", ")));
    if (!others.isEmpty()) {
      why.add("task " + purpose + " needs " + String.join(" and ", others) + " too");
    }
    WeightsSearch.hint(root, missing.keySet()).ifPresent(why::add);
    why.add("licence of these weights: " + String.join("; ", licences));
    return FiduciaException.badInput(
        "no weights for " + tool.displayName() + " task " + purpose
            + ": they are not part of this program",
        root,
        String.join("; ", why), String.join("; ", ways) + (zips
            ? "; then run 'fiducia " + command(tool) + " weights import ZIP' for each zip file"
            : ""));
  }

  /** The word for the tool on the command line. */
  private static String command(Tool tool) {
    return switch (tool) {
      case TOTALSEGMENTATOR -> "totalsegmentator";
      case CADS -> "cads";
    };
  }

  /** Whether the folder is there. */
  public boolean exists() {
    return Files.isDirectory(root);
  }
}
