package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import io.fiducia.universeg.support.StructureSupport;
import java.util.List;

/** Takes a network over a stack of slices, each with support slices of its own. */
record StackPass(InContextNetwork network, StructureSupport support, long seed,
    Cancellation cancellation) {
  /**
   * The probabilities in a view.
   *
   * @param box where the structure is supposed to lie; it gives the slices' levels
   * @param beyond how far beyond its ends slices are looked at, as a share of its extent
   */
  StackProbabilities run(TargetStack target, BoxMm box, int supportSize, int draws,
      double beyond) {
    SliceView view = target.view();
    int axis = view.plane().normalAxis();
    Tally tally = new Tally(view, draws);
    List<StructureStack> stacks = support.stacks(view.plane()).toList();
    SupportDraws chooser = new SupportDraws(stacks, view, support.scale(), seed);
    LabelPrior prior = new LabelPrior(stacks, view, support.extentMm(view.plane()));
    try (SupportSlices slices = new SupportSlices(network, view, support.scale());
        Autograd.Guard none = Autograd.noGrad()) {
      for (int k = 0; k < view.slices(); k++) {
        cancellation.check("segmenting slices");
        double level = (view.positionMm(k) - box.low().get(axis)) / box.extent(axis);
        if (level < -beyond || level > 1 + beyond || target.isBlank(k)) {
          continue;
        }
        float[] image = target.slice(k);
        float[] expected = prior.logits(level);
        for (int d = 0; d < draws; d++) {
          List<SupportSlices.Key> chosen = chooser.draw(image, level, supportSize, k, d);
          try (TorchScope scope = TorchScope.open("slice")) {
            Tensor logits = network.forward(targets(image, view.pixels()), slices.of(chosen));
            tally.add(d, logits.add(Tensor.of(expected, network.device(), logits.shape())).sigmoid()
                .toFloats());
          }
        }
        tally.finish(k);
      }
    }
    return tally.result();
  }

  /** The image as a network's target; MultiverSeg's prompts are empty. */
  private Tensor targets(float[] image, int side) {
    int channels = network.shape().form().targetChannels();
    float[] all = new float[channels * image.length];
    System.arraycopy(image, 0, all, 0, image.length);
    return Tensor.of(all, network.device(), 1, channels, side, side);
  }

  /** Mean, spread and agreement of draws, slice by slice. */
  static final class Tally {
    private final SliceView view;
    private final float[] mean;
    private final float[] spread;
    private final float[][] draws;
    private final long[] sizes;
    private final long[] overlaps;
    private long size;

    Tally(SliceView view, int draws) {
      this.view = view;
      this.mean = new float[view.slices() * view.pixelsPerSlice()];
      this.spread = new float[mean.length];
      this.draws = new float[draws][];
      this.sizes = new long[draws];
      this.overlaps = new long[draws];
    }

    void add(int draw, float[] probabilities) {
      draws[draw] = probabilities;
    }

    void finish(int slice) {
      int pixels = view.pixelsPerSlice();
      for (int i = 0; i < pixels; i++) {
        double sum = 0;
        double squares = 0;
        for (float[] d : draws) {
          sum += d[i];
          squares += (double) d[i] * d[i];
        }
        double m = sum / draws.length;
        mean[slice * pixels + i] = (float) m;
        spread[slice * pixels + i] = (float) Math.sqrt(Math.max(0,
            squares / draws.length - m * m));
        boolean inside = m > 0.5;
        size += inside ? 1 : 0;
        for (int d = 0; d < draws.length; d++) {
          boolean own = draws[d][i] > 0.5f;
          sizes[d] += own ? 1 : 0;
          overlaps[d] += own && inside ? 1 : 0;
        }
      }
    }

    StackProbabilities result() {
      double agreement = 0;
      for (int d = 0; d < sizes.length; d++) {
        agreement += sizes[d] + size == 0 ? 1 : 2.0 * overlaps[d] / (sizes[d] + size);
      }
      return new StackProbabilities(view, mean, spread, 1 - agreement / sizes.length);
    }
  }
}
