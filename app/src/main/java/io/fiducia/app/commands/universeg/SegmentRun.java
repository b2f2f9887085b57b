package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AtomicFiles;
import io.fiducia.core.Segmentation;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.segment.SegmentSettings;
import io.fiducia.universeg.segment.StructureResult;
import io.fiducia.universeg.segment.VolumeSegmentation;
import io.fiducia.universeg.support.StructureSupport;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Segments one image after another in one way, and writes what is found. */
record SegmentRun(InContextWeights weights, SupportOptions.Chosen chosen, SegmentSettings settings,
    SegmentMethod method, Context context) {
  /** Segments an image, writes its files, and returns its report. */
  Map<String, Object> segment(SegmentOutput out) {
    NiftiImage read = NiftiReader.read(out.image());
    read.warnings().forEach(w -> context.console().warning(out.image() + ": " + w));
    if (read.channels() > 1) {
      context.console().warning(
          out.image() + ": " + read.channels() + " volumes; only the first is used");
    }
    FloatVolume image = read.toFloatVolume(0);
    VolumeSegmentation.requireFinite(out.image(), image);
    VolumeSegmentation.Found found = method.segment(out.name(), image);
    write(out, image, found);
    Map<String, Object> report = report(out, found);
    AtomicFiles.writeString(out.report(),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    print(found);
    return report;
  }

  private void write(SegmentOutput out, FloatVolume image, VolumeSegmentation.Found found) {
    if (found.layers().size() == 1 && !settings.overlap()) {
      NiftiWriter.writeLabels(out.labels(), found.layers().getFirst().labels());
    } else {
      for (Segmentation.Layer layer : found.layers()) {
        short[] mask = layer.labels().data().clone();
        for (int i = 0; i < mask.length; i++) {
          mask[i] = (short) (mask[i] > 0 ? 1 : 0);
        }
        NiftiWriter.writeLabels(
            out.structure(layer.structures().structures().getFirst().name()),
            new LabelVolume(image.geometry(), mask));
      }
    }
    if (out.kinds().probabilities()) {
      NiftiWriter.writeFloats(out.probabilities(),
          found.structures().stream().map(r -> r.probabilityOn(image.geometry())).toList());
    }
    if (out.kinds().uncertainty()) {
      NiftiWriter.writeFloats(out.uncertainty(),
          found.structures().stream().map(r -> r.spreadOn(image.geometry())).toList());
    }
  }

  private Map<String, Object> report(SegmentOutput out, VolumeSegmentation.Found found) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("image", out.name());
    List<Map<String, Object>> structures = new ArrayList<>();
    for (StructureResult r : found.structures()) {
      structures.add(structure(r, found));
    }
    report.put("structures", structures);
    report.put("model", weights.shape().form().title());
    report.put("width", weights.shape().width());
    report.put("weights", weights.name());
    weights.licence().ifPresent(l -> report.put("licence", l));
    report.put("support", chosen.cases().stream().map(c -> c.id()).toList());
    report.put("method", method.name());
    if (method.support().isPresent()) {
      report.put("modality", chosen.modality().channel());
      report.put("support_size", settings.supportSize());
      report.put("draws", settings.draws());
      report.put("planes", settings.planes().stream().map(SlicePlane::word).toList());
      report.put("seed", settings.seed());
    }
    report.put("version", Version.text());
    return report;
  }

  private Map<String, Object> structure(StructureResult r, VolumeSegmentation.Found found) {
    Map<String, Object> s = new LinkedHashMap<>();
    s.put("name", r.structure().name());
    s.put("volume_cm3", found.volumeCm3(r));
    if (method.support().isPresent()) {
      s.put("uncertainty", r.uncertainty());
      s.put("likeness", r.likeness());
      s.put("place_lps_mm", List.of(list(r.place().low()), list(r.place().high())));
      s.put("cases", method.support().get().structures().stream()
          .filter(x -> x.structure().equals(r.structure())).flatMap(x -> x.examples().stream())
          .map(StructureSupport.Example::caseId).toList());
    }
    return s;
  }

  private static List<Double> list(Vec3 v) {
    return List.of(v.x(), v.y(), v.z());
  }

  private void print(VolumeSegmentation.Found found) {
    if (context.json()) {
      return;
    }
    for (StructureResult r : found.structures()) {
      double volume = found.volumeCm3(r);
      context.console().note(String.format(Locale.ROOT, "%s: %s%s",
          r.structure().name(),
          volume == 0 ? "not found" : String.format(Locale.ROOT, "%.2f cm3", volume),
          method.support().isEmpty()
              ? ""
              : String.format(Locale.ROOT, ", uncertainty %.2f", r.uncertainty())));
    }
  }
}
