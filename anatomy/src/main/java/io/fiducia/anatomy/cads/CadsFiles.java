package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.output.StructureFiles;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Provenance;
import io.fiducia.nifti.NiftiCompleteness;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiTemplate;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files with the results of one scan.
 *
 * @param folder of the scan; created when the first file is written
 * @param id pseudonym of the case, with which the names of the files begin
 */
record CadsFiles(Path folder, String id, CadsRequest request, CadsRun.Output output) {
  private static final String ENDING = ".nii.gz";

  /** The label map of a task. */
  Path part(AnatomyTask task) {
    return folder.resolve(id + "_part_" + task.name() + ENDING);
  }

  /** The label map of all tasks. */
  Path combined() {
    return folder.resolve(id + "_combined" + ENDING);
  }

  /** The names of the labels in {@link #combined()}. */
  Path labels() {
    return folder.resolve("labels.json");
  }

  /** Why the scan failed. */
  Path errorLog() {
    return folder.resolve(id + "_ERROR.log");
  }

  private Path structureFolder() {
    return folder.resolve("targets");
  }

  /** All results that are to be written. */
  List<Path> all() {
    List<Path> files = new ArrayList<>();
    for (AnatomyTask task : request.tasks()) {
      files.add(part(task));
      if (output.structures()) {
        names(task).values().forEach(n -> files.add(structureFolder().resolve(n + ENDING)));
      }
    }
    if (output.combined()) {
      files.add(combined());
      files.add(labels());
    }
    return files;
  }

  /** Whether all results are there and none was cut off. */
  boolean areWhole() {
    return all().stream().allMatch(f -> f.getFileName().toString().endsWith(ENDING)
        ? Files.exists(f) && NiftiCompleteness.isWhole(f)
        : Files.exists(f));
  }

  /** Names of the files of a task's structures by label. */
  private Map<Integer, String> names(AnatomyTask task) {
    Map<Integer, String> names = new LinkedHashMap<>();
    request.names(task).forEach((label, name) -> names.put(label, id + "_" + name));
    return names;
  }

  /**
   * Starts to write the results of a scan.
   *
   * @param scan the image file, whose header the results get
   */
  Writing begin(Path scan, Provenance provenance, Progress progress, Cancellation cancellation) {
    return new Writing(NiftiTemplate.read(scan, NiftiConvention.NIBABEL), provenance, progress,
        cancellation);
  }

  /** Writes the results of a scan one after another. */
  final class Writing {
    private final NiftiTemplate template;
    private final Provenance provenance;
    private final Progress progress;
    private final Cancellation cancellation;
    private Optional<CombinedMap> combinedMap = Optional.empty();
    private Optional<CadsResult> last = Optional.empty();

    private Writing(NiftiTemplate template, Provenance provenance, Progress progress,
        Cancellation cancellation) {
      this.template = template;
      this.provenance = provenance;
      this.progress = progress;
      this.cancellation = cancellation;
    }

    /** Writes what a task found. */
    void add(CadsResult result) {
      LabelVolume labels = result.labels();
      new StructureFiles(labels, request.names(result.task()), template)
          .writeMap(part(result.task()));
      if (output.structures()) {
        new StructureFiles(labels, names(result.task()), template).writeEach(structureFolder(),
            progress, cancellation);
      }
      if (output.combined()) {
        if (combinedMap.isEmpty()) {
          combinedMap = Optional.of(new CombinedMap(request.table(), result.onModelGrid(),
              request.steps().strict()));
        }
        // Labels go back by nearest voxels, so that it does not matter that they are merged before.
        combinedMap.get().add(result.task(), result.onModelGrid());
        last = Optional.of(result);
      }
    }

    /** Writes what needs the results of all tasks. */
    void finish() {
      if (combinedMap.isEmpty()) {
        return;
      }
      CombinedMap map = combinedMap.get();
      Map<Integer, String> names = new LinkedHashMap<>();
      map.names().forEach((number, own) -> request.naming().apply(own)
          .ifPresent(name -> names.put(number, name)));
      LabelVolume labels = last.orElseThrow().toScan(map.labels());
      new StructureFiles(labels, names, template).writeMap(combined());
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("labels", names);
      document.put("not_in_the_map", map.leftOut().stream().sorted().toList());
      document.put("provenance", provenance.details());
      AtomicFiles.writeString(CadsFiles.this.labels(),
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document)
              + "\n");
    }
  }
}
