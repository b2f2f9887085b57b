package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.app.cli.Context;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The lists of tasks and structures of {@code fiducia totalsegmentator}. */
final class TotalLists {
  private TotalLists() {}

  static int tasks(TotalTasks tasks, Context context) {
    if (context.json()) {
      context.console().json(Map.of("source", tasks.source(), "tasks", tasks.all().stream()
          .map(t -> Map.of("name", t.name(), "modality", t.modality().name(), "license_required",
              t.licensed(), "num_classes", t.classes().size()))
          .toList()));
      return 0;
    }
    context.console().result(String.format(Locale.ROOT, "%-28s %-8s %-8s %s", "TASK", "MODALITY",
        "LICENCE", "STRUCTURES"));
    for (AnatomyTask t : tasks.all()) {
      context.console().result(String.format(Locale.ROOT, "%-28s %-8s %-8s %d", t.name(),
          t.modality(), t.licensed() ? "needed" : "open", t.classes().size()));
    }
    return 0;
  }

  static int classes(AnatomyTask task, Context context) {
    if (context.json()) {
      context.console().json(Map.of("task", task.name(), "classes", task.classes()));
      return 0;
    }
    List<Map.Entry<Integer, String>> all = List.copyOf(task.classes().entrySet());
    all.forEach(e -> context.console()
        .result(String.format(Locale.ROOT, "%4d  %s", e.getKey(), e.getValue())));
    return 0;
  }
}
