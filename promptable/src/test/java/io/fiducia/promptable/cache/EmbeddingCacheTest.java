package io.fiducia.promptable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.SliceEmbedding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingCacheTest {
  private static final ModelIdentity MODEL = new ModelIdentity("growing", "a".repeat(64));
  private static final ModelIdentity OTHER = new ModelIdentity("growing", "b".repeat(64));
  private static final String IMAGE = "0123456789abcdef".repeat(4);
  /** 1 channel of 16 x 16. */
  private static final int BYTES = 4 * 256;

  @TempDir
  private Path folder;

  private final List<String> warnings = new ArrayList<>();
  private int encoded;

  private EmbeddingCache cache(long maxBytes) {
    return new EmbeddingCache(folder, maxBytes, warnings());
  }

  private Progress warnings() {
    return e -> {
      if (e instanceof ProgressEvent.Warning w) {
        warnings.add(w.text());
      }
    };
  }

  private static EmbeddingKey key(int slice) {
    return new EmbeddingKey(IMAGE, 2, slice, new EmbeddingKey.Range(-160, 240), 20, 18, MODEL);
  }

  private static SliceEmbedding embedding(ModelIdentity model, float value) {
    float[] features = new float[256];
    Arrays.fill(features, value);
    return new SliceEmbedding(model, 20, 18, 1, 16, features);
  }

  private SliceEmbedding get(EmbeddingCache cache, int slice) {
    return cache.get(key(slice), () -> {
      encoded++;
      return embedding(MODEL, slice);
    });
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  @Test
  void aSliceIsEncodedOnce() {
    get(cache(1 << 20), 3);
    SliceEmbedding again = get(cache(1 << 20), 3);
    assertThat(encoded).isEqualTo(1);
    assertThat(again.features()).containsOnly(3);
    assertThat(again.model()).isEqualTo(MODEL);
    assertThat(warnings).isEmpty();
  }

  @Test
  void clearingDeletesEmbeddingsAndNothingElse() throws IOException {
    Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");
    EmbeddingCache cache = cache(1 << 20);
    get(cache, 3);
    cache.clear();
    assertThat(files()).containsExactly(mine);
    Files.delete(mine);
    get(cache, 3);
    cache.clear();
    assertThat(folder).doesNotExist();
    Files.createDirectory(folder);
    assertThat(warnings).isEmpty();
  }

  /** Everything that decides an embedding must decide its file. */
  @Test
  void everyPartOfTheKeyCounts() {
    EmbeddingKey.Range window = new EmbeddingKey.Range(-160, 240);
    Set<String> names = new HashSet<>(List.of(key(3).fileName(), key(4).fileName(),
        new EmbeddingKey("f" + IMAGE.substring(1), 2, 3, window, 20, 18, MODEL).fileName(),
        new EmbeddingKey(IMAGE, 1, 3, window, 20, 18, MODEL).fileName(),
        new EmbeddingKey(IMAGE, 2, 3, new EmbeddingKey.Range(-160, 241), 20, 18, MODEL).fileName(),
        new EmbeddingKey(IMAGE, 2, 3, window, 21, 18, MODEL).fileName(),
        new EmbeddingKey(IMAGE, 2, 3, window, 20, 18, OTHER).fileName(),
        new EmbeddingKey(IMAGE, 2, 3, window, 20, 18, new ModelIdentity("medsam", "a".repeat(64)))
            .fileName()));
    assertThat(names).hasSize(8).allMatch(n -> n.matches("[0-9a-f]{64}\\.embedding"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"damaged", "cut off", "foreign", "empty"})
  void anUnusableFileIsReplacedWithAWarning(String fault) throws IOException {
    get(cache(1 << 20), 3);
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 100] ^= 1;
    Files.write(file, switch (fault) {
      case "damaged" -> bytes;
      case "cut off" -> Arrays.copyOf(Files.readAllBytes(file), bytes.length / 2);
      case "foreign" -> "another program's file".getBytes(StandardCharsets.UTF_8);
      default -> new byte[0];
    });
    assertThat(get(cache(1 << 20), 3).features()).containsOnly(3);
    assertThat(encoded).isEqualTo(2);
    assertThat(warnings).singleElement().asString().contains("encoded again",
        file.getFileName().toString());
    get(cache(1 << 20), 3);
    assertThat(encoded).isEqualTo(2);
  }

  @Test
  void anEmbeddingOfAnotherModelIsNeverUsed() {
    embedding(OTHER, 7).write(folder.resolve(key(3).fileName()));
    assertThat(get(cache(1 << 20), 3).features()).containsOnly(3);
    assertThat(warnings).singleElement().asString().contains("another model");
  }

  @Test
  void anEmbeddingOfAnotherPictureIsNeverUsed() {
    new SliceEmbedding(MODEL, 18, 20, 1, 16, new float[256])
        .write(folder.resolve(key(3).fileName()));
    assertThat(get(cache(1 << 20), 3).features()).containsOnly(3);
    assertThat(warnings).singleElement().asString().contains("another picture");
  }

  /** What the model returns must be its own, or it would be kept under the wrong name. */
  @Test
  void anEmbeddingOfAnotherModelIsNotKept() {
    assertThatThrownBy(() -> cache(1 << 20).get(key(3), () -> embedding(OTHER, 1)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("another model");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theLeastRecentlyUsedFilesAreDeleted() throws IOException {
    EmbeddingCache cache = cache(3 * BYTES + 600);
    for (int slice = 0; slice < 3; slice++) {
      get(cache, slice);
      Files.setLastModifiedTime(folder.resolve(key(slice).fileName()),
          FileTime.from(Instant.now().minusSeconds(100 - slice)));
    }
    get(cache, 0);
    get(cache, 3);
    assertThat(files()).hasSize(3);
    assertThat(cache.find(key(1))).isEmpty();
    assertThat(cache.find(key(0))).isPresent();
    assertThat(cache.find(key(3))).isPresent();
    assertThat(encoded).isEqualTo(4);
  }

  @Test
  void onlyItsOwnFilesAreDeleted() throws IOException {
    Path notes = Files.write(folder.resolve("notes.txt"), new byte[10 * BYTES]);
    EmbeddingCache cache = cache(BYTES + 600);
    get(cache, 0);
    get(cache, 1);
    assertThat(notes).exists();
    assertThat(files()).hasSize(2);
  }

  @Test
  void whatAKilledProgramLeftIsDeleted() throws IOException {
    Path left = Files.write(folder.resolve("." + key(9).fileName() + ".1f.part"), new byte[9]);
    Path fresh = Files.write(folder.resolve("." + key(8).fileName() + ".2f.part"), new byte[9]);
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(7200)));
    get(cache(1 << 20), 0);
    assertThat(left).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void aTooSmallCacheKeepsNothingAndSaysSoOnce() {
    EmbeddingCache cache = cache(100);
    get(cache, 0);
    get(cache, 1);
    assertThat(folder).isEmptyDirectory();
    assertThat(warnings).singleElement().asString().contains("not kept");
  }

  @Test
  void aFolderThatCannotBeWrittenCostsTimeOnly() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    EmbeddingCache cache = new EmbeddingCache(file.resolve("cache"), 1 << 20, warnings());
    assertThat(get(cache, 0).features()).containsOnly(0);
    get(cache, 0);
    assertThat(encoded).isEqualTo(2);
    assertThat(warnings).singleElement().asString().contains("cannot be kept");
  }

  /** Several caches on one folder, as several programs have; every answer must be right. */
  @Test
  void severalProgramsShareAFolder() throws Exception {
    try (ExecutorService programs = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        work.add(() -> {
          EmbeddingCache own = new EmbeddingCache(folder, 3 * BYTES + 600, Progress.none());
          boolean right = true;
          for (int i = 0; i < 40; i++) {
            int slice = i % 5;
            SliceEmbedding e = own.get(key(slice), () -> embedding(MODEL, slice));
            right &= e.features()[255] == slice;
          }
          return right;
        });
      }
      for (Future<Boolean> done : programs.invokeAll(work)) {
        assertThat(done.get()).isTrue();
      }
    }
    get(cache(3 * BYTES + 600), 0);
    assertThat(files()).hasSizeLessThanOrEqualTo(3).noneMatch(f -> f.toString().endsWith(".part"));
  }
}
