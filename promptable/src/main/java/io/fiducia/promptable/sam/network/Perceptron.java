package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import java.util.List;
import java.util.function.BiConsumer;

/** Three linear layers with ReLU between them. */
record Perceptron(List<Linear> layers) {
  static Perceptron create(Initializer init, int width, int out) {
    return new Perceptron(List.of(new Linear(init, width, width, true),
        new Linear(init, width, width, true), new Linear(init, width, out, true)));
  }

  Tensor forward(Tensor x) {
    Tensor y = Functional.relu(layers.getFirst().forward(x));
    return layers.getLast().forward(Functional.relu(layers.get(1).forward(y)));
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).collect(prefix + "layers." + i + ".", out);
    }
  }
}
