package io.fiducia.nnunet.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelArchiveTest {
  private static final String MODEL = "Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlans__2d";

  @TempDir
  Path folder;
  private Path zip;
  private Path results;

  @BeforeEach
  void paths() {
    zip = folder.resolve("model.zip");
    results = folder.resolve("a").resolve("results");
  }

  private void zip(String... names) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : names) {
        out.putNextEntry(new ZipEntry(name));
        out.write(name.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
  }

  private List<Path> read(boolean overwrite, long allowance) {
    return ModelArchive.read(zip, results, overwrite, allowance, Progress.none(),
        new Cancellation());
  }

  private void assertRefused(String... words) throws IOException {
    assertThatThrownBy(() -> read(false, 1 << 20))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage()).contains(words);
        });
    try (var all = Files.walk(folder)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(zip);
    }
  }

  @Test
  void whatWasWrittenIsInstalled() throws IOException {
    Path source = folder.resolve("source");
    Path plans = source.resolve(MODEL).resolve("plans.json");
    Path weights = source.resolve(MODEL).resolve("fold_0").resolve("checkpoint_final.pth");
    for (Path file : List.of(plans, weights)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, file.getFileName().toString());
    }
    ModelArchive.write(zip, source, List.of(plans, weights), Progress.none(), new Cancellation());
    assertThat(read(false, 1 << 20)).containsExactly(results.resolve(MODEL));
    assertThat(results.resolve(MODEL).resolve("fold_0").resolve("checkpoint_final.pth"))
        .hasContent("checkpoint_final.pth");
    assertThatThrownBy(() -> read(false, 1 << 20)).hasMessageContaining("there already");
    assertThat(read(true, 1 << 20)).hasSize(1);
    try (var left = Files.list(results)) {
      assertThat(left).containsExactly(results.resolve("Dataset004_Hippocampus"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/etc/evil", "Dataset004_X/../../evil", "Dataset004_X/./a",
    "Dataset004_X\\..\\..\\evil", "C:/evil", "Dataset004_X/a:b", "Dataset004_X//a",
    "Dataset004_X/..", "Dataset004_X/a\nb", "./../evil", ".././evil", "__MACOSX/../../evil",
    "//evil",
    "Dataset004_X/a\0", "Dataset004_X/a ", "..", "Dataset004_X/\u202eevil"})
  void namesThatLeaveTheFolderAreRefused(String name) throws IOException {
    zip(MODEL + "/plans.json", name);
    assertRefused("not what a model's would be");
  }

  /** Info-ZIP's zip -y and Python store a link as a file that holds where it leads (APPNOTE 4.4.15). */
  @Test
  void symbolicLinksAreRefused() throws IOException {
    String link = "Dataset004_Hippocampus/link";
    zip(MODEL + "/plans.json", link);
    byte[] bytes = Files.readAllBytes(zip);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int entry = text.lastIndexOf("PK\1\2");
    assertThat(text.substring(entry)).contains(link);
    bytes[entry + 5] = 3;
    bytes[entry + 40] = (byte) 0xff;
    bytes[entry + 41] = (byte) 0xa1;
    Files.write(zip, bytes);
    assertRefused("a symbolic link or special file named", link);
    byte[] behind = new byte[bytes.length + 100];
    System.arraycopy(bytes, 0, behind, 100, bytes.length);
    Files.write(zip, behind);
    assertRefused("a symbolic link or special file named", link);
    // An executable plain file is none.
    bytes[entry + 41] = (byte) 0x81;
    Files.write(zip, bytes);
    assertThat(read(false, 1 << 20)).hasSize(1);
  }

  /** More than 65535 entries need the records of ZIP64 (APPNOTE 4.3.14). */
  @Test
  void linksAreFoundInLargeZipFilesToo() throws IOException {
    String[] names = new String[66_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = MODEL + "/" + i;
    }
    zip(names);
    byte[] bytes = Files.readAllBytes(zip);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("PK\6\6");
    int entry = text.lastIndexOf("PK\1\2");
    bytes[entry + 5] = 3;
    bytes[entry + 41] = (byte) 0xa1;
    Files.write(zip, bytes);
    assertRefused("a symbolic link or special file named", MODEL + "/65999");
  }

  @Test
  void theModelsOfAZipAreListedWithoutUnpacking() throws IOException {
    zip("results/" + MODEL + "/plans.json", MODEL + "/plans.json".replace("/", "_"), "LICENSE");
    assertThat(ModelArchive.models(zip)).containsExactly(MODEL);
    assertThat(results).doesNotExist();
    zip("LICENSE");
    assertThatThrownBy(() -> ModelArchive.models(zip)).hasMessageContaining("no nnU-Net model");
    Files.writeString(zip, "<html>not found</html>");
    assertThatThrownBy(() -> ModelArchive.models(zip)).hasMessageContaining("no sound zip file");
  }

  @Test
  void twoFilesOfOneNameAreRefused() throws IOException {
    zip(MODEL + "/plans.json", MODEL + "/a", MODEL + "/A");
    assertRefused("two entries named");
    zip(MODEL + "/plans.json", MODEL + "/jos\u00e9", MODEL + "/jose\u0301");
    assertRefused("two entries named");
  }

  @Test
  void namesOfManyPartsAndLongNamesAreRefused() throws IOException {
    zip(MODEL + "/plans.json", "Dataset004_X" + "/a".repeat(3000));
    assertRefused("not what a model's would be", "3001 folders inside each other");
    zip(MODEL + "/plans.json", "Dataset004_X/" + "a".repeat(60_000));
    assertRefused("not what a model's would be", "60000 bytes");
  }

  private void assertInstalled(String... words) throws IOException {
    List<ProgressEvent> events = new ArrayList<>();
    assertThat(ModelArchive.read(zip, results, false, 1 << 20, events::add, new Cancellation()))
        .containsExactly(results.resolve(MODEL));
    try (var all = Files.walk(results)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactlyInAnyOrder(
          results.resolve(MODEL).resolve("plans.json"),
          results.resolve(MODEL).resolve("fold_0").resolve("checkpoint_final.pth"));
    }
    assertThat(events.stream().filter(ProgressEvent.Warning.class::isInstance)
        .map(Object::toString)).hasSize(words.length == 0 ? 0 : 1)
        .allSatisfy(w -> assertThat(w).contains(words));
  }

  /** What Finder, a web page's zip tool and 'zip -r x.zip .' add; nnU-Net extracts all of these. */
  @Test
  void whatOtherToolsAddIsLeftOutAndNamed() throws IOException {
    zip("LICENSE", "README.md", "__MACOSX/._plans.json", ".DS_Store", MODEL + "/.DS_Store",
        MODEL + "/plans.json", MODEL + "/fold_0/checkpoint_final.pth");
    assertInstalled("LICENSE, README.md", "5 files left out");
  }

  /** Of what is left out nothing is written, so that its names need not be possible here. */
  @ParameterizedTest
  @ValueSource(strings = {"__MACOSX/._Icon\r", "README: first.txt", "LICENSE.", " notes ",
    MODEL + "/._a:b", "notes//a", "docs/./a", "nnUNetTrainer__old__2d/readme.txt"})
  void strangeNamesOfWhatIsLeftOutAreHarmless(String name) throws IOException {
    zip(name, MODEL + "/plans.json", MODEL + "/fold_0/checkpoint_final.pth");
    assertInstalled("1 file left out", name.replace('\r', '?'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"notes/../x", "/notes", "\\notes", "C:notes", "c:/notes", "a\\..\\b",
    "a\0"})
  void hostileNamesAreRefusedWhereverTheyLead(String name) throws IOException {
    zip(MODEL + "/plans.json", name);
    assertRefused("not what a model's would be");
  }

  @Test
  void aModelsFolderWithoutPlansAloneIsRefused() throws IOException {
    zip("nnUNetTrainer__nnUNetPlans__2d/fold_0/checkpoint_final.pth");
    assertRefused("does not say of which dataset", "without plans.json");
  }

  @Test
  void namesThatBeginWithADotAndASlashAreUnderstood() throws IOException {
    zip("./", "./Dataset004_Hippocampus/", "./" + MODEL + "/plans.json",
        "./" + MODEL + "/fold_0/checkpoint_final.pth");
    assertInstalled();
  }

  @Test
  void foldersAboveTheDatasetAreUnderstood() throws IOException {
    zip("nnUNet_results/" + MODEL + "/plans.json",
        "nnUNet_results/" + MODEL + "/fold_0/checkpoint_final.pth");
    assertInstalled();
  }

  private void zipOfAModelsFolder(String plans) throws IOException {
    String model = MODEL.split("/")[1];
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry(model + "/fold_0/checkpoint_final.pth"));
      out.write(1);
      out.putNextEntry(new ZipEntry(model + "/plans.json"));
      out.write(plans.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aModelWithoutItsDatasetsFolderGoesWhereItsPlansSay() throws IOException {
    zipOfAModelsFolder("{\"dataset_name\": \"Dataset004_Hippocampus\"}");
    assertInstalled();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"dataset_name\": \"../../x\"}", "[]", "{",
    "{\"dataset_name\": \"Dataset004_X/../../..\"}", "{\"dataset_name\": 4}"})
  void plansThatNameNoDatasetAreRefused(String plans) throws IOException {
    zipOfAModelsFolder(plans);
    assertRefused("plans.json");
  }

  @Test
  void aZipWithoutAModelIsRefused() throws IOException {
    zip("Dataset004_Hippocampus/readme.txt");
    assertRefused("holds no nnU-Net model", "plans.json");
  }

  @Test
  void whatGrowsTooMuchIsRefused() throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry(MODEL + "/plans.json"));
      for (int i = 0; i < 64; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    assertRefused("GB from a file of");
  }

  @Test
  void aDamagedZipIsRefused() throws IOException {
    zip(MODEL + "/plans.json");
    byte[] bytes = Files.readAllBytes(zip);
    Files.write(zip, java.util.Arrays.copyOf(bytes, bytes.length - 30));
    assertRefused("no sound zip file");
    // A bit of the first entry's content.
    bytes[30 + (MODEL + "/plans.json").length() + 5] ^= 4;
    Files.write(zip, bytes);
    assertThatThrownBy(() -> read(false, 1 << 20)).isInstanceOf(FiduciaException.class);
    assertThat(results.resolve("Dataset004_Hippocampus")).doesNotExist();
  }

  @Test
  void aMissingZipIsSaid() {
    assertThatThrownBy(() -> read(false, 1)).hasMessageContaining("no such file");
  }
}
