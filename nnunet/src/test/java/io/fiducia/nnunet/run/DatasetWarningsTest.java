package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.PlannerProfile;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import io.fiducia.testing.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is doubtful about a dataset.json is reported by every work that reads it. */
class DatasetWarningsTest {
  @TempDir
  Path folder;

  private FoldFixture decathlon() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, "SimpleITKIO", DatasetPreprocessor.Format.NATIVE);
    SyntheticDataset.json(fixture.rawFolder,
        "{\"0\": \"background\", \"1\": \"ball\", \"2\": \"cube\"}");
    assertThat(DatasetJson.read(fixture.rawFolder.resolve("dataset.json")).warnings()).hasSize(1);
    fixture.warnings.clear();
    return fixture;
  }

  @Test
  void planningOnAnExistingFingerprintReportsThem() throws IOException {
    FoldFixture fixture = decathlon();
    RawDataset raw = RawDataset.open(fixture.rawFolder);
    for (boolean clean : new boolean[]{false, true}) {
      fixture.warnings.clear();
      new DatasetPlanning(raw, fixture.data, fixture.progress(), new Cancellation()).run(
          new DatasetPlanning.Method.Planner(PlannerProfile.DEFAULT, Optional.empty()), clean, 1);
      assertThat(fixture.warnings).as("clean: " + clean).filteredOn(w -> w.contains("Decathlon"))
          .hasSize(1);
    }
  }

  @Test
  void scoringReportsThem() throws IOException {
    FoldFixture fixture = decathlon();
    Path labels = fixture.rawFolder.resolve("labelsTr");
    PredictionScores.write(new PredictionScores.Request(labels, labels,
        fixture.rawFolder.resolve("dataset.json"),
        fixture.data.resolve(FoldFixture.PLANS + ".json"), true), folder.resolve("summary.json"),
        fixture.progress(), new Cancellation());
    assertThat(fixture.warnings).singleElement().asString().contains("Decathlon");
  }
}
