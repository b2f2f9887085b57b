package io.fiducia.bench;

import io.fiducia.base.FiduciaException;
import io.fiducia.bench.Job.Measurement;
import io.fiducia.bench.Job.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The jobs, and the synthetic data that all programs share. */
final class Jobs {
  /** The names of all jobs, the quick ones first. */
  static final List<String> NAMES = List.of("start", "evaluate", "plan", "preprocess", "predict",
      "train");

  private static final String DATASET = "Dataset901_Phantom";
  private static final String MODEL = DATASET + "/nnUNetTrainer__nnUNetPlans__3d_fullres";
  private static final int EPOCHS = 3;
  private static final int STEPS = 8;
  /** As nnU-Net's log writes it. */
  private static final Pattern EPOCH_TIME = Pattern.compile("Epoch time: ([0-9.]+) s");
  private static final Pattern LEARNT = Pattern
      .compile("(?:train_loss|val_loss|Pseudo dice) .*");

  private final Program maker;
  private final Path data;
  private final boolean full;

  /**
   * Jobs on data in a folder.
   *
   * @param maker the program that makes what is shared: the oldest, since newer ones must read what
   *     it wrote
   * @param full plan for the images' own spacing, which makes a training step about five times
   *     longer, and not for half of it
   */
  Jobs(Program maker, Path data, boolean full) {
    this.maker = maker;
    this.data = data;
    this.full = full;
  }

  /** All jobs, in the order of {@link #NAMES}. */
  List<Job> all() {
    return List.of(
        new Job("start", "fiducia --version", 15, place -> {},
            place -> whole(place.run(Map.of(), "--version"), "")),
        new Job("evaluate", "evaluate one case of 512x512x200 with 30 structures", 5,
            place -> labelMaps(), this::evaluate),
        new Job("plan", "fingerprint and plan of 12 small cases", 5, place -> raw(), this::plan),
        new Job("preprocess", "preprocess 10 small cases, two at once", 5, this::planned,
            this::preprocess),
        new Job("predict", "predict 2 small cases with mirroring", 3, place -> model(),
            this::predict),
        new Job("train", "an epoch of " + STEPS + " steps, after the first", 3,
            this::preprocessed, this::train));
  }

  private Measurement evaluate(Place place) {
    Path maps = labelMaps();
    return measured(place, Map.of(), name -> name.equals("metrics.csv"), "evaluate", "-r",
        maps.resolve("ref").toString(), "-p", maps.resolve("pred").toString(), "-o",
        place.out().resolve("scores").toString(), "-q");
  }

  private Measurement plan(Place place) {
    return measured(place, folders(place.out()), name -> name.equals("nnUNetPlans.json"),
        planWords());
  }

  private void planned(Place place) {
    place.run(folders(place.own()), planWords());
  }

  private Measurement preprocess(Place place) {
    copy(place.own().resolve("preprocessed"), place.out().resolve("preprocessed"));
    return measured(place, folders(place.out()), name -> !name.endsWith(".json"), "nnunet",
        "preprocess", "-d", "901", "-c", "3d_fullres", "-np", "2", "-q");
  }

  private void preprocessed(Place place) {
    planned(place);
    place.run(folders(place.own()), "nnunet", "preprocess", "-d", "901", "-c", "3d_fullres", "-q");
  }

  private Measurement train(Place place) {
    Map<String, String> folders = new java.util.HashMap<>(folders(place.own()));
    folders.put("nnUNet_results", place.out().toString());
    Child.Usage usage = place.run(folders, "nnunet", "train", "901", "3d_fullres", "0", "--epochs",
        Integer.toString(EPOCHS), "--iterations", Integer.toString(STEPS), "-q");
    List<String> log = trainingLog(place.out().resolve(MODEL).resolve("fold_0"));
    double[] epochs = log.stream().map(EPOCH_TIME::matcher).filter(Matcher::find)
        .mapToDouble(m -> Double.parseDouble(m.group(1))).skip(1).sorted().toArray();
    if (epochs.length == 0) {
      throw FiduciaException.badInput("the training log has no times of epochs", place.out(),
          "expected lines 'Epoch time: N s' of " + EPOCHS + " epochs", "look at the log");
    }
    List<String> learnt = log.stream().map(LEARNT::matcher).filter(Matcher::find)
        .map(Matcher::group).toList();
    return new Measurement(usage, OptionalDouble.of(Table.median(epochs)),
        Digests.ofLines(learnt));
  }

  private Measurement predict(Place place) {
    return measured(place, Map.of(), name -> name.endsWith(".nii.gz"), "nnunet", "predict", "-m",
        model().toString(), "-f", "0", "-i", raw().resolve(DATASET).resolve("imagesTs").toString(),
        "-o", place.out().resolve("predictions").toString(), "-q");
  }

  private static Measurement measured(Place place, Map<String, String> environment,
      java.util.function.Predicate<String> compared, String... words) {
    Child.Usage usage = place.run(environment, words);
    return whole(usage, Digests.ofFiles(place.out(), compared));
  }

  private static Measurement whole(Child.Usage usage, String result) {
    return new Measurement(usage, OptionalDouble.empty(), result);
  }

  private String[] planWords() {
    List<String> words = new ArrayList<>(
        List.of("nnunet", "plan", "-d", "901", "-gpu_memory_target", "1", "--clean", "-q"));
    if (!full) {
      // Twice the spacing of the small phantom, z y x.
      words.addAll(List.of("-overwrite_target_spacing", "11", "9.2", "9.2"));
    }
    return words.toArray(String[]::new);
  }

  private Map<String, String> folders(Path place) {
    return Map.of("nnUNet_raw", raw().toString(), "nnUNet_preprocessed",
        place.resolve("preprocessed").toString(), "nnUNet_results",
        place.resolve("results").toString());
  }

  private Path labelMaps() {
    return once("label-maps", LabelMaps::write);
  }

  private Path raw() {
    return once("raw", folder -> maker.run(Map.of(), folder.resolve("log.txt"), "phantom",
        folder.resolve(DATASET).toString(), "--cases", "12", "--test", "2", "--size", "small",
        "-q"));
  }

  /** A model that has learnt next to nothing: a prediction takes as long whatever its weights are. */
  private Path model() {
    return once(full ? "model-full" : "model", folder -> {
      Place place = new Place(maker, folder, folder);
      preprocessed(place);
      place.run(folders(folder), "nnunet", "train", "901", "3d_fullres", "0", "--epochs", "1",
          "--iterations", "1", "-q");
    }).resolve("results").resolve(MODEL);
  }

  /** Makes a folder of shared data unless an earlier call finished it. */
  private Path once(String name, java.util.function.Consumer<Path> make) {
    Path folder = data.resolve(name);
    try {
      if (!Files.isDirectory(folder)) {
        Path part = data.resolve(name + ".part");
        Program.deleteTree(part);
        Files.createDirectories(part);
        make.accept(part);
        Files.move(part, folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private static List<String> trainingLog(Path fold) {
    try (Stream<Path> files = Files.list(fold)) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("training_log"))
          .sorted().toList()) {
        lines.addAll(Arrays.asList(Files.readString(file, StandardCharsets.UTF_8).split("\\R")));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
