package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** A folder of predicted label maps, with the dataset.json and plans.json that say what they hold. */
record PredictionFolder(Path folder) {

  /**
   * Makes sure that no result is overwritten.
   *
   * @param advice what a person can do to write there all the same
   * @throws FiduciaException BAD_INPUT naming the first file that exists
   */
  void requireAbsent(Collection<String> fileNames, String advice) {
    for (String name : fileNames) {
      Path target = folder.resolve(name);
      if (Files.exists(target)) {
        throw FiduciaException.badInput("the output exists already", target,
            "existing results are not overwritten", advice);
      }
    }
  }

  DatasetJson dataset() {
    return DatasetJson.read(folder.resolve("dataset.json"));
  }

  Plans plans() {
    return Plans.read(folder.resolve("plans.json"));
  }

  /** Writes what nnU-Net leaves beside label maps, and its ensembling among others reads. */
  void describe(DatasetJson dataset, Plans plans) {
    dataset.write(folder.resolve("dataset.json"));
    plans.write(folder.resolve("plans.json"));
  }
}
