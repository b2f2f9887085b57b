package io.fiducia.universeg.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.support.SupportSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VolumeSegmentationTest {
  /** Its logits are 0 everywhere: all that is found comes from the support's contours. */
  private static InContextNetwork undecided() {
    InContextNetwork network = InContextNetwork.create(NetworkShape.universeg(4), Device.CPU, 1);
    Map<String, StoredTensor> zeros = new LinkedHashMap<>();
    network.state().forEach((name, tensor) -> {
      int count = (int) Arrays.stream(tensor.shape()).reduce(1, Math::multiplyExact);
      zeros.put(name, StoredTensor.ofFloats(new float[count], tensor.shape()));
    });
    network.load(zeros);
    return network;
  }

  @Test
  void theSupportsContoursDecideWhereTheNetworkDoesNot() {
    List<ContouredCase> cases = Stream.of("a", "b", "c").<ContouredCase>map(BlockCase::new)
        .toList();
    SupportSet support = SupportSet.read(new SupportSet.Request(cases, Modality.MR,
        StructureSet.of(BlockCase.BLOCK), Set.of(SlicePlane.AXIAL)), Progress.none(),
        new Cancellation());
    BlockCase target = new BlockCase("target");
    try (InContextNetwork network = undecided()) {
      short[] found = new VolumeSegmentation(network, support, SegmentSettings.usual().with(4, 2))
          .run("target", target.image(), Progress.none(), new Cancellation())
          .layers().getFirst().labels().data();
      short[] truth = target.labels();
      double both = 0;
      double sum = 0;
      for (int i = 0; i < truth.length; i++) {
        both += found[i] * truth[i];
        sum += found[i] + truth[i];
      }
      assertThat(2 * both / sum).isGreaterThan(0.95);
    }
  }
}
