package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.preprocess.FingerprintExtractor;
import java.nio.file.Files;
import java.nio.file.Path;

/** The fingerprint in a dataset's preprocessed folder, made where it is missing. */
final class Fingerprints {
  static final String FILE = "dataset_fingerprint.json";

  private Fingerprints() {}

  /** Reads the fingerprint that is there, or extracts and writes it; {@code clean} makes it anew. */
  static Fingerprint readOrExtract(RawDataset dataset, Path folder, boolean clean, int workers,
      Context context) {
    Path file = folder.resolve(FILE);
    if (!clean && Files.exists(file)) {
      context.console().note("using " + file + "; --clean makes it anew");
      return Fingerprint.read(file);
    }
    Fingerprint fingerprint = FingerprintExtractor.extract(dataset, workers, context.progress(),
        context.cancellation());
    fingerprint.write(file);
    return fingerprint;
  }
}
