package io.fiducia.promptable.adapt;

import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.StoredTensors;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tiny networks of the SAM family with random weights. */
public final class TinySam {
  /** A ViT with a windowed and a global block. */
  public static final SamShape VIT = new SamShape(
      VitShape.of(96, 32, 2, 2, 4, List.of(1), 64), 32, 4, 4);
  /** A TinyViT whose first stage has no attention, with 2, 2 and 4 heads in the others. */
  public static final SamShape TINY_VIT = new SamShape(
      new TinyVitShape(TinyVitShape.Stem.STRIDED, 128, List.of(8, 16, 24, 32), List.of(1, 1, 2, 1),
          List.of(1, 2, 2, 4), List.of(7, 3, 5, 3), 0),
      32, 4, 4);

  private TinySam() {}

  /** Random weights. */
  public static SamWeights weights(SamShape shape, long seed) {
    SamFamily family = SamFamily.of(shape.encoder());
    try (SamNetwork network = SamNetwork.create(shape, Device.CPU, seed)) {
      return new SamWeights("tiny", family, shape, StoredTensors.toStored(network.state()),
          Map.of());
    }
  }

  /** All masks of a network for one fixed noise picture and box, and their predicted IoU. */
  public static float[] answer(SamNetwork network) {
    int side = network.shape().encoder().imageSize();
    Random random = new Random(5);
    float[] picture = new float[3 * side * side];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = (float) random.nextGaussian();
    }
    try (TorchScope scope = TorchScope.open("answer"); Autograd.Guard off = Autograd.noGrad()) {
      Tensor embedding = network.embed(Tensor.of(picture, Device.CPU, 1, 3, side, side));
      var masks = network.masks(embedding, SamPrompts.boxes(new float[]{20, 30, 70, 80}), 0,
          network.shape().maskTokens());
      float[] logits = masks.logits().toFloats();
      float[] iou = masks.iou().toFloats();
      float[] out = new float[logits.length + iou.length];
      System.arraycopy(logits, 0, out, 0, logits.length);
      System.arraycopy(iou, 0, out, logits.length, iou.length);
      return out;
    }
  }

  /** The largest difference of two answers. */
  public static double difference(float[] a, float[] b) {
    double most = a.length == b.length ? 0 : Double.NaN;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  /** Changes every parameter that trains by noise, as a training would. */
  public static void disturb(AdaptedNetwork adapted, double size) {
    Random random = new Random(9);
    adapted.trainable().forEach(p -> {
      try (TorchScope scope = TorchScope.open("disturb"); Autograd.Guard off = Autograd.noGrad()) {
        float[] noise = new float[Math.toIntExact(p.tensor().numel())];
        for (int i = 0; i < noise.length; i++) {
          noise[i] = (float) (size * random.nextGaussian());
        }
        p.tensor().add_(Tensor.of(noise, Device.CPU, p.tensor().shape()));
      }
    });
  }
}
