package io.fiducia.app.cli;

import io.fiducia.base.FiduciaException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Where libtorch's libraries are before they are loaded. JavaCPP unpacks them into its cache at
 * their first use, one process at a time under a file lock; this class only reports it.
 */
public final class NativeLibraries {
  private NativeLibraries() {}

  /** The folder that JavaCPP unpacks into. */
  public static Path cache() {
    String configured = System.getProperty("org.bytedeco.javacpp.cachedir", "");
    return configured.isEmpty()
        ? Path.of(System.getProperty("user.home", "."), ".javacpp", "cache")
        : Path.of(configured);
  }

  /** The names of the jars on the class path that carry libtorch for some platform. */
  public static List<String> jars() {
    List<String> found = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      collect(path.getFileName() == null ? "" : path.getFileName().toString(), found);
      if (entry.endsWith(".jar")) {
        for (String name : manifestClassPath(path)) {
          collect(name.substring(name.lastIndexOf('/') + 1), found);
        }
      }
    }
    return List.copyOf(found);
  }

  /** Whether the libraries were unpacked by an earlier run. */
  public static boolean unpacked() {
    List<String> jars = jars();
    return !jars.isEmpty() && jars.stream().allMatch(jar -> holdsFiles(cache().resolve(jar)));
  }

  /** Writes one line if the next use of libtorch has to unpack it, or refuses a read-only cache. */
  static void announce(Console console) {
    if (jars().isEmpty() || unpacked()) {
      return;
    }
    console.note("preparing libtorch (once): unpacking into " + cache());
    try {
      Files.createDirectories(cache());
    } catch (java.io.IOException e) {
      throw FiduciaException.badInput(
          "libtorch's libraries cannot be unpacked",
          cache(),
          "the folder cannot be created",
          "give another one with FIDUCIA_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER",
          e);
    }
  }

  private static void collect(String name, List<String> found) {
    if (name.matches("pytorch-.*-(linux|macosx|windows)-.*\\.jar")) {
      found.add(name);
    }
  }

  private static List<String> manifestClassPath(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      if (file.getManifest() == null) {
        return List.of();
      }
      String value = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return value == null ? List.of() : List.of(value.split(" "));
    } catch (java.io.IOException e) {
      // A class path entry that is not there is no error for the JVM either.
      return List.of();
    }
  }

  private static boolean holdsFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder, 6)) {
      return files.anyMatch(f -> f.getFileName().toString().matches("(lib)?torch_cpu.*"));
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
