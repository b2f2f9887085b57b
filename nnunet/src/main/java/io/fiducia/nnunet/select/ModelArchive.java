package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Trained models as one zip file, whose entries are paths under nnU-Net's folder of results. A file from
 * elsewhere is not trusted: nothing is written outside of that folder, nothing larger than it can
 * honestly be, and nothing before all of it was read and its checksums compared.
 */
public final class ModelArchive {
  private static final String TASK_OUT = "Export";
  private static final String TASK_IN = "Import";
  /** Weights hardly shrink; what grows more than this from its zip is no model. */
  private static final long MAX_GROWTH = 20;
  private static final long ALWAYS_ALLOWED = 1L << 30;
  private static final int MAX_ENTRIES = 1_000_000;

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

  /** As above; so many bytes may come however small the zip is. */
  static List<Path> read(Path zip, Path results, boolean overwrite, long allowance,
      Progress progress, Cancellation cancellation) {
    Path waiting = results.resolve(".import-" + Long.toHexString(System.nanoTime()));
    try (ZipFile source = new ZipFile(zip.toFile())) {
      Map<String, ZipEntry> entries = checked(zip, source, results, overwrite);
      List<Path> models = models(zip, entries, results);
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
    } catch (java.util.zip.ZipException e) {
      throw FiduciaException.badInput("this is no sound zip file", zip,
          String.valueOf(e.getMessage()), "fetch the file again", e);
    } catch (java.nio.file.NoSuchFileException | java.io.FileNotFoundException e) {
      throw FiduciaException.badInput("no such file", zip, "it cannot be opened",
          "check the path", e);
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(results, e);
    } finally {
      CrossValidation.remove(waiting);
      progress.finished(TASK_IN);
    }
  }

  private static Map<String, ZipEntry> checked(Path zip, ZipFile source, Path results,
      boolean overwrite) {
    if (source.size() > MAX_ENTRIES) {
      throw hostile(zip, source.size() + " entries");
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    Enumeration<? extends ZipEntry> all = source.entries();
    while (all.hasMoreElements()) {
      ZipEntry entry = all.nextElement();
      String name = entry.getName();
      if (!harmless(name)) {
        throw hostile(zip, "an entry named \"" + printable(name) + "\"");
      }
      if (entry.isDirectory()) {
        continue;
      }
      // Names that differ in case only are one file on some systems.
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw hostile(zip, "two entries named \"" + printable(name) + "\"");
      }
      entries.put(name, entry);
      if (!overwrite && Files.exists(results.resolve(name))) {
        throw FiduciaException.badInput("the model is there already", results.resolve(name),
            "existing results are not overwritten", "give --overwrite to replace it");
      }
    }
    return entries;
  }

  /** A path under a dataset's folder, each part of it an ordinary name. */
  private static boolean harmless(String name) {
    return name.matches("Dataset\\d{3}_[^/]+(/[^/]+)*/?") && !name.contains("\\")
        && name.chars().noneMatch(c -> c < ' ' || c == ':')
        && List.of(name.split("/")).stream().noneMatch(
            p -> p.isBlank() || p.equals(".") || p.equals("..") || p.endsWith(" ")
                || p.endsWith("."));
  }

  private static String printable(String name) {
    String clean = name.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() > 100 ? clean.substring(0, 100) + "..." : clean;
  }

  private static List<Path> models(Path zip, Map<String, ZipEntry> entries, Path results) {
    List<Path> models = new ArrayList<>();
    for (String name : entries.keySet()) {
      String[] parts = name.split("/");
      if (parts.length == 3 && parts[1].split("__").length == 3 && parts[2].equals("plans.json")) {
        models.add(results.resolve(parts[0]).resolve(parts[1]));
      }
    }
    if (models.isEmpty()) {
      throw FiduciaException.badInput("the zip file holds no nnU-Net model", zip,
          "expected DatasetNNN_NAME/TRAINER__PLANS__CONFIGURATION/plans.json",
          "give a file that nnU-Net or 'fiducia nnunet export-model' wrote");
    }
    return models;
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
        throw hostile(zip, String.format(Locale.ROOT,
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
          "the checksum of " + printable(entry.getName()) + " differs", "fetch the file again");
    }
  }

  private static FiduciaException hostile(Path zip, String found) {
    return FiduciaException.badInput("the zip file is not what a model's would be", zip,
        "found " + found, "do not use it; ask where it comes from");
  }
}
