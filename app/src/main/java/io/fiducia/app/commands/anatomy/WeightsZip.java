package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.Tool;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.anatomy.weights.WeightsImport;
import io.fiducia.app.cli.Context;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A zip file of weights that is imported, and what is printed of it. */
public final class WeightsZip {
  @Parameters(index = "0", paramLabel = "ZIP", description = "the downloaded zip file")
  private Path zip;

  @Option(names = "--overwrite", description = "replace weights that are there")
  private boolean overwrite;

  /** Imports the file and prints the folders that came. */
  int read(Tool tool, WeightsFolder folder, Optional<String> set, Context context) {
    List<String> models = new WeightsImport(tool, folder, set, overwrite)
        .read(zip, context.progress(), context.cancellation()).stream().map(Path::toString)
        .toList();
    if (context.json()) {
      context.console().json(Map.of("models", models));
    } else {
      models.forEach(context.console()::result);
    }
    return 0;
  }
}
