package io.fiducia.app.commands;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Suggestions;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptStep;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prompts as a file, in the form that all promptable commands share:
 *
 * <pre>
 * {"objects": [{"name": "Bladder", "steps": [
 *   {"point": [i, j, k], "positive": true}, {"box": [[i0, j0, k0], [i1, j1, k1]]},
 *   {"scribble": "FILE.nii.gz", "positive": false}, {"lasso": "FILE.nii.gz", "positive": true},
 *   {"initial": "FILE.nii.gz"}, {"undo": true}]}]}
 * </pre>
 *
 * <p>in voxel indices of the image; upper bounds of boxes are exclusive; {@code positive} is true unless the
 * step says otherwise; files are beside the JSON file and lie on the image's grid, nonzero is drawn.
 */
public final class PromptFile {
  private static final List<String> KINDS = List.of("point", "box", "scribble", "lasso", "initial",
      "undo");
  private static final List<String> STEP_KEYS = List.of("point", "box", "scribble", "lasso",
      "initial", "undo", "positive");

  private final Path file;
  private final Geometry grid;

  private PromptFile(Path file, Geometry grid) {
    this.file = file;
    this.grid = grid;
  }

  /**
   * Returns the objects of a file with their steps.
   *
   * @param grid of the image
   * @throws FiduciaException BAD_INPUT naming the object and step at fault
   */
  public static List<PromptedObject> read(Path file, Geometry grid) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("the prompts cannot be read", file,
          String.valueOf(e.getMessage()), "check that the file exists and is valid JSON", e);
    }
    return new PromptFile(file, grid).objects(root);
  }

  private List<PromptedObject> objects(JsonNode root) {
    known("file", root, List.of("objects"));
    JsonNode objects = root.path("objects");
    if (!objects.isArray() || objects.isEmpty()) {
      throw wrong("objects", "a list of objects with name and steps", objects);
    }
    List<PromptedObject> out = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode object : objects) {
      known("object " + (out.size() + 1), object, List.of("name", "steps"));
      String name = object.path("name").asString("");
      if (name.isBlank() || !names.add(name)) {
        throw wrong("name", "a name of its own for each object", object.path("name"));
      }
      if (!object.path("steps").isArray()) {
        throw wrong(name, "a list of steps", object.path("steps"));
      }
      out.add(new PromptedObject(name, steps(name, object.path("steps"))));
    }
    return out;
  }

  private List<PromptStep> steps(String name, JsonNode nodes) {
    List<PromptStep> steps = new ArrayList<>();
    int open = 0;
    for (JsonNode node : nodes) {
      String where = name + ", step " + (steps.size() + 1);
      known(where, node, STEP_KEYS);
      if (KINDS.stream().filter(node::has).count() != 1) {
        throw wrong(where, "one of point, box, scribble, lasso, initial or undo", node);
      }
      if (!node.path("positive").isMissingNode() && !node.get("positive").isBoolean()) {
        throw wrong(where, "true or false as positive", node);
      }
      if (node.has("undo") && !node.get("undo").asBoolean(false)) {
        throw wrong(where, "true as undo", node);
      }
      if (!node.has("undo")) {
        steps.add(prompt(where, node));
        open++;
      } else if (open == 0) {
        throw PromptedObject.nothingToUndo(file + ", " + where);
      } else {
        steps.add(new PromptStep.Undo());
        open--;
      }
    }
    return steps;
  }

  private Prompt prompt(String where, JsonNode step) {
    boolean positive = step.path("positive").asBoolean(true);
    if (step.has("point")) {
      int[] p = voxel(where, step.get("point"), 0);
      return new Prompt.Click(p[0], p[1], p[2], positive);
    }
    if (step.has("box")) {
      if (!step.get("box").isArray() || step.get("box").size() != 2) {
        throw wrong(where, "two corners of a box", step);
      }
      int[] low = voxel(where, step.get("box").get(0), 0);
      int[] high = voxel(where, step.get("box").get(1), 1);
      for (int a = 0; a < 3; a++) {
        if (low[a] >= high[a]) {
          throw wrong(where, "a box whose upper bounds, exclusive, lie above the lower ones", step);
        }
      }
      return new Prompt.Box(
          Region.between(low[0], low[1], low[2], high[0], high[1], high[2]), positive);
    }
    if (step.has("scribble")) {
      return new Prompt.Scribble(drawn(where, "scribble", step), positive);
    }
    if (step.has("lasso")) {
      return new Prompt.Lasso(drawn(where, "lasso", step), positive);
    }
    if (step.has("initial")) {
      return new Prompt.Initial(drawn(where, "initial", step));
    }
    throw wrong(where, "a prompt", step);
  }

  /** Refuses keys that nobody reads: a misspelt one would be lost silently. */
  private void known(String where, JsonNode node, List<String> keys) {
    if (!node.isObject()) {
      throw wrong(where, "an object with " + String.join(", ", keys), node);
    }
    for (String key : node.propertyNames()) {
      if (!keys.contains(key)) {
        throw FiduciaException.badInput("the prompts have an unknown key", file + ", " + where,
            "expected " + String.join(", ", keys) + "; found " + FileNames.printable(key),
            Suggestions.nearest(key, keys).map(k -> "did you mean " + k + "?")
                .orElse("see docs/promptable.md, \"Prompts\""));
      }
    }
  }

  private LabelVolume drawn(String where, String kind, JsonNode step) {
    String name = step.get(kind).asString("");
    if (name.isBlank()) {
      throw wrong(where, "the name of a file", step);
    }
    Path drawn = file.resolveSibling(name);
    LabelVolume labels = NiftiReader.read(drawn).toLabelVolume();
    if (!labels.geometry().sameGrid(grid)) {
      throw FiduciaException.badInput(
          "a drawing (" + kind + ") lies on another grid than the image",
          drawn, "expected " + grid + ", found " + labels.geometry(), "draw it on the image");
    }
    return labels;
  }

  /** A voxel's index; {@code beyond} is 1 for an exclusive upper bound. */
  private int[] voxel(String where, JsonNode node, int beyond) {
    int[] index = new int[3];
    Size size = grid.size();
    for (int a = 0; a < 3; a++) {
      if (node.size() != 3 || !node.get(a).isIntegralNumber() || node.get(a).asInt() < beyond
          || node.get(a).asInt() >= size.get(a) + beyond) {
        throw wrong(where, "three voxel indices within " + size, node);
      }
      index[a] = node.get(a).asInt();
    }
    return index;
  }

  private FiduciaException wrong(String where, String expected, JsonNode found) {
    return FiduciaException.badInput("the prompts are not usable", file + ", " + where,
        "expected " + expected + ", found " + (found.isMissingNode() ? "nothing" : found),
        "see docs/promptable.md, \"Prompts\"");
  }
}
