package io.fiducia.universeg.score;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The contours that another system left in a folder. */
final class PredictedContours {
  private PredictedContours() {}

  /**
   * The contours of a case, with the structures and label numbers of its reference.
   *
   * @throws FiduciaException BAD_INPUT if there is no such file, or it cannot be read
   */
  static Segmentation read(ScoreRequest.Elsewhere system, Segmentation reference) {
    Optional<Path> file = system.format().endings().stream()
        .map(ending -> system.folder().resolve(reference.caseId() + ending))
        .filter(Files::isRegularFile).findFirst();
    if (file.isEmpty()) {
      throw FiduciaException.badInput("no label map of this case", system.folder(),
          "expected " + reference.caseId() + String.join(" or ", system.format().endings()),
          "contour all test cases");
    }
    LabelVolume labels = system.format().reader().apply(file.get()).labels();
    if (!system.format().placed()
        && labels.geometry().size().equals(reference.geometry().size())) {
      // Pictures do not say where they lie.
      labels = new LabelVolume(reference.geometry(), labels.data());
    }
    return Segmentation.of(reference.caseId(), reference.structures(), labels,
        new Provenance(system.name(), Map.of()));
  }
}
