package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.ExperimentPlanner;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.IntensityProperties;
import io.fiducia.nnunet.plan.Plans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** The plans of a trained model for another dataset. */
final class AdoptedPlans {
  private final RawDataset dataset;
  private final Fingerprint fingerprint;
  private final Path folder;
  private final Progress progress;

  /**
   * For a dataset.
   *
   * @param folder the dataset's preprocessed folder
   */
  AdoptedPlans(RawDataset dataset, Fingerprint fingerprint, Path folder, Progress progress) {
    this.dataset = dataset;
    this.fingerprint = fingerprint;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * The plans of a model: patch, spacing, network, normalisation and foreground intensities stay the
   * model's. Where the dataset has another number of channels, a channel that the model has by name
   * (in any case) is normalised as the model's, and every other one as nnU-Net plans it for the dataset.
   *
   * @param model a model folder, or a plans file
   * @param plansName the name to give them; empty: the model's
   * @throws FiduciaException BAD_INPUT if there are none, or the dataset has other plans of that name
   */
  Plans of(Path model, Optional<String> plansName) {
    Path file = Files.isDirectory(model) ? model.resolve("plans.json") : model;
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("no plans to adopt", file, "no such file",
          "give a model folder (TRAINER__PLANS__CONFIGURATION) or a plans file");
    }
    Plans plans = Plans.read(file);
    PlansFiles.warn(plans, progress);
    Plans adopted = withChannels(plans, file).adoptedFor(dataset.name(),
        plansName.orElse(plans.plansName()), readerFor(plans));
    Path target = folder.resolve(adopted.plansName() + ".json");
    if (Files.exists(target) && !Plans.read(target).tree().equals(adopted.tree())) {
      throw FiduciaException.badInput("the dataset has other plans of this name", target,
          "they would be overwritten", "choose a name with -overwrite_plans_name");
    }
    return adopted;
  }

  private Plans withChannels(Plans plans, Path file) {
    List<String> channels = dataset.json().channels();
    int trained = plans.foregroundIntensities().size();
    if (trained == channels.size()) {
      return plans;
    }
    Plans.Channels own = ExperimentPlanner.channels(fingerprint, dataset.json());
    List<Optional<Integer>> same = sameChannels(file, channels);
    progress.warning("the model was trained on " + trained + " channels, the dataset has "
        + channels.size() + ": " + String.join(", ", IntStream.range(0, channels.size())
            .mapToObj(c -> channels.get(c) + (same.get(c).isPresent()
                ? " is normalised as in the model"
                : " is normalised as planned for the dataset"))
            .toList()));
    return plans.withChannels(configuration -> pick(plans, configuration, own, same));
  }

  private static Plans.Channels pick(Plans plans, Configuration configuration, Plans.Channels own,
      List<Optional<Integer>> same) {
    List<String> schemes = new ArrayList<>();
    List<Boolean> masks = new ArrayList<>();
    List<IntensityProperties> intensities = new ArrayList<>();
    for (int c = 0; c < same.size(); c++) {
      Optional<Integer> model = same.get(c);
      schemes.add(model.map(configuration.normalizationSchemes()::get)
          .orElse(own.normalization().schemes().get(c)));
      masks.add(model.map(configuration.useMaskForNorm()::get)
          .orElse(own.normalization().useMask().get(c)));
      intensities.add(model.map(plans.foregroundIntensities()::get)
          .orElse(own.intensities().get(c)));
    }
    return new Plans.Channels(new Configuration.Normalization(schemes, masks), intensities);
  }

  /** The model's channel of the same name for each channel of the dataset. */
  private static List<Optional<Integer>> sameChannels(Path file, List<String> channels) {
    Path json = file.resolveSibling("dataset.json");
    List<String> names = Files.isRegularFile(json)
        ? DatasetJson.read(json).channels().stream().map(AdoptedPlans::lower).toList()
        : List.of();
    return channels.stream()
        .map(c -> Optional.of(names.indexOf(lower(c))).filter(i -> i >= 0)).toList();
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The model's reader, since another one may mirror the patient; for other files the dataset's. */
  private String readerFor(Plans plans) {
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
}
