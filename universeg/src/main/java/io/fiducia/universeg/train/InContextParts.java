package io.fiducia.universeg.train;

import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.universeg.network.InContextNetwork;
import java.util.Map;

/** What a training changes: the network, its optimiser, the average of its weights. */
record InContextParts(InContextNetwork network, MixedPrecisionStep descent,
    AveragedWeights average) {
  /** A copy of the network's current weights under their released names. */
  Map<String, StoredTensor> weights() {
    return StoredTensors.toStored(network.state());
  }

  /** The same as a state dictionary of torch. */
  OrderedState state() {
    return new OrderedState(weights());
  }

  /** What is stored to resume the training. */
  ResumeFile.Parts toResume() {
    return new ResumeFile.Parts(network.state(), network.parameters(), descent, average);
  }
}
