package io.fiducia.phantom.cohort;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.phantom.Contouring;
import io.fiducia.phantom.Contours;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.PelvisAnatomy;
import io.fiducia.phantom.PelvisStructure;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a synthetic cohort as an nnU-Net dataset folder: {@code imagesTr}, {@code labelsTr}, {@code
 * imagesTs}, {@code labelsTs}, {@code structures/CASE/NAME.nii.gz}, {@code covariates.csv} and {@code
 * dataset.json}; a second reader's contours as {@code labelsTr_reader2}, {@code labelsTs_reader2} and
 * {@code structures_reader2}. dataset.json comes last: a folder without it is unfinished, and the
 * same plan goes on where it stopped.
 */
public final class Cohort {
  /** What every file says of itself. */
  public static final String MARK = "synthetic pelvis phantom, no patient";
  private static final String PLAN = "phantom.json";
  private static final String DATASET = "dataset.json";
  private static final String TASK = "phantom";

  private final CohortPlan plan;
  private final Path folder;
  private final int threads;

  private Cohort(CohortPlan plan, Path folder, int threads) {
    this.plan = plan;
    this.folder = folder;
    this.threads = threads;
  }

  /**
   * Makes a cohort.
   *
   * @param folder new, empty, or left by the same plan when it was stopped
   * @throws FiduciaException BAD_INPUT if the folder holds anything else, OUT_OF_RESOURCES if the
   *     disk is full, CANCELLED between two cases
   */
  public static void write(CohortPlan plan, Path folder, int threads, Progress progress,
      Cancellation cancellation) {
    new Cohort(plan, folder, threads).write(progress, cancellation);
  }

  private void write(Progress progress, Cancellation cancellation) {
    claim();
    progress.started(TASK, plan.cases(), "cases");
    for (int number = 0; number < plan.cases(); number++) {
      cancellation.check("making the cohort");
      if (!Files.exists(labelFile(number, 1))) {
        writeCase(number);
      }
      progress.advanced(TASK, number + 1, plan.caseName(number));
    }
    AtomicFiles.writeString(folder.resolve("covariates.csv"), covariates());
    AtomicFiles.writeString(folder.resolve(DATASET), datasetJson());
    progress.finished(TASK);
  }

  /** Lets the folder be written, and marks it as this plan's. */
  private void claim() {
    Path mark = folder.resolve(PLAN);
    String wanted = planJson();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw FiduciaException.badInput("the output is not a folder", folder,
          "expected a folder, or a path where nothing is yet", "choose another");
    }
    if (Files.exists(folder.resolve(DATASET))) {
      throw FiduciaException.badInput("the output folder holds a dataset already",
          folder.resolve(DATASET), "", "choose another folder, or delete this one first");
    }
    if (Files.exists(mark)) {
      if (!read(mark).equals(wanted)) {
        throw FiduciaException.badInput("the output folder holds a cohort of other options", mark,
            "found one that was stopped before its end",
            "repeat its options to finish it, choose another folder, or delete this one first");
      }
      return;
    }
    if (Files.exists(folder) && !empty()) {
      throw FiduciaException.badInput("the output folder is not empty", folder,
          "it holds files that this command did not make", "choose another folder");
    }
    AtomicFiles.writeString(mark, wanted);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read the file", file, String.valueOf(e),
          "choose another folder", e);
    }
  }

  private boolean empty() {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the output folder", folder, String.valueOf(e),
          "choose another folder", e);
    }
  }

  private void writeCase(int number) {
    Patient patient = plan.patient(number);
    Geometry grid = plan.grid(number);
    PelvisAnatomy anatomy = PelvisAnatomy.of(patient);
    FloatVolume image = plan.domain().scanner().scan(anatomy, grid, plan.scanSeed(number), threads);
    String split = plan.isTest(number) ? "Ts" : "Tr";
    write(folder.resolve("images" + split).resolve(plan.caseName(number) + "_0000.nii.gz"),
        NiftiImage.ofFloats(List.of(image)));
    // The first reader's label map comes last: where it is, the case is whole.
    for (int reader = plan.readers(); reader >= 1; reader--) {
      Contouring habit = plan.reader(number, reader);
      Map<PelvisStructure, boolean[]> masks = anatomy.structures(grid, habit);
      LabelVolume labels = Contours.labelMap(grid, masks);
      Path structures = folder.resolve("structures" + suffix(reader)).resolve(
          plan.caseName(number));
      masks.forEach((structure, mask) -> write(structures.resolve(structure.tg263() + ".nii.gz"),
          NiftiImage.ofLabels(Contours.volume(grid, mask))));
      write(labelFile(number, reader), NiftiImage.ofLabels(labels));
    }
  }

  private static void write(Path file, NiftiImage image) {
    NiftiWriter.write(file, image, MARK);
  }

  private Path labelFile(int number, int reader) {
    return folder.resolve((plan.isTest(number) ? "labelsTs" : "labelsTr") + suffix(reader))
        .resolve(plan.caseName(number) + ".nii.gz");
  }

  private static String suffix(int reader) {
    return reader == 1 ? "" : "_reader" + reader;
  }

  private String covariates() {
    StringBuilder csv = new StringBuilder();
    for (int number = 0; number < plan.cases(); number++) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("case", plan.caseName(number));
      row.put("split", plan.isTest(number) ? "test" : "train");
      row.put("domain", plan.domain().name());
      row.put("modality", plan.domain().modality().channel());
      row.put("scanner", plan.domain().scanner().name());
      row.putAll(plan.patient(number).covariates());
      if (csv.isEmpty()) {
        csv.append(String.join(",", row.keySet())).append('\n');
      }
      csv.append(String.join(",", row.values())).append('\n');
    }
    return csv.toString();
  }

  /** Every text in it is this package's own: nothing needs escaping. */
  private String datasetJson() {
    StringBuilder labels = new StringBuilder("    \"background\": 0");
    for (Structure s : PelvisStructure.structures()) {
      labels.append(",\n    \"").append(s.name()).append("\": ").append(s.labels().getFirst());
    }
    return String.format(Locale.ROOT, """
        {
          "name": "Pelvis phantom (%s, %s)",
          "description": "%s",
          "synthetic": true,
          "channel_names": {
            "0": "%s"
          },
          "labels": {
        %s
          },
          "numTraining": %d,
          "numTest": %d,
          "file_ending": ".nii.gz"
        }
        """, plan.domain().modality().channel(), plan.domain().name(), MARK,
        plan.domain().modality().channel(), labels.toString().indent(0).stripTrailing(),
        plan.cases() - plan.testCases(), plan.testCases());
  }

  private String planJson() {
    Patient.Options people = plan.domain().population();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("synthetic", "true");
    values.put("modality", quoted(plan.domain().modality().channel()));
    values.put("domain", quoted(plan.domain().name()));
    values.put("scanner", quoted(plan.domain().scanner().name()));
    values.put("size", quoted(plan.resolution().name().toLowerCase(Locale.ROOT)));
    values.put("cases", Integer.toString(plan.cases()));
    values.put("test", Integer.toString(plan.testCases()));
    values.put("readers", Integer.toString(plan.readers()));
    values.put("seed", Long.toString(plan.seed()));
    values.put("hysterectomy", Double.toString(people.hysterectomy()));
    values.put("prosthesis", Double.toString(people.prosthesis()));
    values.put("spacer", Double.toString(people.spacer()));
    return values.entrySet().stream().map(e -> "  " + quoted(e.getKey()) + ": " + e.getValue())
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
