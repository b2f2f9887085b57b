package io.fiducia.app.commands;

import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.anatomy.weights.WeightsListing;
import io.fiducia.app.cli.Context;
import io.fiducia.app.commands.anatomy.WeightsPlace;
import io.fiducia.base.FiduciaException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What {@link DoctorCommand} says of the tasks of public anatomy models: which of them can run. */
final class AnatomyFindings {
  /** No more tasks than this are named. */
  private static final int NAMED = 8;

  private AnatomyFindings() {}

  /** One finding per tool. */
  static List<Finding> of(Context context) {
    return List.of(
        finding("totalsegmentator", () -> WeightsPlace.listing(
            WeightsPlace.totalByDefault(context), TotalTasks.load())),
        finding("cads", () -> WeightsPlace.listing(
            WeightsFolder.cads(context.environment()), CadsTasks.load())));
  }

  private static Finding finding(String command, Supplier<WeightsListing> look) {
    WeightsListing listing;
    try {
      listing = look.get();
    } catch (FiduciaException e) {
      return Finding.warning(command, e.what() + ": " + e.why(), e.advice());
    }
    List<String> names = listing.runnable();
    String wrong = listing.wrong().stream()
        .map(r -> Integer.toString(r.network().model().dataset())).distinct()
        .collect(Collectors.joining(", "));
    String found = names.size() + " of " + listing.tasks() + " tasks can run" + list(names)
        + (wrong.isEmpty() ? "" : "; unusable weights of dataset " + wrong) + "; "
        + place(listing.weights());
    return names.isEmpty() || !wrong.isEmpty()
        ? Finding.warning(command, found, "'fiducia " + command
            + " weights' says what each task needs, and with --task where to get it")
        : Finding.ok(command, found);
  }

  private static String list(List<String> names) {
    return names.isEmpty()
        ? ""
        : ": " + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
            + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
  }

  private static String place(Optional<WeightsFolder> weights) {
    return weights.map(w -> "weights are looked for in " + w.root()
        + (w.exists() ? "" : " (no such folder)")).orElse("CADS_WEIGHTS_PATH is not set");
  }
}
