package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.adapt.WeightsDifference;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.sam.weights.ShippedSam;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model of the SAM family is used, with which weights. */
public final class SamModelOptions {
  @Option(names = "--weights", paramLabel = "FILE", description = "weights as their authors released them (.pth or .safetensors), or the folder of sam adapt or sam train (needed: none come with the program yet)")
  private Optional<Path> weights = Optional.empty();

  @Option(names = "--model", paramLabel = "vit_b|vit_l|vit_h|vit_t|medsam|litemedsam|compact", description = "what the weights must belong to (default: recognised by the weights; medsam must be named, since its network is that of vit_b)")
  private Optional<String> model = Optional.empty();

  @Option(names = "--difference", paramLabel = "FILE", description = "difference.safetensors of sam adapt, to be added to --weights")
  private Optional<Path> difference = Optional.empty();

  /**
   * Refuses what needs no look at a file.
   *
   * @throws FiduciaException USAGE for an unknown model; BAD_INPUT for a model whose weights are not given
   */
  void check() {
    Optional<SamFamily> family = model.map(SamFamily::of).filter(f -> f != SamFamily.COMPACT);
    if (weights.isEmpty() && family.isPresent()) {
      throw FiduciaException.badInput("the weights of " + family.get().title() + " are not given",
          "--model " + family.get().word(),
          "they do not come with the program; their authors release them"
              + family.get().releasedFile().map(f -> " as " + f).orElse(""),
          "download the file from its authors (docs/sam.md, \"Models\") and give it with"
              + " --weights");
    }
    if (weights.isEmpty() && !ShippedSam.present()) {
      throw FiduciaException.badInput("no weights are given", "--weights",
          "this build of the program comes without weights",
          "download a released file (docs/sam.md, \"Models\") and give it with --weights");
    }
  }

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
    check();
    SamWeights base = weights.map(file -> SamWeights.read(file, model.map(SamFamily::of)))
        .orElseGet(ShippedSam::weights);
    SamWeights read = difference.map(file -> WeightsDifference.merged(base, file)).orElse(base);
    context.console().note(read.licenceNote());
    if (model.isEmpty() && read.ambiguous()) {
      context.console().note("weights " + read.name() + " are taken for " + read.family().title()
          + "; if they are MedSAM's, give --model medsam");
    }
    return read;
  }
}
