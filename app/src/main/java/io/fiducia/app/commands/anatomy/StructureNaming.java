package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.app.cli.Context;
import java.util.Optional;
import java.util.function.Function;

/** Under which names structures are written, and which are left out. */
public final class StructureNaming {
  /** The name of each of a task's structures; empty if it is left out. */
  Function<String, Optional<String>> of(AnatomyTask task, Context context) {
    return Optional::of;
  }
}
