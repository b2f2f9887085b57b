package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.total.TotalRequest;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.anatomy.total.TotalRun;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AtomicFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The JSON file about a run of {@code fiducia totalsegmentator}; TotalSegmentator's keys, and ours. */
final class TotalReport {
  private TotalReport() {}

  /** What there is to report. @param seconds the whole run */
  record Facts(TotalRequest request, boolean labelMap, Path input, Path output, String device,
      double seconds,
      TotalRun.Result result) {}

  static void write(Path file, Facts f) {
    AnatomyTask task = f.request().task();
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("fiducia_version", Version.text());
    r.put("task", task.name());
    r.put("modality", task.modality().name());
    r.put("license_required", task.licensed());
    r.put("device", f.device());
    r.put("fast", f.request().speed() == Speed.FAST);
    r.put("fastest", f.request().speed() == Speed.FASTEST);
    r.put("save_lowres", f.request().resampling().way() == TotalRequest.Way.MODEL_GRID);
    r.put("multilabel", f.labelMap());
    r.put("output_type", "nifti");
    r.put("strict", f.request().strict());
    r.put("roi_subset", List.copyOf(f.request().subset()));
    r.put("input", f.input().toString());
    r.put("output", f.output().toString());
    Map<Integer, String> classes = new LinkedHashMap<>(task.classes());
    if (!f.request().subset().isEmpty()) {
      classes.values().retainAll(f.request().subset());
    }
    r.put("num_classes", classes.size());
    r.put("classes", classes);
    r.put("runtime_seconds", Math.round(f.seconds() * 100) / 100.0);
    r.put("output_files", f.result().done().stream().flatMap(d -> d.files().stream())
        .map(p -> p.getFileName().toString()).toList());
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(r) + "\n");
  }
}
