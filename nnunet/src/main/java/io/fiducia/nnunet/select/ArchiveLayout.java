package io.fiducia.nnunet.select;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the entries of a zip file of models belong in the folder of results. Zip files are made in
 * several ways: with {@code ./} before the names, inside another folder, from a model's folder instead
 * of its dataset's, with what macOS adds, with a license or a readme at the top. All of these are
 * understood. A name that could lead out of the folder is refused, even of an entry that is left out;
 * the names of entries that are written must be possible on every system.
 *
 * @param entries by their path under the folder of results, with / between its parts
 * @param leftOut names of entries that are no part of a model
 */
record ArchiveLayout(Map<String, ZipEntry> entries, List<String> leftOut) {
  /** What a zip file of models holds, for messages. */
  static final String EXPECTED = "DatasetNNN_NAME/TRAINER__PLANS__CONFIGURATION/plans.json";
  /** The folder above, an absolute path, a drive's letter, or the end of a name in C. */
  private static final Pattern HOSTILE = Pattern
      .compile("(^|[/\\\\])\\.\\.($|[/\\\\])|^[/\\\\]|^[A-Za-z]:|\0");
  private static final int MAX_ENTRIES = 1_000_000;
  private static final int MAX_PARTS = 64;
  private static final int MAX_PLANS_BYTES = 1 << 26;

  /**
   * Reads the names of all entries.
   *
   * @throws FiduciaException BAD_INPUT for a name that is hostile, and for a symbolic link
   */
  static ArchiveLayout of(Path zip, ZipFile source) throws IOException {
    if (source.size() > MAX_ENTRIES) {
      throw hostile(zip, source.size() + " entries");
    }
    Optional<String> link = ZipLinks.first(zip);
    if (link.isPresent()) {
      throw hostile(zip, "a symbolic link or special file named \""
          + FileNames.printable(link.get()) + "\"");
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    Map<List<String>, Optional<String>> datasets = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    Enumeration<? extends ZipEntry> all = source.entries();
    while (all.hasMoreElements()) {
      ZipEntry entry = all.nextElement();
      List<String> parts = parts(zip, entry.getName());
      if (entry.isDirectory() || parts.isEmpty()) {
        continue;
      }
      Optional<String> place = parts.stream().anyMatch(ArchiveLayout::isHidden)
          ? Optional.empty()
          : place(zip, source, parts, datasets);
      if (place.isEmpty()) {
        leftOut.add(String.join("/", parts));
        continue;
      }
      checkParts(zip, entry.getName(), parts);
      // Names that differ in case only are one file on some systems.
      if (!seen.add(FileNames.key(place.get()))) {
        throw hostile(zip, "two entries named \"" + FileNames.printable(place.get()) + "\"");
      }
      entries.put(place.get(), entry);
    }
    ArchiveLayout layout = new ArchiveLayout(entries, leftOut);
    if (layout.models().isEmpty()) {
      // Beside a model such a folder is left out; without one it is what the user wants to import.
      datasets.forEach((folder, dataset) -> {
        if (dataset.isEmpty()) {
          throw noDataset(zip, String.join("/", folder) + "/plans.json");
        }
      });
    }
    return layout;
  }

  /** The folders that hold a model. */
  List<String> models() {
    Map<String, String> models = new TreeMap<>();
    for (String name : entries.keySet()) {
      String[] parts = name.split("/");
      if (parts.length == 3 && isModel(parts[1]) && parts[2].equals("plans.json")) {
        models.put(parts[0] + "/" + parts[1], "");
      }
    }
    return List.copyOf(models.keySet());
  }

  /** The parts of an entry's name. @throws FiduciaException BAD_INPUT if it could lead elsewhere */
  private static List<String> parts(Path zip, String entryName) {
    String name = entryName;
    while (name.startsWith("./")) {
      name = name.substring(2);
    }
    name = name.endsWith("/") && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
    if (name.isEmpty() || name.equals(".")) {
      return List.of();
    }
    List<String> parts = Arrays.asList(name.split("/", -1));
    if (parts.size() > MAX_PARTS) {
      throw hostile(zip, "an entry of " + parts.size() + " folders inside each other");
    }
    if (HOSTILE.matcher(name).find()) {
      throw hostile(zip, "an entry named \"" + FileNames.printable(entryName) + "\"");
    }
    return parts;
  }

  private static void checkParts(Path zip, String entryName, List<String> parts) {
    for (String part : parts) {
      Optional<String> fault = FileNames.fault(part);
      if (fault.isPresent()) {
        throw hostile(zip,
            "an entry named \"" + FileNames.printable(entryName) + "\" (" + fault.get() + ")");
      }
    }
  }

  private static boolean isHidden(String part) {
    return part.startsWith(".") && !part.equals(".");
  }

  /** Where an entry belongs; empty for one that is no part of a model. */
  private static Optional<String> place(Path zip, ZipFile source, List<String> parts,
      Map<List<String>, Optional<String>> datasets) throws IOException {
    if (parts.get(0).equals("__MACOSX")) {
      return Optional.empty();
    }
    for (int i = 0; i < parts.size() - 1; i++) {
      if (isDataset(parts.get(i))) {
        return Optional.of(String.join("/", parts.subList(i, parts.size())));
      }
    }
    for (int i = 0; i < parts.size() - 1; i++) {
      if (isModel(parts.get(i))) {
        List<String> folder = parts.subList(0, i + 1);
        if (!datasets.containsKey(folder)) {
          datasets.put(List.copyOf(folder), datasetOf(zip, source, String.join("/", folder)));
        }
        String inside = String.join("/", parts.subList(i, parts.size()));
        return datasets.get(folder).map(dataset -> dataset + "/" + inside);
      }
    }
    return Optional.empty();
  }

  private static boolean isDataset(String name) {
    return name.matches("Dataset\\d{3}_.+");
  }

  private static boolean isModel(String name) {
    String[] parts = name.split("__", -1);
    return parts.length == 3 && Arrays.stream(parts).noneMatch(String::isEmpty);
  }

  /**
   * The name of the dataset of a model that lies in no dataset's folder, which its plans tell; empty
   * without plans.
   */
  private static Optional<String> datasetOf(Path zip, ZipFile source, String folder)
      throws IOException {
    String name = folder + "/plans.json";
    ZipEntry entry = Optional.ofNullable(source.getEntry(name))
        .orElse(source.getEntry("./" + name));
    if (entry == null) {
      return Optional.empty();
    }
    byte[] text;
    try (InputStream in = source.getInputStream(entry)) {
      text = in.readNBytes(MAX_PLANS_BYTES);
    }
    try {
      JsonNode dataset = JsonMapper.shared().readTree(text).path("dataset_name");
      if (dataset.isString() && isDataset(dataset.asString())
          && FileNames.fault(dataset.asString()).isEmpty()) {
        return Optional.of(dataset.asString());
      }
      throw FiduciaException.badInput("the zip file does not say of which dataset its model is",
          zip + ", " + FileNames.printable(name) + ", key dataset_name",
          "expected a name such as Dataset004_Hippocampus, found "
              + (dataset.isString() ? FileNames.printable(dataset.asString()) : "nothing"),
          "zip the dataset's folder of nnUNet_results");
    } catch (JacksonException e) {
      throw FiduciaException.badInput("plans.json cannot be read",
          zip + ", " + FileNames.printable(name), e.getOriginalMessage(), "fetch the file again",
          e);
    }
  }

  private static FiduciaException noDataset(Path zip, String name) {
    return FiduciaException.badInput("the zip file does not say of which dataset its model is",
        zip + ", " + FileNames.printable(name), "expected " + EXPECTED
            + ", found a model's folder without DatasetNNN_NAME above it and without plans.json",
        "zip the dataset's folder of nnUNet_results");
  }

  static FiduciaException hostile(Path zip, String found) {
    return FiduciaException.badInput("the zip file is not what a model's would be", zip,
        "expected files such as " + EXPECTED + ", found " + found,
        "do not use it; ask where it comes from");
  }
}
