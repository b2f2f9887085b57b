package io.fiducia.promptable.adapt.train;

import io.fiducia.base.AtomicFiles;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.adapt.WeightsDifference;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what a training came to: {@code weights.safetensors} and {@code weights.pth} in the released layout,
 * {@code difference.safetensors} with what trained only, and last {@code card.json}.
 *
 * @param family the model
 * @param base what the weights before are known by
 * @param settings of the training
 */
record AdaptResults(AdaptTraining training, SamFamily family, ModelIdentity base,
    Map<String, String> settings) {
  static final String CARD = "card.json";
  static final String SAFETENSORS = "weights.safetensors";
  static final String PTH = "weights.pth";
  static final String DIFFERENCE = "difference.safetensors";
  /** What a training writes beside its card and its checkpoint. */
  static final List<String> FILES = List.of(SAFETENSORS, PTH, DIFFERENCE, "training_log.csv");

  /** What a finished training came to. */
  static AdaptTrainer.Outcome outcome(AdaptedNetwork adapted, List<String> names,
      TrainingLog log) {
    Map<String, Double> dice = new LinkedHashMap<>();
    List<Double> last = log.rows().getLast().dicePerStructure();
    for (int i = 0; i < names.size() && i < last.size(); i++) {
      dice.put(names.get(i), last.get(i));
    }
    return new AdaptTrainer.Outcome(log.steps(),
        adapted.trainable().stream().mapToLong(p -> p.tensor().numel()).sum(), dice,
        log.rows().getFirst().trainLoss(), log.rows().getLast().trainLoss());
  }

  void write(AdaptedNetwork adapted, AdaptSlices slices, AdaptTrainer.Outcome outcome) {
    Path folder = training.folder();
    Map<String, String> about = new LinkedHashMap<>();
    about.put("name", training.label().name());
    about.put("model", family.word());
    about.put("licence", training.label().licence());
    about.put("trained_on", settings.get("dataset"));
    about.put("version", training.label().version());
    if (training.goal() instanceof AdaptTraining.Goal.Automatic) {
      about.put(AutomaticWeights.STRUCTURES, AutomaticWeights.text(slices.structures()));
      List<String> modalities = training.data().stream().map(d -> d.modality().channel())
          .distinct().toList();
      if (modalities.size() == 1) {
        about.put(AutomaticWeights.MODALITY, modalities.getFirst());
      }
    }
    Map<String, StoredTensor> merged = adapted.merged();
    SafetensorsWriter.write(folder.resolve(SAFETENSORS),
        training.label().half() ? half(merged) : merged, about);
    CheckpointWriter.writePth(folder.resolve(PTH), new OrderedState(merged));
    if (adapted.method() != AdaptMethod.FULL) {
      WeightsDifference.write(folder.resolve(DIFFERENCE), adapted, training.start().choice(),
          base, about);
    }
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", training.label().name());
    card.put("licence", training.label().licence());
    card.put("version", training.label().version());
    card.put("settings", settings);
    card.put("steps", outcome.steps());
    card.put("trained_parameters", outcome.parameters());
    card.put("loss_first_epoch", outcome.firstLoss());
    card.put("loss_last_epoch", outcome.lastLoss());
    card.put("validation", slices.validation() == slices.training()
        || slices.validation().equals(slices.training())
            ? "slices that were trained on"
            : "patients that were not trained on");
    card.put("dice", outcome.dice());
    AtomicFiles.writeString(folder.resolve(CARD), JsonMapper.builder().build()
        .writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n");
  }

  private static Map<String, StoredTensor> half(Map<String, StoredTensor> tensors) {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      try (TorchScope scope = TorchScope.open("float16")) {
        out.put(name, name.endsWith("num_batches_tracked")
            ? tensor
            : StoredTensors.toStored(StoredTensors.toTensor(tensor, Device.CPU).to(DType.FLOAT16)));
      }
    });
    return out;
  }
}
