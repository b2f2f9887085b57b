package io.fiducia.nnunet.infer;

import io.fiducia.base.FiduciaException;
import io.fiducia.nifti.NiftiCompleteness;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.store.ProbabilityFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Which cases of a folder of predictions need not be predicted again. An interrupted program may have
 * left files that are empty or cut off; these do not count.
 *
 * @param probabilities whether CASE.npz and CASE.pkl belong to a finished case too
 */
record FinishedCases(Path folder, ModelFolder model, boolean probabilities) {
  /** The last byte of every pickle. */
  private static final byte STOP = '.';

  /**
   * Whether all files of a case exist and are whole.
   *
   * @param warnings receives a sentence about a file that exists and is not whole
   */
  boolean has(String id, Consumer<String> warnings) {
    Path labels = folder.resolve(id + model.dataset().fileEnding());
    if (!Files.exists(labels)) {
      return false;
    }
    if (!wholeLabels(labels)) {
      return damaged(labels, warnings);
    }
    if (!probabilities) {
      return true;
    }
    ProbabilityFile file = new ProbabilityFile(folder, id);
    if (!Files.exists(file.arrays()) || !Files.exists(file.properties())) {
      return false;
    }
    if (!wholeArrays(file)) {
      return damaged(file.arrays(), warnings);
    }
    return wholePickle(file.properties()) || damaged(file.properties(), warnings);
  }

  private static boolean damaged(Path file, Consumer<String> warnings) {
    warnings.accept(file.getFileName()
        + " exists, but is empty, cut off or damaged: the case is predicted again");
    return false;
  }

  private boolean wholeLabels(Path file) {
    String reader = model.plans().imageReaderWriter();
    if (NnunetReader.named(reader).nifti().isPresent()) {
      return NiftiCompleteness.isWhole(file);
    }
    try {
      new CaseReader(reader).readLabels(file);
      return true;
    } catch (FiduciaException e) {
      return false;
    }
  }

  /** A zip file's directory is at its end: where it can be opened, nothing was cut off. */
  private static boolean wholeArrays(ProbabilityFile file) {
    try (ProbabilityFile.Reading reading = file.open()) {
      return reading.classes() > 0;
    } catch (FiduciaException e) {
      return false;
    }
  }

  private static boolean wholePickle(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1
          && last.get(0) == STOP;
    } catch (IOException e) {
      return false;
    }
  }
}
