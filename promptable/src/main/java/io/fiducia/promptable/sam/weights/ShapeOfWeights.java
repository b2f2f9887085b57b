package io.fiducia.promptable.sam.weights;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.sam.network.EncoderShape;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Tells from names and sizes of tensors which network they belong to. */
final class ShapeOfWeights {
  private static final String ENCODER = "image_encoder.";
  private static final String PLACES = ENCODER + "pos_embed";
  private static final String STEM = ENCODER + "patch_embed.seq.0.c.weight";
  private static final int MOST_BLOCKS = 200;

  private final Map<String, StoredTensor> weights;
  private final Object where;

  ShapeOfWeights(Map<String, StoredTensor> weights, Object where) {
    this.weights = weights;
    this.where = where;
  }

  /**
   * The shape of the network.
   *
   * @throws FiduciaException BAD_INPUT if the tensors belong to no network of the family
   */
  SamShape shape() {
    EncoderShape encoder;
    if (weights.containsKey(PLACES)) {
      encoder = vit();
    } else if (weights.containsKey(STEM)) {
      encoder = tiny();
    } else {
      throw FiduciaException.badInput("these are no weights of the SAM family", where,
          "expected a tensor " + PLACES + " (ViT) or " + STEM + " (TinyViT), found " + names(),
          "give the file as its authors released it; SAM 2 and SAM-Med3D are other networks");
    }
    try {
      return new SamShape(encoder, size(ENCODER + "neck.0.weight", 4, 0),
          size("prompt_encoder.mask_downscaling.3.weight", 4, 0),
          size("mask_decoder.mask_tokens.weight", 2, 0));
    } catch (IllegalArgumentException e) {
      throw impossible(e);
    }
  }

  private EncoderShape vit() {
    int grid = size(PLACES, 4, 1);
    int dim = size(PLACES, 4, 3);
    int patch = size(ENCODER + "patch_embed.proj.weight", 4, 2);
    if (patch > VitShape.PATCH || size(PLACES, 4, 2) != grid) {
      throw impossible(new IllegalArgumentException(
          "patches of " + patch + " pixels, places " + grid + " by " + size(PLACES, 4, 2)));
    }
    List<Integer> tables = new ArrayList<>();
    while (tables.size() < MOST_BLOCKS && weights
        .containsKey(ENCODER + "blocks." + tables.size() + ".attn.rel_pos_h")) {
      tables.add(size(ENCODER + "blocks." + tables.size() + ".attn.rel_pos_h", 2, 0));
    }
    if (tables.isEmpty()) {
      throw missing(ENCODER + "blocks.0.attn.rel_pos_h");
    }
    int fitting = 2 * grid - 1;
    TreeSet<Integer> kinds = new TreeSet<>(tables);
    // Tables of another picture size are longer or shorter; those of windows are the shortest.
    int global = kinds.contains(fitting) ? fitting : kinds.last();
    int shortest = kinds.first() == global ? fitting : kinds.first();
    if (kinds.size() > 2) {
      throw impossible(new IllegalArgumentException(
          "tables of relative positions of " + kinds.size() + " lengths, " + kinds));
    }
    try {
      int width = size(ENCODER + "blocks.0.attn.rel_pos_h", 2, 1);
      return new VitShape(grid * patch, dim, tables.size(), dim / width,
          (shortest + 1) / 2,
          IntStream.range(0, tables.size()).filter(i -> tables.get(i) == global).boxed().toList(),
          size(ENCODER + "blocks.0.mlp.lin1.weight", 2, 0), global, patch);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw impossible(e);
    }
  }

  private EncoderShape tiny() {
    int kernel = size(STEM, 4, 2);
    TinyVitShape.Stem stem = Arrays.stream(TinyVitShape.Stem.values())
        .filter(s -> s.kernel() == kernel).findFirst()
        .orElseThrow(() -> impossible(new IllegalArgumentException(
            STEM + ": expected a kernel of 1 or 3 pixels, found " + kernel)));
    List<Integer> dims = new ArrayList<>(
        List.of(size(ENCODER + "patch_embed.seq.2.c.weight", 4, 0)));
    List<Integer> depths = new ArrayList<>(List.of(blocks(0, "conv1.c.weight")));
    List<Integer> heads = new ArrayList<>(List.of(2));
    List<Integer> windows = new ArrayList<>(List.of(7));
    for (int stage = 1; stage < 4; stage++) {
      String first = ENCODER + "layers." + stage + ".blocks.0.";
      dims.add(size(first + "attn.norm.weight", 1, 0));
      depths.add(blocks(stage, "attn.norm.weight"));
      heads.add(size(first + "attn.attention_biases", 2, 0));
      windows.add((int) Math.rint(Math.sqrt(size(first + "attn.attention_biases", 2, 1))));
    }
    int classes = weights.containsKey(ENCODER + "head.weight")
        ? size(ENCODER + "head.weight", 2, 0)
        : 0;
    try {
      return new TinyVitShape(stem, stem == TinyVitShape.Stem.STRIDED ? 1024 : 256, dims, depths,
          heads, windows, classes);
    } catch (IllegalArgumentException e) {
      throw impossible(e);
    }
  }

  private int blocks(int stage, String tensor) {
    int n = 0;
    while (n < MOST_BLOCKS
        && weights.containsKey(ENCODER + "layers." + stage + ".blocks." + n + "." + tensor)) {
      n++;
    }
    return n;
  }

  private int size(String name, int axes, int axis) {
    StoredTensor tensor = weights.get(name);
    if (tensor == null) {
      throw missing(name);
    }
    long[] shape = tensor.shape();
    if (shape.length != axes || shape[axis] < 1 || shape[axis] > 1 << 20) {
      throw impossible(new IllegalArgumentException(
          name + ": expected " + axes + " axes, found " + Arrays.toString(shape)));
    }
    return (int) shape[axis];
  }

  private FiduciaException missing(String name) {
    return FiduciaException.badInput("weights do not fit the network", where,
        "1 missing (" + name + ")", "give the file as it was released");
  }

  private FiduciaException impossible(RuntimeException cause) {
    return FiduciaException.badInput("these weights belong to another network", where,
        String.valueOf(cause.getMessage()), "give the file as its authors released it", cause);
  }

  private String names() {
    List<String> first = weights.keySet().stream().limit(3).toList();
    return first.isEmpty()
        ? "no tensor"
        : String.join(", ", first)
            + (weights.size() > first.size()
                ? " and " + (weights.size() - first.size()) + " more"
                : "");
  }
}
