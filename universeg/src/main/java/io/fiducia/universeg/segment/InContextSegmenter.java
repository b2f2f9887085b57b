package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.StructureScore;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.torch.Device;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.support.StructureSupport;
import io.fiducia.universeg.support.SupportSet;
import io.fiducia.volume.FloatVolume;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * UniverSeg or MultiverSeg with a support set, as a {@link Segmenter}. The uncertainty of a structure is 1
 * minus the mean Dice between the contours of each draw of the support and those of their mean; its
 * probability is the mean over draws and planes.
 */
public final class InContextSegmenter implements Segmenter {
  private final InContextWeights weights;
  private final InContextNetwork network;
  private final SupportSet support;
  private final SegmentSettings settings;

  /** Loads the weights. @throws io.fiducia.base.FiduciaException BAD_INPUT if they are incomplete */
  public InContextSegmenter(InContextWeights weights, SupportSet support, SegmentSettings settings,
      Device device) {
    this.weights = weights;
    this.support = support;
    this.settings = settings;
    this.network = SegmenterFailures.translated("loading of the in-context network",
        () -> weights.load(device));
  }

  @Override
  public StructureSet structures() {
    return new StructureSet(
        support.structures().stream().map(StructureSupport::structure).toList());
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("segmentation of " + images.id(), () -> {
      FloatVolume image = SupportSet.imageOf(images);
      VolumeSegmentation.Found found = new VolumeSegmentation(network, support, settings)
          .run(images.id(), image, progress, cancellation);
      Map<String, StructureScore> scores = new LinkedHashMap<>();
      for (StructureResult r : found.structures()) {
        scores.put(r.structure().name(), new StructureScore(OptionalDouble.of(r.uncertainty()),
            Optional.of(() -> r.probabilityOn(image.geometry()))));
      }
      return new Segmentation(images.id(), found.layers(), scores, provenance());
    });
  }

  private Provenance provenance() {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("weights", weights.name());
    details.put("network", weights.shape().toString());
    details.put("support", support.structures().stream().flatMap(s -> s.examples().stream())
        .map(StructureSupport.Example::caseId).collect(Collectors.toCollection(TreeSet::new))
        .stream().collect(Collectors.joining(", ")));
    details.put("support slices", Integer.toString(settings.supportSize()));
    details.put("draws", Integer.toString(settings.draws()));
    details.put("planes",
        settings.planes().stream().map(SlicePlane::word).collect(Collectors.joining(", ")));
    details.put("seed", Long.toString(settings.seed()));
    details.put("uncertainty", "1 - mean Dice of the draws and their mean");
    return new Provenance(weights.shape().form().title(), details);
  }

  @Override
  public void close() {
    network.close();
  }
}
