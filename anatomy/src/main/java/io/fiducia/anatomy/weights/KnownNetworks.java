package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.Tool;
import io.fiducia.anatomy.task.TotalTasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The networks of all tasks of all tools, to say whose weights a folder holds. */
final class KnownNetworks {
  private static final KnownNetworks ALL = new KnownNetworks(TotalTasks.load(),
      CadsTasks.load());
  /** Share of the names that must agree before a folder is said to hold another network's weights. */
  private static final double ALIKE = 0.8;
  private static final int NEAR = 3;

  private final TotalTasks total;
  private final CadsTasks cads;
  private final List<TaskNetwork> networks = new ArrayList<>();

  private KnownNetworks(TotalTasks total, CadsTasks cads) {
    this.total = total;
    this.cads = cads;
    total.all().forEach(t -> networks.addAll(TaskNetwork.of(t)));
    cads.all().forEach(t -> networks.addAll(TaskNetwork.of(t)));
  }

  /** All networks. */
  static KnownNetworks all() {
    return ALL;
  }

  /** TotalSegmentator's tasks. */
  TotalTasks total() {
    return total;
  }

  /** CADS's tasks. */
  CadsTasks cads() {
    return cads;
  }

  /** The networks of a tool that use a dataset. */
  List<TaskNetwork> of(Tool tool, int dataset) {
    return networks.stream()
        .filter(n -> n.task().tool() == tool && n.model().dataset() == dataset).toList();
  }

  /** A few numbers of datasets of a tool that are nearest to a number, ascending. */
  List<Integer> near(Tool tool, int dataset) {
    return networks.stream().filter(n -> n.task().tool() == tool).map(n -> n.model().dataset())
        .distinct().sorted(Comparator.comparingInt(d -> Math.abs(d - dataset))).limit(NEAR)
        .sorted().toList();
  }

  /** All numbers of datasets of a tool, ascending. */
  List<Integer> datasets(Tool tool) {
    TreeSet<Integer> all = new TreeSet<>();
    networks.stream().filter(n -> n.task().tool() == tool)
        .forEach(n -> all.add(n.model().dataset()));
    return List.copyOf(all);
  }

  /** The other networks of the same tool with the same labels: those for other sizes of voxels. */
  List<TaskNetwork> twins(TaskNetwork network) {
    return networks.stream().filter(n -> n.task().tool() == network.task().tool()
        && n.model().dataset() != network.model().dataset()
        && n.labels().equals(network.labels())).toList();
  }

  /** The network whose labels these are, by number and names; empty if no network has such names. */
  Optional<TaskNetwork> owner(Map<Integer, String> labels) {
    return networks.stream()
        .filter(n -> n.labels().keySet().equals(labels.keySet()))
        .filter(n -> LabelCheck.agreeing(n.labels(), labels) >= Math.max(1, ALIKE * labels.size()))
        // Of those that agree equally well the first one, which of CADS's sets is the default.
        .min(Comparator.comparingInt(n -> -LabelCheck.agreeing(n.labels(), labels)));
  }
}
