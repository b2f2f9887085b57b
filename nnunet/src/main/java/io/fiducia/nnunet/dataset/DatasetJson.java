package io.fiducia.nnunet.dataset;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.metrics.DeclaredLabels;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.raster.RasterReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * nnU-Net's dataset.json.
 *
 * @param file where it was read
 * @param channels channel names in order
 * @param labelSet the labels
 * @param fileEnding ending of image and label files, with its dot
 * @param overwriteReader the reader that the file demands, if any
 * @param tree the whole file, unknown keys included; labels in nnU-Net's form
 * @param warnings what the user should know although the file can be used
 */
public record DatasetJson(Path file, List<String> channels, Labels labelSet, String fileEnding,
    Optional<String> overwriteReader, ObjectNode tree, List<String> warnings) {
  private static final String CASE = "CASE";
  private static final String LABELS = "labels";
  private static final String ORDER = "regions_class_order";

  public DatasetJson {
    channels = List.copyOf(channels);
    tree = tree.deepCopy();
    warnings = List.copyOf(warnings);
  }

  /** Reads and checks a dataset.json. @throws FiduciaException BAD_INPUT naming the key at fault */
  public static DatasetJson read(Path file) {
    ObjectNode tree = parse(file);
    JsonNode names = tree.has("channel_names") ? tree.get("channel_names") : tree.get("modality");
    if (names == null || !names.isObject() || names.isEmpty()) {
      throw wrong(file, "channel_names", "an object such as {\"0\": \"CT\"}", names);
    }
    List<String> channels = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      JsonNode name = names.get(Integer.toString(c));
      if (name == null) {
        throw wrong(file, "channel_names", "the key \"" + c + "\"", names);
      }
      channels.add(name.asStringOpt()
          .orElseThrow(() -> wrong(file, "channel_names", "names as text", names)));
    }
    JsonNode ending = tree.get("file_ending");
    if (ending == null || !ending.isString() || !ending.asString().startsWith(".")) {
      throw wrong(file, "file_ending", "text such as \".nii.gz\"", ending);
    }
    // Names of files are made with it: "./../x" would lead out of the folder of results.
    FileNames.check(CASE + ending.asString(), file + ", key file_ending");
    Optional<String> reader = Optional.ofNullable(tree.get("overwrite_image_reader_writer"))
        .filter(JsonNode::isString)
        .map(JsonNode::asString).filter(s -> !s.equals("None"));
    DeclaredLabels declared = DeclaredLabels.of(file, tree.get(LABELS));
    Labels labels = labels(file, tree, declared);
    List<String> warnings = new ArrayList<>(declared.warnings(file));
    labels.lostRegions().forEach(region -> warnings.add(file + ": with regions_class_order "
        + labels.regionsClassOrder() + " the region " + region + " cannot be read back from a label"
        + " map, even of a perfect prediction; order the regions so that smaller ones come after"
        + " those they lie in, each with a label of its own"));
    return new DatasetJson(file, channels, labels, ending.asString(), reader,
        normalized(tree, declared), warnings);
  }

  /**
   * nnU-Net's name of the reader for these images: the one that the file demands, else the first that
   * nnU-Net tries for the ending.
   *
   * @throws FiduciaException BAD_INPUT if nothing reads such files
   */
  public String reader() {
    return overwriteReader.orElseGet(() -> readers().get(0).upstreamName());
  }

  /** The readers that nnU-Net tries for the ending; errors as {@link #reader}. */
  List<NnunetReader> readers() {
    List<NnunetReader> readers = NnunetReader.forEnding(fileEnding);
    if (readers.isEmpty()) {
      throw FiduciaException.badInput("image files of this kind cannot be read", file,
          "expected the file_ending .nii.gz, .nii, .png, .bmp, .tif or .tiff, found " + fileEnding,
          "convert the images to NIfTI");
    }
    return readers;
  }

  /**
   * The same with a reader chosen, unless the file demands one: as nnU-Net, the first one for the
   * ending that can read the dataset's first image or label map. What {@link #write} writes stays.
   *
   * @throws FiduciaException BAD_INPUT as {@link #reader}
   */
  public DatasetJson withReaderFor(Path first) {
    if (overwriteReader.isPresent() || readers().size() == 1) {
      return this;
    }
    for (NnunetReader reader : readers()) {
      try {
        if (reader == NnunetReader.NATURAL_IMAGE_2D) {
          RasterReader.read(first);
        } else if (reader.nifti().isPresent()) {
          NiftiReader.check(first, reader.nifti().get());
        }
        return new DatasetJson(file, channels, labelSet, fileEnding,
            Optional.of(reader.upstreamName()), tree, warnings);
      } catch (FiduciaException e) {
        // The next reader may; if none can, the first one's error comes up when the case is read.
        continue;
      }
    }
    return this;
  }

  /** Whether the file itself has what {@link #write} would write. */
  public boolean isAsInFile() {
    return parse(file).equals(tree);
  }

  /** Writes the file with everything that was read, whole or not at all. */
  public void write(Path target) {
    AtomicFiles.writeString(target,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
  }

  /** The whole file as maps, lists, texts and numbers, as a checkpoint keeps it. */
  public Map<String, Object> asMap() {
    return JsonMapper.shared().convertValue(tree,
        new TypeReference<LinkedHashMap<String, Object>>() {
        });
  }

  private static ObjectNode parse(Path file) {
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("dataset.json is missing", file, "no such file",
          "give an nnU-Net raw dataset folder: imagesTr, labelsTr, dataset.json");
    }
    try {
      JsonNode node = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build().readTree(Files.readString(file));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw FiduciaException.badInput("dataset.json is not usable", file,
          "expected a JSON object", "compare it with nnU-Net's dataset format");
    } catch (JacksonException e) {
      throw FiduciaException.badInput("dataset.json cannot be read",
          file + ", line " + e.getLocation().getLineNr() + ", column "
              + e.getLocation().getColumnNr(),
          e.getOriginalMessage(), "check that the file is valid JSON", e);
    } catch (IOException e) {
      throw FiduciaException.badInput("dataset.json cannot be read", file, e.getMessage(),
          "check that it may be read and is text in UTF-8", e);
    }
  }

  private static Labels labels(Path file, ObjectNode tree, DeclaredLabels declared) {
    JsonNode node = tree.get(LABELS);
    Map<String, List<Integer>> byName = new LinkedHashMap<>();
    declared.entries().forEach(e -> byName.put(e.name(), e.values()));
    if (!List.of(0).equals(byName.get(DeclaredLabels.BACKGROUND))) {
      throw wrong(file, LABELS, "\"background\": 0", node);
    }
    OptionalInt ignore = declared.ignore();
    List<Integer> order = new ArrayList<>();
    if (declared.hasRegions()) {
      JsonNode given = tree.get(ORDER);
      int foreground = byName.size() - 1 - (ignore.isPresent() ? 1 : 0);
      if (given == null || !given.isArray() || given.size() != foreground) {
        throw wrong(file, ORDER, "a list of " + foreground + " labels, one for each region", given);
      }
      given.forEach(v -> order.add(DeclaredLabels.value(file, ORDER, v)));
    } else if (byName.values().stream().distinct().count() < byName.size()) {
      throw wrong(file, LABELS, "a value of its own for each structure", node);
    }
    Set<String> lists = declared.entries().stream().filter(DeclaredLabels.Entry::list)
        .map(DeclaredLabels.Entry::name).collect(Collectors.toSet());
    Labels labels = new Labels(byName, lists, order, ignore);
    List<Integer> values = labels.values();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) != i) {
        throw FiduciaException.badInput("labels are not consecutive", file,
            "expected 0 to " + (values.size() - 1) + ", found " + values,
            "renumber the labels in dataset.json and in the label files");
      }
    }
    if (ignore.isPresent() && ignore.getAsInt() != values.size()) {
      throw FiduciaException.badInput("the ignore label must be the highest", file,
          "expected " + values.size() + ", found " + ignore.getAsInt(), "renumber the labels");
    }
    return labels;
  }

  /** Puts labels that were read the other way round into the tree in nnU-Net's form. */
  private static ObjectNode normalized(ObjectNode tree, DeclaredLabels declared) {
    if (declared.reversed()) {
      ObjectNode labels = tree.putObject(LABELS);
      declared.entries().forEach(e -> labels.put(e.name(), e.values().get(0)));
    }
    return tree;
  }

  private static FiduciaException wrong(Path file, String key, String expected, JsonNode found) {
    return DeclaredLabels.wrong(file, key, expected, found);
  }
}
