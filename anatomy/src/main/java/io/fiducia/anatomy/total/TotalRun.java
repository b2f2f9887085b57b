package io.fiducia.anatomy.total;

import io.fiducia.anatomy.engine.ScanFiles;
import io.fiducia.anatomy.engine.ScanFiles.ScanFile;
import io.fiducia.anatomy.output.PreviewPicture;
import io.fiducia.anatomy.output.StructureFiles;
import io.fiducia.anatomy.post.DerivedMasks;
import io.fiducia.anatomy.post.LabelCleanup;
import io.fiducia.anatomy.statistics.BasicStatistics;
import io.fiducia.anatomy.statistics.StatisticsFile;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiTemplate;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Segments image files with a {@link TotalSegmentation} and writes what was asked for. */
public final class TotalRun {
  private static final String TASK = "Segment";
  private static final String BODY = "body";
  private static final String SKIN = "skin";

  /** An image that was segmented, and the files that came of it. */
  public record Done(String name, List<Path> files) {
    public Done {
      files = List.copyOf(files);
    }
  }

  /** An image that could not be segmented. */
  public record Failed(String name, FiduciaException error) {}

  /** What came of all images. */
  public record Result(List<Done> done, List<Failed> failed) {
    public Result {
      done = List.copyOf(done);
      failed = List.copyOf(failed);
    }
  }

  private final TotalSegmentation segmentation;
  private final TotalRequest request;
  private final TotalOutput output;

  /** A run; nothing happens yet. */
  public TotalRun(TotalSegmentation segmentation, TotalRequest request, TotalOutput output) {
    this.segmentation = segmentation;
    this.request = request;
    this.output = output;
  }

  /**
   * Segments one image, or all of a folder; of a folder, the other images are segmented if one fails.
   *
   * @param input a NIfTI file or a folder of them
   * @throws FiduciaException the error of the only image, or the first one if none could be segmented;
   *     BAD_INPUT if results exist that are not to be replaced; OUT_OF_RESOURCES; CANCELLED
   */
  public Result run(Path input, TotalSegmentation.Work work) {
    List<ScanFile> scans = ScanFiles.of(input, work.progress());
    boolean one = scans.size() == 1 && scans.get(0).file().equals(input);
    segmentation.requireWeights(request);
    List<String> names = new ArrayList<>(names(segmentation.classes(request)).values());
    if (derives()) {
      names.addAll(List.of(BODY, SKIN));
    }
    Map<ScanFile, ScanPaths> places = new LinkedHashMap<>();
    for (ScanFile scan : scans) {
      ScanPaths paths = one
          ? ScanPaths.ofOne(output, request.task().name())
          : ScanPaths.ofMany(output, request.task().name(), scan.name());
      paths.checkApart(names, scans);
      if (!output.overwrite()) {
        paths.checkAbsent(names);
      }
      places.put(scan, paths);
    }
    List<Done> done = new ArrayList<>();
    List<Failed> failed = new ArrayList<>();
    work.progress().started(TASK, scans.size(), "image");
    try {
      places.forEach((scan, paths) -> {
        work.cancellation().check("segmentation");
        try {
          done.add(new Done(scan.name(), SegmenterFailures
              .translated("segmentation of " + scan.name(), () -> segment(scan, paths, work))));
        } catch (FiduciaException e) {
          if (one || e.kind() == FiduciaException.Kind.CANCELLED) {
            throw e;
          }
          failed.add(new Failed(scan.name(), e));
        }
        work.progress().advanced(TASK, done.size() + failed.size(), scan.name());
      });
    } finally {
      work.progress().finished(TASK);
    }
    if (done.isEmpty()) {
      throw failed.get(0).error();
    }
    return new Result(done, failed);
  }

  /** The structures to write, by label, under the names that they get. */
  private Map<Integer, String> names(Map<Integer, String> classes) {
    Map<Integer, String> names = new LinkedHashMap<>();
    classes.forEach(
        (label, own) -> output.naming().apply(own).ifPresent(name -> names.put(label, name)));
    return names;
  }

  private List<Path> segment(ScanFile scan, ScanPaths paths, TotalSegmentation.Work work) {
    FloatVolume image = ScanFiles.read(scan, work.progress());
    TotalResult result = segmentation.run(request,
        new TotalSegmentation.Scan(scan.name(), image), work);
    Map<Integer, String> names = names(result.classes());
    List<Path> files = new ArrayList<>();
    paths.statistics().ifPresent(file -> files.add(statistics(file, image, result, names)));
    if (names.size() < result.classes().size()) {
      LabelCleanup.remap(result.labels(), identity(names));
    }
    paths.preview().ifPresent(file -> files.add(preview(file, result, names)));
    StructureFiles writer = new StructureFiles(result.labels(), names, template(scan, result));
    paths.labelMap().ifPresent(file -> {
      writer.writeMap(file);
      files.add(file);
    });
    paths.structures().ifPresent(folder -> {
      files.addAll(writer.writeEach(folder, work.progress(), work.cancellation()));
      if (derives()) {
        files.addAll(derived(folder, image, result, scan, work));
      }
    });
    return files;
  }

  private static Map<Integer, Integer> identity(Map<Integer, String> names) {
    Map<Integer, Integer> same = new LinkedHashMap<>();
    names.keySet().forEach(l -> same.put(l, l));
    return same;
  }

  private NiftiTemplate template(ScanFile scan, TotalResult result) {
    return staysOnModelGrid()
        ? NiftiTemplate.of(result.labels().geometry())
        : NiftiTemplate.read(scan.file(), NiftiConvention.NIBABEL);
  }

  private boolean staysOnModelGrid() {
    return request.resampling().way() == TotalRequest.Way.MODEL_GRID;
  }

  /** As TotalSegmentator does, on the network's grid for the faster variant and where labels stay there. */
  private Path statistics(Path file, FloatVolume image, TotalResult result,
      Map<Integer, String> names) {
    boolean onModelGrid = request.speed() == Speed.FAST || staysOnModelGrid();
    StatisticsFile.write(file, BasicStatistics.of(
        onModelGrid ? result.onModelGrid().labels() : result.labels(),
        onModelGrid ? result.onModelGrid().image() : image, names,
        output.statistics().orElseThrow().options()));
    return file;
  }

  private Path preview(Path file, TotalResult result, Map<Integer, String> names) {
    new PreviewPicture(Optional.of(result.onModelGrid().image()), request.task().modality(),
        result.onModelGrid().labels(), names).write(file);
    return file;
  }

  private boolean derives() {
    return output.derivedMasks() && output.form() == TotalOutput.Form.STRUCTURES
        && request.task().name().equals(BODY) && !staysOnModelGrid();
  }

  /** Body and skin, from trunk and limbs. */
  private List<Path> derived(Path folder, FloatVolume image, TotalResult result, ScanFile scan,
      TotalSegmentation.Work work) {
    AnatomyTask task = request.task();
    boolean[] body = LabelCleanup.mask(result.labels(), DerivedMasks.BODY.stream()
        .map(s -> task.label(s).orElseThrow()).toList());
    boolean[] skin = DerivedMasks.skin(image, body);
    short[] both = new short[body.length];
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, boolean[]> mask : Map.of(BODY, body, SKIN, skin).entrySet()) {
      for (int i = 0; i < both.length; i++) {
        both[i] = (short) (mask.getValue()[i] ? 1 : 0);
      }
      files.addAll(new StructureFiles(new LabelVolume(result.labels().geometry(), both),
          Map.of(1, mask.getKey()), template(scan, result))
          .writeEach(folder, work.progress(), work.cancellation()));
    }
    return files;
  }
}
