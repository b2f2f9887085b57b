package io.fiducia.app.commands.sam;

import io.fiducia.app.commands.DatasetModality;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.core.ContouredCase;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.adapt.train.AdaptData;
import io.fiducia.universeg.score.ChosenStructures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What an adaptation learns from, and what of the network trains. */
public final class SamAdaptOptions {
  @Option(names = "--dataset", required = true, paramLabel = "DIR", description = "nnU-Net raw dataset whose training cases are used; of several channels the first")
  private Path dataset;

  @Option(names = "--structures", arity = "1..*", paramLabel = "NAME", description = "structures to learn (default: all of the dataset)")
  private List<String> structures = new ArrayList<>();

  @Option(names = "--cases", arity = "1..*", paramLabel = "NAME", description = "training cases to use (default: all); of three or more, a fifth only validates")
  private List<String> cases = new ArrayList<>();

  @Option(names = "--planes", arity = "1..3", paramLabel = "axial|coronal|sagittal", description = "planes of the slices (default: axial)")
  private List<String> planes = List.of(SlicePlane.AXIAL.word());

  @Option(names = "--method", required = true, paramLabel = "decoder|lora|adapter|full", description = "decoder: the mask decoder only, on embeddings that are computed once. lora, adapter: also small additions to the image encoder. full: the image encoder and the mask decoder")
  private String method;

  @Option(names = "--rank", paramLabel = "N", description = "rank of the additions of lora (default: 4)")
  private Optional<Integer> rank = Optional.empty();

  @Option(names = "--alpha", paramLabel = "X", description = "factor of the additions of lora, divided by the rank (default: the rank)")
  private Optional<Double> alpha = Optional.empty();

  @Option(names = "--all", description = "lora: additions to the keys and to the last layer of the attention too, not only to queries and values")
  private boolean all;

  /**
   * Refuses what needs no look at a file; empty if nothing is wrong.
   *
   * @throws FiduciaException USAGE for an unknown method or plane
   */
  Optional<String> problem() {
    boolean lora = AdaptMethod.of(method) == AdaptMethod.LORA;
    planes.forEach(SlicePlane::of);
    if (!lora && (rank.isPresent() || alpha.isPresent() || all)) {
      return Optional.of("--rank, --alpha and --all belong to --method lora");
    }
    if (rank.filter(r -> r < 1).isPresent()
        || alpha.filter(a -> !(a > 0) || !Double.isFinite(a)).isPresent()) {
      return Optional.of("--rank must be at least 1, and --alpha above 0");
    }
    return Optional.empty();
  }

  /** What trains. */
  AdaptedNetwork.Choice choice() {
    LowRank usual = LowRank.usual();
    int size = rank.orElse(usual.rank());
    return new AdaptedNetwork.Choice(AdaptMethod.of(method),
        new LowRank(size, alpha.orElse((double) size), all, usual.decoder()), false);
  }

  /** Opens the dataset. */
  AdaptData data() {
    RawDataset opened = RawDataset.open(dataset);
    List<String> named = structures.isEmpty()
        ? List.of()
        : ChosenStructures.named(structures, opened.json().labelSet().structures().names());
    return new AdaptData(opened.name(), DatasetModality.of(opened),
        chosen(RawContouredCase.training(opened)), named,
        new AdaptData.Choice(planes.stream().map(SlicePlane::of).distinct().toList(),
            AdaptData.Choice.USUAL.leastPixels(), AdaptData.Choice.USUAL.mostSlices()));
  }

  private List<ContouredCase> chosen(List<ContouredCase> known) {
    List<String> ids = known.stream().map(ContouredCase::id).toList();
    for (String name : cases) {
      if (!ids.contains(name)) {
        throw FiduciaException.badInput("no such training case", dataset, name + " is not among "
            + ids.size() + " cases",
            Suggestions.nearest(name, ids).map(n -> "did you mean " + n + "?")
                .orElse("check the names of the cases"));
      }
    }
    return known.stream().filter(c -> cases.isEmpty() || cases.contains(c.id())).toList();
  }
}
