package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.network.ScribblePromptUNet;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceSampler;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureMask;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Segments an image from some of its own slices: those that a person contoured, or prompted. Each slice that
 * is done becomes support for its neighbours, outward in both directions until the structure ends, and
 * inward from both sides between contoured slices (the in-context cascade of Takaya et al., 2024).
 *
 * <p>The support of a slice is the nearest slice that the person gave and the nearest one that is done. More of
 * them show other shapes: on 6 training cases of Dataset004, two structures of which five slices each were
 * contoured, the mean Dice was 0.81 with these two, 0.75 with two contoured slices and one that is done,
 * and 0.58 with eight that are done (the weights that come with the program).
 *
 * <p>Beyond the outermost slices that were given, an error feeds itself: the network finds what it found before.
 * So the walk goes no farther there than half of what the given slices span (of one slice: half of the
 * structure's width), unless the user says where the structure lies.
 *
 * @param network UniverSeg or MultiverSeg
 * @param beginner segments the first prompted slice, when there is no support yet; without it MultiverSeg
 *     does, without support
 * @param plane of the slices
 * @param region where the structure lies, if the user says it
 */
public record SliceCascade(InContextNetwork network, Optional<ScribblePromptUNet> beginner,
    SlicePlane plane, Optional<BoxMm> region, Cancellation cancellation) {
  private static final double SIDE = 1.7;
  /** A slice whose area is below this share of its neighbour's ends the structure. */
  private static final double LEAST_AREA = 0.1;
  /** How far the walk goes beyond what was given, as a share of what that spans. */
  private static final double BEYOND = 0.5;
  private static final double CLIPPED = 0.005;
  /** Passes over a prompted slice, each with the logits of the one before. */
  private static final int PASSES = 2;

  /**
   * What a person gave of one structure.
   *
   * @param contours slices that are contoured; empty where none are
   * @param prompts in the order in which they were given
   */
  public record Given(Structure structure, Optional<StructureMask> contours,
      List<Prompt> prompts) {
    public Given {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * The structure in the whole image.
   *
   * @param image of finite intensities; see {@link VolumeSegmentation#requireFinite}
   * @throws FiduciaException BAD_INPUT if nothing was given, or the prompts lie outside of the image;
   *     CANCELLED on request
   */
  public StructureResult segment(FloatVolume image, Given given) {
    SliceView view = view(image.geometry(), given);
    TargetStack target = TargetStack.cut(image,
        IntensityWindow.of(SliceSampler.image(image, view), CLIPPED, 0), view);
    Walk walk = new Walk(target);
    given.contours().ifPresent(walk::contoured);
    try (Autograd.Guard none = Autograd.noGrad()) {
      PromptChannels.of(given.prompts(), image.geometry(), view).forEach(walk::prompted);
      if (walk.labels.isEmpty()) {
        throw FiduciaException.badInput("nothing shows where the structure is",
            given.structure().name(), "no contoured slice, no positive prompt within the image",
            "contour a slice, or give a box or a positive click");
      }
      walk.toTheEnds(walk.reach(shown(image.geometry(), given)));
    }
    return StructureResult.onGrid(given.structure(), image.geometry(), List.of(walk.found()),
        BoxMm.of(view.grid()), 1);
  }

  /** The box of all that was given; of the whole image if nothing was. */
  private static BoxMm shown(Geometry grid, Given given) {
    return Stream.concat(given.contours().map(StructureMask::box).stream(),
        given.prompts().stream().map(Prompt::voxels).flatMap(Optional::stream)
            .map(voxels -> BoxMm.of(grid, voxels)))
        .reduce(BoxMm::union).orElseGet(() -> BoxMm.of(grid));
  }

  private SliceView view(Geometry grid, Given given) {
    boolean clicksOnly = given.contours().isEmpty()
        && given.prompts().stream().noneMatch(p -> p instanceof Prompt.Box);
    // A click does not say how large the structure is: the whole slice is looked at.
    BoxMm seen = clicksOnly ? BoxMm.of(grid) : shown(grid, given);
    double side = (clicksOnly ? 1 : SIDE) * seen.widest(plane);
    return Spacing.of(grid, plane).through(plane, seen.centre(), side);
  }

  /** The slices that are done, and the way to the others. */
  private final class Walk {
    private final TargetStack target;
    private final int pixels;
    /** Contours by slice, 0 and 1; the person's, then results. */
    private final Map<Integer, float[]> labels = new TreeMap<>();
    private final Map<Integer, float[]> results = new TreeMap<>();
    private final float[] probability;

    Walk(TargetStack target) {
      this.target = target;
      this.pixels = target.view().pixelsPerSlice();
      this.probability = new float[target.values().length];
    }

    void contoured(StructureMask mask) {
      float[] coverage = SliceSampler.coverage(mask.mask(), target.view());
      for (int k = 0; k < target.view().slices(); k++) {
        float[] label = new float[pixels];
        boolean any = false;
        for (int i = 0; i < pixels; i++) {
          label[i] = coverage[k * pixels + i] >= 0.5f ? 1 : 0;
          any |= label[i] > 0;
        }
        if (any) {
          labels.put(k, label);
          System.arraycopy(label, 0, probability, k * pixels, pixels);
        }
      }
    }

    /** Segments a prompted slice after the support so far, in a few passes. */
    void prompted(int k, float[] channels) {
      if (network.shape().form() != NetworkShape.Form.MULTIVERSEG) {
        throw FiduciaException.usage("UniverSeg takes no prompts",
            "prompts were given for weights of UniverSeg",
            "use weights of MultiverSeg, or contour slices");
      }
      float[] logits = new float[pixels];
      for (int pass = 0; pass < PASSES; pass++) {
        try (TorchScope scope = TorchScope.open("prompted slice")) {
          Tensor x = input(k, channels, logits);
          Tensor y = labels.isEmpty()
              ? beginner.map(b -> b.forward(x)).orElseGet(() -> network.forwardWithoutSupport(x))
              : network.forward(x, network.support(support(k)));
          logits = y.toFloats();
        }
      }
      float[] label = new float[pixels];
      for (int i = 0; i < pixels; i++) {
        probability[k * pixels + i] = (float) (1 / (1 + Math.exp(-logits[i])));
        label[i] = logits[i] > 0 ? 1 : 0;
      }
      labels.put(k, label);
    }

    /** Where along the normal the structure may lie, in mm. */
    double[] reach(BoxMm shown) {
      int axis = plane.normalAxis();
      if (region.isPresent()) {
        return new double[]{region.get().low().get(axis), region.get().high().get(axis)};
      }
      double span = labels.size() > 1 ? shown.extent(axis) : shown.widest(plane);
      return new double[]{shown.low().get(axis) - BEYOND * span,
        shown.high().get(axis) + BEYOND * span};
    }

    private boolean within(double[] reach, int k) {
      double position = target.view().positionMm(k);
      return position >= reach[0] && position <= reach[1];
    }

    void toTheEnds(double[] reach) {
      List<Integer> given = List.copyOf(labels.keySet());
      int first = given.getFirst();
      int last = given.getLast();
      // Between slices that were given, the ones nearest to them first.
      IntStream.range(first, last).filter(k -> !labels.containsKey(k)).boxed()
          .sorted(Comparator.comparingInt(
              k -> given.stream().mapToInt(g -> Math.abs(g - k)).min().orElseThrow()))
          .forEach(this::segment);
      for (int k = last + 1; k < target.view().slices() && within(reach, k) && goesOn(k - 1); k++) {
        segment(k);
      }
      for (int k = first - 1; k >= 0 && within(reach, k) && goesOn(k + 1); k--) {
        segment(k);
      }
    }

    /** Whether the structure is likely to be in the next slice; if not, the last one is emptied. */
    private boolean goesOn(int before) {
      double area = area(before);
      double given = labels.keySet().stream().mapToDouble(this::area).max().orElse(0);
      boolean on = labels.containsKey(before) || area >= LEAST_AREA * given;
      if (!on) {
        Arrays.fill(probability, before * pixels, (before + 1) * pixels, 0);
      }
      return on;
    }

    private double area(int k) {
      int count = 0;
      for (int i = k * pixels; i < (k + 1) * pixels; i++) {
        count += probability[i] > 0.5f ? 1 : 0;
      }
      return count;
    }

    private void segment(int k) {
      cancellation.check("segmenting slices");
      if (target.isBlank(k)) {
        return;
      }
      try (TorchScope scope = TorchScope.open("slice")) {
        float[] p = network.forward(input(k, new float[PromptChannels.COUNT * pixels],
            new float[pixels]), network.support(support(k))).sigmoid().toFloats();
        System.arraycopy(p, 0, probability, k * pixels, pixels);
        float[] label = new float[pixels];
        boolean any = false;
        for (int i = 0; i < pixels; i++) {
          label[i] = p[i] > 0.5f ? 1 : 0;
          any |= label[i] > 0;
        }
        if (any) {
          results.put(k, label);
        }
      }
    }

    private Tensor input(int k, float[] prompts, float[] logits) {
      int channels = network.shape().form().targetChannels();
      float[] all = new float[channels * pixels];
      System.arraycopy(target.values(), k * pixels, all, 0, pixels);
      if (channels > 1) {
        System.arraycopy(prompts, 0, all, pixels, PromptChannels.COUNT * pixels);
        System.arraycopy(logits, 0, all, (1 + PromptChannels.COUNT) * pixels, pixels);
      }
      int side = target.view().pixels();
      return Tensor.of(all, network.device(), 1, channels, side, side);
    }

    /** The nearest slice that the person gave, and the nearest one that is done. */
    private Tensor support(int k) {
      List<float[]> slices = new ArrayList<>();
      nearest(labels, k).ifPresent(s -> slices.add(pair(s, labels)));
      nearest(results, k).ifPresent(s -> slices.add(pair(s, results)));
      float[] all = new float[slices.size() * 2 * pixels];
      for (int i = 0; i < slices.size(); i++) {
        System.arraycopy(slices.get(i), 0, all, i * 2 * pixels, 2 * pixels);
      }
      int side = target.view().pixels();
      return Tensor.of(all, network.device(), slices.size(), 2, side, side);
    }

    private Optional<Integer> nearest(Map<Integer, float[]> slices, int k) {
      return slices.keySet().stream().min(Comparator.comparingInt(s -> Math.abs(s - k)));
    }

    private float[] pair(int k, Map<Integer, float[]> from) {
      float[] both = new float[2 * pixels];
      System.arraycopy(target.values(), k * pixels, both, 0, pixels);
      System.arraycopy(from.get(k), 0, both, pixels, pixels);
      return both;
    }

    StackProbabilities found() {
      return new StackProbabilities(target.view(), probability, new float[probability.length], 0);
    }
  }
}
