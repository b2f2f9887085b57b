package io.fiducia.app.commands.sam;

import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model of the SAM family answers. */
public final class SamModelOptions {
  @Option(names = "--weights", required = true, paramLabel = "FILE", description = "weights as released (.pth or .safetensors)")
  private Path weights;

  @Option(names = "--model", paramLabel = "vit_b|vit_l|vit_h|vit_t|medsam|litemedsam", description = "the model that the weights belong to (default: what fits them; MedSAM must be named)")
  private Optional<String> model = Optional.empty();

  /**
   * The weights.
   *
   * @throws io.fiducia.base.FiduciaException USAGE for a model that is not known; BAD_INPUT for weights that are
   *     damaged or of another model
   */
  SamWeights weights() {
    return SamWeights.read(weights, model.map(SamFamily::of));
  }
}
