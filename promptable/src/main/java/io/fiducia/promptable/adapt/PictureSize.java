package io.fiducia.promptable.adapt;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fits the weights of a ViT to pictures of another size, to go on training with: absolute places and the tables of
 * relative places in global blocks are interpolated linearly, as torch does with {@code align_corners=False}.
 */
public final class PictureSize {
  private static final String PLACES = "image_encoder.pos_embed";

  private PictureSize() {}

  /**
   * The weights for pictures of so many pixels along each side; those of that size stay as they are.
   *
   * @throws FiduciaException BAD_INPUT if the network is no ViT
   */
  public static SamWeights of(SamWeights weights, int side) {
    if (!(weights.shape().encoder() instanceof VitShape before)) {
      throw FiduciaException.badInput("the size of the pictures cannot be changed", weights.name(),
          "expected a ViT, found " + weights.family().title(), "start from weights of a ViT");
    }
    VitShape after = VitShape.of(side, before.dim(), before.depth(), before.heads(),
        before.window(), before.globalBlocks(), before.mlp()).withPatch(before.patch());
    if (after.equals(before)) {
      return weights;
    }
    Map<String, StoredTensor> out = new LinkedHashMap<>(weights.tensors());
    out.computeIfPresent(PLACES, (name, t) -> places(t, before.grid(), after.grid()));
    for (int block : before.globalBlocks()) {
      for (String axis : new String[]{"h", "w"}) {
        out.computeIfPresent("image_encoder.blocks." + block + ".attn.rel_pos_" + axis,
            (name, t) -> table(t, after.globalTable()));
      }
    }
    SamShape shape = weights.shape();
    return new SamWeights(weights.name(), weights.family(),
        new SamShape(after, shape.channels(), shape.maskChannels(), shape.maskTokens()), out,
        weights.about());
  }

  private static StoredTensor places(StoredTensor tensor, int before, int after) {
    int width = Math.toIntExact(tensor.shape()[3]);
    float[] columns = stretched(tensor.toFloats(), new int[]{before, before, width}, after);
    float[] rows = stretched(columns, new int[]{1, before, after * width}, after);
    return StoredTensor.ofFloats(rows, 1, after, after, width);
  }

  private static StoredTensor table(StoredTensor tensor, int after) {
    int before = Math.toIntExact(tensor.shape()[0]);
    int width = Math.toIntExact(tensor.shape()[1]);
    return StoredTensor.ofFloats(
        stretched(tensor.toFloats(), new int[]{1, before, width}, after), after, width);
  }

  /** Interpolates along the middle of three axes. */
  private static float[] stretched(float[] values, int[] shape, int after) {
    int before = shape[1];
    int width = shape[2];
    float[] out = new float[shape[0] * after * width];
    for (int i = 0; i < after; i++) {
      double at = Math.clamp((i + 0.5) * before / after - 0.5, 0.0, before - 1.0);
      int low = (int) at;
      int high = Math.min(before - 1, low + 1);
      float share = (float) (at - low);
      for (int o = 0; o < shape[0]; o++) {
        for (int c = 0; c < width; c++) {
          float a = values[(o * before + low) * width + c];
          float b = values[(o * before + high) * width + c];
          out[(o * after + i) * width + c] = a + share * (b - a);
        }
      }
    }
    return out;
  }
}
