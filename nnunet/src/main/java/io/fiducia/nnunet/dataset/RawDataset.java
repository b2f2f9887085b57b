package io.fiducia.nnunet.dataset;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * An nnU-Net raw dataset folder: imagesTr, labelsTr, perhaps imagesTs and labelsTs, dataset.json.
 *
 * @param training cases with labels, by name
 * @param test cases of imagesTs by name, with a label where labelsTs has one
 */
public record RawDataset(Path folder, DatasetJson json, List<RawCase> training,
    List<RawCase> test) {
  private static final Pattern CHANNEL = Pattern.compile("(.+)_(\\d{4})");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)\\})");
  private static final List<String> IMAGE_ENDINGS = List.of(".nii", ".nii.gz", ".hdr", ".img",
      ".nrrd", ".nhdr", ".mha", ".mhd", ".png", ".bmp", ".tif", ".tiff", ".dcm");

  public RawDataset {
    training = List.copyOf(training);
    test = List.copyOf(test);
  }

  /** Name of the folder, such as Dataset004_Hippocampus. */
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** The same dataset with other training cases. */
  public RawDataset withTraining(List<RawCase> cases) {
    return new RawDataset(folder, json, cases, test);
  }

  /**
   * Opens and checks a dataset folder; no image is read.
   *
   * @throws FiduciaException BAD_INPUT naming the folder or file at fault
   */
  public static RawDataset open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such dataset folder", folder, "",
          "give an nnU-Net raw dataset folder: imagesTr, labelsTr, dataset.json");
    }
    DatasetJson json = DatasetJson.read(folder.resolve("dataset.json"));
    NnunetReader.named(json.reader());
    List<RawCase> training = json.tree().path("dataset").isObject()
        ? listed(folder, json)
        : labelled(folder, json);
    if (training.isEmpty()) {
      throw FiduciaException.badInput("the dataset holds no training case",
          folder.resolve("imagesTr"), "expected files CASE_0000" + json.fileEnding(),
          "check the file names and file_ending in dataset.json");
    }
    List<RawCase> test = Files.isDirectory(folder.resolve("imagesTs"))
        ? cases(folder.resolve("imagesTs"), Optional.of(folder.resolve("labelsTs")), json,
            file -> checkNoImage(file, json))
        : List.of();
    return new RawDataset(folder, json.withReaderFor(training.get(0).images().get(0)), training,
        test);
  }

  /**
   * The cases of a folder of images, without labels, in the order of their names.
   *
   * @throws FiduciaException BAD_INPUT if a channel of a case is missing, an image is of another kind,
   *     or a name has no channel number or cannot be a case's
   */
  public static List<RawCase> images(Path folder, DatasetJson json) {
    return images(folder, json, file -> checkNoImage(file, json));
  }

  /**
   * The cases of a folder that may hold other files too.
   *
   * @param foreign gets each file that is no image of the model, by its ending, because its name has
   *     no channel number, or because the name cannot be a case's; such files are left out
   * @throws FiduciaException BAD_INPUT if a channel of a case is missing
   */
  static List<RawCase> images(Path folder, DatasetJson json, Consumer<Path> foreign) {
    return cases(folder, Optional.empty(), json, foreign);
  }

  private static List<RawCase> labelled(Path folder, DatasetJson json) {
    Path labels = folder.resolve("labelsTr");
    List<RawCase> cases = cases(folder.resolve("imagesTr"), Optional.of(labels), json,
        file -> checkNoImage(file, json));
    for (RawCase c : cases) {
      if (c.label().isEmpty()) {
        throw FiduciaException.badInput("a training case has no label map",
            labels.resolve(c.id() + json.fileEnding()), "no such file",
            "add the label map, or move the image to imagesTs");
      }
    }
    return cases;
  }

  private static List<RawCase> cases(Path images, Optional<Path> labels, DatasetJson json,
      Consumer<Path> foreign) {
    Map<String, TreeMap<Integer, Path>> byCase = new TreeMap<>();
    for (Path file : FolderListing.of(images, "images")) {
      String name = file.getFileName().toString();
      if (name.startsWith(".")) {
        continue;
      }
      if (!name.endsWith(json.fileEnding())) {
        foreign.accept(file);
        continue;
      }
      Matcher m = CHANNEL.matcher(name.substring(0, name.length() - json.fileEnding().length()));
      if (!m.matches() || FileNames.fault(m.group(1)).isPresent()) {
        foreign.accept(file);
        continue;
      }
      byCase.computeIfAbsent(m.group(1), id -> new TreeMap<>())
          .put(Integer.parseInt(m.group(2)), file);
    }
    List<RawCase> cases = new ArrayList<>();
    int filesEach = filesEach(byCase.values(), json);
    byCase.forEach((id, files) -> {
      for (int c = 0; c < Math.max(filesEach, files.lastKey() + 1); c++) {
        if (!files.containsKey(c) || c >= filesEach) {
          throw FiduciaException.badInput("channels do not match dataset.json",
              images.resolve(id + String.format(Locale.ROOT, "_%04d", c) + json.fileEnding()),
              "expected " + json.channels().size() + " channels (" + json.channels() + "), found "
                  + files.keySet() + " of case " + id,
              "add the missing file, or correct channel_names");
        }
      }
      Optional<Path> label = labels.map(l -> l.resolve(id + json.fileEnding()))
          .filter(Files::isRegularFile);
      cases.add(new RawCase(id, List.copyOf(files.values()), label));
    });
    return cases;
  }

  /**
   * The number of files that a case has: one for each channel, or fewer where a file may hold several
   * channels and no case has more files. How many channels there really are is checked when a case is
   * read.
   */
  private static int filesEach(Collection<TreeMap<Integer, Path>> cases, DatasetJson json) {
    int most = cases.stream().mapToInt(f -> f.lastKey() + 1).max().orElse(0);
    boolean several = NnunetReader.named(json.reader()).severalChannelsInAFile();
    return several && most > 0 && most < json.channels().size() ? most : json.channels().size();
  }

  /** A file of a dataset must not be an image under another name: a case would be lost. */
  private static void checkNoImage(Path file, DatasetJson json) {
    String name = file.getFileName().toString();
    if (name.endsWith(json.fileEnding())) {
      Matcher m = CHANNEL.matcher(name.substring(0, name.length() - json.fileEnding().length()));
      if (m.matches()) {
        FileNames.check(m.group(1), file);
      }
      throw FiduciaException.badInput("an image's name has no channel number", file,
          "expected CASE_0000" + json.fileEnding(), "rename the file");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (IMAGE_ENDINGS.stream().anyMatch(lower::endsWith)) {
      throw FiduciaException.badInput("an image has another ending than dataset.json says", file,
          "expected " + json.fileEnding(),
          "convert the file, move it away, or correct file_ending");
    }
  }

  /** Cases that dataset.json lists itself, with paths relative to the dataset's folder. */
  private static List<RawCase> listed(Path folder, DatasetJson json) {
    Map<String, RawCase> sorted = new TreeMap<>();
    json.tree().path("dataset").properties().forEach(e -> {
      FileNames.check(e.getKey(), json.file() + ", a key of dataset");
      List<Path> images = new ArrayList<>();
      e.getValue().path("images").forEach(i -> images.add(file(folder, json, e.getKey(), i)));
      boolean fewer = images.size() > 0 && images.size() < json.channels().size()
          && NnunetReader.named(json.reader()).severalChannelsInAFile();
      if (images.size() != json.channels().size() && !fewer) {
        throw FiduciaException.badInput("channels do not match dataset.json", json.file(),
            "expected " + json.channels().size() + " images for case " + e.getKey() + ", found "
                + images.size(),
            "correct the list");
      }
      Path label = file(folder, json, e.getKey(), e.getValue().path("label"));
      sorted.put(e.getKey(), new RawCase(e.getKey(), images, Optional.of(label)));
    });
    return List.copyOf(sorted.values());
  }

  private static Path file(Path folder, DatasetJson json, String id, JsonNode node) {
    if (!node.isString() || node.asString().isBlank()) {
      throw FiduciaException.badInput("dataset.json is not usable",
          json.file() + ", key dataset." + id, "expected paths under images and label, found "
              + (node.isMissingNode() ? "nothing" : node),
          "write \"" + id + "\": {\"images\": [\"...\"], \"label\": \"...\"}");
    }
    // As Python's expandvars, names that are not set stay as they are.
    String path = VARIABLE.matcher(node.asString()).replaceAll(m -> {
      String name = m.group(1) == null ? m.group(2) : m.group(1);
      return Matcher.quoteReplacement(
          Optional.ofNullable(System.getenv(name)).orElse(m.group()));
    });
    Path file;
    try {
      file = folder.resolve(path);
    } catch (InvalidPathException e) {
      throw FiduciaException.badInput("dataset.json is not usable",
          json.file() + ", key dataset." + id,
          "expected a path, found \"" + FileNames.printable(path)
              + "\" (" + e.getReason() + ")",
          "correct the path", e);
    }
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("a file that dataset.json lists is missing", file,
          "listed for case " + id, "correct the path");
    }
    return file;
  }
}
