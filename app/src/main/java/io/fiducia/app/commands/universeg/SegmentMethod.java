package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.core.Structure;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.segment.PlainSegmentation;
import io.fiducia.universeg.segment.SegmentSettings;
import io.fiducia.universeg.segment.StructureResult;
import io.fiducia.universeg.segment.VolumeSegmentation;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.support.SupportSet;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A way to segment an image.
 *
 * @param name its word in reports
 * @param support what was read of support cases, for the usual way
 * @param run takes the image's name and the image
 */
record SegmentMethod(String name, Optional<SupportSet> support,
    BiFunction<String, FloatVolume, VolumeSegmentation.Found> run) {
  VolumeSegmentation.Found segment(String image, FloatVolume volume) {
    return run.apply(image, volume);
  }

  /** The usual way; reads the support. */
  static SegmentMethod volume(InContextNetwork network, SupportOptions.Chosen chosen,
      SegmentSettings settings, Context context) {
    SupportSet support = SupportSet.read(new SupportSet.Request(chosen.cases(),
        chosen.modality(), chosen.structures(), Set.copyOf(settings.planes())),
        context.progress(), context.cancellation());
    support.missing().forEach((structure, cases) -> context.console()
        .warning(structure + " is not contoured in " + String.join(", ", cases)
            + "; the other cases are used for it"));
    VolumeSegmentation way = new VolumeSegmentation(network, support, settings);
    return new SegmentMethod("volume", Optional.of(support), (name, image) -> way.run(name, image,
        context.progress(), context.cancellation()));
  }

  /** The bare network. */
  static SegmentMethod plain(InContextNetwork network, SupportOptions.Chosen chosen,
      SegmentSettings settings, Context context) {
    PlainSegmentation bare = new PlainSegmentation(network, chosen.cases());
    return new SegmentMethod("plain", Optional.empty(), (name, image) -> {
      List<StructureResult> results = new ArrayList<>();
      for (Structure s : chosen.structures()) {
        float[] p = bare.probability(image, s, context.progress(), context.cancellation()).data();
        results.add(new StructureResult(s, Region.whole(image.geometry().size()), p,
            new float[p.length], Double.NaN, BoxMm.of(image.geometry()), Double.NaN));
      }
      return new VolumeSegmentation.Found(results,
          VolumeSegmentation.layers(image.geometry(), results, settings.overlap()));
    });
  }

  /** From slices of the image itself. */
  static SegmentMethod cascade(CascadeRun cascade) {
    return new SegmentMethod("cascade", Optional.empty(), (name, image) -> cascade.run(image));
  }
}
