package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.select.ModelArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Writes trained models into one zip file, as nnUNetv2_export_model_to_zip does. */
public final class ModelExport {
  private static final List<String> CHOSEN = List.of("summary.json", "postprocessing.pkl",
      "postprocessing.json");

  /**
   * Which models.
   *
   * @param trainer the trainer's name
   * @param plans the name of the plans
   * @param configurations the configurations
   * @param folds the folds
   * @param checkpoints names of checkpoints
   */
  public record Models(String trainer, String plans, List<String> configurations,
      List<String> folds, List<String> checkpoints) {
    public Models {
      configurations = List.copyOf(configurations);
      folds = List.copyOf(folds);
      checkpoints = List.copyOf(checkpoints);
    }
  }

  /**
   * What goes into the file.
   *
   * @param lenient whether configurations and folds that are not trained are left out; otherwise they
   *     are an error
   * @param predictions whether the label maps of the cross-validation go in too
   */
  public record Request(Models models, boolean lenient, boolean predictions) {}

  private final Path folder;
  private final Request request;
  private final Models models;
  private final List<Path> files = new ArrayList<>();

  private ModelExport(Path folder, Request request) {
    this.folder = folder;
    this.request = request;
    this.models = request.models();
  }

  /**
   * Writes the zip file, whole or not at all; returns how many files it holds.
   *
   * @param results the folder of trained models of all datasets
   * @param dataset the dataset's name
   * @throws FiduciaException BAD_INPUT if a model or one of its files is missing
   */
  public static int run(Path results, String dataset, Request request, Path zip,
      Progress progress, Cancellation cancellation) {
    ModelExport export = new ModelExport(results.resolve(dataset), request);
    export.gather(progress);
    ModelArchive.write(zip, results, export.files, progress, cancellation);
    return export.files.size();
  }

  private void gather(Progress progress) {
    for (String configuration : models.configurations()) {
      Path model = FoldFolders.Models.in(folder).folder(models.trainer(), models.plans(),
          configuration);
      if (Files.isDirectory(model)) {
        model(model);
      } else if (request.lenient()) {
        progress.note(configuration + " is not trained and left out");
      } else {
        throw FiduciaException.badInput("a configuration is not trained", model, "no such folder",
            "train it, name the configurations with -c, or give --not_strict");
      }
    }
    if (files.isEmpty()) {
      throw FiduciaException.badInput("nothing to export", folder, "no configuration is trained",
          "train one first");
    }
    ensembles(folder.resolve("ensembles"));
    Stream.of("inference_information.json", "inference_instructions.txt").map(folder::resolve)
        .filter(Files::isRegularFile).forEach(files::add);
  }

  private void model(Path model) {
    int before = files.size();
    for (String fold : models.folds()) {
      Path trained = model.resolve("fold_" + fold);
      if (!Files.isDirectory(trained) && request.lenient()) {
        continue;
      }
      for (String checkpoint : models.checkpoints()) {
        files.add(needed(trained.resolve(checkpoint), "train this fold to its end"));
      }
      Stream.of("progress.png", "debug.json", "network_architecture.pdf").map(trained::resolve)
          .filter(Files::isRegularFile).forEach(files::add);
      results(trained.resolve("validation"), List.of("summary.json"));
    }
    if (files.size() == before) {
      throw FiduciaException.badInput("none of the folds is trained", model,
          "expected one of " + models.folds(), "name the trained folds with -f");
    }
    results(model.resolve("crossval_results_folds_" + String.join("_", models.folds())), CHOSEN);
    files.add(needed(model.resolve("plans.json"), "restore it"));
    files.add(needed(model.resolve("dataset.json"), "restore it"));
    Path fingerprint = model.resolve(Fingerprints.FILE);
    if (Files.isRegularFile(fingerprint)) {
      files.add(fingerprint);
    }
  }

  /** Averages of which every member is exported. */
  private void ensembles(Path averages) {
    if (!Files.isDirectory(averages)) {
      return;
    }
    for (Path ensemble : list(averages)) {
      String[] parts = ensemble.getFileName().toString().split("___");
      boolean all = parts.length > 3;
      for (int i = 1; i < parts.length - 1; i++) {
        String[] names = parts[i].split("__");
        all &= names.length == 3 && names[0].equals(models.trainer())
            && names[1].equals(models.plans()) && models.configurations().contains(names[2]);
      }
      if (all) {
        results(ensemble, CHOSEN);
      }
    }
  }

  /** The named files of a folder; where predictions are wanted, all but probabilities. */
  private void results(Path from, List<String> names) {
    if (!Files.isDirectory(from)) {
      return;
    }
    for (Path file : list(from)) {
      String name = file.getFileName().toString();
      boolean wanted = names.contains(name)
          || request.predictions() && !name.endsWith(".npz") && !name.endsWith(".pkl");
      if (wanted && Files.isRegularFile(file)) {
        files.add(file);
      }
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }

  private static Path needed(Path file, String advice) {
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("a file of the model is missing", file, "no such file",
          advice + ", or name the folds with -f and the checkpoints with -chk");
    }
    return file;
  }
}
