package io.fiducia.nnunet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.base.SeededRandom;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import io.fiducia.nnunet.preprocess.Fixture;
import io.fiducia.nnunet.preprocess.PreprocessorTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
  @TempDir
  Path folder;

  private static PreprocessedCase preprocessed() {
    return Fixture.preprocessor("3d_fullres")
        .runTraining(Fixture.dataset().training().get(0), new Cancellation());
  }

  @Test
  void keepsACase() {
    PreprocessedCase c = preprocessed();
    PreprocessedStore store = new PreprocessedStore(folder);
    store.write(c, "inputs");

    assertThat(store.ids()).containsExactly("case");
    assertThat(store.inputsOf("case")).contains("inputs");
    StoredCase stored = store.open("case");
    PreprocessedCase loaded = stored.load();
    assertThat(loaded.shape()).isEqualTo(c.shape());
    assertThat(loaded.data()).isDeepEqualTo(c.data());
    assertThat(loaded.seg()).isEqualTo(c.seg());
    CaseProperties p = stored.properties();
    assertThat(p).usingRecursiveComparison().isEqualTo(c.properties());
    assertThat(stored.classLocations().keySet()).containsExactly(1, 2, 3, -1);
  }

  @Test
  void readsPatchesInsideAndOutside() {
    PreprocessedCase c = preprocessed();
    PreprocessedStore store = new PreprocessedStore(folder);
    store.write(c, "");
    StoredCase stored = store.open("case");
    int[] shape = c.shape();
    SeededRandom random = SeededRandom.of(1, "boxes");
    for (int trial = 0; trial < 60; trial++) {
      int[] start = new int[3];
      int[] size = new int[3];
      for (int a = 0; a < 3; a++) {
        size[a] = 1 + random.nextInt(shape[a] + 6);
        start[a] = random.nextInt(2 * shape[a]) - shape[a] / 2 - 4;
      }
      int n = size[0] * size[1] * size[2];
      float[] data = new float[2 * n + 3];
      short[] seg = new short[n + 3];
      data[2 * n] = 77;
      seg[n] = 77;
      stored.readPatch(start, size, data, seg);
      assertThat(data[2 * n]).isEqualTo(77);
      assertThat(seg[n]).isEqualTo((short) 77);
      for (int i = 0; i < n; i++) {
        int z = start[0] + i / size[2] / size[1];
        int y = start[1] + i / size[2] % size[1];
        int x = start[2] + i % size[2];
        boolean inside = z >= 0 && y >= 0 && x >= 0 && z < shape[0] && y < shape[1] && x < shape[2];
        int at = inside ? (z * shape[1] + y) * shape[2] + x : 0;
        assertThat(seg[i]).isEqualTo(inside ? c.seg()[at] : -1);
        assertThat(data[i]).isEqualTo(inside ? c.data()[0][at] : 0);
        assertThat(data[n + i]).isEqualTo(inside ? c.data()[1][at] : 0);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, not a preprocessed case", "8, expected version 1", "20, none", "40, CRC-32",
    "-1, truncated", "-9999999, truncated"})
  void refusesDamagedFiles(int damage, String message) throws IOException {
    PreprocessedStore store = new PreprocessedStore(folder);
    store.write(preprocessed(), "inputs");
    Path file = store.file("case");
    byte[] bytes = Files.readAllBytes(file);
    if (damage < 0) {
      bytes = java.util.Arrays.copyOf(bytes, Math.max(10, bytes.length + damage));
    } else {
      bytes[damage] ^= 1;
    }
    Files.write(file, bytes);
    if (message.equals("none")) {
      assertThat(store.open("case").id()).isEqualTo("case");
      return;
    }
    assertThatThrownBy(() -> store.open("case")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(message).hasMessageContaining("case.fcase");
    assertThat(store.inputsOf("case")).isEmpty();
  }

  @Test
  void saysWhichCaseIsMissing() {
    assertThatThrownBy(() -> new PreprocessedStore(folder).open("nobody"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("nobody.fcase");
  }

  @Test
  void npzComesBack() {
    PreprocessedCase c = preprocessed();
    NpzStore store = new NpzStore(folder);
    store.write(c, "inputs");
    assertThat(store.inputsOf("case")).contains("inputs");
    NpzStore.Arrays arrays = store.read("case");
    assertThat(arrays.shape()).isEqualTo(c.shape());
    assertThat(arrays.data()).isDeepEqualTo(c.data());
    assertThat(arrays.seg()).isEqualTo(c.seg());
    PreprocessorTest.assertSame(store.classLocations("case"), c.properties().classLocations());
  }

  @Test
  void npzThatIsDamagedIsRefused() throws IOException {
    NpzStore store = new NpzStore(folder);
    Files.write(store.arraysFile("case"), new byte[]{'P', 'K', 3, 4, 0, 0});
    Files.write(store.propertiesFile("case"), new byte[]{(byte) 0x80, 3, 'c', 'o', 's', '\n'});
    assertThatThrownBy(() -> store.read("case")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("case.npz");
    assertThatThrownBy(() -> store.classLocations("case")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("case.pkl");
  }

  /** On Windows an open file can neither be replaced nor removed. */
  @ParameterizedTest
  @ValueSource(strings = {"no header", "<f4 of one axis"})
  @EnabledOnOs(OS.LINUX)
  void aRefusedFileOfProbabilitiesIsClosed(String content) throws IOException {
    ProbabilityFile file = new ProbabilityFile(folder, "case");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file.arrays()))) {
      zip.putNextEntry(new ZipEntry("probabilities.npy"));
      if (content.startsWith("<f4")) {
        Npy.writeHeader(zip, "<f4", 3);
      } else {
        zip.write(content.getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThatThrownBy(file::open).isInstanceOf(FiduciaException.class);
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.map(StoreTest::target)).doesNotContain(file.arrays().toRealPath());
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      // The listing's own descriptor is closed by now.
      return link;
    }
  }

  @Test
  void casesWhoseNamesAreAlikeAreWarnedOf() {
    RawDataset raw = Fixture.dataset();
    RawCase one = raw.training().get(0);
    RawDataset dataset = raw.withTraining(
        List.of(one, new RawCase("CASE", one.images(), one.label())));
    List<ProgressEvent> events = new ArrayList<>();
    DatasetPreprocessor preprocessor = new DatasetPreprocessor(dataset, Fixture.plans(),
        Fixture.plans().configuration("2d"), folder.resolve("out"),
        DatasetPreprocessor.Format.NATIVE);
    if (Files.exists(folder.resolveSibling(folder.getFileName().toString()
        .toUpperCase(Locale.ROOT)))) {
      assertThatThrownBy(() -> preprocessor.run(1, events::add, new Cancellation()))
          .hasMessageContaining("two results would be one file");
      return;
    }
    assertThat(preprocessor.run(1, events::add, new Cancellation()).done())
        .containsExactly("CASE", "case");
    assertThat(events).filteredOn(ProgressEvent.Warning.class::isInstance)
        .anyMatch(w -> w.toString().contains("case, CASE"));
  }

  @ParameterizedTest
  @CsvSource({"NATIVE", "NPZ"})
  void datasetIsPreprocessedOnceAndFailuresAreNamed(DatasetPreprocessor.Format format)
      throws IOException {
    RawDataset raw = Fixture.dataset();
    RawCase good = raw.training().get(0);
    Path broken = folder.resolve("broken.nii.gz");
    Files.write(broken, new byte[]{1, 2, 3});
    RawCase bad = new RawCase("bad", List.of(broken, broken), good.label());
    RawCase unlabelled = new RawCase("unlabelled", good.images(), Optional.empty());
    RawDataset dataset = raw.withTraining(List.of(good, bad, unlabelled));
    DatasetPreprocessor preprocessor = new DatasetPreprocessor(
        dataset, Fixture.plans(), Fixture.plans().configuration("2d"), folder.resolve("out"),
        format);

    DatasetPreprocessor.Outcome first = preprocessor.run(2, Progress.none(), new Cancellation());
    assertThat(first.done()).containsExactly("case");
    assertThat(first.failed().keySet()).containsExactly("bad", "unlabelled");
    assertThatThrownBy(first::check).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).isEqualTo(FiduciaException.Kind.PARTLY_DONE);
      assertThat(e).hasMessageContaining("2 of 3").hasMessageContaining("broken.nii.gz");
    });
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      assertThat(files.filter(Files::isRegularFile)
          .map(f -> folder.resolve("out").relativize(f).toString().replace('\\', '/')))
          .contains("dataset.json", "nnUNetPlans.json", "gt_segmentations/case.nii.gz",
              "nnUNetPlans_2d/case" + Map.of(
                  DatasetPreprocessor.Format.NATIVE, ".fcase",
                  DatasetPreprocessor.Format.NPZ, ".npz").get(format))
          .noneMatch(f -> f.contains(".part"));
    }
    DatasetPreprocessor.Outcome second = preprocessor.run(1, Progress.none(), new Cancellation());
    assertThat(second.kept()).containsExactly("case");

    Cancellation stop = new Cancellation();
    stop.cancel();
    assertThatThrownBy(() -> preprocessor.run(2, Progress.none(), stop))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }
}
