package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.learn.augment.CascadeSource;
import io.fiducia.learn.augment.PatchSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a cascade's first stage predicted, on the grids of the second stage's preprocessed cases: a
 * folder of {@code CASE.npz} with one array {@code seg}, (z, y, x), as nnU-Net writes it beside numpy
 * datasets.
 */
public final class NextStageStore {
  private final Path folder;

  /** A store in a folder, which is made when the first case is written. */
  public NextStageStore(Path folder) {
    this.folder = folder;
  }

  /** The folder {@code predicted_next_stage/CONFIGURATION} of a first stage's model folder. */
  public static NextStageStore of(Path model, String nextConfiguration) {
    return new NextStageStore(model.resolve("predicted_next_stage").resolve(nextConfiguration));
  }

  public Path folder() {
    return folder;
  }

  private Path file(String id) {
    return folder.resolve(FileNames.check(id, folder) + ".npz");
  }

  public boolean has(String id) {
    return Files.isRegularFile(file(id));
  }

  /** Writes a case's labels; the file appears whole or not at all. */
  public void write(String id, int[] shape, short[] labels) {
    NpzStore.writeLabels(file(id), shape, labels);
  }

  /** The labels of a case of that shape; errors as {@link #join}. */
  public short[] labels(String id, int[] shape) {
    return open(id, shape).loadSeg();
  }

  private MappedArrays open(String id, int[] shape) {
    if (!has(id)) {
      throw FiduciaException.badInput("the first stage has not segmented a case", file(id),
          "a cascade's second stage is trained on what the first predicts",
          "train and validate the first stage on every fold: the predictions are made in validation");
    }
    MappedArrays labels = NumpyCase.openLabels(file(id), id);
    if (!Arrays.equals(labels.shape(), shape)) {
      throw FiduciaException.badInput("the first stage's labels have another shape", file(id),
          "expected " + Arrays.toString(shape) + ", found " + Arrays.toString(labels.shape()),
          "validate the first stage again, with --val");
    }
    return labels;
  }

  /**
   * A case of the second stage with the first stage's labels.
   *
   * @throws FiduciaException BAD_INPUT where these are absent, damaged or of another shape
   */
  public CascadeSource join(PatchSource source) {
    MappedArrays labels = open(source.id(), source.shape());
    float[] none = {};
    return new CascadeSource(source, (start, size, seg) -> labels.read(start, size, none, seg));
  }
}
