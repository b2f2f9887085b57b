package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.dataset.FolderListing;
import java.nio.file.Path;
import java.util.List;

/**
 * The preprocessed cases of one configuration, in our own format or as nnU-Net's npz and pkl files;
 * where a folder holds both, ours are taken.
 */
public final class TrainingCases {
  private static final String BLOSC = ".b2nd";
  private final PreprocessedStore own;
  private final NpzStore npz;
  private final List<String> ids;
  private final boolean inOwnFormat;

  private TrainingCases(PreprocessedStore own, NpzStore npz) {
    this.own = own;
    this.npz = npz;
    this.inOwnFormat = !own.ids().isEmpty();
    this.ids = inOwnFormat ? own.ids() : npz.ids();
  }

  /**
   * Looks for cases in a folder.
   *
   * @param advice how to make them
   * @throws FiduciaException BAD_INPUT if there are none
   */
  public static TrainingCases in(Path folder, String advice) {
    TrainingCases cases = new TrainingCases(new PreprocessedStore(folder), new NpzStore(folder));
    if (!cases.ids.isEmpty()) {
      return cases;
    }
    if (hasBlosc(folder)) {
      throw FiduciaException.badInput("the preprocessed cases are blosc2 files", folder,
          "files of nnU-Net that end in " + BLOSC + " cannot be read here; .npz files can",
          advice + ", beside them or in another folder");
    }
    throw FiduciaException.badInput("the dataset is not preprocessed", folder,
        "no cases were found, neither " + PreprocessedStore.ENDING + " nor .npz files", advice);
  }

  private static boolean hasBlosc(Path folder) {
    return !FolderListing.stems(folder, BLOSC).isEmpty();
  }

  /** Names of all cases, sorted. */
  public List<String> ids() {
    return ids;
  }

  /** Opens a case. @throws FiduciaException BAD_INPUT where its file is absent or damaged */
  public PatchSource open(String id) {
    return inOwnFormat ? own.open(id) : NumpyCase.open(npz, id);
  }
}
