package io.fiducia.nnunet.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.geometry.Geometry;
import io.fiducia.nnunet.dataset.DatasetFolder;
import io.fiducia.nnunet.dataset.DatasetFolder.Voxel;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.ExperimentPlanner;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.IntensityProperties;
import io.fiducia.nnunet.plan.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected numbers are those of nnUNetv2_extract_fingerprint (2.8.1) on the same files. */
class FingerprintExtractorTest {
  private static final String LABELS = "{\"background\": 0, \"a\": 1, \"b\": 2}";

  private static Voxel inside(int k, Voxel v) {
    return (z, y, x) -> z == 0 || x >= 9 - k ? 0 : v.at(z, y, x);
  }

  private static Fingerprint extract(DatasetFolder folder) {
    return FingerprintExtractor.extract(RawDataset.open(folder.folder()), 2, Progress.none(),
        new Cancellation());
  }

  private static void checkChannel(IntensityProperties found, IntensityProperties upstream) {
    assertThat(found.min()).isEqualTo(upstream.min());
    assertThat(found.max()).isEqualTo(upstream.max());
    assertThat(found.median()).isEqualTo(upstream.median());
    assertThat(found.percentile005()).isEqualTo(upstream.percentile005());
    assertThat(found.percentile995()).isEqualTo(upstream.percentile995());
    // nnU-Net sums in single precision.
    assertThat(found.mean()).isCloseTo(upstream.mean(), within(1e-6 * Math.abs(upstream.mean())));
    assertThat(found.std()).isCloseTo(upstream.std(), within(1e-6 * upstream.std()));
  }

  @Test
  void twoChannelsWithAnEmptyRimEqualUpstream(@TempDir Path folder) throws IOException {
    DatasetFolder data = DatasetFolder.create(folder, "{\"0\": \"CT\", \"1\": \"T1\"}", LABELS);
    for (int k = 0; k < 2; k++) {
      int shift = 11 * k;
      Geometry grid = DatasetFolder.grid(6 + k, 8, 10, 3 + k, 1.5, 1.25);
      data.image("c" + k, 0, grid,
          inside(k, (z, y, x) -> (7 * z + 3 * y + 5 * x + shift) % 23 * 1.5 - 4));
      data.image("c" + k, 1, grid, inside(k, (z, y, x) -> (z * y + x) % 17 * 0.37));
      data.label("c" + k, grid, (z, y, x) -> (x + y + z) % 4 == 3 ? 0 : (x + y + z) % 4);
    }
    Fingerprint found = extract(data);
    assertThat(found.spacings()).containsExactly(List.of(3.0, 1.5, 1.25), List.of(4.0, 1.5, 1.25));
    assertThat(found.shapesAfterCrop()).containsExactly(List.of(5, 8, 9), List.of(6, 8, 8));
    assertThat(found.medianRelativeSizeAfterCropping()).isEqualTo(0.7178571428571429);
    checkChannel(found.foreground().get(0), new IntensityProperties(12.466326713562012,
        9.959210395812988, new IntensityProperties.Order(-4, -4, 12.5, 29, 29)));
    checkChannel(found.foreground().get(1), new IntensityProperties(2.753293037414551,
        1.7205421924591064, new IntensityProperties.Order(0, 0, 2.9600000381469727,
            5.920000076293945, 5.920000076293945)));
    Path file = folder.resolve("dataset_fingerprint.json");
    found.write(file);
    assertThat(Fingerprint.read(file)).isEqualTo(found);
  }

  @Test
  void oneCaseCanBePlanned(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(20, 30, 40, 2, 1, 1);
    DatasetFolder data = DatasetFolder.create(folder, "{\"0\": \"CT\"}", LABELS)
        .image("only", 0, grid, (z, y, x) -> 1 + x)
        .label("only", grid, (z, y, x) -> x > 20 ? 2 : 0);
    RawDataset dataset = RawDataset.open(folder);
    Plans plans = ExperimentPlanner.plan(extract(data), dataset.json(), dataset.name());
    assertThat(plans.configuration("3d_fullres").batchSize()).isEqualTo(2);
    assertThat(plans.foregroundIntensities().get(0).min()).isEqualTo(22);
  }

  @Test
  void everyCaseThatCannotBeUsedIsNamed(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(4, 5, 6, 2, 1, 1);
    DatasetFolder data = DatasetFolder.create(folder, "{\"0\": \"CT\"}", LABELS)
        .image("nan", 0, grid, (z, y, x) -> x == 2 && y == 1 ? Double.NaN : 1)
        .label("nan", grid, (z, y, x) -> 1)
        .image("wide", 0, grid, (z, y, x) -> 1)
        .label("wide", DatasetFolder.grid(4, 5, 7, 2, 1, 1), (z, y, x) -> 1)
        .image("strange", 0, grid, (z, y, x) -> 1)
        .label("strange", grid, (z, y, x) -> x == 0 ? 7 : 1);
    assertThatThrownBy(() -> extract(data)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("3 of 3 cases").hasMessageContaining("nan_0000.nii.gz")
        .hasMessageContaining("found 4 of 120").hasMessageContaining("same size")
        .hasMessageContaining("value 7 in 20 voxels");
  }

  @Test
  void aDatasetWithoutAnyStructureIsRefused(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(4, 5, 6, 2, 1, 1);
    DatasetFolder data = DatasetFolder.create(folder, "{\"0\": \"CT\"}", LABELS)
        .image("a", 0, grid, (z, y, x) -> 1).label("a", grid, (z, y, x) -> 0);
    assertThatThrownBy(() -> extract(data)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("no voxel of the dataset is labelled");
  }

  @Test
  void aCaseWithoutStructuresIsWarnedOf(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(4, 5, 6, 2, 1, 1);
    DatasetFolder.create(folder, "{\"0\": \"CT\"}", LABELS)
        .image("a", 0, grid, (z, y, x) -> 1).label("a", grid, (z, y, x) -> 0)
        .image("b", 0, grid, (z, y, x) -> 3).label("b", grid, (z, y, x) -> 1);
    List<ProgressEvent> events = Collections.synchronizedList(new ArrayList<>());
    Fingerprint found = FingerprintExtractor.extract(RawDataset.open(folder), 1, events::add,
        new Cancellation());
    assertThat(found.foreground().get(0).mean()).isEqualTo(3);
    assertThat(events)
        .contains(new ProgressEvent.Warning("1 of 2 cases hold no structure: a"));
  }

  /** nnU-Net takes every label above 0 for foreground, the ignore label too. */
  @Test
  void ignoredVoxelsAndNamesThatAreAlikeAreWarnedOf(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(4, 4, 4, 1, 1, 1);
    DatasetFolder data = DatasetFolder.create(folder, "{\"0\": \"CT\"}",
        "{\"0\": \"background\", \"1\": \"a\"}");
    data.image("case", 0, grid, (z, y, x) -> 1 + x).label("case", grid,
        (z, y, x) -> z == 0 ? 1 : 0);
    data.image("CASE", 0, grid, (z, y, x) -> 1 + x).label("CASE", grid,
        (z, y, x) -> z == 0 ? 1 : 0);
    List<ProgressEvent> events = new ArrayList<>();
    Fingerprint plain = FingerprintExtractor.extract(RawDataset.open(folder), 1, events::add,
        new Cancellation());
    assertThat(warnings(events)).hasSize(2).anyMatch(w -> w.contains("Decathlon"))
        .anyMatch(w -> w.contains("CASE, case"));

    Files.writeString(folder.resolve("dataset.json"), "{\"channel_names\": {\"0\": \"CT\"},"
        + " \"labels\": {\"background\": 0, \"a\": 1, \"ignore\": 2}, \"file_ending\": \".nii.gz\"}");
    data.label("case", grid, (z, y, x) -> z == 0 ? 1 : x == 3 ? 2 : 0);
    events.clear();
    Fingerprint found = FingerprintExtractor.extract(RawDataset.open(folder), 1, events::add,
        new Cancellation());
    assertThat(warnings(events)).anyMatch(
        w -> w.contains("1 of 2 cases have voxels of the ignore label") && w.endsWith(": case"));
    assertThat(found.foreground().get(0).mean()).isGreaterThan(plain.foreground().get(0).mean());
  }

  private static List<String> warnings(List<ProgressEvent> events) {
    return events.stream().filter(ProgressEvent.Warning.class::isInstance)
        .map(e -> ((ProgressEvent.Warning) e).text()).toList();
  }

  @Test
  void aRequestToStopIsHeeded(@TempDir Path folder) throws IOException {
    Geometry grid = DatasetFolder.grid(4, 5, 6, 2, 1, 1);
    DatasetFolder.create(folder, "{\"0\": \"CT\"}", LABELS)
        .image("a", 0, grid, (z, y, x) -> 1).label("a", grid, (z, y, x) -> 1);
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    assertThatThrownBy(() -> FingerprintExtractor.extract(RawDataset.open(folder),
        Progress.none(), cancellation)).isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }

  @Test
  @Tag("long")
  void headAndNeckImagesEqualUpstream() {
    Path shared = Path.of(System.getProperty("fiducia.shared", ""))
        .resolve("data/Dataset901_HeadNeckOAR");
    Assumptions.assumeTrue(shared.toFile().isDirectory(), "shared data absent");
    Fingerprint found = extract(new DatasetFolder(shared));
    assertThat(found.spacings()).hasSize(80)
        .startsWith(List.of(3.0, 4.639999866485596, 4.639999866485596));
    checkChannel(found.foreground().get(0), new IntensityProperties(281.8472900390625,
        469.8644714355469, new IntensityProperties.Order(-1024, -134, 19, 1650, 16414)));
  }
}
