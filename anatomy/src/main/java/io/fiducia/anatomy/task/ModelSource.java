package io.fiducia.anatomy.task;

import java.util.List;

/**
 * Where one network's weights lie below a folder of weights, in nnU-Net's layout.
 *
 * @param dataset nnU-Net's dataset number, such as 291
 * @param folder the dataset's folder, such as {@code
 *     Dataset291_TotalSegmentator_part1_organs_1559subj}; it may begin with the folder of a set of
 *     weights ({@code open/Dataset556_GC256}), and ends in {@code *} where only its beginning is public
 * @param trainer name of nnU-Net's trainer, the first third of the model folder's name
 * @param plans name of the plans, the second third
 * @param configuration name of the configuration, the last third
 * @param folds which folds are averaged; empty: all numbered ones that are there
 */
public record ModelSource(int dataset, String folder, String trainer, String plans,
    String configuration, List<String> folds) {
  public ModelSource {
    folds = List.copyOf(folds);
  }

  /** Name of the model folder inside the dataset's folder. */
  public String modelName() {
    return trainer + "__" + plans + "__" + configuration;
  }
}
