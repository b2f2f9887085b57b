package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.FolderListing;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.store.ProbabilityFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Averages the probabilities that several models saved, as nnU-Net's ensembling does, and labels each
 * voxel by the mean. One class is in memory at a time.
 *
 * <p>Difference from nnU-Net: the grid of the file comes from the label map that lies beside each
 * CASE.npz, not from the pickle.
 */
public final class Ensemble {
  private static final String TASK = "Ensemble";

  private final Labels labels;
  private final LabelFiles maps;

  /**
   * An ensemble of models with the same labels.
   *
   * @param maps label maps of the reader that the models were prepared with
   */
  public Ensemble(Labels labels, LabelFiles maps) {
    this.labels = labels;
    this.maps = maps;
  }

  /** The cases whose probabilities a folder holds, by name. */
  public static List<String> cases(Path folder) {
    FolderListing.of(folder, "predictions");
    return FolderListing.stems(folder, ".npz");
  }

  /**
   * The cases of several folders.
   *
   * @throws FiduciaException BAD_INPUT if there is none, or a folder lacks some
   */
  public static List<String> commonCases(List<Path> folders) {
    TreeSet<String> all = new TreeSet<>();
    folders.forEach(f -> all.addAll(cases(f)));
    if (all.isEmpty()) {
      throw FiduciaException.badInput("there are no probabilities to average", folders.get(0),
          "expected files CASE.npz", "predict with --save_probabilities, train with --npz");
    }
    for (Path folder : folders) {
      List<String> missing = all.stream()
          .filter(c -> !Files.exists(new ProbabilityFile(folder, c).arrays())).toList();
      if (!missing.isEmpty()) {
        throw FiduciaException.badInput("the folders hold different cases", folder,
            missing.size() + " of " + all.size() + " are missing, " + missing.get(0) + " first",
            "predict the same cases with every model");
      }
    }
    return List.copyOf(all);
  }

  /**
   * Averages each case over its folders and writes label maps.
   *
   * @param folders the folders that hold each case
   * @param save whether the averages are written too, as CASE.npz and CASE.pkl
   * @param overwrite whether existing label maps are replaced
   */
  public void run(Map<String, List<Path>> folders, Path out, boolean save, boolean overwrite,
      Progress progress, Cancellation cancellation) {
    FileNames.checkApart(folders.keySet(), out, progress);
    progress.started(TASK, folders.size(), "case");
    try {
      long done = 0;
      for (Map.Entry<String, List<Path>> e : folders.entrySet()) {
        cancellation.check("ensembling");
        Path target = out.resolve(e.getKey() + maps.ending());
        if (overwrite || !Files.exists(target)) {
          List<ProbabilityFile> files = e.getValue().stream()
              .map(f -> new ProbabilityFile(f, e.getKey())).toList();
          merge(e.getKey(), files, e.getValue().get(0), out, save, target);
        }
        progress.advanced(TASK, ++done, e.getKey());
      }
    } finally {
      progress.finished(TASK);
    }
  }

  private void merge(String id, List<ProbabilityFile> files, Path first, Path out, boolean save,
      Path target) {
    List<ProbabilityFile.Reading> open = new ArrayList<>();
    try {
      for (ProbabilityFile file : files) {
        open.add(file.open());
      }
      int[] shape = open.get(0).shape();
      for (int i = 0; i < open.size(); i++) {
        check(open.get(i), shape, files.get(i).arrays());
      }
      Vote vote = new Vote(labels, shape);
      if (save) {
        ProbabilityFile result = new ProbabilityFile(out, id);
        AtomicFiles.write(result.properties(), o -> Files.copy(files.get(0).properties(), o));
        result.writeArrays(labels.outputs(), shape, c -> {
          float[] mean = mean(open);
          vote.add(c, mean);
          return mean;
        });
      } else {
        for (int c = 0; c < labels.outputs(); c++) {
          vote.add(c, mean(open));
        }
      }
      maps.rewrite(first.resolve(id + maps.ending()), target, map -> CaseExport.arrayToFile(
          vote.labels(), shape, map.geometry(), maps.reader(), files.get(0).arrays()));
    } finally {
      open.forEach(ProbabilityFile.Reading::close);
    }
  }

  private void check(ProbabilityFile.Reading reading, int[] shape, Path file) {
    if (reading.classes() != labels.outputs() || !Arrays.equals(reading.shape(), shape)) {
      throw FiduciaException.badInput("probabilities of another form", file,
          "expected " + labels.outputs() + " classes of " + Arrays.toString(shape) + ", found "
              + reading.classes() + " of " + Arrays.toString(reading.shape()),
          "average only models of the same labels on the same images");
    }
  }

  private static float[] mean(List<ProbabilityFile.Reading> open) {
    float[] sum = open.get(0).next();
    for (ProbabilityFile.Reading reading : open.subList(1, open.size())) {
      float[] more = reading.next();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= open.size();
    }
    return sum;
  }

  /** Labels from probabilities that come class by class. */
  private static final class Vote {
    private final int[] outputLabels;
    private final boolean regions;
    private final float[] best;
    private final short[] labels;

    Vote(Labels labels, int[] shape) {
      this.outputLabels = labels.outputLabels();
      this.regions = labels.hasRegions();
      int voxels = Math.multiplyExact(Math.multiplyExact(shape[0], shape[1]), shape[2]);
      this.best = new float[voxels];
      this.labels = new short[voxels];
      // Below every probability, so that the first class wins over nothing.
      Arrays.fill(best, regions ? 0.5f : -1);
    }

    void add(int c, float[] probabilities) {
      short label = (short) outputLabels[c];
      for (int i = 0; i < labels.length; i++) {
        if (probabilities[i] > best[i]) {
          labels[i] = label;
          best[i] = regions ? 0.5f : probabilities[i];
        }
      }
    }

    short[] labels() {
      return labels;
    }
  }
}
