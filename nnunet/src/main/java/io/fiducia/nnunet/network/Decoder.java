package io.fiducia.nnunet.network;

import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.TransposedConvolution;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;

/** The expanding half of a U-Net. Stage 0 has the lowest resolution, as upstream counts. */
record Decoder(
    List<TransposedConvolution> ups,
    List<List<ConvBlock>> stages,
    List<Convolution> heads) {
  static Decoder create(Initializer init, Architecture a, int outChannels) {
    List<TransposedConvolution> ups = new ArrayList<>();
    List<List<ConvBlock>> stages = new ArrayList<>();
    List<Convolution> heads = new ArrayList<>();
    for (int s = 0; s < a.stages() - 1; s++) {
      int below = a.stages() - 1 - s;
      int features = a.featuresPerStage().get(below - 1);
      List<Integer> stride = a.strides().get(below);
      List<Integer> ones = stride.stream().map(i -> 1).toList();
      ups.add(new TransposedConvolution(init, a.featuresPerStage().get(below), features, stride,
          a.convBias(), ConvBlock.SLOPE));
      stages.add(ConvBlock.stack(init, a.convsPerStageDecoder().get(s),
          ConvBlock.Shape.of(2L * features, features, a.kernelSizes().get(below - 1), ones,
              a.convBias())));
      heads.add(new Convolution(init, features, outChannels, ones, ones, true, ConvBlock.SLOPE));
    }
    return new Decoder(List.copyOf(ups), List.copyOf(stages), List.copyOf(heads));
  }

  /** Logits, full resolution first; frees the features. */
  List<Tensor> forward(List<Tensor> features, boolean deepSupervision) {
    List<Tensor> logits = new ArrayList<>();
    Tensor last = run(features, (current, s) -> {
      if (deepSupervision || s == stages.size() - 1) {
        logits.addFirst(heads.get(s).forward(current));
      }
    });
    last.free();
    return logits;
  }

  /** What the last head reads, at full resolution; frees the features. */
  Tensor features(List<Tensor> features) {
    return run(features, (current, s) -> {});
  }

  /** Logits of what {@link #features} gives, or of a part of it. */
  Tensor readout(Tensor features) {
    return heads.getLast().forward(features);
  }

  private Tensor run(List<Tensor> features, ObjIntConsumer<Tensor> stageDone) {
    Tensor current = features.getLast();
    for (int s = 0; s < stages.size(); s++) {
      Tensor up = ups.get(s).forward(current);
      current.free();
      Tensor skip = features.get(features.size() - 2 - s);
      current = ConvBlock.run(stages.get(s), List.of(up, skip), true);
      if (current != up) {
        up.free();
      }
      skip.free();
      stageDone.accept(current, s);
    }
    return current;
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    for (int s = 0; s < stages.size(); s++) {
      for (int c = 0; c < stages.get(s).size(); c++) {
        stages.get(s).get(c).collect(prefix + "stages." + s + ".convs." + c + ".", out);
      }
    }
    for (int s = 0; s < ups.size(); s++) {
      ups.get(s).collect(prefix + "transpconvs." + s + ".", out);
    }
    for (int s = 0; s < heads.size(); s++) {
      heads.get(s).collect(prefix + "seg_layers." + s + ".", out);
    }
  }
}
