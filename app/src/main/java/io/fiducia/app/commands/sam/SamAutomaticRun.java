package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Case;
import io.fiducia.core.Modality;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureScore;
import io.fiducia.metrics.DeclaredLabels;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.automatic.AutomaticSegmenter;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code fiducia sam segment} with weights that find structures without prompts: all slices of an image.
 *
 * @param shown the image, its window, and where results go
 * @param plain whether small parts of structures stay
 * @param saveProbabilities whether these are written too, structures on the fourth axis
 */
record SamAutomaticRun(SamWeights weights, SamSliceOptions shown, boolean plain,
    boolean saveProbabilities) {
  private static final String LABELS = "dataset.json";

  /** Whether weights are of this kind. */
  static boolean isFor(SamWeights weights) {
    return AutomaticWeights.structures(weights).isPresent();
  }

  int run(Context context) {
    if (shown.hasSlice()) {
      throw FiduciaException.usage("all slices are segmented",
          "weights " + weights.name() + " find structures without prompts", "leave out --slice");
    }
    Path labels = shown.target(".nii.gz");
    Path report = shown.target(".json");
    Optional<Path> probabilities = saveProbabilities
        ? Optional.of(shown.target("_probabilities.nii.gz"))
        : Optional.empty();
    String names = json(labelNames());
    Path labelFile = shown.shared(LABELS);
    if (!holds(labelFile, names)) {
      shown.check(List.of(labelFile));
    }
    FloatVolume image = shown.read(context).volume();
    AutomaticSegmenter.Settings usual = AutomaticSegmenter.Settings.usual();
    Segmentation found;
    try (AutomaticSegmenter segmenter = new AutomaticSegmenter(weights,
        new AutomaticSegmenter.Settings(shown.chosenWindow(), plain ? 0 : usual.leastPart()),
        context.torchDevice())) {
      found = segmenter.segment(new Case(shown.name(), List.of(image)), context.progress(),
          context.cancellation());
    }
    NiftiWriter.writeLabels(labels, found.labelMap().orElseThrow());
    probabilities.ifPresent(file -> NiftiWriter.writeFloats(file, found.structures().stream()
        .map(s -> found.score(s.name()).flatMap(StructureScore::probability).orElseThrow().read())
        .toList()));
    AtomicFiles.writeString(labelFile, names);
    Map<String, Object> document = document(found);
    AtomicFiles.writeString(report, json(document));
    if (context.json()) {
      context.console().json(document);
    } else {
      print(context, found);
    }
    return 0;
  }

  private static String json(Object document) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document)
        + "\n";
  }

  /** Whether a file has this text already, as after another image with the same weights. */
  private static boolean holds(Path file, String text) {
    try {
      return Files.isRegularFile(file) && Files.readString(file).equals(text);
    } catch (IOException e) {
      return false;
    }
  }

  /** The labels as nnU-Net's dataset.json states them. */
  private Map<String, Object> labelNames() {
    Map<String, Object> labels = new LinkedHashMap<>();
    labels.put(DeclaredLabels.BACKGROUND, 0);
    List<String> structures = AutomaticWeights.structures(weights).orElseThrow();
    for (int i = 0; i < structures.size(); i++) {
      labels.put(structures.get(i), i + 1);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("channel_names", Map.of("0",
        AutomaticWeights.modality(weights).map(Modality::channel).orElse("image")));
    document.put("labels", labels);
    document.put("file_ending", ".nii.gz");
    return document;
  }

  private Map<String, Object> document(Segmentation found) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("image", shown.name());
    List<Map<String, Object>> structures = new ArrayList<>();
    for (Structure s : found.structures()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", s.name());
      one.put("label", s.labels().getFirst());
      one.put("volume_cm3", volumeCm3(found, s));
      found.score(s.name()).orElseThrow().uncertainty()
          .ifPresent(u -> one.put("uncertainty", u));
      structures.add(one);
    }
    document.put("structures", structures);
    document.put("system", found.provenance().system());
    document.putAll(found.provenance().details());
    document.put("licence", weights.licence());
    document.put("version", Version.text());
    return document;
  }

  private static double volumeCm3(Segmentation found, Structure structure) {
    LabelVolume labels = found.labelMap().orElseThrow();
    long voxels = 0;
    for (short label : labels.data()) {
      voxels += label == structure.labels().getFirst() ? 1 : 0;
    }
    return voxels * labels.geometry().voxelVolumeMm3() / 1000;
  }

  private static void print(Context context, Segmentation found) {
    for (Structure s : found.structures()) {
      double volume = volumeCm3(found, s);
      context.console().result(s.name() + ": " + (volume == 0
          ? "not found"
          : String.format(Locale.ROOT, "%.2f cm3, uncertainty %.2f", volume,
              found.score(s.name()).orElseThrow().uncertainty().orElse(1))));
    }
  }
}
