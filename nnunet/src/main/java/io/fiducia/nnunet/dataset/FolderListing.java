package io.fiducia.nnunet.dataset;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What lies in a folder. */
public final class FolderListing {
  private FolderListing() {}

  /**
   * The files and folders in a folder, sorted by name.
   *
   * @param expected what the folder should hold, for the message
   * @throws FiduciaException BAD_INPUT if there is no such folder or it cannot be read
   */
  public static List<Path> of(Path folder, String expected) {
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such folder", folder, "expected a folder of " + expected,
          "check the path");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }

  /**
   * The names, without ending, of files whose names end so, sorted; hidden files are left out. Errors as
   * {@link #of}, but a folder that is not there holds no names.
   */
  public static List<String> stems(Path folder, String ending) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    return of(folder, ending + " files").stream().map(f -> f.getFileName().toString())
        .filter(n -> n.endsWith(ending) && !n.startsWith("."))
        .map(n -> n.substring(0, n.length() - ending.length())).sorted().toList();
  }
}
