package io.fiducia.report;

import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.testing.SyntheticDataset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A report of few cases, with names that hold markup. */
final class ReportFixture {
  static final double NAN = Double.NaN;
  /** Absent from every case. */
  static final String ABSENT = "<b x=1>&\"x\"</b>";

  private ReportFixture() {}

  /**
   * So many of the synthetic dataset's cases: the ball scored 1, 0.5 and 0.75, the other structure
   * absent everywhere.
   */
  static ReportData data(Path raw, int cases, Map<String, Path> images) {
    double[] dice = {1, 0.5, 0.75};
    return data(List.of(Structure.of("ball", 1),
        Structure.of(ABSENT, 3)),
        IntStream.range(0, cases).mapToObj(c -> scores(raw, c, dice[c])).toList(), images);
  }

  static ReportData data(List<Structure> structures, List<CaseScores> cases,
      Map<String, Path> images) {
    TrainingCurve curve = new TrainingCurve(List.of(
        new TrainingCurve.Epoch(5, NAN, 0.3, List.of(0.5, NAN)),
        new TrainingCurve.Epoch(5, -0.2, NAN, List.of(NAN, NAN))));
    return new ReportData(
        new ReportData.Heading("Test <img src=x>", "Fiducia", true, List.of("A & B <u>")),
        new Evaluation(structures, cases, cases.size(), cases.size(), List.of()), curve,
        new ReportData.Pictures("MR", images),
        new ReportData.Run(List.of(new Phase("Train <u>", 61, 100), new Phase("Predict", 2, 0)),
            Map.of("Fact", "<u>"), List.of("fiducia demo <u>"), 0));
  }

  private static CaseScores scores(Path raw, int c, double dice) {
    return new CaseScores("ball_" + c, SyntheticDataset.label(raw, c),
        SyntheticDataset.label(raw, c),
        Map.of("1",
            Map.of("Dice", dice, "volume_difference_rel", 0.1, "volume_ref_cm3", 1.0,
                "volume_pred_cm3", 1.1),
            "3", Map.of("Dice", NAN, "volume_difference_rel", NAN, "volume_ref_cm3", 0.0,
                "volume_pred_cm3", 0.0)));
  }
}
