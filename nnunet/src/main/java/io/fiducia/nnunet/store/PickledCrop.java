package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.CaseProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a case was cropped, from the pickle that nnU-Net keeps beside a preprocessed case.
 *
 * @param spacingMm distance of voxel centres of the array as read, (z, y, x)
 * @param crop in the network's axes
 */
public record PickledCrop(List<Double> spacingMm, CaseProperties.Crop crop) {

  /** Reads the pickle. @throws FiduciaException BAD_INPUT if it lacks a value or is damaged */
  static PickledCrop read(Path file) {
    Map<?, ?> properties = PickledLocations.properties(file);
    List<List<Integer>> bounds = new ArrayList<>();
    for (Object pair : list(file, properties, "bbox_used_for_cropping", 3)) {
      bounds.add(integers(file, "bbox_used_for_cropping", pair, 2));
    }
    List<Double> spacing = new ArrayList<>();
    for (Object v : list(file, properties, "spacing", 3)) {
      if (!(v instanceof Number n) || !(n.doubleValue() > 0)) {
        throw bad(file, "spacing", "numbers above 0", v);
      }
      spacing.add(n.doubleValue());
    }
    return new PickledCrop(spacing, new CaseProperties.Crop(
        integers(file, "shape_before_cropping", properties.get("shape_before_cropping"), 3),
        bounds, integers(file, "shape_after_cropping_and_before_resampling",
            properties.get("shape_after_cropping_and_before_resampling"), 3)));
  }

  private static List<?> list(Path file, Map<?, ?> properties, String key, int size) {
    if (properties.get(key) instanceof List<?> list && list.size() == size) {
      return list;
    }
    throw bad(file, key, "a list of " + size, properties.get(key));
  }

  private static List<Integer> integers(Path file, String key, Object value, int size) {
    if (!(value instanceof List<?> list) || list.size() != size) {
      throw bad(file, key, size + " whole numbers", value);
    }
    List<Integer> numbers = new ArrayList<>();
    for (Object v : list) {
      if (!(v instanceof Long n) || n < 0 || n > Integer.MAX_VALUE) {
        throw bad(file, key, "whole numbers from 0", v);
      }
      numbers.add(n.intValue());
    }
    return numbers;
  }

  private static FiduciaException bad(Path file, String key, String expected, Object found) {
    return PickledLocations.bad(file, "expected " + expected + " as " + key + ", found "
        + (found == null ? "nothing" : found));
  }
}
