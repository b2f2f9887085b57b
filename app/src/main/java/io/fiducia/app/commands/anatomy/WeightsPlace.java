package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.total.TotalRequest;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.anatomy.weights.WeightsListing;
import io.fiducia.app.cli.Context;
import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the weights of a tool lie, and what its tasks need. */
public final class WeightsPlace {
  @Option(names = "--weights", paramLabel = "DIR", description = "folder of the tool's weights (default: as the tool finds it)")
  private Path given;

  /** TotalSegmentator's folder: the one that was named, else where that program looks. */
  WeightsFolder total(Context context) {
    return Optional.ofNullable(given).map(WeightsFolder::new)
        .orElseGet(() -> totalByDefault(context));
  }

  /** CADS's folder, if one was named or the environment names one. */
  Optional<WeightsFolder> cads(Context context) {
    return Optional.ofNullable(given).map(WeightsFolder::new)
        .or(() -> WeightsFolder.cads(context.environment()));
  }

  /**
   * CADS's folder.
   *
   * @throws FiduciaException BAD_INPUT if nothing names one
   */
  WeightsFolder requireCads(Context context) {
    return cads(context).orElseThrow(
        () -> FiduciaException.badInput("nothing says where CADS's weights are",
            "CADS_WEIGHTS_PATH",
            "the variable is not set; the weights are not part of this program",
            "give --weights DIR, or set the variable; 'fiducia cads weights' says where you get them"
                + " and under which licence"));
  }

  /** Where TotalSegmentator looks. */
  public static WeightsFolder totalByDefault(Context context) {
    return WeightsFolder.totalSegmentator(context.environment(),
        Path.of(System.getProperty("user.home")));
  }

  /** What is there of TotalSegmentator's tasks. */
  public static WeightsListing listing(WeightsFolder folder, TotalTasks tasks) {
    return WeightsListing.of(Optional.of(folder), tasks.all(),
        choice -> TotalRequest.of(choice.task()).at(switch (choice.variant()) {
          case Variant.FAST -> TotalRequest.Speed.FAST;
          case Variant.FASTEST -> TotalRequest.Speed.FASTEST;
          default -> TotalRequest.Speed.STANDARD;
        }).networks(tasks));
  }

  /** What is there of CADS's tasks: of some of them others are needed to clean the result. */
  public static WeightsListing listing(Optional<WeightsFolder> folder, CadsTasks tasks) {
    return WeightsListing.of(folder, tasks.all(), choice -> {
      List<TaskNetwork> all = new ArrayList<>(TaskNetwork.of(choice.task(), choice.variant()));
      tasks.details(choice.task().name()).needs().stream()
          .map(name -> tasks.find(name).orElseThrow())
          .forEach(t -> all.addAll(TaskNetwork.of(t, choice.variant())));
      return all;
    });
  }
}
