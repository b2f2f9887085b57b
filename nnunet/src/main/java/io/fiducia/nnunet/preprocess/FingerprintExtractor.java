package io.fiducia.nnunet.preprocess;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Size;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.numpy.NumpyRandom;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.IntensityCounts;
import io.fiducia.nnunet.plan.NumpyQuantiles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures what a plan is made from: spacings, shapes inside the nonzero region, intensities of
 * labelled voxels. Intensities are drawn as nnU-Net draws them (100 million over all cases, with
 * replacement, the ignore label included), so percentiles, minimum and maximum are the same bit by
 * bit.
 *
 * <p>Difference from nnU-Net: mean and standard deviation are summed in double, not single precision,
 * which changes them by about 1e-7 of their size.
 */
public final class FingerprintExtractor {
  private static final String TASK = "fingerprint";
  private static final long SAMPLES = 100_000_000;
  private static final long SEED = 1234;
  private static final double HEAP_SHARE = 0.6;
  /** No more cases than this are named in one message. */
  private static final int NAMED = 10;

  private final RawDataset dataset;
  private final CaseReader reader;
  private final Set<Integer> known;
  private final List<IntensityCounts> intensities;

  private record Measured(List<Double> spacing, List<Integer> shape, double relativeSize,
      boolean foreground, boolean ignored) {}

  private FingerprintExtractor(RawDataset dataset) {
    this.dataset = dataset;
    this.reader = new CaseReader(dataset.json().reader());
    Labels labels = dataset.json().labelSet();
    this.known = new HashSet<>(labels.values());
    labels.ignore().ifPresent(known::add);
    this.intensities = Stream.generate(IntensityCounts::new).limit(dataset.json().channels().size())
        .toList();
  }

  /** The fingerprint, with as many cases at once as the common pool has threads. */
  public static Fingerprint extract(
      RawDataset dataset, Progress progress, Cancellation cancellation) {
    return extract(dataset, Math.max(1, ForkJoinPool.getCommonPoolParallelism()), progress,
        cancellation);
  }

  /**
   * The fingerprint of a dataset's training cases.
   *
   * @param threads how many cases at once at most; fewer where memory is short
   * @throws FiduciaException BAD_INPUT naming every case whose files cannot be used, or if no voxel
   *     of the dataset is labelled; CANCELLED on request
   */
  public static Fingerprint extract(
      RawDataset dataset, int threads, Progress progress, Cancellation cancellation) {
    return new FingerprintExtractor(dataset).run(threads, progress, cancellation);
  }

  /**
   * Reads the cases, images and label maps, only to find those that cannot be used.
   *
   * @param cases with label maps; none of them need hold a structure
   * @throws FiduciaException BAD_INPUT naming every case whose files cannot be used; CANCELLED on
   *     request
   */
  public static void check(
      RawDataset dataset, List<RawCase> cases, Progress progress, Cancellation cancellation) {
    new FingerprintExtractor(dataset.withTraining(cases)).measureAll("check",
        Math.max(1, ForkJoinPool.getCommonPoolParallelism()), progress, cancellation);
  }

  private Fingerprint run(int threads, Progress progress, Cancellation cancellation) {
    List<RawCase> cases = dataset.training();
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("the dataset holds no training case", dataset.folder(), "",
          "add images to imagesTr and label maps to labelsTr");
    }
    dataset.json().warnings().forEach(progress::warning);
    FileNames.alike(cases.stream().map(RawCase::id).toList()).forEach(names -> progress.warning(
        "cases whose names differ only in case or Unicode form: " + String.join(", ", names)));
    int declared = dataset.json().tree().path("numTraining").asInt(cases.size());
    if (declared != cases.size()) {
      progress.warning(dataset.json().file() + ": numTraining is " + declared + ", but "
          + cases.size() + " training cases were found");
    }
    return fingerprint(measureAll(TASK, threads, progress, cancellation), progress);
  }

  private Map<String, Measured> measureAll(
      String task, int threads, Progress progress, Cancellation cancellation) {
    List<RawCase> cases = dataset.training();
    Map<String, Measured> measured = new ConcurrentSkipListMap<>();
    Map<String, FiduciaException> failed = new ConcurrentSkipListMap<>();
    AtomicInteger finished = new AtomicInteger();
    MemoryBudget budget = new MemoryBudget((long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE));
    progress.started(task, cases.size(), "cases");
    CaseWorkers.run(cases, threads, cancellation, c -> {
      try {
        measured.put(c.id(), measure(c, budget, progress, cancellation));
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
          throw e;
        }
        failed.put(c.id(), e);
      }
      progress.advanced(task, finished.incrementAndGet(), c.id());
    });
    progress.finished(task);
    check(failed, cases.size());
    return measured;
  }

  private Measured measure(
      RawCase c, MemoryBudget budget, Progress progress, Cancellation cancellation) {
    Size size = reader.preview(c).grid().size();
    long bytes = (long) size.voxels() * (12L * c.images().size() + 12) + (1 << 20);
    budget.take(bytes, cancellation);
    try {
      CaseImages images = reader.read(c);
      if (images.channels().length != intensities.size()) {
        throw FiduciaException.badInput("channels do not match dataset.json", images.source(),
            "expected " + intensities.size() + " " + dataset.json().channels() + ", found "
                + images.channels().length,
            "correct channel_names, or the files of the case");
      }
      images.warnings().forEach(progress::warning);
      return measure(images);
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources("memory ran out while reading a case",
          c.images().get(0), "the case needs about " + (bytes >> 20) + " MB, the heap has "
              + (Runtime.getRuntime().maxMemory() >> 20) + " MB",
          "give Java more memory (-Xmx) or use fewer threads", e);
    } finally {
      budget.giveBack(bytes);
    }
  }

  private Measured measure(CaseImages images) {
    short[] labels = images.labels().orElseThrow(() -> FiduciaException.badInput(
        "a training case has no label map", images.source(), "", "add it to labelsTr"));
    checkLabels(images.labelSource(), labels);
    NonzeroCrop crop = NonzeroCrop.of(images.channels(), images.shape(), labels);
    int foreground = 0;
    for (short label : crop.seg()) {
      foreground += label > 0 ? 1 : 0;
    }
    sample(crop, foreground);
    double[] spacing = images.spacingMm();
    double before = Grids.voxels(images.shape());
    return new Measured(List.of(spacing[0], spacing[1], spacing[2]), Grids.listOf(crop.shape()),
        Grids.voxels(crop.shape()) / before, foreground > 0, holdsIgnored(crop.seg()));
  }

  private boolean holdsIgnored(short[] labels) {
    if (dataset.json().labelSet().ignore().isPresent()) {
      int ignore = dataset.json().labelSet().ignore().getAsInt();
      for (short label : labels) {
        if (label == ignore) {
          return true;
        }
      }
    }
    return false;
  }

  private void sample(NonzeroCrop crop, int foreground) {
    if (foreground == 0) {
      return;
    }
    // One generator for the channels one after another, as nnU-Net has it.
    NumpyRandom random = new NumpyRandom(SEED);
    long samples = SAMPLES / dataset.training().size();
    for (int c = 0; c < crop.data().length; c++) {
      float[] values = new float[foreground];
      int n = 0;
      for (int i = 0; i < crop.seg().length; i++) {
        if (crop.seg()[i] > 0) {
          values[n++] = crop.data()[c][i];
        }
      }
      intensities.get(c).add(values, random.countsOfChoice(foreground, samples));
    }
  }

  private void checkLabels(String file, short[] labels) {
    int[] counts = new int[1 << Short.SIZE];
    for (short label : labels) {
      counts[label & 0xFFFF]++;
    }
    Map<Integer, Integer> unknown = new TreeMap<>();
    for (int value = 0; value < counts.length; value++) {
      if (counts[value] > 0 && !known.contains(value)) {
        unknown.put(value, counts[value]);
      }
    }
    if (!unknown.isEmpty()) {
      throw FiduciaException.badInput("the label map holds values that dataset.json does not name",
          file, unknown.entrySet().stream().limit(NAMED)
              .map(e -> "value " + e.getKey() + " in " + e.getValue() + " voxels")
              .collect(Collectors.joining(", ", "expected " + known + ", found ", "")),
          "name them under labels in dataset.json, or correct the label map");
    }
  }

  private static void check(Map<String, FiduciaException> failed, int cases) {
    if (failed.isEmpty()) {
      return;
    }
    FiduciaException first = failed.values().iterator().next();
    if (failed.size() == 1) {
      throw first;
    }
    throw FiduciaException.badInput(failed.size() + " of " + cases + " cases cannot be used",
        failed.keySet().stream().limit(NAMED).collect(Collectors.joining(", ")),
        failed.values().stream().limit(NAMED).map(FiduciaException::getMessage)
            .collect(Collectors.joining("; ")),
        first.advice(), first);
  }

  private Fingerprint fingerprint(Map<String, Measured> measured, Progress progress) {
    List<String> empty = measured.entrySet().stream().filter(e -> !e.getValue().foreground())
        .map(Map.Entry::getKey).toList();
    if (empty.size() == measured.size()) {
      throw FiduciaException.badInput("no voxel of the dataset is labelled",
          dataset.folder().resolve("labelsTr"),
          "expected values " + known + ", found 0 only in all " + empty.size() + " label maps",
          "check that the label maps are those of the images");
    }
    if (!empty.isEmpty()) {
      progress.warning(empty.size() + " of " + measured.size() + " cases hold no structure: "
          + empty.stream().limit(NAMED).collect(Collectors.joining(", ")));
    }
    List<String> ignored = measured.entrySet().stream().filter(e -> e.getValue().ignored())
        .map(Map.Entry::getKey).toList();
    if (!ignored.isEmpty()) {
      progress.warning(ignored.size() + " of " + measured.size()
          + " cases have voxels of the ignore label; as at nnU-Net, their intensities count as"
          + " foreground, which may shift the normalization of CT: "
          + ignored.stream().limit(NAMED).collect(Collectors.joining(", ")));
    }
    List<List<Double>> spacings = new ArrayList<>();
    List<List<Integer>> shapes = new ArrayList<>();
    measured.values().forEach(m -> {
      spacings.add(m.spacing());
      shapes.add(m.shape());
    });
    double[] relative = measured.values().stream().mapToDouble(Measured::relativeSize).toArray();
    return new Fingerprint(spacings, shapes,
        intensities.stream().map(IntensityCounts::properties).toList(),
        NumpyQuantiles.median(relative));
  }
}
