package io.fiducia.promptable.automatic;

import io.fiducia.promptable.sam.picture.MaskScaling;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The logits of all mask tokens in the slices of an image, kept in the size of the network's masks: a fraction of the
 * memory of probabilities on the image's grid, which are computed from them when they are asked for.
 */
final class TokenSlices {
  private final PlaneStack stack;
  private final MaskScaling scaling;
  private final int tokens;
  private final Map<Integer, float[]> logits = new LinkedHashMap<>();

  /** No slice yet. @param tokens number of mask tokens; the first one is the background */
  TokenSlices(PlaneStack stack, MaskScaling scaling, int tokens) {
    this.stack = stack;
    this.scaling = scaling;
    this.tokens = tokens;
  }

  /** Keeps a slice's logits, token by token. */
  void put(int slice, float[] ofTokens) {
    logits.put(slice, ofTokens);
  }

  /** The probabilities of a slice's voxels for each token; background only in a slice that was left out. */
  float[][] probabilities(int slice) {
    float[][] out = new float[tokens][];
    float[] kept = logits.get(slice);
    if (kept == null) {
      for (int t = 0; t < tokens; t++) {
        out[t] = new float[stack.axes().columns() * stack.axes().rows()];
        Arrays.fill(out[t], t == 0 ? 1 : 0);
      }
      return out;
    }
    int side = scaling.maskSide();
    try (TorchScope scope = TorchScope.open("probabilities");
        Autograd.Guard none = Autograd.noGrad()) {
      float[] all = scaling.atPicture(Tensor.of(kept, Device.CPU, 1, tokens, side, side))
          .softmax(1).toFloats();
      int pixels = all.length / tokens;
      for (int t = 0; t < tokens; t++) {
        out[t] = stack.toVoxels(Arrays.copyOfRange(all, t * pixels, (t + 1) * pixels));
      }
    }
    return out;
  }

  /** The probabilities of a token on the image's grid. */
  FloatVolume probability(int token) {
    float[] out = new float[stack.grid().size().voxels()];
    logits.keySet().forEach(slice -> stack.put(out, slice, probabilities(slice)[token]));
    return new FloatVolume(stack.grid(), out);
  }
}
