package io.fiducia.phantom.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Modality;
import io.fiducia.core.Structure;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.PelvisStructure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CohortTest {
  @TempDir
  private Path folder;

  private static CohortPlan plan(Modality modality, boolean target, int cases, int readers) {
    return new CohortPlan(Domain.of(modality, target), Domain.Resolution.SMALL, cases,
        CohortPlan.usualTestCases(cases), readers, 3);
  }

  private static void write(CohortPlan plan, Path folder, int threads) {
    Cohort.write(plan, folder, threads, Progress.none(), new Cancellation());
  }

  @Test
  void theSameOptionsMakeTheSameBytesWhateverTheThreads() throws IOException {
    CohortPlan plan = plan(Modality.CT, false, 2, 2);
    write(plan, folder.resolve("one"), 1);
    write(plan, folder.resolve("three"), 3);
    Map<String, byte[]> one = files(folder.resolve("one"));
    Map<String, byte[]> three = files(folder.resolve("three"));
    assertThat(three.keySet()).isEqualTo(one.keySet());
    one.forEach((name, bytes) -> assertThat(three.get(name)).as(name).isEqualTo(bytes));
    assertThat(one.keySet()).contains("imagesTr/phantom_0001_0000.nii.gz",
        "labelsTr/phantom_0001.nii.gz", "labelsTr_reader2/phantom_0001.nii.gz",
        "imagesTs/phantom_0002_0000.nii.gz", "labelsTs/phantom_0002.nii.gz", "dataset.json",
        "covariates.csv", "structures/phantom_0001/Femur_Head_L.nii.gz",
        "structures/phantom_0002/PTV.nii.gz", "structures_reader2/phantom_0002/GTVp.nii.gz");
    assertThat(one.get("labelsTr/phantom_0001.nii.gz")).as("another hand")
        .isNotEqualTo(one.get("labelsTr_reader2/phantom_0001.nii.gz"));
  }

  /** JSON with other digits is no JSON, and numbers in other digits no numbers. */
  @Test
  void theFilesDoNotDependOnTheLocale() throws IOException {
    CohortPlan plan = plan(Modality.CT, false, 1, 1);
    Locale before = Locale.getDefault();
    Map<String, byte[]> expected = Map.of();
    try {
      for (String tag : List.of("und", "ar-EG-u-nu-arab", "fa-u-nu-arabext", "hi-u-nu-deva",
          "tr")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        write(plan, folder.resolve(tag), 2);
        Map<String, byte[]> found = files(folder.resolve(tag));
        expected = expected.isEmpty() ? found : expected;
        assertThat(found.keySet()).as(tag).isEqualTo(expected.keySet());
        for (String name : expected.keySet()) {
          assertThat(found.get(name)).as(tag + " " + name).isEqualTo(expected.get(name));
        }
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void everyFileSaysThatItIsSynthetic() throws IOException {
    write(plan(Modality.MR, true, 1, 1), folder, 2);
    try (InputStream in = new GZIPInputStream(
        Files.newInputStream(folder.resolve("imagesTr/phantom_0001_0000.nii.gz")))) {
      byte[] header = in.readNBytes(348);
      assertThat(new String(header, 148, 80, StandardCharsets.US_ASCII)).startsWith(Cohort.MARK);
    }
    assertThat(Files.readString(folder.resolve("dataset.json"))).contains("\"synthetic\": true",
        "\"0\": \"MR\"", "\"Uterus\": 6", "\"CTVn\": 7", "\"numTraining\": 1");
    assertThat(Files.readAllLines(folder.resolve("covariates.csv"))).hasSize(2).first()
        .asString().startsWith("case,split,domain,modality,scanner,age_band,body_size,");
    NiftiImage labels = NiftiReader.read(folder.resolve("labelsTr/phantom_0001.nii.gz"));
    assertThat(labels.geometry().size().x()).isEqualTo(96);
    assertThat(labels.geometry().size().z()).isEqualTo(48);
  }

  /** Organs keep what they have in the label map; CTVn takes what they leave. */
  @Test
  void labelMapAndStructureFilesAgree() {
    write(plan(Modality.CT, true, 1, 1), folder, 2);
    short[] labels = read("labelsTr/phantom_0001.nii.gz");
    List<String> names = List.of("Bladder", "Anorectum", "Bowel", "Femur_Head_L", "Femur_Head_R",
        "Uterus", "CTVn");
    assertThat(PelvisStructure.structures().names()).isEqualTo(names);
    assertThat(PelvisStructure.structures().at(7)).containsExactly(Structure.of("CTVn", 7));
    for (int label = 1; label <= names.size(); label++) {
      short[] mask = read("structures/phantom_0001/" + names.get(label - 1) + ".nii.gz");
      boolean target = names.get(label - 1).equals("CTVn");
      for (int i = 0; i < labels.length; i++) {
        boolean expected = mask[i] == 1 && !(target && labels[i] != 0 && labels[i] != label);
        assertThat(labels[i] == label).as(names.get(label - 1)).isEqualTo(expected);
      }
    }
  }

  private short[] read(String file) {
    return NiftiReader.read(folder.resolve(file)).toLabelVolume().data();
  }

  @Test
  void aStoppedCohortGoesOnAndEndsAsIfItNeverStopped() throws IOException {
    CohortPlan plan = plan(Modality.CT, false, 2, 1);
    Cancellation cancellation = new Cancellation();
    Progress stopAfterOne = event -> {
      if (event instanceof ProgressEvent.Advanced) {
        cancellation.cancel();
      }
    };
    Path stopped = folder.resolve("stopped");
    assertThatThrownBy(() -> Cohort.write(plan, stopped, 2, stopAfterOne, cancellation))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(stopped.resolve("dataset.json")).doesNotExist();
    assertThatThrownBy(() -> write(plan(Modality.MR, false, 2, 1), stopped, 2))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("other options");
    byte[] first = Files.readAllBytes(stopped.resolve("imagesTr/phantom_0001_0000.nii.gz"));
    write(plan, stopped, 2);
    write(plan, folder.resolve("whole"), 2);
    Map<String, byte[]> whole = files(folder.resolve("whole"));
    files(stopped).forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(whole.get(name)));
    assertThat(first).isEqualTo(whole.get("imagesTr/phantom_0001_0000.nii.gz"));
    assertThatThrownBy(() -> write(plan, stopped, 2)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("holds a dataset already");
  }

  @Test
  void anotherFoldersFilesAreLeftAlone() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> write(plan(Modality.CT, false, 1, 1), folder, 1))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).isEqualTo("the output folder is not empty");
        });
    assertThat(files(folder).keySet()).containsExactly("notes.txt");
    assertThatThrownBy(
        () -> write(plan(Modality.CT, false, 1, 1), folder.resolve("notes.txt"), 1))
        .hasMessageContaining("not a folder");
  }

  @Test
  void plansThatCannotBeAreRefused() {
    Domain domain = Domain.of(Modality.CT, false);
    for (int[] bad : new int[][]{{0, 0, 1}, {-3, 0, 1}, {5, 6, 1}, {5, -1, 1}, {5, 1, 3},
      {10_000, 1, 1}}) {
      assertThatThrownBy(() -> new CohortPlan(domain, Domain.Resolution.SMALL, bad[0], bad[1],
          bad[2], 0)).isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE);
            assertThat(e.where()).isIn(CohortPlan.CASES, CohortPlan.TEST_CASES,
                CohortPlan.READERS);
            assertThat(e.getMessage() + e.advice()).as("a library knows no flags")
                .doesNotContain("--");
          });
    }
  }

  @Test
  void clinicsHaveOtherPatientsAndModalitiesTheSame() {
    Patient ct = plan(Modality.CT, false, 3, 1).patient(2);
    assertThat(plan(Modality.MR, false, 9, 2).patient(2)).isEqualTo(ct);
    assertThat(plan(Modality.CT, true, 3, 1).patient(2).seed()).isNotEqualTo(ct.seed());
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(file).toString().replace('\\', '/'),
            Files.readAllBytes(file));
      }
    }
    return found;
  }
}
