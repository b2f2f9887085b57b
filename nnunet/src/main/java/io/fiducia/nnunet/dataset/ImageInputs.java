package io.fiducia.nnunet.dataset;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The images to segment, however they were named: a folder, one image, or a list in a file. */
public final class ImageInputs {
  private static final Pattern CHANNEL = Pattern.compile("(.+)_\\d{4}");

  /** No more files than this are named in one message. */
  private static final int NAMED = 5;

  private ImageInputs() {}

  /**
   * The cases that a path names. Files of a folder that are no images of the model, by their ending or
   * because their names have no channel number, are left out with a warning.
   *
   * @param path a folder of {@code CASE_0000.nii.gz}; or one image, whose other channels lie beside it;
   *     or a .json file with a list of lists of files, one list per case, one file per channel, which are
   *     relative to that file, as nnU-Net's own function takes them
   * @throws FiduciaException BAD_INPUT if there is none, a channel is missing or there is one too many, or two
   *     cases have one name
   */
  public static List<RawCase> of(Path path, DatasetJson dataset, Progress progress) {
    List<String> foreign = new ArrayList<>();
    List<RawCase> cases = Files.isDirectory(path) || !Files.exists(path)
        ? RawDataset.images(path, dataset, file -> {
          if (!isCompanion(file, dataset)) {
            foreign.add(file.getFileName().toString());
          }
        })
        : path.getFileName().toString().endsWith(".json")
            ? listed(path, dataset)
            : List.of(beside(path, dataset));
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("no image to segment", path,
          "expected files CASE_0000" + dataset.fileEnding()
              + (foreign.isEmpty() ? "" : ", found " + text(foreign)),
          "check the folder");
    }
    if (!foreign.isEmpty()) {
      progress.warning(path + ": left out, because images are named CASE_0000"
          + dataset.fileEnding() + ": " + text(foreign));
    }
    return cases;
  }

  private static String text(List<String> names) {
    return names.stream().limit(NAMED).map(FileNames::printable).collect(Collectors.joining(", "))
        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
  }

  /** Files that rightly lie beside images: those with a stack's spacing, and folders. */
  private static boolean isCompanion(Path file, DatasetJson dataset) {
    boolean stacks = NnunetReader.named(dataset.reader()) == NnunetReader.TIFF_3D;
    return Files.isDirectory(file) || stacks && file.toString().endsWith(".json");
  }

  private static RawCase beside(Path image, DatasetJson dataset) {
    String name = name(image, dataset);
    Matcher numbered = CHANNEL.matcher(name);
    if (!numbered.matches()) {
      return checked(name, List.of(image), dataset, image);
    }
    String id = numbered.group(1);
    List<Path> channels = new ArrayList<>();
    for (int c = 0; c < dataset.channels().size(); c++) {
      channels.add(
          image.resolveSibling(id + String.format(Locale.ROOT, "_%04d", c) + dataset.fileEnding()));
    }
    return checked(id, channels, dataset, image);
  }

  private static List<RawCase> listed(Path file, DatasetJson dataset) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("the list of images cannot be read", file, e.getMessage(),
          "write [[\"a_0000.nii.gz\"], [\"b_0000.nii.gz\"]]", e);
    }
    Map<String, RawCase> cases = new LinkedHashMap<>();
    for (JsonNode entry : root) {
      List<Path> channels = new ArrayList<>();
      boolean texts = entry.valueStream().allMatch(n -> n.isString() && isPath(n.asString()));
      if (texts) {
        entry.forEach(n -> channels.add(file.resolveSibling(n.asString())));
      }
      if (!root.isArray() || !entry.isArray() || channels.isEmpty()) {
        throw FiduciaException.badInput("this is no list of images", file,
            "expected a list of lists of files, found " + entry,
            "write [[\"a_0000.nii.gz\"], [\"b_0000.nii.gz\"]]");
      }
      String name = name(channels.get(0), dataset);
      Matcher numbered = CHANNEL.matcher(name);
      String id = numbered.matches() ? numbered.group(1) : name;
      if (cases.put(id, checked(id, channels, dataset, file)) != null) {
        throw FiduciaException.badInput("two cases have one name", file,
            "case " + id + " is there twice", "its results would overwrite each other: rename one");
      }
    }
    return List.copyOf(cases.values());
  }

  private static boolean isPath(String text) {
    try {
      return Path.of(text).getFileName() != null;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static RawCase checked(String id, List<Path> images, DatasetJson dataset, Path where) {
    if (images.size() != dataset.channels().size()) {
      throw FiduciaException.badInput("channels do not match dataset.json", where,
          "expected " + dataset.channels().size() + " (" + dataset.channels() + "), found "
              + images.size() + " of case " + id,
          "give one file per channel, CASE_0000, CASE_0001, ...");
    }
    for (Path image : images) {
      if (!Files.isRegularFile(image)) {
        throw FiduciaException.badInput("an image is missing", image, "no such file",
            "check the path");
      }
    }
    return new RawCase(id, images, Optional.empty());
  }

  private static String name(Path image, DatasetJson dataset) {
    String name = image.getFileName().toString();
    if (!name.endsWith(dataset.fileEnding()) || name.length() == dataset.fileEnding().length()) {
      throw FiduciaException.badInput("an image has another ending than the model's", image,
          "expected " + dataset.fileEnding(), "convert the image");
    }
    return name.substring(0, name.length() - dataset.fileEnding().length());
  }
}
