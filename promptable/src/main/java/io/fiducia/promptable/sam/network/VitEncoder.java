package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** SAM's vision transformer. */
public final class VitEncoder implements ImageEncoder {
  private final Tensor patchWeight;
  private final Tensor patchBias;
  private final Tensor places;
  private final List<VitBlock> blocks = new ArrayList<>();
  private final Neck neck;

  VitEncoder(Initializer init, VitShape shape, int channels) {
    int patch = shape.patch();
    this.patchWeight = init.kaimingNormal(Math.sqrt(5), shape.dim(), 3, patch, patch);
    this.patchBias = init.constant(0, shape.dim());
    this.places = init.constant(0, 1, shape.grid(), shape.grid(), shape.dim());
    for (int i = 0; i < shape.depth(); i++) {
      boolean global = shape.isGlobal(i);
      blocks.add(new VitBlock(init, shape, global ? 0 : shape.window(),
          global ? shape.globalTable() : 2 * shape.window() - 1));
    }
    this.neck = Neck.create(init, shape.dim(), channels);
  }

  /** Its blocks, first to last. */
  public List<VitBlock> blocks() {
    return Collections.unmodifiableList(blocks);
  }

  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "pos_embed", places);
    out.accept(prefix + "patch_embed.proj.weight", patchWeight);
    out.accept(prefix + "patch_embed.proj.bias", patchBias);
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).collect(prefix + "blocks." + i + ".", out);
    }
    neck.collect(prefix + "neck.", out);
  }

  @Override
  public Tensor forward(Tensor pictures) {
    try (TorchScope scope = TorchScope.open("image encoder")) {
      Tensor x = patches(pictures).add(places);
      for (VitBlock block : blocks) {
        Tensor next = block.forward(x);
        x.free();
        x = next;
      }
      return scope.keep(neck.forward(x.permute(0, 3, 1, 2).contiguous()));
    }
  }

  /** The convolution whose stride is its kernel, as one product of matrices: (batch, y, x, width). */
  private Tensor patches(Tensor pictures) {
    try (TorchScope scope = TorchScope.open("patches")) {
      long[] s = pictures.shape();
      long patch = patchWeight.size(2);
      Tensor rows = pictures.reshape(s[0], s[1], s[2] / patch, patch, s[3] / patch, patch)
          .permute(0, 2, 4, 1, 3, 5)
          .reshape(s[0], s[2] / patch, s[3] / patch, s[1] * patch * patch);
      return scope.keep(Functional.linear(rows, patchWeight.reshape(patchWeight.size(0), -1),
          Optional.of(patchBias)));
    }
  }
}
