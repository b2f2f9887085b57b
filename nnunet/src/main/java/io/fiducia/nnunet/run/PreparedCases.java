package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Size;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.cases.SourceGrid;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.nnunet.store.NpzStore;
import io.fiducia.nnunet.store.PickledCrop;
import io.fiducia.nnunet.store.StoredCase;
import io.fiducia.nnunet.store.TrainingCases;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Preprocessed cases as a prediction needs them: whole, in memory, with the way back to their files.
 * Our own files hold all of it. nnU-Net's keep the grid in a form that depends on the reader, so that
 * for them the grid is that of the case's label map, which has the image's.
 */
final class PreparedCases {
  private final TrainingCases cases;
  private final Plans plans;
  private final DatasetJson json;
  private final Map<String, Path> labelMaps;
  private final Preprocessor preprocessor;

  PreparedCases(TrainingCases cases, Plans plans, Configuration configuration, DatasetJson json,
      Map<String, Path> labelMaps) {
    this.cases = cases;
    this.plans = plans;
    this.json = json;
    this.labelMaps = labelMaps;
    this.preprocessor = new Preprocessor(plans, configuration, json);
  }

  /** Reads a case. @throws FiduciaException BAD_INPUT if a file is damaged */
  PreprocessedCase read(String id) {
    PreprocessedCase c = cases.stored(id).map(StoredCase::load).orElseGet(() -> fromNumpy(id));
    FoldData.checkChannels(id, c.data().length, json);
    return c;
  }

  private PreprocessedCase fromNumpy(String id) {
    NpzStore.Arrays arrays = cases.numpy().read(id);
    PickledCrop pickled = cases.numpy().crop(id);
    Path labelMap = labelMaps.get(id);
    SourceGrid grid = new CaseReader(plans.imageReaderWriter()).readGrid(id, labelMap);
    Size size = grid.array().size();
    List<Integer> array = List.of(size.z(), size.y(), size.x());
    List<Integer> shape = plans.transposeForward().stream().map(array::get).toList();
    if (!shape.equals(pickled.crop().shapeBefore())) {
      throw FiduciaException.badInput("a label map does not fit its preprocessed case", labelMap,
          "expected the shape " + pickled.crop().shapeBefore()
              + " in the network's axes, found " + shape,
          "preprocess the dataset again");
    }
    CaseProperties properties = new CaseProperties(grid.withSpacing(pickled.spacingMm()),
        plans.transposeForward(), pickled.crop(),
        preprocessor.targetSpacing(pickled.spacingMm()), ClassLocations.none());
    return new PreprocessedCase(id, arrays.shape(), arrays.data(), arrays.seg(), properties);
  }
}
