package io.fiducia.anatomy.cads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FiduciaException.Kind;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.run.ImagePrediction.Existing;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files that a run leaves; label maps are compared with the reference in Python, see CadsFixture. */
class CadsRunTest {
  @TempDir
  static Path shared;

  private static CadsFixture fixture;

  @TempDir
  Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    fixture = CadsFixture.unpack(shared);
  }

  private Path in() throws IOException {
    return Files.createDirectories(folder.resolve("in"));
  }

  private Path out() {
    return folder.resolve("out");
  }

  private FloatVolume scan(String name) {
    return NiftiReader.read(fixture.scan(name)).toFloatVolume(0);
  }

  private void write(String name, FloatVolume image, UnaryOperator<Float> change)
      throws IOException {
    float[] data = image.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = change.apply(data[i]);
    }
    NiftiWriter.writeFloats(in().resolve(name), new FloatVolume(image.geometry(), data));
  }

  private List<String> files(Path of) throws IOException {
    try (Stream<Path> all = Files.walk(of)) {
      return all.filter(Files::isRegularFile).map(f -> of.relativize(f).toString()
          .replace('\\', '/')).sorted().toList();
    }
  }

  private static void assertBadInput(ThrowingCallable call,
      String part) {
    assertThatThrownBy(call).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT);
      assertThat(e.getMessage()).contains(part);
    });
  }

  @Test
  void aFolderIsSegmentedAndAFailedScanLeavesItsReason() throws IOException {
    Files.copy(fixture.scan("lps"), in().resolve("good_0000.nii.gz"));
    write("normalised.nii.gz", scan("lps"), v -> (v + 1000) / 2000);
    Files.writeString(in().resolve("notes.txt"), "x");
    CadsRun.Outcome outcome = fixture.run(CadsFixture.strict("556"), in(),
        CadsFixture.output(out()), Progress.none());
    assertThat(outcome.cases()).containsExactly("good", "normalised");
    assertThat(outcome.failures()).extracting(CadsRun.Failure::caseId)
        .containsExactly("normalised");
    assertThat(files(out())).containsExactly("good/good_part_556.nii.gz",
        "normalised/normalised_ERROR.log");
    assertThat(Files.readString(out().resolve("normalised/normalised_ERROR.log")))
        .startsWith("error: the intensities were normalised\n").contains("\ntry: ");
    NiftiImage image = NiftiReader.read(fixture.scan("lps"));
    NiftiImage result = NiftiReader.read(out().resolve("good/good_part_556.nii.gz"));
    assertThat(result.dataType().numpyName()).isEqualTo("uint8");
    assertThat(result.affine()).isDeepEqualTo(image.affine());
    assertThat(CadsFixture.agreement(result.toLabelVolume(), fixture.expected("lps", "556")))
        .isGreaterThanOrEqualTo(0.9999);
  }

  @Test
  void theReasonGoesOnceTheScanSucceeds() throws IOException {
    Files.copy(fixture.scan("lps"), in().resolve("a.nii.gz"));
    Path log = out().resolve("a/a_ERROR.log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, "error: earlier\n");
    fixture.run(CadsFixture.strict("556"), in(), CadsFixture.output(out()), Progress.none());
    assertThat(log).doesNotExist();
  }

  @Test
  void oneMapOfAllTasksHasNamesAndStructuresHaveFiles() throws IOException {
    CadsRun.Output all = new CadsRun.Output(out(), true, true, Existing.REFUSE);
    fixture.run(CadsFixture.strict("553", "556").named(name -> name.equals("rectum")
        ? Optional.of("Rectum")
        : name.equals("larynx") ? Optional.empty() : Optional.of(name)),
        fixture.scan("ras"), all, Progress.none());
    Path own = out().resolve("ras");
    JsonNode json = JsonMapper.shared().readTree(own.resolve("labels.json"));
    assertThat(json.path("labels").path("110").asString()).isEqualTo("Rectum");
    assertThat(json.path("labels").has("106")).isFalse();
    assertThat(json.path("labels").has("50")).isFalse();
    assertThat(json.path("provenance").path("tasks").asString()).isEqualTo("553, 556");
    short[] map = NiftiReader.read(own.resolve("ras_combined.nii.gz")).toLabelVolume().data();
    LabelVolume first = read(own.resolve("ras_part_553.nii.gz"));
    LabelVolume second = read(own.resolve("ras_part_556.nii.gz"));
    Map<Integer, Integer> combined = CadsFixture.strict("556").table().details("556")
        .combinedLabels();
    int seen = 0;
    for (int i = 0; i < map.length; i++) {
      int label = second.data()[i];
      if (label > 0 && label != 3 && label != 4) {
        assertThat((int) map[i]).isEqualTo(combined.get(label));
        seen++;
      } else if (first.data()[i] == 17) {
        assertThat((int) map[i]).isEqualTo(58);
      }
    }
    assertThat(seen).isPositive();
    assertThat(own.resolve("targets/ras_right psoas major.nii.gz")).exists();
    assertThat(own.resolve("targets/ras_Rectum.nii.gz")).exists();
    assertThat(own.resolve("targets/ras_larynx.nii.gz")).doesNotExist();
    assertThat(Files.list(own.resolve("targets"))).hasSize(18 + 15 - 1);
  }

  private static LabelVolume read(Path file) {
    return NiftiReader.read(file).toLabelVolume();
  }

  @Test
  void existingResultsAreRefusedReplacedOrKept() throws IOException {
    Files.copy(fixture.scan("lps"), in().resolve("a.nii.gz"));
    Path result = out().resolve("a/a_part_556.nii.gz");
    fixture.run(CadsFixture.strict("556"), in(), CadsFixture.output(out()), Progress.none());
    assertBadInput(() -> CadsRun.open(in(), CadsFixture.strict("556"), CadsFixture.output(out()),
        Progress.none()), "exists already");
    Files.setLastModifiedTime(result, FileTime.fromMillis(0));
    CadsRun.Output keep = new CadsRun.Output(out(), false, false, Existing.KEEP);
    assertThat(fixture.run(CadsFixture.strict("556"), in(), keep, Progress.none()).kept())
        .containsExactly("a");
    assertThat(Files.getLastModifiedTime(result).toMillis()).isZero();
    // A file that was cut off is not kept.
    byte[] bytes = Files.readAllBytes(result);
    Files.write(result, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(fixture.run(CadsFixture.strict("556"), in(), keep, Progress.none()).kept())
        .isEmpty();
    assertThat(Files.readAllBytes(result)).isEqualTo(bytes);
    fixture.run(CadsFixture.strict("556"), in(),
        new CadsRun.Output(out(), false, false, Existing.REPLACE), Progress.none());
    assertThat(Files.readAllBytes(result)).isEqualTo(bytes);
  }

  @Test
  void anOnlyScanThatFailsIsTheError() throws IOException {
    write("bad.nii.gz", scan("ras"), v -> v > 0 ? Float.NaN : v);
    assertBadInput(() -> fixture.run(CadsFixture.strict("556"), in(), CadsFixture.output(out()),
        Progress.none()), "NaN");
    assertThat(files(out())).containsExactly("bad/bad_ERROR.log");
  }

  @Test
  void aRequestToStopIsNoFailureOfTheScan() throws IOException {
    Files.copy(fixture.scan("lps"), in().resolve("a.nii.gz"));
    CadsRequest request = CadsFixture.strict("556");
    Cancellation stop = new Cancellation();
    CadsRun run = CadsRun.open(in(), request, CadsFixture.output(out()), Progress.none());
    try (ResidentModels models = fixture.models()) {
      assertThatThrownBy(() -> run.run(
          new CadsSegmentation(request, request.folders(fixture.weights()), models), e -> {
            if (e instanceof ProgressEvent.Started s && s.task().startsWith("Patches")) {
              stop.cancel();
            }
          }, stop)).isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    }
    assertThat(out()).doesNotExist();
  }

  @Test
  void imagesThatAreNoVolumeOfOneChannelAreRefused() throws IOException {
    FloatVolume image = scan("ras");
    Path four = in().resolve("four.nii.gz");
    NiftiWriter.writeFloats(four, List.of(image, image));
    assertBadInput(() -> CadsScan.read("four", four, Progress.none()), "several channels");
    Path plane = in().resolve("plane.nii.gz");
    NiftiWriter.write(plane, NiftiReader.read(fixture.scan("ras"))
        .region(Region.between(0, 0, 5, 20, 20, 6)));
    assertBadInput(() -> CadsScan.read("plane", plane, Progress.none()), "no volume");
  }

  @Test
  void foldersWithoutImagesAndTwoImagesOfOneCaseAreRefused() throws IOException {
    CadsRequest request = CadsFixture.strict("556");
    assertBadInput(() -> CadsRun.open(in(), request, CadsFixture.output(out()), Progress.none()),
        "no image");
    Files.copy(fixture.scan("lps"), in().resolve("a.nii.gz"));
    Files.copy(fixture.scan("lps"), in().resolve("a_0000.nii.gz"));
    assertBadInput(() -> CadsRun.open(in(), request, CadsFixture.output(out()), Progress.none()),
        "one name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5566", "rectum", "left"})
  void unknownTasksAreUsageErrorsThatSayWhatMayBeMeant(String word) {
    assertThatThrownBy(() -> CadsFixture.strict(word))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(Kind.USAGE);
          assertThat(e.advice()).isEqualTo(switch (word) {
            case "5566" -> "did you mean 556?";
            case "rectum" -> "it belongs to task 556 and to task 607";
            default -> "";
          });
        });
  }

  @Test
  void missingWeightsAreNamedWithTheirLicence() {
    assertThatThrownBy(() -> CadsFixture.strict("554").withLicence("open")
        .folders(fixture.weights())).isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT);
          assertThat(e.getMessage() + e.advice()).contains("554", "Dataset554_Totalseg254",
              "CC BY-SA 4.0", "cads-model-open_v1.0.0");
        });
    assertThatThrownBy(() -> CadsFixture.strict("556").withLicence("free"))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.USAGE));
  }

  @Test
  void scansArePlacedAsNibabelPlacesThem() {
    NiftiImage image = NiftiReader.read(fixture.scan("oblique")).as(NiftiConvention.NIBABEL);
    CadsScan scan = CadsScan.read("x", fixture.scan("oblique"), Progress.none());
    assertThat(scan.image().geometry()).isEqualTo(image.geometry());
    assertThat(scan.spacingMm()).isEqualTo(image.affineSpacingMm());
  }
}
