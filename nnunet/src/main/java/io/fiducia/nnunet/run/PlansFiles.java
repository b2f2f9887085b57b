package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The plans in a dataset's preprocessed folder. */
public final class PlansFiles {
  private PlansFiles() {}

  /** Reads plans by name. @throws FiduciaException BAD_INPUT naming the plans that there are */
  public static Plans read(Path folder, String plansName) {
    Path file = folder.resolve(plansName + ".json");
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("no such plans", file, "found plans " + names(folder),
          "run 'fiducia nnunet plan' first, or name other plans");
    }
    return Plans.read(file);
  }

  /** Reads plans by name and warns of keys of another version; errors as the other. */
  public static Plans read(Path folder, String plansName, Progress progress) {
    Plans plans = read(folder, plansName);
    warn(plans, progress);
    return plans;
  }

  /** Warns of keys of another version, which are kept but not used. */
  public static void warn(Plans plans, Progress progress) {
    if (!plans.unknownKeys().isEmpty()) {
      progress.warning("the plans " + plans.plansName() + " have keys of another version,"
          + " which are kept but not used: " + String.join(", ", plans.unknownKeys()));
    }
  }

  /**
   * The plans of a model for another dataset.
   *
   * @param model a model folder, or a plans file
   * @param plansName the name to give them; empty: the model's
   * @throws FiduciaException BAD_INPUT if there are none, they need other channels than the dataset
   *     has, or the dataset has other plans of that name
   */
  public static Plans adopt(Path model, RawDataset dataset, Path folder, Optional<String> plansName,
      Progress progress) {
    Path file = Files.isDirectory(model) ? model.resolve("plans.json") : model;
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("no plans to adopt", file, "no such file",
          "give a model folder (TRAINER__PLANS__CONFIGURATION) or a plans file");
    }
    Plans plans = Plans.read(file);
    warn(plans, progress);
    List<String> channels = dataset.json().channels();
    for (String name : plans.configurationNames()) {
      List<String> schemes = plans.configuration(name).normalizationSchemes();
      if (schemes.size() != channels.size()) {
        throw FiduciaException.badInput("the model was trained on other channels", file,
            "expected " + channels.size() + " " + channels + ", found " + schemes.size()
                + " (normalised by " + schemes + ")",
            "choose a model of the same channels, or plan without --like");
      }
    }
    Plans adopted = plans.adoptedFor(dataset.name(), plansName.orElse(plans.plansName()),
        readerFor(plans, dataset, progress));
    Path target = folder.resolve(adopted.plansName() + ".json");
    if (Files.exists(target) && !Plans.read(target).tree().equals(adopted.tree())) {
      throw FiduciaException.badInput("the dataset has other plans of this name", target,
          "they would be overwritten", "choose a name with -overwrite_plans_name");
    }
    return adopted;
  }

  /** The model's reader, since another one may mirror the patient; for other files the dataset's. */
  private static String readerFor(Plans plans, RawDataset dataset, Progress progress) {
    NnunetReader own = NnunetReader.named(dataset.json().reader());
    NnunetReader trained = NnunetReader.named(plans.imageReaderWriter());
    if (trained == own) {
      return own.upstreamName();
    }
    boolean sameFiles = trained.nifti().isPresent() && own.nifti().isPresent();
    String chosen = sameFiles ? trained.upstreamName() : own.upstreamName();
    progress.warning("the model reads images with " + trained.upstreamName()
        + ", this dataset would be read with " + own.upstreamName() + "; " + chosen
        + " is used");
    return chosen;
  }

  /**
   * A configuration to train.
   *
   * @throws FiduciaException BAD_INPUT if the plans lack it
   */
  public static Configuration trainable(Plans plans, String name, Path file) {
    if (!plans.configurationNames().contains(name)) {
      throw FiduciaException.badInput("the plans have no such configuration", file,
          "expected one of " + plans.configurationNames() + ", found " + name,
          "name one of these");
    }
    return plans.configuration(name);
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith("Plans.json"))
          .map(n -> n.substring(0, n.length() - ".json".length())).sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }
}
