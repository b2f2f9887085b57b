package io.fiducia.promptable.cache;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.promptable.slice.SliceEmbedding;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Embeddings of slices in a folder, one file per embedding. Files appear whole, and their names are hashes
 * that tell nothing about a patient. Several programs may share a folder: at worst two of them encode the
 * same slice. When the files take more than a number of bytes, those that were not used for the longest
 * time are deleted.
 *
 * <p>A cache saves time and nothing else: a file that is damaged, cut off, foreign or made by another model
 * is ignored with a warning and replaced, and a folder that cannot be written is reported once.
 */
public final class EmbeddingCache {
  static final String ENDING = ".embedding";
  private static final String UNFINISHED = ".part";
  /** No embedding takes that long to write: an unfinished file of this age was left by a killed program. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final Path folder;
  private final long maxBytes;
  private final Progress progress;
  private final AtomicBoolean refused = new AtomicBoolean();

  /**
   * Opens a folder, which need not exist.
   *
   * @param folder for embeddings only, beside a person's results or where the person says: embeddings are
   *     made from patients' images
   * @param maxBytes of all files together
   * @param progress gets warnings
   */
  public EmbeddingCache(Path folder, long maxBytes, Progress progress) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("bytes " + maxBytes);
    }
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.progress = progress;
  }

  /** The embedding from the folder if it is there, else computed and put there. */
  public SliceEmbedding get(EmbeddingKey key, Supplier<SliceEmbedding> encode) {
    Optional<SliceEmbedding> kept = find(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    SliceEmbedding made = encode.get().require(key.model(), "slice " + key.slice());
    put(key, made);
    return made;
  }

  /** The embedding of a key, if the folder has a usable one. */
  public Optional<SliceEmbedding> find(EmbeddingKey key) {
    Path file = folder.resolve(key.fileName());
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      SliceEmbedding read = SliceEmbedding.read(file).require(key.model(), file.getFileName());
      if (read.width() != key.width() || read.height() != key.height()) {
        throw FiduciaException.badInput("an embedding is of another picture", file.getFileName(),
            "expected " + key.width() + "x" + key.height() + ", found " + read.width() + "x"
                + read.height(),
            "delete it");
      }
      touch(file);
      return Optional.of(read);
    } catch (FiduciaException e) {
      if (Files.exists(file)) {
        progress.warning("the slice is encoded again, because a kept embedding cannot be used: "
            + e.what() + " (" + file.getFileName() + "): " + e.why());
      }
      return Optional.empty();
    }
  }

  /** Keeps an embedding, and deletes others if there are too many. */
  private void put(EmbeddingKey key, SliceEmbedding embedding) {
    if (embedding.bytes() > maxBytes) {
      report("embeddings are not kept: one takes " + embedding.bytes() + " bytes, the limit is "
          + maxBytes);
      return;
    }
    try {
      embedding.write(folder.resolve(key.fileName()));
      shrink();
    } catch (FiduciaException e) {
      report("embeddings cannot be kept: " + e.getMessage());
    } catch (IOException e) {
      report("the kept embeddings cannot be counted: " + e.getMessage());
    }
  }

  /** Deletes all embeddings, and the folder if nothing else is in it. */
  public void clear() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      for (Kept embedding : kept()) {
        delete(embedding.file());
      }
      try (Stream<Path> others = Files.list(folder)) {
        if (others.findAny().isPresent()) {
          return;
        }
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      report("embeddings in " + folder + " cannot be deleted: " + e.getMessage());
    }
  }

  private void report(String text) {
    if (refused.compareAndSet(false, true)) {
      progress.warning(text);
    }
  }

  /** Marks a file as just used; another program may delete it at any time. */
  private void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      report("the use of kept embeddings cannot be noted in " + folder + ": " + e.getMessage());
    }
  }

  private record Kept(Path file, long bytes, FileTime used) {}

  private void shrink() throws IOException {
    List<Kept> files = kept();
    long total = files.stream().mapToLong(Kept::bytes).sum();
    for (Kept oldest : files) {
      if (total <= maxBytes) {
        return;
      }
      delete(oldest.file());
      total -= oldest.bytes();
    }
  }

  /** The embeddings, those first that were not used for the longest time; abandoned files are deleted. */
  private List<Kept> kept() throws IOException {
    List<Kept> files = new ArrayList<>();
    FileTime old = FileTime.from(Instant.now().minus(ABANDONED));
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        boolean unfinished = name.endsWith(UNFINISHED) && name.contains(ENDING + ".");
        if (!unfinished && !name.endsWith(ENDING)) {
          continue;
        }
        try {
          BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
          if (!unfinished) {
            files.add(new Kept(file, a.size(), a.lastModifiedTime()));
          } else if (a.lastModifiedTime().compareTo(old) < 0) {
            delete(file);
          }
        } catch (NoSuchFileException e) {
          // Another program has deleted or finished it.
          continue;
        }
      }
    }
    files.sort(Comparator.comparing(Kept::used).thenComparing(Kept::file));
    return files;
  }

  private static void delete(Path file) throws IOException {
    try {
      Files.deleteIfExists(file);
    } catch (FileSystemException e) {
      // On Windows, a file that another program is reading stays; it is tried again next time.
      if (!Files.exists(file)) {
        return;
      }
      throw e;
    }
  }
}
