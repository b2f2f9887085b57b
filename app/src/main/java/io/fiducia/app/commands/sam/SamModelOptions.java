package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.adapt.WeightsDifference;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model of the SAM family is used, with which weights. */
public final class SamModelOptions {
  @Option(names = "--weights", required = true, paramLabel = "FILE", description = "weights as their authors released them (.pth or .safetensors), or the folder of sam adapt or sam train")
  private Path weights;

  @Option(names = "--model", paramLabel = "vit_b|vit_l|vit_h|vit_t|medsam|litemedsam", description = "what the weights must belong to (default: recognised by the weights; medsam must be named, since its network is that of vit_b)")
  private Optional<String> model = Optional.empty();

  @Option(names = "--difference", paramLabel = "FILE", description = "difference.safetensors of sam adapt, to be added to --weights")
  private Optional<Path> difference = Optional.empty();

  /**
   * Reads weights of a model that answers prompts, as {@link #readAny}.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if they find structures without prompts
   */
  SamWeights read(Context context) {
    return AutomaticWeights.requirePromptable(readAny(context));
  }

  /** Reads the weights, and says their licence and what was taken for granted. */
  SamWeights readAny(Context context) {
    SamWeights base = SamWeights.read(weights, model.map(SamFamily::of));
    SamWeights read = difference.map(file -> WeightsDifference.merged(base, file)).orElse(base);
    context.console().note(read.licenceNote());
    if (model.isEmpty() && read.ambiguous()) {
      context.console().note("weights " + read.name() + " are taken for " + read.family().title()
          + "; if they are MedSAM's, give --model medsam");
    }
    return read;
  }
}
