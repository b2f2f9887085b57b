package io.fiducia.anatomy.weights;

import static io.fiducia.anatomy.weights.WeightsFixture.cads;
import static io.fiducia.anatomy.weights.WeightsFixture.labels;
import static io.fiducia.anatomy.weights.WeightsFixture.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fiducia.anatomy.task.Tool;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsImportTest {
  private static final TaskNetwork FAST = network("total", "fast", 0);

  @TempDir
  Path folder;

  private Path zip() {
    return folder.resolve("weights.zip");
  }

  private Path root() {
    return folder.resolve("home").resolve("results");
  }

  /** Zips a folder's content as the public files are: the datasets' folders at the top. */
  private void zip(Path source, String... more) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip()));
        Stream<Path> all = Files.walk(source)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(source.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
      }
      for (String name : more) {
        out.putNextEntry(new ZipEntry(name));
        out.write(1);
      }
    }
  }

  private void zip(TaskNetwork network) throws IOException {
    Path source = Files.createTempDirectory(folder, "source");
    WeightsFixture.write(source.resolve(network.model().folder()
        .substring(network.model().folder().lastIndexOf('/') + 1).replace("*", "Pelvis")),
        network.model(), labels(network), network.spacing());
    zip(source);
  }

  private List<Path> read(Tool tool, String set, boolean overwrite) {
    return new WeightsImport(tool, new WeightsFolder(root()),
        Optional.of(set).filter(s -> !s.isEmpty()), overwrite)
        .read(zip(), Progress.none(), new Cancellation());
  }

  private void assertRefused(Tool tool, String... words) throws IOException {
    List<Path> before = files();
    FiduciaException e = (FiduciaException) catchThrowable(() -> read(tool, "", false));
    assertThat(e).isNotNull();
    assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
    assertThat(e.getMessage() + " " + e.advice()).contains(words);
    assertThat(files()).isEqualTo(before);
  }

  /** All files and folders below the home, folders that are empty too. */
  private List<Path> files() throws IOException {
    if (!Files.exists(folder.resolve("home"))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder.resolve("home"))) {
      return all.sorted().toList();
    }
  }

  // What works

  @Test
  void aDownloadedZipGoesWhereTheTaskLooks() throws IOException {
    zip(FAST);
    List<Path> models = read(Tool.TOTALSEGMENTATOR, "", false);
    assertThat(models).containsExactly(
        root().resolve(FAST.model().folder()).resolve(FAST.model().modelName()));
    assertThat(new WeightsFolder(root()).find(FAST.model())).contains(models.get(0));
    try (Stream<Path> all = Files.list(root())) {
      assertThat(all).containsExactly(root().resolve(FAST.model().folder()));
    }
  }

  /** What nnU-Net leaves beside a checkpoint, and what lies at the top of zips that people make. */
  @Test
  void otherFilesOfAModelComeTooAndTheRestIsLeftOut() throws IOException {
    Path source = folder.resolve("source");
    String model = FAST.model().folder() + "/" + FAST.model().modelName();
    WeightsFixture.write(source, FAST);
    zip(source, model + "/fold_0/progress.png", model + "/fold_0/debug.json", "README.md",
        "__MACOSX/._x", model + "/.DS_Store");
    Path imported = read(Tool.TOTALSEGMENTATOR, "", false).get(0);
    assertThat(imported.resolve("fold_0/progress.png")).exists();
    assertThat(imported.resolve(".DS_Store")).doesNotExist();
  }

  @Test
  void anotherNameOfTheDatasetBecomesThatOfTheTable() throws IOException {
    Path source = folder.resolve("source");
    WeightsFixture.write(source.resolve("Dataset297_mine"), FAST.model(), labels(FAST),
        FAST.spacing());
    zip(source);
    assertThat(read(Tool.TOTALSEGMENTATOR, "", false).get(0).getParent().getFileName())
        .hasToString(FAST.model().folder());
  }

  @Test
  void severalDatasetsOfOneZipComeAllOrNone() throws IOException {
    Path source = folder.resolve("source");
    WeightsFixture.write(source, FAST);
    WeightsFixture.write(source, network("total", "fastest", 0));
    zip(source);
    assertThat(read(Tool.TOTALSEGMENTATOR, "", false)).hasSize(2);
    Path plans = source.resolve(FAST.model().folder()).resolve(FAST.model().modelName())
        .resolve("plans.json");
    Files.writeString(plans, "{");
    zip(source);
    FiduciaException e = (FiduciaException) catchThrowable(
        () -> read(Tool.TOTALSEGMENTATOR, "", true));
    assertThat(e.why()).contains("plans.json cannot be read");
    assertThat(new WeightsFolder(root()).find(FAST.model())).isPresent();
  }

  @Test
  void cadsWeightsGoIntoTheirSet() throws IOException {
    zip(cads("556", "default"));
    assertThat(read(Tool.CADS, "", false)).singleElement()
        .satisfies(p -> assertThat(p).startsWith(root().resolve("reference/Dataset556_GC256")));
    assertThat(read(Tool.CADS, "open", false)).singleElement()
        .satisfies(p -> assertThat(p).startsWith(root().resolve("open/Dataset556_GC256")));
    zip(cads("607", "default"));
    assertThat(read(Tool.CADS, "open", false)).singleElement()
        .satisfies(p -> assertThat(p).startsWith(root().resolve("region/Dataset607_Pelvis")));
  }

  // Replacing

  @Test
  void whatIsThereIsReplacedOnRequestOnly() throws IOException {
    zip(FAST);
    Path model = read(Tool.TOTALSEGMENTATOR, "", false).get(0);
    Files.writeString(model.resolve("mine.txt"), "kept");
    assertRefused(Tool.TOTALSEGMENTATOR, "there already", model.toString());
    assertThat(read(Tool.TOTALSEGMENTATOR, "", true)).containsExactly(model);
    assertThat(model.resolve("mine.txt")).doesNotExist();
    try (Stream<Path> all = Files.list(model.getParent())) {
      assertThat(all).containsExactly(model);
    }
  }

  @Test
  void aFolderWithoutAllFilesIsNotOverwrittenEither() throws IOException {
    zip(FAST);
    Path model = read(Tool.TOTALSEGMENTATOR, "", false).get(0);
    Files.delete(model.resolve("fold_0/checkpoint_final.pth"));
    assertRefused(Tool.TOTALSEGMENTATOR, "there already");
    // An empty folder, as an interrupted download leaves it, is no obstacle.
    Files.walk(model).sorted(java.util.Comparator.reverseOrder())
        .forEach(p -> assertThat(p.toFile().delete()).isTrue());
    assertThat(read(Tool.TOTALSEGMENTATOR, "", false)).containsExactly(model);
  }

  // What is refused

  @Test
  void aDatasetThatNoTaskUsesIsRefused() throws IOException {
    zip(Files.createDirectories(folder.resolve("empty")), "Dataset296_x/a__b__c/plans.json");
    assertRefused(Tool.TOTALSEGMENTATOR, "no task of TotalSegmentator uses dataset 296",
        "295, 297, 298");
    zip(cads("551", "default"));
    assertRefused(Tool.TOTALSEGMENTATOR, "dataset 551", "it belongs to CADS task 551");
  }

  /** 552 is a number of both tools. */
  @Test
  void anotherToolsNetworkOfTheSameNumberIsRefused() throws IOException {
    zip(cads("552", "default"));
    assertRefused(Tool.TOTALSEGMENTATOR, "TotalSegmentator task ventricle_parts");
    Path source = folder.resolve("source");
    TaskNetwork ventricles = network("ventricle_parts", "default", 0);
    WeightsFixture.write(source.resolve("Dataset552_x"), ventricles.model(),
        labels(cads("552", "default")), ventricles.spacing());
    zip(source);
    assertRefused(Tool.TOTALSEGMENTATOR, "24 structures", "those of CADS task 552");
  }

  @Test
  void anIncompleteModelIsRefused() throws IOException {
    Path source = folder.resolve("source");
    Path model = WeightsFixture.write(source, FAST);
    Files.delete(model.resolve("fold_0/checkpoint_final.pth"));
    zip(source);
    assertRefused(Tool.TOTALSEGMENTATOR, "expected fold_0/checkpoint_final.pth");
    WeightsFixture.write(source, FAST);
    Map<Integer, String> fewer = new TreeMap<>(labels(FAST));
    fewer.remove(117);
    WeightsFixture.write(source.resolve(FAST.model().folder()), FAST.model(), fewer,
        FAST.spacing());
    zip(source);
    assertRefused(Tool.TOTALSEGMENTATOR, "116 structures", "117 structures");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/etc/evil", "Dataset297_x/../../evil", "C:/evil", "..\\evil"})
  void aHostileZipIsRefused(String name) throws IOException {
    Path source = folder.resolve("source");
    WeightsFixture.write(source, FAST);
    zip(source, name);
    assertRefused(Tool.TOTALSEGMENTATOR, "not what a model's would be");
  }

  @Test
  void aDamagedZipIsRefused() throws IOException {
    zip(FAST);
    byte[] bytes = Files.readAllBytes(zip());
    Files.write(zip(), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(Tool.TOTALSEGMENTATOR, "no sound zip file");
    for (int i = 0; i < 40; i++) {
      bytes[400 + i] ^= 0x55;
    }
    Files.write(zip(), bytes);
    assertRefused(Tool.TOTALSEGMENTATOR, "zip");
    Files.writeString(zip(), "<!DOCTYPE html><title>Not found</title>");
    assertRefused(Tool.TOTALSEGMENTATOR, "no sound zip file");
    Files.delete(zip());
    assertRefused(Tool.TOTALSEGMENTATOR, "no such file");
  }

  @Test
  void aZipWithoutAModelIsRefused() throws IOException {
    zip(Files.createDirectories(folder.resolve("empty")), "Dataset297_x/readme.txt");
    assertRefused(Tool.TOTALSEGMENTATOR, "holds no nnU-Net model");
  }

  @Test
  void aCancelledImportLeavesNothing() throws IOException {
    zip(FAST);
    Cancellation cancellation = new Cancellation();
    Throwable e = catchThrowable(() -> new WeightsImport(Tool.TOTALSEGMENTATOR,
        new WeightsFolder(root()), Optional.empty(), false).read(zip(), event -> {
          if (event instanceof ProgressEvent.Advanced) {
            cancellation.cancel();
          }
        }, cancellation));
    assertThat(((FiduciaException) e).kind()).isEqualTo(FiduciaException.Kind.CANCELLED);
    assertThat(files()).isEmpty();
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsSaid() throws IOException {
    zip(FAST);
    Files.writeString(folder.resolve("home"), "a file");
    FiduciaException e = (FiduciaException) catchThrowable(
        () -> read(Tool.TOTALSEGMENTATOR, "", false));
    assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
    assertThat(e.what()).isEqualTo("cannot write the file");
  }
}
