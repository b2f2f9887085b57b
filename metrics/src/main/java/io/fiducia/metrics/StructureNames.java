package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads structures from the {@code labels} of nnU-Net's dataset.json. */
public final class StructureNames {
  private StructureNames() {}

  /** The dataset.json beside references, in their folder or one above it, if there is one. */
  public static Optional<Path> find(Path references) {
    Path path = references.toAbsolutePath().normalize();
    Path folder = Files.isRegularFile(path) ? path.getParent() : path;
    for (Path place : folder.getParent() == null
        ? List.of(folder)
        : List.of(folder, folder.getParent())) {
      Path file = place.resolve("dataset.json");
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * The foreground structures in the order of the file, a list of labels being a region; the ignore
   * label and the background are left out. As at nnU-Net, a list of one label is a region only where
   * another list has several.
   *
   * @throws FiduciaException BAD_INPUT naming what in the file cannot be used
   */
  public static List<Structure> read(Path datasetJson) {
    return from(datasetJson, root -> labels(datasetJson, root).structures());
  }

  /** The label that marks voxels without annotation, if the file declares one. */
  public static OptionalInt ignoreLabel(Path datasetJson) {
    return from(datasetJson, root -> labels(datasetJson, root).ignore());
  }

  /**
   * What the user should know of the labels although they can be used; mostly nothing.
   *
   * @throws FiduciaException BAD_INPUT as {@link #read}
   */
  public static List<String> warnings(Path datasetJson) {
    return from(datasetJson, root -> labels(datasetJson, root).warnings(datasetJson));
  }

  private static DeclaredLabels labels(Path datasetJson, JsonNode root) {
    return DeclaredLabels.of(datasetJson, root.path("labels"));
  }

  /** What the names of image and label files end in, with the dot, if the file states it. */
  public static Optional<String> fileEnding(Path datasetJson) {
    return from(datasetJson, root -> root.path("file_ending").stringValueOpt());
  }

  private static <T> T from(Path datasetJson, Function<JsonNode, T> what) {
    try {
      return what.apply(JsonMapper.shared().readTree(Files.readString(datasetJson)));
    } catch (JacksonException e) {
      // A value of another type has no line.
      String line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw FiduciaException.badInput("cannot read dataset.json", datasetJson + line,
          e.getOriginalMessage(), "check that the file is valid JSON", e);
    } catch (java.io.IOException e) {
      throw FiduciaException.badInput("cannot read dataset.json", datasetJson, e.getMessage(),
          "check that the file is valid JSON", e);
    }
  }
}
