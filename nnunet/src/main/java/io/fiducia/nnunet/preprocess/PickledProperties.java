package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.torch.checkpoint.CheckpointException;
import io.fiducia.torch.checkpoint.DType;
import io.fiducia.torch.checkpoint.NumpyArray;
import io.fiducia.torch.checkpoint.PickleReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the pickle that nnU-Net keeps beside a preprocessed case. Nothing in it is run. */
final class PickledProperties {
  private PickledProperties() {}

  /** The class locations alone; none for a case without labels. */
  static ClassLocations classLocations(Path file) {
    return locations(file, root(file));
  }

  /**
   * All properties, with what the pickle does not hold.
   *
   * @param plans the plans that the case was prepared by
   */
  static CaseProperties read(Path file, Plans plans, Configuration configuration) {
    Map<?, ?> root = root(file);
    List<Double> spacing = numbers(file, root, "spacing");
    List<Integer> forward = plans.transposeForward();
    List<Integer> before = integers(file, root, "shape_before_cropping");
    List<List<Integer>> bounds = new ArrayList<>();
    if (root.get("bbox_used_for_cropping") instanceof List<?> boxes && boxes.size() == 3) {
      boxes.forEach(b -> bounds.add(integers(file, b, "bbox_used_for_cropping", 2)));
    } else {
      throw bad(file, "expected three pairs in bbox_used_for_cropping");
    }
    int[] array = Grids.permute(Grids.shapeOf(before), Grids.inverse(Grids.shapeOf(forward)));
    Size size = new Size(array[2], array[1], array[0]);
    Grid grid = grid(file, root, size, spacing);
    List<Double> target = configuration.spacing();
    double kept = spacing.get(forward.get(0));
    return new CaseProperties(plans.imageReaderWriter(), spacing, forward, before, bounds,
        integers(file, root, "shape_after_cropping_and_before_resampling"),
        target.size() == 3 ? target : List.of(kept, target.get(0), target.get(1)), grid.array(),
        grid.file(), grid.dimensions(), locations(file, root));
  }

  private static Map<?, ?> root(Path file) {
    Object root;
    try {
      root = PickleReader.read(file);
    } catch (CheckpointException e) {
      throw FiduciaException.badInput(e.what(), e.where(), e.why(), e.advice(), e);
    }
    if (!(root instanceof Map<?, ?> properties)) {
      throw bad(file, "expected a dictionary of properties");
    }
    return properties;
  }

  /** Grids of the array and of the file, and the file's number of axes. */
  private record Grid(Geometry array, Geometry file, int dimensions) {}

  private static Grid grid(Path file, Map<?, ?> root, Size size, List<Double> spacing) {
    if (root.get("nibabel_stuff") instanceof Map<?, ?> nibabel) {
      Geometry original = ofAffine(file, nibabel.get("original_affine"), size);
      if (nibabel.get("reoriented_affine") == null) {
        return new Grid(original, original, 3);
      }
      Geometry turned = ofAffine(file, nibabel.get("reoriented_affine"), size);
      // The file's size is that of the array with its axes turned back.
      return new Grid(turned,
          Orientation.of(turned).to(Orientation.of(original)).apply(turned), 3);
    }
    if (root.get("sitk_stuff") instanceof Map<?, ?> itk) {
      int n = itk.get("spacing") instanceof List<?> list ? list.size() : 0;
      if (n != 2 && n != 3) {
        throw bad(file, "expected two or three spacings in sitk_stuff");
      }
      List<Double> step = numbers(file, itk.get("spacing"), "spacing", n);
      List<Double> origin = numbers(file, itk.get("origin"), "origin", n);
      List<Double> d = numbers(file, itk.get("direction"), "direction", n * n);
      Mat3 direction = n == 3
          ? new Mat3(new Vec3(d.get(0), d.get(3), d.get(6)), new Vec3(d.get(1), d.get(4), d.get(7)),
              new Vec3(d.get(2), d.get(5), d.get(8)))
          : new Mat3(new Vec3(d.get(0), d.get(2), 0), new Vec3(d.get(1), d.get(3), 0),
              new Vec3(0, 0, 1));
      Geometry grid = new Geometry(size,
          new Vec3(step.get(0), step.get(1), n == 3 ? step.get(2) : 1),
          new Vec3(origin.get(0), origin.get(1), n == 3 ? origin.get(2) : 0), direction);
      return new Grid(grid, itk.get("original_orientation") instanceof String letters
          ? Orientation.of(grid).to(Orientation.parse(letters)).apply(grid)
          : grid, n);
    }
    boolean picture = size.z() == 1;
    Geometry plain = Geometry.of(size,
        new Vec3(spacing.get(2), spacing.get(1), picture ? 1 : spacing.get(0)));
    return new Grid(plain, plain, picture ? 2 : 3);
  }

  private static Geometry ofAffine(Path file, Object value, Size size) {
    boolean fits = value instanceof NumpyArray array && array.values().dtype() == DType.FLOAT64
        && array.values().shape().length == 2 && array.values().shape()[0] == 4
        && array.values().shape()[1] == 4;
    if (!fits) {
      throw bad(file, "expected a 4x4 matrix of float64 as affine");
    }
    double[] a = new double[16];
    ((NumpyArray) value).values().bytes().asDoubleBuffer().get(a);
    Vec3[] columns = new Vec3[4];
    for (int c = 0; c < 4; c++) {
      // RAS in nibabel, LPS here.
      columns[c] = new Vec3(-a[c], -a[4 + c], a[8 + c]);
    }
    Vec3 spacing = new Vec3(columns[0].norm(), columns[1].norm(), columns[2].norm());
    return new Geometry(size, spacing, columns[3], new Mat3(columns[0].times(1 / spacing.x()),
        columns[1].times(1 / spacing.y()), columns[2].times(1 / spacing.z())));
  }

  private static List<Double> numbers(Path file, Map<?, ?> root, String key) {
    return numbers(file, root.get(key), key, 3);
  }

  private static List<Double> numbers(Path file, Object value, String key, int count) {
    List<Double> numbers = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(v -> numbers.add(v instanceof Number n ? n.doubleValue() : Double.NaN));
    }
    if (numbers.size() != count || numbers.stream().anyMatch(v -> !Double.isFinite(v))) {
      throw bad(file, "expected " + count + " numbers as " + key + ", found " + value);
    }
    return numbers;
  }

  private static List<Integer> integers(Path file, Map<?, ?> root, String key) {
    return integers(file, root.get(key), key, 3);
  }

  private static List<Integer> integers(Path file, Object value, String key, int count) {
    return numbers(file, value, key, count).stream().map(Double::intValue).toList();
  }

  private static ClassLocations locations(Path file, Map<?, ?> properties) {
    Object found = properties.get("class_locations");
    if (found == null) {
      return ClassLocations.none();
    }
    if (!(found instanceof Map<?, ?> classes)) {
      throw bad(file, "expected class_locations to be a dictionary");
    }
    List<ClassLocations.Entry> entries = new ArrayList<>();
    classes.forEach((key, value) -> {
      boolean region = key instanceof List<?>;
      List<Integer> labels = new ArrayList<>();
      for (Object label : key instanceof List<?> list ? list : List.of(key)) {
        if (!(label instanceof Long number) || number < -1 || number > Short.MAX_VALUE) {
          throw bad(file, "expected labels as keys of class_locations, found " + key);
        }
        labels.add(number.intValue());
      }
      entries.add(new ClassLocations.Entry(labels, region, zyx(file, value)));
    });
    return new ClassLocations(entries);
  }

  private static int[] zyx(Path file, Object value) {
    if (value instanceof List<?> list && list.isEmpty()) {
      return new int[0];
    }
    boolean rows = value instanceof NumpyArray array && array.values().dtype() == DType.INT64
        && array.values().shape().length == 2 && array.values().shape()[1] == 4;
    if (!rows) {
      throw bad(file, "expected int64 rows (channel, z, y, x) in class_locations, found " + value);
    }
    long[] values = ((NumpyArray) value).values().toLongs();
    int[] zyx = new int[values.length / 4 * 3];
    for (int i = 0; i < values.length; i++) {
      if (i % 4 != 0) {
        zyx[i / 4 * 3 + i % 4 - 1] = Math.toIntExact(values[i]);
      }
    }
    return zyx;
  }

  private static FiduciaException bad(Path file, String why) {
    return FiduciaException.badInput(
        "the pickle holds no properties of a preprocessed case", file, why, "preprocess again");
  }
}
