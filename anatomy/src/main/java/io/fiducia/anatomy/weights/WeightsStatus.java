package io.fiducia.anatomy.weights;

import java.nio.file.Path;
import java.util.List;

/** What was found on disk for one network. */
public sealed interface WeightsStatus {

  /**
   * The weights are there and belong to the network, as far as plans.json and dataset.json tell.
   *
   * @param folder the model folder, TRAINER__PLANS__CONFIGURATION
   * @param remarks what is unusual but does not prevent use
   */
  record Found(Path folder, List<String> remarks) implements WeightsStatus {
    public Found {
      remarks = List.copyOf(remarks);
    }
  }

  /**
   * No folder of the dataset's number.
   *
   * @param expected the model folder that is looked for
   */
  record Missing(Path expected) implements WeightsStatus {}

  /**
   * A folder of the dataset's number is there but cannot be used.
   *
   * @param where file or folder at fault
   * @param problem what is wrong with it
   * @param advice what the user can do
   */
  record Wrong(Path where, String problem, String advice) implements WeightsStatus {}
}
