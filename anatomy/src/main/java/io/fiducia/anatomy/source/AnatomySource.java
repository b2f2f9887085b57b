package io.fiducia.anatomy.source;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.anatomy.weights.WeightsLicence;
import io.fiducia.anatomy.weights.WeightsOrigin;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.core.StructureTerm;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.run.StartingModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One network of a public tool as a starting point: written as a model folder that {@code nnunet plan
 * --like} and {@code nnunet train --init} take.
 *
 * @param network which network
 */
public record AnatomySource(TaskNetwork network) {
  private static final String CHECKPOINT = "checkpoint_final.pth";

  /**
   * What was written.
   *
   * @param plansName name of the plans in the folder
   * @param configuration name of the configuration
   * @param mirrored whether the network was trained with mirrored images
   */
  public record Written(Path folder, String plansName, String configuration, boolean mirrored,
      List<ModelOrigin.Labelled> structures, WeightsLicence licence) {}

  /**
   * Chooses a network of a task.
   *
   * @param variant name of the task's variant
   * @param part name of the task's part; empty if it has only one
   * @throws FiduciaException USAGE naming those that there are, if the task has no such variant or
   *     part, or several parts and none is named
   */
  public static AnatomySource of(AnatomyTask task, String variant, Optional<String> part) {
    Variant chosen = Optional.ofNullable(task.variants().get(variant))
        .orElseThrow(
            () -> unknown(task, "variant", variant, List.copyOf(task.variants().keySet())));
    List<String> names = chosen.parts().stream().map(Part::name).toList();
    if (part.isEmpty() && names.size() > 1) {
      throw FiduciaException.usage(task.tool().displayName() + " task " + task.name()
          + " has several networks",
          "expected the name of a part, one of "
              + String.join(", ", names),
          "choose the part with the structures that are nearest to yours");
    }
    String name = part.orElse(names.getFirst());
    return chosen.parts().stream().filter(p -> p.name().equals(name)).findFirst()
        .map(p -> new AnatomySource(new TaskNetwork(task, variant, p)))
        .orElseThrow(() -> unknown(task, "part", name, names));
  }

  private static FiduciaException unknown(AnatomyTask task, String what, String name,
      List<String> known) {
    return FiduciaException.usage(
        task.tool().displayName() + " task " + task.name() + " has no " + what + " " + name,
        "expected one of " + String.join(", ", known),
        Suggestions.nearest(name, known).map(n -> "did you mean " + n + "?")
            .orElse("choose one of these"));
  }

  /**
   * Writes the model folder.
   *
   * @param weights where the tool's weights lie
   * @param fold the fold whose weights are taken; empty: the first that the tool uses
   * @param replace whether an earlier starting point in the folder is replaced
   * @throws FiduciaException BAD_INPUT if there are no weights, they are damaged, or the folder may
   *     not be written to
   */
  public Written write(WeightsFolder weights, Optional<String> fold, Path target,
      boolean replace) {
    StartingModel.check(target, replace);
    Path folder = weights.require(network.task(), network.part());
    StartingModel model = StartingModel.read(folder, fold.orElseGet(() -> usualFold(folder)));
    WeightsLicence licence = WeightsOrigin.of(network).licence();
    List<ModelOrigin.Labelled> structures = structures(model.model().dataset().labelSet());
    String reader = reader(model.model().plans().imageReaderWriter());
    StartingModel.Identity identity = new StartingModel.Identity(plansName(), reader,
        new ModelOrigin(facts(model, licence), structures));
    model.write(identity, target, replace);
    return new Written(target, identity.plansName(), model.fold().configuration(),
        !model.fold().mirrorAxes().isEmpty(), structures, licence);
  }

  private String usualFold(Path folder) {
    List<String> usual = network.model().folds();
    return usual.isEmpty()
        ? ModelFolder.open(folder).folds(CHECKPOINT).stream().findFirst().orElse("0")
        : usual.getFirst();
  }

  /** A name of its own, so that the plans do not meet those that a planner makes for the dataset. */
  private String plansName() {
    List<String> words = new ArrayList<>(List.of(network.task().tool().displayName(),
        network.task().name()));
    if (!network.variant().equals(Variant.DEFAULT)) {
      words.add(network.variant());
    }
    if (network.task().variants().get(network.variant()).parts().size() > 1) {
      words.add(network.part().name());
    }
    words.add("Plans");
    return String.join("_", words);
  }

  /**
   * Both tools turn an image to right, anterior, superior before nnU-Net reads it. A reader that does
   * not turn images would show the network patients as they lie in the user's files.
   */
  private static String reader(String inPlans) {
    NnunetReader reader = NnunetReader.named(inPlans);
    return switch (reader) {
      case SIMPLE_ITK -> NnunetReader.SIMPLE_ITK_REORIENT.upstreamName();
      case NIBABEL -> NnunetReader.NIBABEL_REORIENT.upstreamName();
      case NIBABEL_REORIENT, SIMPLE_ITK_REORIENT, NATURAL_IMAGE_2D, TIFF_3D ->
        reader.upstreamName();
    };
  }

  /**
   * The tool's names, with those of TG-263 where no two are the same; for labels that the tool erases,
   * the names in the model's dataset.json.
   */
  private List<ModelOrigin.Labelled> structures(Labels labels) {
    Map<Integer, Integer> taskLabels = network.part().labels();
    Map<Integer, String> names = new LinkedHashMap<>();
    labels.structures().structures().stream().filter(s -> s.labels().size() == 1).forEach(s -> {
      int label = s.labels().getFirst();
      names.put(label, Optional.ofNullable(taskLabels.get(label))
          .map(network.task().classes()::get).orElse(s.name()));
    });
    StructureVocabulary vocabulary = StructureVocabulary.load();
    Map<Integer, String> standard = vocabulary.tg263(names);
    return names.entrySet().stream().map(e -> new ModelOrigin.Labelled(e.getKey(), e.getValue(),
        vocabulary.find(e.getValue()).map(StructureTerm::tg263)
            .filter(standard.get(e.getKey())::equals)))
        .toList();
  }

  private Map<String, Object> facts(StartingModel model, WeightsLicence licence) {
    Map<String, Object> facts = new LinkedHashMap<>();
    Variant variant = network.task().variants().get(network.variant());
    facts.put("tool", network.task().tool().displayName());
    facts.put("task", network.task().name());
    facts.put("variant", network.variant());
    facts.put("part", network.part().name());
    facts.put("dataset", network.model().dataset());
    facts.put("dataset_name", model.model().plans().datasetName());
    facts.put("trainer", model.fold().trainer());
    facts.put("configuration", model.fold().configuration());
    facts.put("fold", model.fold().file().getParent().getFileName().toString()
        .replaceFirst("^fold_", ""));
    facts.put("weights_sha256", sha256(model.fold().file()));
    facts.put("image_reader_writer", model.model().plans().imageReaderWriter());
    variant.spacingMm().ifPresent(
        s -> facts.put("spacing_mm", List.of(s.x(), s.y(), s.z())));
    facts.put("licence", licenceOf(licence));
    return facts;
  }

  private static Map<String, Object> licenceOf(WeightsLicence licence) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", licence.name());
    node.put("allows", licence.allows());
    node.put("derived", licence.derived());
    node.put("source", licence.source());
    return node;
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest = new DigestInputStream(in,
            MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read the file", file,
          String.valueOf(e.getMessage()), "check that it may be read", e);
    }
  }
}
