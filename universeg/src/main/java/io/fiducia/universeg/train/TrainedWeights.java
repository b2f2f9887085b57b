package io.fiducia.universeg.train;

import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes trained weights in the released layout, as safetensors and as a state dictionary of torch. */
final class TrainedWeights {
  static final String SAFETENSORS = "weights.safetensors";
  static final String PTH = "weights.pth";

  private TrainedWeights() {}

  /** Writes the network's current weights. */
  static void write(InContextTraining training, InContextParts parts,
      Map<String, String> settings) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("name", training.label().name());
    metadata.put("form", parts.network().shape().form().name().toLowerCase(Locale.ROOT));
    metadata.put("width", Integer.toString(parts.network().shape().width()));
    metadata.put("licence", training.label().licence());
    metadata.put("trained_on", settings.get("datasets"));
    metadata.put("version", training.label().version());
    SafetensorsWriter.write(training.folder().resolve(SAFETENSORS), parts.weights(), metadata);
    CheckpointWriter.writePth(training.folder().resolve(PTH), parts.state());
  }
}
