package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.segment.ContourPicture;
import io.fiducia.promptable.segment.ObjectLabels;
import io.fiducia.promptable.segment.ObjectRequest;
import io.fiducia.promptable.segment.ObjectSegmentation;
import io.fiducia.promptable.segment.ObjectWarnings;
import io.fiducia.promptable.segment.SegmentedObject;
import io.fiducia.promptable.segment.VolumeSettings;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Segments the objects of a volume one after the other, and writes their files. For one run. */
final class SamVolumeRun {
  private final Model model;
  private final FloatVolume image;
  private final VolumeSettings settings;
  private final SamVolumeOutput out;
  private final Context context;
  private final ObjectLabels labels;
  private final List<Map<String, Object>> objects = new ArrayList<>();
  private final List<Map<String, Object>> masks = new ArrayList<>();
  private final List<FiduciaException> problems = new ArrayList<>();

  /**
   * What segments.
   *
   * @param slices the model; the caller closes it
   * @param weights of it, for the report
   */
  record Model(SliceModel slices, SamWeights weights) {}

  SamVolumeRun(Model model, FloatVolume image, VolumeSettings settings, SamVolumeOutput out,
      Context context) {
    this.model = model;
    this.image = image;
    this.settings = settings;
    this.out = out;
    this.context = context;
    this.labels = new ObjectLabels(image.geometry());
  }

  /**
   * Segments the objects, writes all files and prints the report.
   *
   * @return the exit code: 0, or 4 if some objects could not be segmented
   * @throws FiduciaException what went wrong with the first object, if none could be segmented
   */
  int run(List<ObjectRequest> requests, Optional<EmbeddingCache> cache) {
    ObjectSegmentation segmentation = new ObjectSegmentation(image, model.slices(), cache,
        settings, context.progress(), context.cancellation());
    for (int n = 0; n < requests.size(); n++) {
      try {
        finish(segmentation.segment(requests.get(n)), n + 1);
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.BAD_INPUT || requests.size() == 1) {
          throw e;
        }
        problems.add(e);
        context.console().warning(requests.get(n).name() + " was not segmented: " + e.getMessage());
      }
    }
    if (objects.isEmpty()) {
      throw problems.getFirst();
    }
    if (out.labels()) {
      NiftiWriter.writeLabels(out.labelMap(), labels.labels());
    }
    Map<String, Object> document = document(segmentation.encoded());
    AtomicFiles.writeString(out.report(),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n");
    if (context.json()) {
      context.console().json(document);
    }
    return problems.isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  private void finish(SegmentedObject object, int label) {
    String name = object.name();
    NiftiWriter.writeLabels(out.mask(name), labelMap(object.mask()));
    NiftiWriter.writeLabels(out.interpolation(name), labelMap(object.interpolation()));
    if (out.probabilities()) {
      NiftiWriter.writeFloats(out.probabilities(name), object.probabilities());
    }
    ContourPicture.write(out.picture(name), image, object);
    int shared = labels.add(label, object.probabilities().data());
    SamVolumeReport report = new SamVolumeReport(object, label,
        settings.threePlanes() || settings.propagation().range().isPresent());
    objects.add(report.document(out));
    masks.addAll(report.masks());
    if (!context.json()) {
      context.console().result(report.line());
    }
    ObjectWarnings.of(object).forEach(w -> context.console().warning(name + ": " + w));
    if (shared > 0) {
      context.console().note(name + ": " + shared + " voxels belong to earlier objects too; in"
          + " labels.nii.gz they belong to the more probable one");
    }
  }

  private LabelVolume labelMap(boolean[] mask) {
    short[] out = new short[mask.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (short) (mask[i] ? 1 : 0);
    }
    return new LabelVolume(image.geometry(), out);
  }

  private Map<String, Object> document(int encoded) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model", model.weights().family().word());
    document.put("weights", model.weights().name());
    document.put("licence", model.weights().licence());
    document.put("three_planes", settings.threePlanes());
    document.put("slices_encoded", encoded);
    document.put("objects", objects);
    document.put("masks", masks);
    document.put("problems", problems.stream().map(e -> e.getMessage()).toList());
    document.put("version", Version.text());
    return document;
  }
}
