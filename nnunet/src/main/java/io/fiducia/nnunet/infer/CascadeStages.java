package io.fiducia.nnunet.infer;

import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.cases.SourceGrid;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.nnunet.store.NextStageStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the validation of a cascade's stages reads and writes beside label maps, all on preprocessed
 * grids: as upstream, the second stage is trained and validated on the first stage's logits resampled
 * to its own grid, not on label maps.
 *
 * @param previous what the first stage predicted; empty unless this model is a second stage
 * @param next the second stages that this model's logits are resampled for
 */
public record CascadeStages(Optional<NextStageStore> previous, List<Next> next) {
  /**
   * One second stage.
   *
   * @param store where its input goes
   * @param shapeOf (z, y, x) of a preprocessed case of that stage, by the case's name
   */
  public record Next(NextStageStore store, Function<String, int[]> shapeOf) {}

  public CascadeStages {
    next = List.copyOf(next);
  }

  /** No cascade. */
  public static CascadeStages none() {
    return new CascadeStages(Optional.empty(), List.of());
  }

  /** The case with what the first stage found of it as its labels. */
  PreprocessedCase withPrevious(PreprocessedCase c) {
    return previous.map(store -> new PreprocessedCase(c.id(), c.shape(), c.data(),
        store.labels(c.id(), c.shape()), c.properties())).orElse(c);
  }

  /** An export of a case's logits to the grid of each second stage, in order. */
  List<LabelExport> exports(PreprocessedCase c, Labels labels, ResamplingSettings resampling) {
    return next.stream().map(n -> new LabelExport(c.shape(), labels, resampling,
        onGrid(c.properties(), n.shapeOf().apply(c.id())), false, Optional.empty())).toList();
  }

  /** Upstream gives this stage's spacing for both grids, which decides how z is resampled. */
  private static CaseProperties onGrid(CaseProperties p, int[] shape) {
    SourceGrid grid = new SourceGrid(p.reader(), p.targetSpacingMm(), p.arrayGeometry(),
        p.fileGeometry(), p.fileDimensions());
    return new CaseProperties(grid, List.of(0, 1, 2),
        CaseProperties.Crop.whole(List.of(shape[0], shape[1], shape[2])), p.targetSpacingMm(),
        p.classLocations());
  }

  /** Writes what the exports came to. */
  void write(PreprocessedCase c, List<LabelExport> exports) {
    for (int i = 0; i < exports.size(); i++) {
      next.get(i).store().write(c.id(), next.get(i).shapeOf().apply(c.id()),
          exports.get(i).labels());
    }
  }
}
