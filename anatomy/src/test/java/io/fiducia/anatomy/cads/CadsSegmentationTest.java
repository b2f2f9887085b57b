package io.fiducia.anatomy.cads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Segmentation;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.torch.Device;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares with cads_reference.py, which was written from a description of CADS on top of nibabel, SciPy
 * and stock nnunetv2 2.8.1.
 */
class CadsSegmentationTest {
  private static final double AGREEMENT = 0.9999;

  @TempDir
  static Path shared;

  private static CadsFixture fixture;

  @TempDir
  Path out;

  @BeforeAll
  static void unpack() throws IOException {
    fixture = CadsFixture.unpack(shared);
  }

  private static Map<String, LabelVolume> segment(String scan, CadsRequest request) {
    Map<String, LabelVolume> found = new HashMap<>();
    try (ResidentModels models = fixture.models()) {
      new CadsSegmentation(request, request.folders(fixture.weights()), models).run(
          CadsScan.read(scan, fixture.scan(scan), Progress.none()),
          r -> found.put(r.task().name(), r.labels()), Progress.none(), new Cancellation());
    }
    return found;
  }

  /** Six orientations with odd spacings, one of them oblique, and one scan on CADS's grid. */
  @ParameterizedTest
  @ValueSource(strings = {"ras", "lps", "pir", "sal", "ilp", "oblique", "prepared"})
  void agreesWithTheReferenceInEveryOrientation(String scan) {
    LabelVolume expected = fixture.expected(scan, "556");
    LabelVolume found = segment(scan, CadsFixture.strict("556")).get("556");
    assertThat(found.geometry().sameGrid(expected.geometry())).isTrue();
    assertThat(CadsFixture.agreement(found, expected)).isGreaterThanOrEqualTo(AGREEMENT);
    assertThat(labels(found)).hasSizeGreaterThan(2);
  }

  /** With a brain both head tasks keep their results; without one, one of them keeps the upper spine's. */
  @ParameterizedTest
  @ValueSource(strings = {"ras", "nohead"})
  void headTasksRunWhatTheyNeedAndAgreeWithTheReference(String scan) {
    Map<String, LabelVolume> found = segment(scan, CadsFixture.strict("557", "558"));
    assertThat(found).containsOnlyKeys("552", "553", "557", "558");
    found.forEach((task, labels) -> assertThat(
        CadsFixture.agreement(labels, fixture.expected(scan, task))).as(task)
        .isGreaterThanOrEqualTo(AGREEMENT));
    assertThat(labels(found.get("557")).size() > 1).isEqualTo(scan.equals("ras"));
    assertThat(labels(found.get("558"))).hasSizeGreaterThan(1);
  }

  @Test
  void skippedPatchesOfAirChangeNothingHere() {
    CadsRequest plain = CadsRequest.of(CadsTasks.load(), List.of("556"));
    assertThat(segment("pir", plain).get("556").data())
        .isEqualTo(segment("pir", CadsFixture.strict("556")).get("556").data());
  }

  @Test
  void withoutPostprocessingSmallComponentsStay() {
    CadsRequest raw = CadsFixture.strict("556").with(new CadsRequest.Steps(true, false, true));
    LabelVolume all = segment("ras", raw).get("556");
    LabelVolume clean = fixture.expected("ras", "556");
    assertThat(voxels(all)).isGreaterThan(voxels(clean));
  }

  @Test
  void aScanOnTheGridNeedsNoPreprocessing() {
    CadsRequest raw = CadsFixture.strict("556").with(new CadsRequest.Steps(false, true, true));
    assertThat(CadsFixture.agreement(segment("prepared", raw).get("556"),
        fixture.expected("prepared", "556"))).isGreaterThanOrEqualTo(AGREEMENT);
  }

  @Test
  void theSegmenterGivesALayerForEachTaskAndLeavesOutWhatHasNoName() {
    CadsRequest request = CadsFixture.strict("553", "556").named(
        name -> name.equals("prostate") ? Optional.empty() : Optional.of(name));
    FloatVolume image = NiftiReader.read(fixture.scan("lps")).as(NiftiConvention.NIBABEL)
        .toFloatVolume(0);
    float[] before = image.data().clone();
    try (CadsSegmenter segmenter = CadsSegmenter.open(request, fixture.weights(),
        ResidentModels.Settings.on(Device.CPU, out))) {
      Segmentation found = segmenter.segment(new Case("case", List.of(image)), Progress.none(),
          new Cancellation());
      assertThat(image.data()).isEqualTo(before);
      assertThat(found.layers()).hasSize(2);
      assertThat(found.structures().names()).contains("urinary_bladder", "rectum")
          .doesNotContain("prostate");
      assertThat(found.structures()).isEqualTo(segmenter.structures());
      // The reference finds label 7, the prostate, in this scan.
      assertThat(labels(fixture.expected("lps", "556"))).contains(7);
      assertThat(labels(found.layers().get(1).labels())).doesNotContain(7);
      assertThat(found.provenance().details()).containsEntry("tasks", "553, 556")
          .containsEntry("left out", "prostate");
      segmenter.close();
    }
  }

  /** A network of task 557 with the labels of task 607, in a folder whose name CADS does not tell. */
  @Test
  void modelsByRegionAreFoundByNumberAndNotPostprocessed() throws IOException {
    CadsTasks tasks = CadsTasks.load();
    Path from = fixture.weights().find(
        tasks.find("557").orElseThrow().standard().parts().get(0).model()).orElseThrow();
    Path to = out.resolve("region/Dataset607_Somehow").resolve(from.getFileName());
    copy(from, to);
    String labels = tasks.find("607").orElseThrow().classes().entrySet().stream()
        .map(c -> "\"" + c.getValue() + "\": " + c.getKey())
        .collect(Collectors.joining(", ", "{\"background\": 0, ", "}"));
    Path json = to.resolve("dataset.json");
    Files.writeString(json, Files.readString(json).replaceAll("\"labels\": \\{[^}]*\\}",
        "\"labels\": " + labels));
    CadsRequest region = CadsFixture.strict("607").withLicence("open");
    Map<String, LabelVolume> found = new HashMap<>();
    try (ResidentModels models = fixture.models()) {
      new CadsSegmentation(region, region.folders(new WeightsFolder(out)), models).run(
          CadsScan.read("nohead", fixture.scan("nohead"), Progress.none()),
          r -> found.put(r.task().name(), r.labels()), Progress.none(), new Cancellation());
    }
    CadsRequest raw = CadsFixture.strict("557").with(new CadsRequest.Steps(true, false, true));
    assertThat(found).containsOnlyKeys("607");
    assertThat(found.get("607").data()).isEqualTo(segment("nohead", raw).get("557").data());
    assertThat(labels(found.get("607"))).hasSizeGreaterThan(1);
  }

  @Test
  void weightsOfAnotherTaskAreRefused() throws IOException {
    Path wrong = out.resolve("weights");
    CadsTasks tasks = CadsTasks.load();
    Path from = fixture.weights().find(
        tasks.find("553").orElseThrow().standard().parts().get(0).model()).orElseThrow();
    Path to = wrong.resolve("reference/Dataset556_GC256").resolve(from.getFileName());
    copy(from, to);
    assertThatThrownBy(() -> CadsFixture.strict("556")
        .folders(new WeightsFolder(wrong)))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT));
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var walk = Files.walk(from)) {
      walk.forEach(files::add);
    }
    for (Path f : files) {
      Path target = to.resolve(from.relativize(f).toString());
      Files.createDirectories(target.getParent());
      if (!Files.isDirectory(f)) {
        Files.copy(f, target);
      }
    }
  }

  private static TreeSet<Integer> labels(LabelVolume map) {
    TreeSet<Integer> labels = new TreeSet<>();
    for (short v : map.data()) {
      labels.add((int) v);
    }
    return labels;
  }

  private static int voxels(LabelVolume map) {
    int n = 0;
    for (short v : map.data()) {
      n += v > 0 ? 1 : 0;
    }
    return n;
  }
}
