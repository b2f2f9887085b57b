package io.fiducia.nnunet.preprocess;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Size;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.cases.Pictures;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.store.NpzStore;
import io.fiducia.nnunet.store.PreprocessedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Preprocesses the training cases of a dataset for one configuration, several cases at a time as
 * far as memory allows. A case whose plans and files are unchanged is kept from an earlier run. One
 * case's error does not stop the others.
 */
public final class DatasetPreprocessor {
  /** The part of the heap that cases under way may fill together. */
  private static final double HEAP_SHARE = 0.6;

  private final RawDataset dataset;
  private final Plans plans;
  private final Configuration configuration;
  private final Path folder;
  private final Format format;
  private final Preprocessor preprocessor;

  /** How cases are stored. */
  public enum Format {
    /** {@link PreprocessedStore}. */
    NATIVE,
    /** {@link NpzStore}. */
    NPZ
  }

  /**
   * What became of the cases; names sorted.
   *
   * @param done preprocessed in this run
   * @param kept left from an earlier run
   * @param failed each with its error
   */
  public record Outcome(List<String> done, List<String> kept,
      Map<String, FiduciaException> failed) {
    /**
     * Throws if a case failed: PARTLY_DONE with every failed case's error, or, if no case could be
     * used, the error of the first.
     */
    public void check() {
      if (failed.isEmpty()) {
        return;
      }
      FiduciaException first = failed.values().iterator().next();
      if (done.isEmpty() && kept.isEmpty()) {
        throw first;
      }
      throw new FiduciaException(
          FiduciaException.Kind.PARTLY_DONE,
          failed.size() + " of " + (failed.size() + done.size() + kept.size())
              + " cases could not be preprocessed",
          String.join(", ", failed.keySet()),
          failed.values().stream().map(FiduciaException::getMessage)
              .collect(Collectors.joining("; ")),
          "correct or remove these cases, then run the same command again; the others are kept",
          first);
    }
  }

  /**
   * A preprocessor of a dataset.
   *
   * @param folder the dataset's folder of preprocessed data; cases go to {@code
   *     configuration.dataIdentifier()} inside it, label files to {@code gt_segmentations}
   * @throws FiduciaException BAD_INPUT as {@link Preprocessor}
   */
  public DatasetPreprocessor(
      RawDataset dataset, Plans plans, Configuration configuration, Path folder, Format format) {
    this.dataset = dataset;
    this.plans = plans;
    this.configuration = configuration;
    this.folder = folder;
    this.format = format;
    this.preprocessor = new Preprocessor(plans, configuration, dataset.json());
  }

  /** The folder of the cases. */
  public Path caseFolder() {
    return folder.resolve(configuration.dataIdentifier());
  }

  /**
   * Preprocesses all training cases and copies dataset.json and the label files.
   *
   * @param threads how many cases at once at most
   * @throws FiduciaException CANCELLED on request and OUT_OF_RESOURCES (finished cases stay), or if the output folder
   *     cannot be written; errors of single cases are in the outcome
   */
  public Outcome run(int threads, Progress progress, Cancellation cancellation) {
    String task = "preprocess " + configuration.name();
    List<RawCase> cases = dataset.training();
    dataset.json().warnings().forEach(progress::warning);
    FileNames.checkApart(cases.stream().map(RawCase::id).toList(), caseFolder(), progress);
    copyDescription(progress);
    Map<String, String> done = new TreeMap<>();
    Map<String, String> kept = new TreeMap<>();
    Map<String, FiduciaException> failed = new TreeMap<>();
    AtomicInteger finished = new AtomicInteger();
    List<String> surplus = new ArrayList<>(new PreprocessedStore(caseFolder()).ids());
    cases.forEach(c -> surplus.remove(c.id()));
    if (!surplus.isEmpty()) {
      progress.warning(
          caseFolder() + " holds cases that the dataset no longer has: "
              + String.join(", ", surplus));
    }
    progress.started(task, cases.size(), "cases");
    MemoryBudget budget = new MemoryBudget((long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE));
    CaseWorkers.run(cases, threads, cancellation, c -> {
      FiduciaException error = null;
      boolean reused = false;
      try {
        reused = preprocess(c, budget, progress, cancellation);
      } catch (FiduciaException e) {
        // A full disk or memory would fail every further case too: one error, not hundreds.
        if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
          throw e;
        }
        error = e;
      }
      synchronized (failed) {
        if (error != null) {
          failed.put(c.id(), error);
          progress.warning(c.id() + ": " + error.getMessage());
        } else {
          (reused ? kept : done).put(c.id(), "");
        }
      }
      progress.advanced(task, finished.incrementAndGet(), c.id());
    });
    progress.finished(task);
    return new Outcome(
        List.copyOf(done.keySet()), List.copyOf(kept.keySet()), new LinkedHashMap<>(failed));
  }

  /** Returns whether a case of an earlier run was kept. */
  private boolean preprocess(
      RawCase c, MemoryBudget budget, Progress progress, Cancellation cancellation) {
    PreprocessedStore store = new PreprocessedStore(caseFolder());
    NpzStore npz = new NpzStore(caseFolder());
    String inputs = InputFingerprint.of(c, plans, configuration, dataset.json());
    boolean same = (format == Format.NATIVE ? store.inputsOf(c.id()) : npz.inputsOf(c.id()))
        .filter(inputs::equals).isPresent();
    if (same) {
      // An earlier version, or a person who tidied up, may have left the case without it.
      copyLabel(c);
      return true;
    }
    remove(format == Format.NATIVE ? store.file(c.id()) : npz.arraysFile(c.id()));
    long bytes = estimateBytes(c);
    budget.take(bytes, cancellation);
    try {
      CaseImages images = preprocessor.readTraining(c);
      images.warnings().forEach(progress::warning);
      PreprocessedCase result = preprocessor.runTraining(images, cancellation);
      if (format == Format.NATIVE) {
        store.write(result, inputs);
      } else {
        npz.write(result, inputs);
      }
      copyLabel(c);
      return false;
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources(
          "memory ran out while preprocessing a case", c.images().get(0),
          "the case needs about " + (bytes >> 20) + " MB, the heap has "
              + (Runtime.getRuntime().maxMemory() >> 20) + " MB",
          "give Java more memory (-Xmx) or use fewer threads", e);
    } finally {
      budget.giveBack(bytes);
    }
  }

  /** Bytes of the arrays that live at once: as read, as resampled, and those between. */
  private long estimateBytes(RawCase c) {
    CaseReader.Preview first = preprocessor.preview(c);
    Size size = first.grid().size();
    int[] shape = {size.z(), size.y(), size.x()};
    double[] spacing = {first.spacing().z(), first.spacing().y(), first.spacing().x()};
    double in = size.voxels();
    double out = preprocessor.voxelsAfter(shape, spacing);
    int channels = c.images().size();
    return (long) (in * (8.0 * channels + 12) + out * (4.0 * channels + 16) + (1 << 20));
  }

  private void copyDescription(Progress progress) {
    Path target = folder.resolve("dataset.json");
    Path source = dataset.json().file();
    if (!dataset.json().isAsInFile()) {
      dataset.json().write(target);
    } else if (!sameFile(source, target)) {
      copy(source, target);
    }
    // Training needs it, and may run where there is no raw folder.
    Path annotation = dataset.folder().resolve(AnnotatedStructures.FILE);
    Path annotationCopy = folder.resolve(AnnotatedStructures.FILE);
    if (Files.isRegularFile(annotation)) {
      copyIfChanged(annotation, annotationCopy);
    } else if (Files.exists(annotationCopy)) {
      // A copy that outlives its source would go on hiding structures that are contoured by now.
      remove(annotationCopy);
      progress.warning(annotationCopy + " is removed: " + dataset.folder() + " has no such file");
    }
    Path plansFile = folder.resolve(plans.plansName() + ".json");
    if (!Files.exists(plansFile)) {
      plans.write(plansFile);
    }
  }

  private void copyLabel(RawCase c) {
    Path target = folder.resolve("gt_segmentations").resolve(c.id() + dataset.json().fileEnding());
    NnunetReader reader = NnunetReader.named(plans.imageReaderWriter());
    c.label().ifPresent(label -> {
      copyIfChanged(label, target);
      Pictures.spacingFile(reader, label, false).ifPresentOrElse(
          spacing -> copyIfChanged(spacing, Pictures.sidecar(target, false)),
          () -> Pictures.spacingFile(reader, target, false)
              .ifPresent(DatasetPreprocessor::remove));
    });
  }

  private static void copyIfChanged(Path source, Path target) {
    if (!isCopied(source, target)) {
      copy(source, target);
    }
  }

  private static boolean sameFile(Path a, Path b) {
    try {
      return Files.exists(b) && Files.isSameFile(a, b);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the copy has the content of its source. Size and time do not tell: a contour that was
   * corrected elsewhere may have the size of the old one and be older than the copy.
   */
  private static boolean isCopied(Path source, Path target) {
    try {
      return Files.isRegularFile(target) && Files.mismatch(source, target) == -1;
    } catch (IOException e) {
      return false;
    }
  }

  private static void copy(Path source, Path target) {
    AtomicFiles.writeFile(
        target, file -> Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING));
    // The source may be read-only, and a copy that cannot be replaced would stop the next run.
    target.toFile().setWritable(true, true);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
  }
}
