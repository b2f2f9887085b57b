package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.source.AnatomySource;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.app.cli.Context;
import io.fiducia.nnunet.dataset.ModelOrigin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a starting point is written, and what is said of it. */
public final class SourceOutput {
  @Option(names = "-o", required = true, paramLabel = "MODEL", description = "folder to write: an nnU-Net model folder")
  private Path target;

  @Option(names = "--fold", paramLabel = "FOLD", description = "a number, or all (default: the first that the tool uses)")
  private String fold;

  @Option(names = "--overwrite", description = "replace an earlier starting point")
  private boolean overwrite;

  /** Writes the folder and prints what it is, how to go on, and under which licence. */
  int write(AnatomySource source, WeightsFolder folder, Context context) {
    AnatomySource.Written written = source.write(folder, Optional.ofNullable(fold), target,
        overwrite);
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("model", written.folder().toString());
      document.put("plans", written.plansName());
      document.put("configuration", written.configuration());
      document.put("structures", written.structures().stream().map(ModelOrigin.Labelled::name)
          .toList());
      document.put("licence", written.licence().name());
      document.put("derived", written.licence().derived());
      context.console().json(document);
    } else {
      context.console().result(written.folder().toString());
      context.console().note(written.structures().size() + " structures; to start from it:");
      context.console().note("  fiducia nnunet plan -d DATASET --like " + written.folder());
      context.console().note("  fiducia nnunet preprocess -d DATASET -plans_name "
          + written.plansName() + " -c " + written.configuration());
      context.console().note("  fiducia nnunet train DATASET " + written.configuration()
          + " FOLD -p " + written.plansName()
          + (written.mirrored() ? "" : " -tr nnUNetTrainerNoMirroring") + " --init "
          + written.folder());
    }
    context.console().warning("licence of the weights: " + written.licence().name() + " ("
        + written.licence().allows() + "). Weights trained from them: "
        + written.licence().derived() + ". See " + written.licence().source());
    return 0;
  }
}
