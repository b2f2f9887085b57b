package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.preprocess.FingerprintExtractor;
import java.nio.file.Files;
import java.nio.file.Path;

/** The fingerprint in a dataset's preprocessed folder, extracted where it is missing. */
public final class Fingerprints {
  /** The file's name, which is nnU-Net's. */
  public static final String FILE = "dataset_fingerprint.json";

  private Fingerprints() {}

  /**
   * The fingerprint in a dataset's preprocessed folder; extracted and written if it is not there.
   *
   * @param clean whether an existing one is extracted again
   * @param workers cases at once
   */
  public static Fingerprint readOrExtract(RawDataset dataset, Path folder, boolean clean,
      int workers,
      Progress progress, Cancellation cancellation) {
    Path file = folder.resolve(FILE);
    if (!clean && Files.exists(file)) {
      progress.note("using " + file + "; --clean extracts it again");
      // Which the extraction reports, too.
      dataset.json().warnings().forEach(progress::warning);
      return Fingerprint.read(file);
    }
    Fingerprint fingerprint = FingerprintExtractor.extract(dataset, workers, progress,
        cancellation);
    fingerprint.write(file);
    return fingerprint;
  }
}
