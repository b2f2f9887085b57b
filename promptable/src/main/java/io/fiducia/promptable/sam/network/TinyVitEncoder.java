package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.FrozenNormConvolution;
import io.fiducia.torch.nn.FrozenNormConvolution.Form;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import io.fiducia.torch.nn.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The TinyViT of MobileSAM and LiteMedSAM, in evaluation mode: its batch normalisations do not learn statistics. */
public final class TinyVitEncoder implements ImageEncoder {
  private static final double EPS = 1e-5;

  private final FrozenNormConvolution stemFirst;
  private final FrozenNormConvolution stemSecond;
  private final List<MobileConvolution> firstStage = new ArrayList<>();
  private final List<List<TinyVitBlock>> stages = new ArrayList<>();
  /** From each stage but the last to the next. */
  private final List<MobileConvolution> between = new ArrayList<>();
  private final Optional<Classifier> unused;
  private final Neck neck;

  /** What the released weights carry for classification. */
  private record Classifier(LayerNorm norm, Linear head) {}

  TinyVitEncoder(Initializer init, TinyVitShape shape, int channels) {
    List<Integer> dims = shape.dims();
    int kernel = shape.stem().kernel();
    int stride = shape.stem().stride();
    this.stemFirst = new FrozenNormConvolution(init,
        new Form(3, dims.getFirst() / 2, kernel, stride, 1));
    this.stemSecond = new FrozenNormConvolution(init,
        new Form(dims.getFirst() / 2, dims.getFirst(), kernel, stride, 1));
    for (int i = 0; i < shape.depths().getFirst(); i++) {
      firstStage.add(MobileConvolution.block(init, dims.getFirst()));
    }
    for (int stage = 1; stage < TinyVitShape.STAGES; stage++) {
      between.add(MobileConvolution.between(init, dims.get(stage - 1), dims.get(stage),
          stage == TinyVitShape.STAGES - 1 ? 1 : 2));
      List<TinyVitBlock> blocks = new ArrayList<>();
      for (int i = 0; i < shape.depths().get(stage); i++) {
        blocks.add(new TinyVitBlock(init, dims.get(stage), shape.heads().get(stage),
            shape.windows().get(stage)));
      }
      stages.add(blocks);
    }
    this.unused = shape.classes() == 0
        ? Optional.empty()
        : Optional.of(new Classifier(new LayerNorm(init, dims.getLast(), EPS),
            new Linear(init, dims.getLast(), shape.classes(), true)));
    this.neck = Neck.create(init, dims.getLast(), channels);
  }

  /** All blocks with attention, first to last. */
  public List<TinyVitBlock> blocks() {
    return stages.stream().flatMap(List::stream).toList();
  }

  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    stemFirst.collect(prefix + "patch_embed.seq.0.", out);
    stemSecond.collect(prefix + "patch_embed.seq.2.", out);
    for (int i = 0; i < firstStage.size(); i++) {
      firstStage.get(i).collect(prefix + "layers.0.blocks." + i + ".", out);
    }
    for (int stage = 0; stage < between.size(); stage++) {
      between.get(stage).collect(prefix + "layers." + stage + ".downsample.", out);
      List<TinyVitBlock> blocks = stages.get(stage);
      for (int i = 0; i < blocks.size(); i++) {
        blocks.get(i).collect(prefix + "layers." + (stage + 1) + ".blocks." + i + ".", out);
      }
    }
    unused.ifPresent(c -> {
      c.norm.collect(prefix + "norm_head.", out);
      c.head.collect(prefix + "head.", out);
    });
    neck.collect(prefix + "neck.", out);
  }

  @Override
  public Tensor forward(Tensor pictures) {
    try (TorchScope scope = TorchScope.open("image encoder")) {
      Tensor x = stemSecond.forward(Functional.gelu(stemFirst.forward(pictures), true));
      for (MobileConvolution block : firstStage) {
        x = replaced(x, block.forward(x));
      }
      for (int stage = 0; stage < stages.size(); stage++) {
        x = replaced(x, between.get(stage).forward(x));
        x = replaced(x, x.permute(0, 2, 3, 1).contiguous());
        for (TinyVitBlock block : stages.get(stage)) {
          x = replaced(x, block.forward(x));
        }
        x = replaced(x, x.permute(0, 3, 1, 2).contiguous());
      }
      return scope.keep(neck.forward(x));
    }
  }

  private static Tensor replaced(Tensor before, Tensor after) {
    before.free();
    return after;
  }
}
