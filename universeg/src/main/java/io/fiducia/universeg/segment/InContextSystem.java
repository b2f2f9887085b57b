package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Adaptable;
import io.fiducia.core.Modality;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.StructureSet;
import io.fiducia.torch.Device;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.support.SupportSet;
import java.util.Set;

/**
 * In-context segmentation as a system that learns from cases: it reads them, and trains nothing. Of a
 * request, the folder and the budget are not used, and a recipe is refused.
 *
 * @param weights the network
 * @param modality of all images
 * @param structures what to segment
 * @param settings how; the request's seed takes the place of theirs
 * @param device where the network computes
 */
public record InContextSystem(InContextWeights weights, Modality modality, StructureSet structures,
    SegmentSettings settings, Device device) implements Adaptable {
  @Override
  public Segmenter adapt(Request request, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("reading of the support", () -> {
      if (request.recipe().isPresent()) {
        throw FiduciaException.usage("in-context segmentation trains nothing",
            "the recipe " + request.recipe().get().name() + " was asked for",
            "leave the recipe out");
      }
      SupportSet support = SupportSet.read(new SupportSet.Request(request.cases(), modality,
          structures, Set.copyOf(settings.planes())), progress, cancellation);
      return new InContextSegmenter(weights, support, settings.withSeed(request.seed()), device);
    });
  }
}
