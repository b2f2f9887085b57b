package io.fiducia.nnunet.plan;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * @param foreground intensities of labelled voxels, one entry a channel
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
    List<List<Double>> spacings = new ArrayList<>();
    for (JsonNode s : need(file, tree, "spacings")) {
      List<Double> spacing = PlansJson.doubles(s);
      check(file, "spacings", spacing.size() == 3 && spacing.stream().allMatch(v -> v > 0), s);
      spacings.add(spacing);
    }
    List<List<Integer>> shapes = new ArrayList<>();
    for (JsonNode s : need(file, tree, "shapes_after_crop")) {
      List<Integer> shape = PlansJson.ints(s);
      check(file, "shapes_after_crop", shape.size() == 3 && shape.stream().allMatch(v -> v > 0),
          s);
      shapes.add(shape);
    }
    check(file, "spacings", !spacings.isEmpty() && spacings.size() == shapes.size(),
        tree.get("spacings"));
    double relative = need(file, tree, "median_relative_size_after_cropping").asDouble();
    return new Fingerprint(spacings, shapes,
        PlansJson.intensities(need(file, tree, FOREGROUND)), relative);
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

  private static JsonNode need(Path file, JsonNode tree, String key) {
    JsonNode node = tree.get(key);
    check(file, key, node != null && !node.isNull(), node);
    return node;
  }

  private static void check(Path file, String key, boolean ok, JsonNode found) {
    if (!ok) {
      throw FiduciaException.badInput("the fingerprint is not usable", file + ", key " + key,
          "found " + (found == null ? "nothing" : found), "extract the fingerprint again");
    }
  }
}
