package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.PyTuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A trained model written again as a start for other trainings: plans in today's form, the weights of
 * one fold, and nothing of the state of its training. {@code nnunet plan --like} and {@code train
 * --init} take the folder, and nnU-Net predicts with it.
 *
 * @param model the trained model
 * @param fold the fold whose weights are taken; they become fold 0
 */
public record StartingModel(ModelFolder model, ModelFolder.Fold fold) {
  /** The plans as they were, beside the new ones. */
  public static final String OLD_PLANS = "source_plans.json";

  private static final String FOLD = "fold_0";
  private static final String PLANS = "plans.json";
  private static final Set<String> OURS = Set.of(PLANS, "dataset.json", ModelOrigin.FILE, OLD_PLANS,
      FOLD);

  /**
   * What the written folder says that the model does not.
   *
   * @param plansName name of its plans
   * @param reader nnU-Net's name of the reader for images
   * @param origin where the model comes from
   */
  public record Identity(String plansName, String reader, ModelOrigin origin) {}

  /**
   * Reads a model and checks that weights, plans and labels fit each other.
   *
   * @param fold a number, or {@code all}
   * @throws FiduciaException BAD_INPUT if there is no such fold, or something does not fit
   */
  public static StartingModel read(Path folder, String fold) {
    ModelFolder model = ModelFolder.open(folder);
    ModelFolder.Fold chosen = model.fold(fold, TrainingCheckpoints.FINAL);
    Configuration configuration = model.plans().configuration(chosen.configuration());
    if (configuration.previousStage().isPresent()) {
      throw FiduciaException.badInput("the second stage of a cascade is no starting point", folder,
          "it needs what its first stage found", "take the model of another configuration");
    }
    try (UNet network = UNet.empty(configuration.architecture(),
        model.dataset().channels().size(), model.dataset().labelSet().outputs(), Device.CPU)) {
      network.load(chosen.weights()).requireComplete(chosen.file(), UNet.FITTING);
    }
    return new StartingModel(model, chosen);
  }

  /**
   * Checks that a folder may be written to.
   *
   * @throws FiduciaException BAD_INPUT if it holds something, unless it may be replaced and holds
   *     only what {@link #write} writes
   */
  public static void check(Path target, boolean replace) {
    if (Files.notExists(target)) {
      return;
    }
    try (Stream<Path> entries = Files.list(target)) {
      List<String> names = entries.map(e -> e.getFileName().toString()).sorted().toList();
      List<String> others = names.stream().filter(n -> !OURS.contains(n)).toList();
      if (!names.isEmpty() && !replace) {
        throw FiduciaException.badInput("the output exists already", target,
            "existing results are not overwritten", "choose another folder, or give --overwrite");
      }
      if (!others.isEmpty()) {
        throw FiduciaException.badInput("the output is a folder with other files", target,
            "found " + others.getFirst(), "choose another folder");
      }
    } catch (IOException e) {
      throw FiduciaException.badInput("the output is no folder that can be read", target,
          String.valueOf(e), "choose another folder", e);
    }
  }

  /**
   * Writes the folder; plans.json, without which it is no model, comes last.
   *
   * @throws FiduciaException BAD_INPUT as {@link #check}; OUT_OF_RESOURCES if the disk is full
   */
  public void write(Identity identity, Path target, boolean replace) {
    check(target, replace);
    Plans plans = model.plans().modernised().adoptedFor(model.plans().datasetName(),
        identity.plansName(), identity.reader());
    try {
      Files.deleteIfExists(target.resolve(PLANS));
    } catch (IOException e) {
      throw io.fiducia.base.AtomicFiles.cannotWrite(target.resolve(PLANS), e);
    }
    CheckpointWriter.writePth(target.resolve(FOLD).resolve(TrainingCheckpoints.FINAL),
        checkpoint(plans));
    model.plans().write(target.resolve(OLD_PLANS));
    model.dataset().write(target.resolve("dataset.json"));
    identity.origin().write(target);
    plans.write(target.resolve(PLANS));
  }

  private Map<String, Object> checkpoint(Plans plans) {
    Map<String, Object> init = new LinkedHashMap<>();
    init.put("plans", plans.asMap());
    init.put("configuration", fold.configuration());
    init.put("fold", 0);
    init.put("dataset_json", model.dataset().asMap());
    init.put("device", "cpu");
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("network_weights", new OrderedState(fold.weights()));
    root.put("init_args", init);
    root.put("trainer_name", trainer());
    root.put("inference_allowed_mirroring_axes",
        fold.mirrorAxes().isEmpty() ? PyNone.NONE : PyTuple.copyOf(fold.mirrorAxes()));
    return root;
  }

  /**
   * A trainer that nnU-Net has. Public models were trained with classes of their tools, without which
   * nnU-Net does not open the checkpoint; of a trainer only mirroring matters for prediction.
   */
  String trainer() {
    int axes = model.plans().configuration(fold.configuration()).patchSize().size();
    return TrainerName.all().filter(t -> t.name().equals(fold.trainer())).findFirst()
        .or(() -> TrainerName.all()
            .filter(t -> t.mirrorAxes(axes).equals(fold.mirrorAxes())).findFirst())
        .orElse(TrainerName.of(TrainerName.DEFAULT)).name();
  }
}
