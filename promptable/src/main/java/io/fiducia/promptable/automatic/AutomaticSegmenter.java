package io.fiducia.promptable.automatic;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Modality;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureScore;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.LabelComponents;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.StructureWindows;
import io.fiducia.torch.Device;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Weights of the SAM family that find structures without prompts, as a {@link Segmenter}. Every axial slice is
 * segmented by itself: the logits of the mask tokens are scaled to the slice, and each voxel gets the structure whose
 * token has the highest one, or none where that is the background's. The uncertainty of a structure is 1 minus the
 * mean of its softmax probability over the voxels that it got, before small parts are removed; there is none where
 * nothing was found. Of several images of a case the first one is used.
 */
public final class AutomaticSegmenter implements Segmenter {
  private static final String TASK = "Segment";
  /** Intensities below this occur in CT alone: air is at -1000 HU. */
  private static final float HOUNSFIELD = -500;

  private final SamWeights weights;
  private final StructureSet structures;
  private final SamSliceModel model;
  private final Settings settings;

  /**
   * How images are segmented.
   *
   * @param window intensities that become black and white; empty: the window of the training, soft tissue in CT and
   *     percentiles in MR
   * @param leastPart parts of a structure that are smaller than this share of its largest part are removed: 0 keeps
   *     all, 1 keeps the largest one only. Voxels that touch at a corner belong to one part
   */
  public record Settings(Optional<GreyWindow> window, double leastPart) {
    private static final double USUAL_LEAST_PART = 0.1;

    public Settings {
      if (!(leastPart >= 0 && leastPart <= 1)) {
        throw new IllegalArgumentException("least part " + leastPart);
      }
    }

    /** The window of the training; parts below a tenth of the largest one are removed. */
    public static Settings usual() {
      return new Settings(Optional.empty(), USUAL_LEAST_PART);
    }
  }

  /**
   * Loads the weights.
   *
   * @throws FiduciaException BAD_INPUT if they are incomplete, or answer prompts
   */
  public AutomaticSegmenter(SamWeights weights, Settings settings, Device device) {
    List<String> names = AutomaticWeights.structures(weights)
        .orElseThrow(() -> FiduciaException.badInput("these weights find nothing without prompts",
            weights.name(), "the file names no structures, or not one for each mask token",
            "give weights that were adapted to find structures without prompts"));
    this.weights = weights;
    this.settings = settings;
    this.structures = new StructureSet(IntStream.range(0, names.size())
        .mapToObj(i -> Structure.of(names.get(i), i + 1)).toList());
    this.model = SegmenterFailures.translated("loading of the network",
        () -> new SamSliceModel(weights.family(), weights.load(device), weights.identity()));
  }

  @Override
  public StructureSet structures() {
    return structures;
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("segmentation of " + images.id(), () -> {
      FloatVolume image = images.channels().getFirst();
      GreyWindow window = settings.window().orElseGet(() -> window(image, progress));
      PlaneStack stack = PlaneStack.of(image, SlicePlane.AXIAL, window);
      TokenSlices slices = new TokenSlices(stack, model.scaling(stack.width(), stack.height()),
          structures.structures().size() + 1);
      return result(images.id(), stack, slices, label(stack, slices, progress, cancellation));
    });
  }

  private GreyWindow window(FloatVolume image, Progress progress) {
    Modality modality = AutomaticWeights.modality(weights).orElseGet(() -> {
      float low = Float.POSITIVE_INFINITY;
      for (float v : image.data()) {
        low = Math.min(low, v);
      }
      Modality guess = low < HOUNSFIELD ? Modality.CT : Modality.MR;
      progress.note("weights " + weights.name() + " do not say what images they were trained on;"
          + " this one is taken for " + guess.channel() + " by its intensities");
      return guess;
    });
    return StructureWindows.common(modality, image);
  }

  /** What the slices got, and how sure that is. */
  private record Labels(short[] ofVoxels, double[] sums, long[] counts) {}

  private Labels label(PlaneStack stack, TokenSlices slices, Progress progress,
      Cancellation cancellation) {
    int tokens = structures.structures().size() + 1;
    Labels out = new Labels(new short[stack.grid().size().voxels()], new double[tokens],
        new long[tokens]);
    progress.started(TASK, stack.axes().slices(), "slices");
    try {
      for (int s = 0; s < stack.axes().slices(); s++) {
        cancellation.check("the segmentation");
        if (!stack.isBlank(s)) {
          slices.put(s, model.tokenLogits(model.embed(picture(stack, s))));
          label(stack, s, slices.probabilities(s), out);
        }
        progress.advanced(TASK, s + 1L, "slice " + s);
      }
    } finally {
      progress.finished(TASK);
    }
    return out;
  }

  /** Rounded to 8 bit, as in the training. */
  private static SlicePicture picture(PlaneStack stack, int slice) {
    float[] grey = stack.grey(slice).clone();
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (float) Math.rint(grey[i]);
    }
    return new SlicePicture(stack.width(), stack.height(), grey);
  }

  private static void label(PlaneStack stack, int slice, float[][] probabilities, Labels out) {
    for (int i = 0; i < probabilities[0].length; i++) {
      int best = 0;
      for (int t = 1; t < probabilities.length; t++) {
        best = probabilities[t][i] > probabilities[best][i] ? t : best;
      }
      out.ofVoxels[stack.axes().voxel(slice, i)] = (short) best;
      out.sums[best] += probabilities[best][i];
      out.counts[best]++;
    }
  }

  private Segmentation result(String caseId, PlaneStack stack, TokenSlices slices,
      Labels labels) {
    LabelVolume volume = new LabelVolume(stack.grid(), labels.ofVoxels);
    removeSmallParts(volume);
    Map<String, StructureScore> scores = new LinkedHashMap<>();
    for (int i = 0; i < structures.structures().size(); i++) {
      int token = i + 1;
      scores.put(structures.structures().get(i).name(), new StructureScore(
          labels.counts[token] == 0
              ? OptionalDouble.empty()
              : OptionalDouble.of(
                  Math.clamp(1 - labels.sums[token] / labels.counts[token], 0.0, 1.0)),
          Optional.of(() -> slices.probability(token))));
    }
    return new Segmentation(caseId, List.of(new Segmentation.Layer(structures, volume)), scores,
        provenance(stack.window()));
  }

  private void removeSmallParts(LabelVolume volume) {
    LabelComponents parts = LabelComponents.of(volume.data(), volume.geometry().size(),
        structures.stream().map(s -> s.labels().getFirst()).toList(), Connectivity.CORNERS);
    Map<Integer, Long> largest = new LinkedHashMap<>();
    for (int c = 1; c <= parts.count(); c++) {
      largest.merge(parts.label(c), parts.size(c), Math::max);
    }
    parts.erase(c -> parts.size(c) < settings.leastPart() * largest.get(parts.label(c)));
  }

  private Provenance provenance(GreyWindow window) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("weights", weights.name());
    details.put("network", weights.family().title());
    details.put("plane", SlicePlane.AXIAL.word());
    details.put("window", String.format(Locale.ROOT, "%.6g to %.6g", window.low(), window.high()));
    details.put("least part", String.format(Locale.ROOT, "%.3g", settings.leastPart()));
    details.put("uncertainty", "1 - mean probability of the structure's voxels");
    return new Provenance("SAM without prompts", details);
  }

  @Override
  public void close() {
    model.close();
  }
}
