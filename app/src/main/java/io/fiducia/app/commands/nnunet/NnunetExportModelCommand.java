package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.select.ModelArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet export-model}: trained models as one zip file. */
@Command(name = "export-model", description = {"Writes trained models into a zip file that",
  "'fiducia nnunet import-model' and nnUNetv2_install_pretrained_model_from_zip install."}, footer = {
    "", "Example:", "  fiducia nnunet export-model -d 4 -o hippocampus.zip -c 3d_fullres -f 0"})
public final class NnunetExportModelCommand extends FiduciaCommand {
  private static final List<String> CHOSEN = List.of("summary.json", "postprocessing.pkl",
      "postprocessing.json");

  @Option(names = "-d", required = true, paramLabel = "DATASET", description = "number or name of the dataset")
  private String dataset;

  @Option(names = "-o", required = true, paramLabel = "FILE", description = "the zip file to write")
  private Path output;

  @Option(names = "-c", arity = "1..*", paramLabel = "CONFIG", description = "configurations (default: 3d_lowres 3d_fullres 2d 3d_cascade_fullres)")
  private List<String> configurations = List.of("3d_lowres", "3d_fullres", "2d",
      "3d_cascade_fullres");

  @Option(names = "-tr", paramLabel = "TRAINER", defaultValue = TrainerName.DEFAULT, description = "trainer (default: nnUNetTrainer)")
  private String trainer;

  @Option(names = "-p", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "plans (default: nnUNetPlans)")
  private String plans;

  @Option(names = "-f", arity = "1..*", paramLabel = "FOLD", description = "folds (default: 0 1 2 3 4)")
  private List<String> folds = List.of("0", "1", "2", "3", "4");

  @Option(names = "-chk", arity = "1..*", paramLabel = "NAME", description = "checkpoints (default: checkpoint_final.pth)")
  private List<String> checkpoints = List.of("checkpoint_final.pth");

  @Option(names = "--not_strict", description = "leave out configurations and folds that are not trained")
  private boolean lenient;

  @Option(names = "--exp_cv_preds", description = "include the label maps of the cross-validation")
  private boolean predictions;

  @Option(names = "--overwrite", description = "replace an existing zip file")
  private boolean overwrite;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    if (!overwrite && Files.exists(output)) {
      throw FiduciaException.badInput("the output exists already", output,
          "existing results are not overwritten", "give --overwrite");
    }
    Path results = folders.results(context);
    Path models = results.resolve(folders.datasetName(dataset, context));
    List<Path> files = new ArrayList<>();
    for (String configuration : configurations) {
      Path model = models.resolve(trainer + "__" + plans + "__" + configuration);
      if (Files.isDirectory(model)) {
        model(model, files);
      } else if (lenient) {
        context.console().note(configuration + " is not trained and left out");
      } else {
        throw FiduciaException.badInput("a configuration is not trained", model, "no such folder",
            "train it, name the configurations with -c, or give --not_strict");
      }
    }
    if (files.isEmpty()) {
      throw FiduciaException.badInput("nothing to export", models, "no configuration is trained",
          "train one first");
    }
    ensembles(models.resolve("ensembles"), files);
    Stream.of("inference_information.json", "inference_instructions.txt").map(models::resolve)
        .filter(Files::isRegularFile).forEach(files::add);
    ModelArchive.write(output, results, files, context.progress(), context.cancellation());
    if (context.json()) {
      context.console().json(Map.of("output", output.toString(), "files", files.size()));
    } else {
      context.console().note(files.size() + " files: " + output);
    }
    return 0;
  }

  private void model(Path model, List<Path> files) {
    int before = files.size();
    for (String fold : folds) {
      Path folder = model.resolve("fold_" + fold);
      if (!Files.isDirectory(folder) && lenient) {
        continue;
      }
      for (String checkpoint : checkpoints) {
        files.add(needed(folder.resolve(checkpoint), "train this fold to its end"));
      }
      Stream.of("progress.png", "debug.json", "network_architecture.pdf").map(folder::resolve)
          .filter(Files::isRegularFile).forEach(files::add);
      results(folder.resolve("validation"), List.of("summary.json"), files);
    }
    if (files.size() == before) {
      throw FiduciaException.badInput("none of the folds is trained", model,
          "expected one of " + folds, "name the trained folds with -f");
    }
    results(model.resolve("crossval_results_folds_" + String.join("_", folds)), CHOSEN, files);
    files.add(needed(model.resolve("plans.json"), "restore it"));
    files.add(needed(model.resolve("dataset.json"), "restore it"));
    Path fingerprint = model.resolve(Fingerprints.FILE);
    if (Files.isRegularFile(fingerprint)) {
      files.add(fingerprint);
    }
  }

  /** Averages of which every member is exported. */
  private void ensembles(Path folder, List<Path> files) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path ensemble : list(folder)) {
      String[] parts = ensemble.getFileName().toString().split("___");
      boolean all = parts.length > 3;
      for (int i = 1; i < parts.length - 1; i++) {
        String[] names = parts[i].split("__");
        all &= names.length == 3 && names[0].equals(trainer) && names[1].equals(plans)
            && configurations.contains(names[2]);
      }
      if (all) {
        results(ensemble, CHOSEN, files);
      }
    }
  }

  /** The named files of a folder, or with --exp_cv_preds all but probabilities. */
  private void results(Path folder, List<String> names, List<Path> files) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path file : list(folder)) {
      String name = file.getFileName().toString();
      boolean wanted = names.contains(name)
          || predictions && !name.endsWith(".npz") && !name.endsWith(".pkl");
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
