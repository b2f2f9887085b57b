package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.transfer.OutputMatch;
import io.fiducia.metrics.NameMatcher;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Weights that a training can start from, and what is known of them.
 *
 * @param file where they were read, for messages
 * @param weights by upstream's names
 * @param outputs the outputs of the network, in order; empty if they are not known
 * @param mirrored whether the network saw mirrored images in training; empty if it is not known
 * @param origin the public model that they come from, if they do
 */
public record StartWeights(Path file, Map<String, StoredTensor> weights,
    List<OutputMatch.Output> outputs, Optional<Boolean> mirrored, Optional<ModelOrigin> origin) {
  private static final String PREFIX = "network_weights.";

  public StartWeights {
    weights = Map.copyOf(UNet.plainNames(weights));
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads weights.
   *
   * @param source a checkpoint (.pth or .safetensors), a fold's folder or a model's folder; of a
   *     model's folder the first fold is used
   * @throws FiduciaException BAD_INPUT if there are none
   */
  public static StartWeights read(Path source) {
    Path file = checkpoint(source);
    Checkpoint checkpoint = CheckpointReader.read(file);
    Map<String, StoredTensor> all = checkpoint.tensors();
    boolean nnunet = all.keySet().stream().anyMatch(n -> n.startsWith(PREFIX));
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    all.forEach((name, t) -> {
      if (!nnunet || name.startsWith(PREFIX)) {
        weights.put(nnunet ? name.substring(PREFIX.length()) : name, t);
      }
    });
    Optional<ModelOrigin> origin = ModelOrigin.read(model(file));
    List<OutputMatch.Output> outputs = outputs(file, checkpoint.root()).entrySet().stream()
        .map(e -> new OutputMatch.Output(e.getKey(), aliases(origin, e.getValue()))).toList();
    return new StartWeights(file, weights, outputs, mirrored(checkpoint.root()), origin);
  }

  /**
   * The outputs, with those names of structures as aliases that mean the same. Structures of public
   * models are found in other spellings too ({@link NameMatcher}); those of a clinic's own models by
   * their exact names only.
   */
  List<OutputMatch.Output> outputsFor(List<String> structures) {
    if (origin.isEmpty()) {
      return outputs;
    }
    return outputs.stream().map(o -> {
      Set<String> names = new HashSet<>(o.aliases());
      Stream.concat(Stream.of(o.name()), o.aliases().stream()).forEach(known -> structures.stream()
          .filter(s -> NameMatcher.same(s, known)).forEach(names::add));
      return new OutputMatch.Output(o.name(), names);
    }).toList();
  }

  private static Path model(Path file) {
    return file.toAbsolutePath().resolve("../..").normalize();
  }

  private static Path checkpoint(Path source) {
    if (Files.isRegularFile(source)) {
      return source;
    }
    List<Path> folders = new ArrayList<>(List.of(source));
    for (int fold = 0; fold < 5; fold++) {
      folders.add(source.resolve("fold_" + fold));
    }
    folders.add(source.resolve("fold_all"));
    return folders.stream().flatMap(f -> new TrainingCheckpoints(f).existing().stream()).findFirst()
        .orElseThrow(() -> FiduciaException.badInput("no weights to start from", source,
            "expected a checkpoint, or a folder with fold_0/" + TrainingCheckpoints.FINAL,
            "name a .pth or .safetensors file, a fold's folder or a model's folder"));
  }

  private static Set<String> aliases(Optional<ModelOrigin> origin, long label) {
    Set<String> names = new HashSet<>();
    origin.map(ModelOrigin::structures).orElse(List.of()).stream()
        .filter(s -> s.label() == label).forEach(s -> {
          names.add(s.name());
          s.tg263().ifPresent(names::add);
        });
    return names;
  }

  /**
   * Names and labels of the outputs, in order: by the dataset.json in the checkpoint (nnU-Net's have
   * one), else in the model's folder. With regions the labels are those that they are written as.
   */
  private static Map<String, Long> outputs(Path file, Object root) {
    Map<String, Long> outputs = new LinkedHashMap<>();
    if (root instanceof Map<?, ?> map && map.get("init_args") instanceof Map<?, ?> init
        && init.get("dataset_json") instanceof Map<?, ?> json
        && json.get("labels") instanceof Map<?, ?> labels
        && labels.values().stream().allMatch(Number.class::isInstance)) {
      labels.entrySet().stream().filter(e -> !e.getKey().equals("ignore"))
          .sorted(Comparator.comparingLong(e -> ((Number) e.getValue()).longValue()))
          .forEach(e -> outputs.put(String.valueOf(e.getKey()),
              ((Number) e.getValue()).longValue()));
      return outputs;
    }
    Path json = model(file).resolve("dataset.json");
    if (Files.isRegularFile(json)) {
      Labels labels = DatasetJson.read(json).labelSet();
      List<String> names = names(labels);
      for (int i = 0; i < names.size(); i++) {
        outputs.put(names.get(i), (long) labels.outputLabels()[i]);
      }
    }
    return outputs;
  }

  /** The names of a network's outputs, in order. */
  static List<String> names(Labels labels) {
    List<String> names = new ArrayList<>();
    if (!labels.hasRegions()) {
      names.add("background");
    }
    names.addAll(labels.foregroundNames());
    return names;
  }

  private static Optional<Boolean> mirrored(Object root) {
    return root instanceof Map<?, ?> map && map.containsKey("init_args")
        ? Optional.of(map.get("inference_allowed_mirroring_axes") instanceof List<?> axes
            && !axes.isEmpty())
        : Optional.empty();
  }
}
