package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.app.commands.PromptFile;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.ScribblePromptUNet;
import io.fiducia.universeg.segment.SegmentSettings;
import io.fiducia.universeg.segment.SliceCascade;
import io.fiducia.universeg.segment.StructureResult;
import io.fiducia.universeg.segment.VolumeSegmentation;
import io.fiducia.universeg.support.StructureMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Segments an image from slices that were contoured or prompted in it. */
record CascadeRun(InContextNetwork network, CascadeOptions options, StructureSet known,
    SegmentSettings settings, Context context) {
  VolumeSegmentation.Found run(FloatVolume image) {
    List<SliceCascade.Given> given = given(image);
    Optional<ScribblePromptUNet> beginner = options.first()
        .map(file -> ScribblePromptUNet.read(file, network.device()));
    try {
      SliceCascade cascade = new SliceCascade(network, beginner,
          settings.planes().getFirst(), settings.region(), context.cancellation());
      List<StructureResult> results = new ArrayList<>();
      context.progress().started("Segment", given.size(), "structures");
      for (SliceCascade.Given g : given) {
        results.add(cascade.segment(image, g));
        context.progress().advanced("Segment", results.size(), g.structure().name());
      }
      return new VolumeSegmentation.Found(results,
          VolumeSegmentation.layers(image.geometry(), results, settings.overlap()));
    } finally {
      context.progress().finished("Segment");
      beginner.ifPresent(ScribblePromptUNet::close);
    }
  }

  private List<SliceCascade.Given> given(FloatVolume image) {
    Map<String, List<Prompt>> prompts = new LinkedHashMap<>();
    options.prompts().ifPresent(file -> {
      for (PromptedObject object : PromptFile.read(file, image.geometry())) {
        prompts.put(object.name(), object.prompts());
      }
    });
    StructureSet structures = structures(image, List.copyOf(prompts.keySet()));
    Map<String, StructureMask> contours = options.annotated()
        .map(file -> StructureMask.all(Segmentation.of("image", structures,
            annotated(image), new Provenance("contours", Map.of()))))
        .orElseGet(Map::of);
    return structures.stream()
        .filter(s -> contours.containsKey(s.name()) || prompts.containsKey(s.name()))
        .map(s -> new SliceCascade.Given(s, Optional.ofNullable(contours.get(s.name())),
            prompts.getOrDefault(s.name(), List.of())))
        .toList();
  }

  private LabelVolume annotated(FloatVolume image) {
    LabelVolume labels = NiftiReader.read(options.annotated().orElseThrow()).toLabelVolume();
    if (!labels.geometry().sameGrid(image.geometry())) {
      throw FiduciaException.badInput("the contoured slices lie on another grid than the image",
          options.annotated().get(),
          "expected " + image.geometry() + ", found " + labels.geometry(),
          "contour slices of this image");
    }
    return labels;
  }

  /** The dataset's structures, without one those of the label map, and those that prompts name. */
  private StructureSet structures(FloatVolume image, List<String> prompted) {
    List<Structure> all = new ArrayList<>(known.structures());
    if (known.structures().isEmpty() && options.annotated().isPresent()) {
      for (int label : LabelBoxes.of(annotated(image)).labels()) {
        all.add(Structure.ofLabel(label));
      }
    }
    int next = all.stream().flatMap(s -> s.labels().stream()).mapToInt(l -> l).max().orElse(0);
    for (String name : prompted) {
      if (all.stream().noneMatch(s -> s.name().equals(name))) {
        all.add(Structure.of(name, ++next));
      }
    }
    StructureSet structures = new StructureSet(all);
    if (structures.structures().isEmpty()) {
      throw FiduciaException.badInput("no slice is contoured",
          options.annotated().orElseThrow(), "the label map holds no label above 0",
          "contour a slice");
    }
    return structures;
  }
}
