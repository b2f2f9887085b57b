package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.preprocess.FingerprintExtractor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet fingerprint}: what plans are made from. */
@Command(name = "fingerprint", description = "Measures a dataset: spacings, sizes, intensities (the fingerprint).", footer = {
  "", "Example:", "  fiducia nnunet fingerprint -d 4"})
public final class NnunetFingerprintCommand extends FiduciaCommand {
  @Option(names = "-d", required = true, arity = "1..*", paramLabel = "DATASET", description = "numbers or names of datasets")
  private List<String> datasets;

  @Option(names = "-np", paramLabel = "N", description = "cases processed at once (default: --threads)")
  private Integer workers;

  @Option(names = "--clean", description = "measure again even if a fingerprint exists")
  private boolean clean;

  @Option(names = "--verify_dataset_integrity", description = "read and check every file even if a fingerprint exists")
  private boolean verify;

  @Option(names = "--no_pbar", description = "accepted for compatibility with nnU-Net; no effect, see --quiet")
  private boolean noBar;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    if (workers != null && workers < 1) {
      throw usageError("-np must be at least 1, found " + workers);
    }
    Path preprocessed = folders.preprocessed(context);
    folders.raw(context);
    List<String> names = datasets.stream().map(d -> folders.datasetName(d, context)).toList();
    Map<String, Object> written = new LinkedHashMap<>();
    for (String name : names) {
      RawDataset dataset = folders.rawDataset(name, context);
      Path folder = preprocessed.resolve(name);
      boolean wasThere = !clean && Files.exists(folder.resolve(Fingerprints.FILE));
      Fingerprint fingerprint = Fingerprints.readOrExtract(dataset, folder, clean,
          workers == null ? context.threads() : workers, context);
      Path file = folder.resolve(Fingerprints.FILE);
      if (verify && wasThere) {
        FingerprintExtractor.check(dataset, dataset.training(), context.progress(),
            context.cancellation());
        context.console().note(dataset.training().size() + " cases checked: nothing found");
      }
      written.put(name, Map.of("file", file.toString(), "cases", fingerprint.cases()));
      if (!context.json()) {
        context.console().result(file.toString());
      }
    }
    if (context.json()) {
      context.console().json(written);
    }
    return 0;
  }
}
