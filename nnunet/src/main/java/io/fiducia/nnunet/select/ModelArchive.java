package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Trained models as one zip file, whose entries are paths under nnU-Net's folder of results. A file from
 * elsewhere is not trusted: nothing is written outside of that folder, nothing larger than a model can
 * be, and nothing before all of it was read and its checksums compared.
 */
public final class ModelArchive {
  private static final String TASK_OUT = "Export";
  private static final String TASK_IN = "Import";
  /** Weights hardly shrink; what grows more than this from its zip is no model. */
  private static final long MAX_GROWTH = 20;
  private static final long ALWAYS_ALLOWED = 1L << 30;
  /** No more files than this are named in one message. */
  private static final int NAMED = 5;

  private ModelArchive() {}

  /**
   * Writes files of a folder of results into a zip.
   *
   * @param files files under {@code results}
   */
  public static void write(Path zip, Path results, List<Path> files, Progress progress,
      Cancellation cancellation) {
    progress.started(TASK_OUT, files.size(), "file");
    try {
      AtomicFiles.write(zip, out -> {
        ZipOutputStream target = new ZipOutputStream(out);
        long done = 0;
        for (Path file : files) {
          cancellation.check("export");
          String name = results.relativize(file).toString().replace('\\', '/');
          target.putNextEntry(new ZipEntry(name));
          Files.copy(file, target);
          target.closeEntry();
          progress.advanced(TASK_OUT, ++done, name);
        }
        target.finish();
      });
    } finally {
      progress.finished(TASK_OUT);
    }
  }

  /**
   * Unpacks models into a folder of results and returns the folders {@code
   * DATASET/TRAINER__PLANS__CONFIGURATION} that came.
   *
   * @param overwrite whether files that are there are replaced
   * @throws FiduciaException BAD_INPUT for a zip that is damaged, hostile, or holds no model; nothing
   *     was written then
   */
  public static List<Path> read(Path zip, Path results, boolean overwrite, Progress progress,
      Cancellation cancellation) {
    return read(zip, results, overwrite, ALWAYS_ALLOWED, progress, cancellation);
  }

  /**
   * Unpacks as the public method does.
   *
   * @param allowance bytes that may come however small the zip is
   */
  static List<Path> read(Path zip, Path results, boolean overwrite, long allowance,
      Progress progress, Cancellation cancellation) {
    Path waiting = results.resolve(".import-" + Long.toHexString(System.nanoTime()));
    try (ZipFile source = new ZipFile(zip.toFile())) {
      ArchiveLayout layout = ArchiveLayout.of(zip, source);
      Map<String, ZipEntry> entries = layout.entries();
      List<Path> models = models(zip, layout).stream().map(results::resolve).toList();
      if (!overwrite) {
        checkAbsent(entries.keySet(), results);
      }
      report(zip, layout.leftOut(), progress);
      Files.createDirectories(waiting);
      progress.started(TASK_IN, 2L * entries.size(), "file");
      Budget budget = new Budget(zip, Math.addExact(allowance,
          Math.multiplyExact(MAX_GROWTH, Files.size(zip))));
      long done = 0;
      for (Map.Entry<String, ZipEntry> e : entries.entrySet()) {
        cancellation.check("import");
        extract(zip, source, e.getValue(), waiting.resolve(e.getKey()), budget);
        progress.advanced(TASK_IN, ++done, e.getKey());
      }
      for (String name : entries.keySet()) {
        Path target = results.resolve(name);
        Files.createDirectories(target.getParent());
        Files.move(waiting.resolve(name), target, StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        progress.advanced(TASK_IN, ++done, name);
      }
      return models;
    } catch (IOException e) {
      throw unreadable(zip, e).orElseGet(() -> AtomicFiles.cannotWrite(results, e));
    } finally {
      CrossValidation.remove(waiting);
      progress.finished(TASK_IN);
    }
  }

  /**
   * The models in a zip file, as {@code DATASET/TRAINER__PLANS__CONFIGURATION}; nothing is unpacked.
   *
   * @throws FiduciaException BAD_INPUT for a zip that is damaged, hostile, or holds no model
   */
  public static List<String> models(Path zip) {
    try (ZipFile source = new ZipFile(zip.toFile())) {
      return models(zip, ArchiveLayout.of(zip, source));
    } catch (IOException e) {
      throw unreadable(zip, e).orElseGet(() -> FiduciaException.badInput("cannot read the file",
          zip, String.valueOf(e.getMessage()), "check that it may be read", e));
    }
  }

  private static List<String> models(Path zip, ArchiveLayout layout) {
    List<String> models = layout.models();
    if (models.isEmpty()) {
      throw FiduciaException.badInput("the zip file holds no nnU-Net model", zip,
          "expected " + ArchiveLayout.EXPECTED + ", found " + (layout.entries().size()
              + layout.leftOut().size()) + " other files",
          "give a file that nnU-Net or 'fiducia nnunet export-model' wrote");
    }
    return models;
  }

  /** The error for a zip file that cannot be read; empty if this is not why work on it failed. */
  private static Optional<FiduciaException> unreadable(Path zip, IOException e) {
    return switch (e) {
      case ZipException damaged -> Optional.of(FiduciaException.badInput(
          "this is no sound zip file", zip, String.valueOf(e.getMessage()),
          "fetch the file again", e));
      case NoSuchFileException absent -> Optional.of(noSuchFile(zip, e));
      case FileNotFoundException absent -> Optional.of(noSuchFile(zip, e));
      default -> Optional.empty();
    };
  }

  private static FiduciaException noSuchFile(Path zip, IOException e) {
    return FiduciaException.badInput("no such file", zip, "it cannot be opened", "check the path",
        e);
  }

  private static void checkAbsent(Set<String> names, Path results) {
    for (String name : names) {
      if (Files.exists(results.resolve(name))) {
        throw FiduciaException.badInput("the model is there already", results.resolve(name),
            "existing results are not overwritten", "give --overwrite to replace it");
      }
    }
  }

  private static void report(Path zip, List<String> leftOut, Progress progress) {
    if (!leftOut.isEmpty()) {
      progress.warning(zip + ": " + leftOut.size() + (leftOut.size() == 1 ? " file" : " files")
          + " left out, no part of a model: "
          + leftOut.stream().limit(NAMED).map(FileNames::printable)
              .collect(Collectors.joining(", "))
          + (leftOut.size() > NAMED ? ", ..." : ""));
    }
  }

  /** Bytes that may still be unpacked. */
  private static final class Budget {
    private final Path zip;
    private final long total;
    private long left;

    Budget(Path zip, long total) {
      this.zip = zip;
      this.total = total;
      this.left = total;
    }

    void take(int bytes) {
      left -= bytes;
      if (left < 0) {
        throw ArchiveLayout.hostile(zip, String.format(Locale.ROOT,
            "more than %.1f GB from a file of %.1f MB", total / 1e9, zip.toFile().length() / 1e6));
      }
    }
  }

  private static void extract(Path zip, ZipFile source, ZipEntry entry, Path target, Budget budget)
      throws IOException {
    Files.createDirectories(target.getParent());
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(source.getInputStream(entry), crc);
        OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[1 << 16];
      int n;
      while ((n = in.read(buffer)) > 0) {
        budget.take(n);
        out.write(buffer, 0, n);
      }
    }
    if (crc.getValue() != entry.getCrc()) {
      throw FiduciaException.badInput("the zip file is damaged", zip,
          "the checksum of " + FileNames.printable(entry.getName()) + " differs",
          "fetch the file again");
    }
  }
}
