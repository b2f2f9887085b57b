package io.fiducia.nnunet.plan;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a plan is made from: nnU-Net's dataset_fingerprint.json.
 *
 * @param spacings (z, y, x) spacing in mm of each training case, in the order of their names
 * @param shapesAfterCrop (z, y, x) voxels of each case inside its nonzero region
 * @param foreground intensities of labelled voxels, one entry per channel
 * @param medianRelativeSizeAfterCropping median part of the voxels that cropping keeps, 0 to 1
 */
public record Fingerprint(List<List<Double>> spacings, List<List<Integer>> shapesAfterCrop,
    List<IntensityProperties> foreground, double medianRelativeSizeAfterCropping) {
  private static final String FOREGROUND = "foreground_intensity_properties_per_channel";

  public Fingerprint {
    spacings = spacings.stream().map(List::copyOf).toList();
    shapesAfterCrop = shapesAfterCrop.stream().map(List::copyOf).toList();
    foreground = List.copyOf(foreground);
    if (spacings.isEmpty() || spacings.size() != shapesAfterCrop.size()) {
      throw new IllegalArgumentException(
          spacings.size() + " spacings and " + shapesAfterCrop.size() + " shapes");
    }
  }

  /** Reads dataset_fingerprint.json. @throws FiduciaException BAD_INPUT naming the key at fault */
  public static Fingerprint read(Path file) {
    JsonNode tree;
    try {
      tree = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("the fingerprint cannot be read", file, e.getMessage(),
          "extract the fingerprint again", e);
    }
    JsonKeys keys = new JsonKeys("the fingerprint", file.toString(), tree,
        "extract the fingerprint again");
    List<List<Double>> spacings = keys.numberLists("spacings");
    List<List<Integer>> shapes = keys.wholeLists("shapes_after_crop");
    check(file, "spacings", !spacings.isEmpty() && spacings.stream()
        .allMatch(s -> s.size() == 3 && s.stream().allMatch(v -> v > 0)), spacings);
    check(file, "shapes_after_crop", shapes.size() == spacings.size() && shapes.stream()
        .allMatch(s -> s.size() == 3 && s.stream().allMatch(v -> v > 0)), shapes);
    keys.need(FOREGROUND);
    return new Fingerprint(spacings, shapes, PlansJson.intensities(keys.at(FOREGROUND)),
        keys.number("median_relative_size_after_cropping"));
  }

  /** Writes dataset_fingerprint.json whole or not at all. */
  public void write(Path file) {
    ObjectNode tree = JsonMapper.shared().createObjectNode();
    var spacingArray = tree.putArray("spacings");
    spacings.forEach(s -> s.forEach(spacingArray.addArray()::add));
    var shapeArray = tree.putArray("shapes_after_crop");
    shapesAfterCrop.forEach(s -> s.forEach(shapeArray.addArray()::add));
    tree.set(FOREGROUND, PlansJson.tree(foreground));
    tree.put("median_relative_size_after_cropping", medianRelativeSizeAfterCropping);
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
  }

  /** Number of training cases. */
  public int cases() {
    return spacings.size();
  }

  private static void check(Path file, String key, boolean ok, List<?> found) {
    if (!ok) {
      throw FiduciaException.badInput("the fingerprint is not usable", file + ", key " + key,
          "expected three numbers above 0 for each case, found " + found.stream().limit(3).toList()
              + (found.size() > 3 ? " and " + (found.size() - 3) + " more" : ""),
          "extract the fingerprint again");
    }
  }
}
