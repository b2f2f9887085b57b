package io.fiducia.nnunet.network;

import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** The contracting half of a U-Net. */
sealed interface Encoder {
  /** The features of every stage, full resolution first; the last is the bottleneck. */
  List<Tensor> forward(Tensor x);

  void collect(String prefix, BiConsumer<String, Tensor> out);

  static Encoder create(Initializer init, Architecture a, int inChannels) {
    return a.residual() ? Residual.create(init, a, inChannels) : Plain.create(init, a, inChannels);
  }

  private static ConvBlock.Shape first(Architecture a, int stage, int in) {
    return ConvBlock.Shape.of(in, a.featuresPerStage().get(stage), a.kernelSizes().get(stage),
        a.strides().get(stage), a.convBias());
  }

  private static int inOf(Architecture a, int stage, int inChannels) {
    return stage == 0 ? inChannels : a.featuresPerStage().get(stage - 1);
  }

  /** Stages of plain convolutions. */
  record Plain(List<List<ConvBlock>> stages) implements Encoder {
    static Plain create(Initializer init, Architecture a, int inChannels) {
      return new Plain(IntStream.range(0, a.stages())
          .mapToObj(s -> ConvBlock.stack(init, a.blocksPerStage().get(s),
              first(a, s, inOf(a, s, inChannels))))
          .toList());
    }

    @Override
    public List<Tensor> forward(Tensor x) {
      List<Tensor> features = new ArrayList<>();
      Tensor current = x;
      for (List<ConvBlock> stage : stages) {
        current = ConvBlock.run(stage, List.of(current), false);
        features.add(current);
      }
      return features;
    }

    @Override
    public void collect(String prefix, BiConsumer<String, Tensor> out) {
      for (int s = 0; s < stages.size(); s++) {
        for (int c = 0; c < stages.get(s).size(); c++) {
          stages.get(s).get(c).collect(prefix + "stages." + s + ".0.convs." + c + ".", out);
        }
      }
    }
  }

  /** A stem, then stages of residual blocks. */
  record Residual(ConvBlock stem, List<List<ResidualBlock>> stages) implements Encoder {
    static Residual create(Initializer init, Architecture a, int inChannels) {
      int width = a.featuresPerStage().get(0);
      List<Integer> ones = a.strides().get(0).stream().map(s -> 1).toList();
      ConvBlock stem = new ConvBlock(init, ConvBlock.Shape.of(inChannels, width,
          a.kernelSizes().get(0), ones, a.convBias()));
      List<List<ResidualBlock>> stages = new ArrayList<>();
      for (int s = 0; s < a.stages(); s++) {
        List<ResidualBlock> blocks = new ArrayList<>();
        ConvBlock.Shape first = first(a, s, inOf(a, s, width));
        for (int b = 0; b < a.blocksPerStage().get(s); b++) {
          blocks.add(new ResidualBlock(init, b == 0
              ? first
              : ConvBlock.Shape.of(first.out(), first.out(), first.kernel(), ones, first.bias())));
        }
        stages.add(List.copyOf(blocks));
      }
      return new Residual(stem, List.copyOf(stages));
    }

    @Override
    public List<Tensor> forward(Tensor x) {
      List<Tensor> features = new ArrayList<>();
      Tensor current = stem.forward(x);
      for (List<ResidualBlock> stage : stages) {
        for (int b = 0; b < stage.size(); b++) {
          Tensor next = stage.get(b).forward(current);
          // The last features of the previous stage are a skip connection; all others can be freed.
          if (b > 0 || features.isEmpty()) {
            current.free();
          }
          current = next;
        }
        features.add(current);
      }
      return features;
    }

    @Override
    public void collect(String prefix, BiConsumer<String, Tensor> out) {
      stem.collect(prefix + "stem.convs.0.", out);
      for (int s = 0; s < stages.size(); s++) {
        for (int b = 0; b < stages.get(s).size(); b++) {
          stages.get(s).get(b).collect(prefix + "stages." + s + ".blocks." + b + ".", out);
        }
      }
    }
  }
}
