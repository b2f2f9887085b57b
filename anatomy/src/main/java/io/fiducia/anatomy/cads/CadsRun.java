package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.ScanFiles;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.nnunet.run.ImagePrediction.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Segments scans into files as CADS does: {@code OUT/CASE/CASE_part_TASK.nii.gz}, and {@code
 * OUT/CASE/CASE_ERROR.log} for a scan that failed.
 *
 * <p>Differences from CADS: every file appears whole or not at all, so no label map stays at 1.5 mm when
 * a task fails; a scan that lies on CADS's grid already gets its results like any other.
 */
public final class CadsRun {
  /**
   * What is written.
   *
   * @param folder each scan gets a folder in it
   * @param combined whether there is one label map of all tasks besides that of each task
   * @param structures whether there is one file for each structure too
   * @param existing what happens if results are there already
   */
  public record Output(Path folder, boolean combined, boolean structures, Existing existing) {}

  /** A scan that could not be segmented, and why. */
  public record Failure(String caseId, FiduciaException error) {}

  /**
   * What came of it.
   *
   * @param cases names of the scans that were to be segmented
   * @param kept those among them whose results were there already
   */
  public record Outcome(List<String> cases, List<String> kept, List<Failure> failures) {
    public Outcome {
      cases = List.copyOf(cases);
      kept = List.copyOf(kept);
      failures = List.copyOf(failures);
    }
  }

  private static final String TASK = "Scans";
  /** nnU-Net's mark of a first channel at the end of names, which CADS leaves out. */
  private static final String CHANNEL = "_0000";

  private final CadsRequest request;
  private final Output output;
  private final Map<String, Path> scans;

  private CadsRun(CadsRequest request, Output output, Map<String, Path> scans) {
    this.request = request;
    this.output = output;
    this.scans = scans;
  }

  /**
   * Finds the scans; nothing is computed or written.
   *
   * @param input an image, or a folder of images
   * @throws FiduciaException BAD_INPUT if there is no image, two have one case's name, or results exist
   *     that must not be overwritten
   */
  public static CadsRun open(Path input, CadsRequest request, Output output, Progress progress) {
    Map<String, Path> scans = new LinkedHashMap<>();
    ScanFiles.of(input, CHANNEL, progress).forEach(f -> scans.put(f.name(), f.file()));
    if (output.existing() == Existing.REFUSE) {
      for (String id : scans.keySet()) {
        for (Path file : files(id, request, output).all()) {
          if (Files.exists(file)) {
            throw FiduciaException.badInput("the output exists already", file,
                "existing results are not overwritten",
                "choose another output folder, or say that they may be replaced or kept");
          }
        }
      }
    }
    return new CadsRun(request, output, scans);
  }

  private static CadsFiles files(String id, CadsRequest request, Output output) {
    return new CadsFiles(output.folder().resolve(id), id, request, output);
  }

  /** Names of the scans. */
  public List<String> cases() {
    return List.copyOf(scans.keySet());
  }

  /**
   * Segments the scans, one after the other.
   *
   * @param flow for the request that this run was opened with
   * @throws FiduciaException the first failure if no scan could be segmented; CANCELLED; BAD_INPUT if
   *     the output folder cannot hold two cases
   */
  public Outcome run(CadsSegmentation flow, Progress progress, Cancellation cancellation) {
    FileNames.checkApart(scans.keySet(), output.folder(), progress);
    List<String> kept = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    progress.started(TASK, scans.size(), "scan");
    try {
      int done = 0;
      for (Map.Entry<String, Path> scan : scans.entrySet()) {
        cancellation.check("segmentation");
        CadsFiles files = files(scan.getKey(), request, output);
        if (output.existing() == Existing.KEEP && files.areWhole()) {
          kept.add(scan.getKey());
        } else {
          segment(scan.getKey(), scan.getValue(), files, flow, progress, cancellation)
              .ifPresent(failures::add);
        }
        progress.advanced(TASK, ++done, scan.getKey());
      }
    } finally {
      progress.finished(TASK);
    }
    if (failures.size() == scans.size()) {
      throw failures.get(0).error();
    }
    return new Outcome(cases(), kept, failures);
  }

  private static Optional<Failure> segment(String id, Path file, CadsFiles files,
      CadsSegmentation flow, Progress progress, Cancellation cancellation) {
    try {
      SegmenterFailures.translated("segmentation of " + id, () -> {
        CadsFiles.Writing writing = files.begin(file, CadsSegmenter.provenance(flow),
            progress, cancellation);
        flow.run(CadsScan.read(id, file, progress), writing::add, progress, cancellation);
        writing.finish();
        return files;
      });
      Files.deleteIfExists(files.errorLog());
      return Optional.empty();
    } catch (FiduciaException e) {
      if (e.kind() == FiduciaException.Kind.CANCELLED) {
        throw e;
      }
      progress.warning("case " + id + " failed: " + e.getMessage());
      AtomicFiles.writeString(files.errorLog(), text(e));
      return Optional.of(new Failure(id, e));
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(files.errorLog(), e);
    }
  }

  private static String text(FiduciaException e) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("error", e.what());
    lines.put("where", e.where());
    lines.put("why", e.why());
    lines.put("try", e.advice());
    StringBuilder text = new StringBuilder();
    lines.forEach((key, value) -> {
      if (!value.isEmpty()) {
        text.append(key).append(": ").append(value).append('\n');
      }
    });
    return text.toString();
  }
}
