package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.torch.checkpoint.PickleReader;
import io.fiducia.torch.checkpoint.PyTuple;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * nnU-Net's postprocessing.pkl: a pair of lists, functions and their arguments. It is read as plain
 * data, and nothing in it is run.
 */
public final class PostprocessingFile {
  /** The name of nnU-Net's function, and where it lives there. */
  static final String FUNCTION = "remove_all_but_largest_component_from_segmentation";
  private static final String MODULE = "nnunetv2.postprocessing.remove_connected_components";
  private static final String ARGUMENT = "labels_or_regions";
  private static final String BACKGROUND = "background_label";

  private PostprocessingFile() {}

  /**
   * Reads the steps.
   *
   * @throws FiduciaException BAD_INPUT if the file is damaged, holds anything but plain data, or asks
   *     for what is not known
   */
  public static List<PostprocessingStep> read(Path file) {
    Object root = PickleReader.read(file);
    if (!(root instanceof List<?> pair) || pair.size() != 2
        || !(pair.get(0) instanceof List<?> functions)
        || !(pair.get(1) instanceof List<?> arguments) || functions.size() != arguments.size()) {
      throw bad(file, "expected a pair of lists, functions and arguments, found " + root);
    }
    List<PostprocessingStep> steps = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      boolean known = FUNCTION.equals(functions.get(i))
          && arguments.get(i) instanceof Map<?, ?> map && map.containsKey(ARGUMENT)
          && map.keySet().stream().allMatch(k -> k.equals(ARGUMENT) || k.equals(BACKGROUND))
          && (!map.containsKey(BACKGROUND) || Long.valueOf(0).equals(map.get(BACKGROUND)));
      if (!known) {
        throw bad(file, "expected " + FUNCTION + " with " + ARGUMENT + ", found "
            + functions.get(i) + " " + arguments.get(i));
      }
      Object value = ((Map<?, ?>) arguments.get(i)).get(ARGUMENT);
      if (value instanceof List<?> list && !(value instanceof PyTuple)) {
        steps.add(new PostprocessingStep(
            list.stream().map(g -> group(file, g)).toList(), true));
      } else {
        steps.add(new PostprocessingStep(List.of(group(file, value)), false));
      }
    }
    return steps;
  }

  private static PostprocessingStep.Group group(Path file, Object value) {
    return value instanceof PyTuple tuple
        ? new PostprocessingStep.Group(tuple.stream().map(v -> label(file, v)).toList(), true)
        : new PostprocessingStep.Group(List.of(label(file, value)), false);
  }

  private static int label(Path file, Object value) {
    if (value instanceof Number n && n.doubleValue() == n.intValue() && n.intValue() > 0
        && n.intValue() <= Short.MAX_VALUE) {
      return n.intValue();
    }
    throw bad(file, "expected a label from 1 to " + Short.MAX_VALUE + ", found " + value);
  }

  private static FiduciaException bad(Path file, String why) {
    return FiduciaException.badInput("this is no post-processing that nnU-Net chose", file, why,
        "give the postprocessing.pkl that find-best-configuration wrote");
  }

  /** Writes the steps so that nnU-Net loads them. */
  public static void write(Path file, List<PostprocessingStep> steps) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x80);
    out.write(3);
    text(out, "](");
    steps.forEach(s -> text(out, "c" + MODULE + "\n" + FUNCTION + "\n"));
    text(out, "e](");
    for (PostprocessingStep step : steps) {
      text(out, "}X");
      int32(out, ARGUMENT.length());
      text(out, ARGUMENT);
      if (step.list()) {
        text(out, "](");
        step.groups().forEach(g -> group(out, g));
        text(out, "e");
      } else {
        group(out, step.groups().get(0));
      }
      text(out, "s");
    }
    // A tuple of two, and the end.
    text(out, "e");
    out.write(0x86);
    text(out, ".");
    AtomicFiles.write(file, o -> out.writeTo(o));
  }

  private static void group(ByteArrayOutputStream out, PostprocessingStep.Group group) {
    if (group.region()) {
      text(out, "(");
    }
    for (int label : group.labels()) {
      text(out, "J");
      int32(out, label);
    }
    if (group.region()) {
      text(out, "t");
    }
  }

  private static void text(ByteArrayOutputStream out, String ascii) {
    out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  private static void int32(ByteArrayOutputStream out, int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }
}
