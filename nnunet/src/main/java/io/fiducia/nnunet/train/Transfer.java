package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights to start a training from.
 *
 * @param source where they were read, for messages
 * @param weights by upstream's names
 * @param outputs the names of the outputs of the source, in order; empty if the source has none
 * @param recipe how the weights are adapted
 */
public record Transfer(Path source, Map<String, StoredTensor> weights, List<String> outputs,
    TransferRecipe recipe) {
  /**
   * The weights that were taken over.
   *
   * @param parameters number of parameters, without heads
   * @param heads structures whose heads were taken over as well
   */
  public record Report(int parameters, List<String> heads) {}

  public Transfer {
    weights = Map.copyOf(weights);
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads weights.
   *
   * @param source a checkpoint (.pth or .safetensors), a fold's folder or a model's folder; of a
   *     model's folder the first fold is used
   * @throws FiduciaException BAD_INPUT if there are none
   */
  public static Transfer read(Path source, TransferRecipe recipe) {
    Path file = checkpoint(source);
    Checkpoint checkpoint = CheckpointReader.read(file);
    String prefix = "network_weights.";
    Map<String, StoredTensor> all = new LinkedHashMap<>(checkpoint.tensors());
    boolean nnunet = all.keySet().stream().anyMatch(n -> n.startsWith(prefix));
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    all.forEach((name, t) -> {
      if (!nnunet || name.startsWith(prefix)) {
        weights.put(nnunet ? name.substring(prefix.length()) : name, t);
      }
    });
    return new Transfer(file, weights, outputs(file, checkpoint), recipe);
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

  /** The outputs by the dataset.json in the checkpoint (nnU-Net's have one), else in the model's folder. */
  private static List<String> outputs(Path file, Checkpoint checkpoint) {
    Object root = checkpoint.root();
    if (root instanceof Map<?, ?> map && map.get("init_args") instanceof Map<?, ?> init
        && init.get("dataset_json") instanceof Map<?, ?> json
        && json.get("labels") instanceof Map<?, ?> labels
        && labels.values().stream().allMatch(Number.class::isInstance)) {
      return labels.entrySet().stream().filter(e -> !e.getKey().equals("ignore"))
          .sorted(java.util.Comparator.comparingLong(e -> ((Number) e.getValue()).longValue()))
          .map(e -> String.valueOf(e.getKey())).toList();
    }
    Path json = file.toAbsolutePath().resolve("../../dataset.json").normalize();
    return Files.isRegularFile(json) ? names(DatasetJson.read(json).labelSet()) : List.of();
  }

  private static List<String> names(Labels labels) {
    List<String> names = new ArrayList<>();
    if (!labels.hasRegions()) {
      names.add("background");
    }
    names.addAll(labels.foregroundNames());
    return names;
  }

  /**
   * Fills a network and freezes what the recipe freezes.
   *
   * @param labels what the outputs of the network mean
   * @throws FiduciaException BAD_INPUT naming missing weights and those of another shape
   */
  Report initialise(UNet network, Labels labels) {
    Map<String, StoredTensor> body = new LinkedHashMap<>(weights);
    body.keySet().removeIf(Transfer::isHead);
    int loaded = network.load(body).requireBackbone(source).loaded().size();
    List<String> heads = recipe.keepsHeads() ? heads(network, names(labels)) : List.of();
    freeze(network);
    return new Report(loaded, heads);
  }

  private static boolean isHead(String parameter) {
    return UNet.part(parameter) == TransferRecipe.Part.HEADS;
  }

  private void freeze(UNet network) {
    for (NamedTensor p : network.parameters()) {
      if (!recipe.trains(UNet.part(p.name()))) {
        p.tensor().requiresGrad_(false);
      }
    }
  }

  /** Copies, from each head, the rows of the structures whose names both sides have. */
  private List<String> heads(UNet network, List<String> wanted) {
    List<String> common = wanted.stream().filter(outputs::contains).toList();
    // The head of the background alone is useless: it was trained against other structures.
    if (common.stream().allMatch("background"::equals)) {
      return List.of();
    }
    for (NamedTensor p : network.parameters()) {
      Optional<StoredTensor> stored = Optional.ofNullable(weights.get(p.name()));
      if (isHead(p.name()) && stored.isPresent()) {
        copyRows(p.tensor(), stored.get(), wanted, common);
      }
    }
    return common;
  }

  private void copyRows(Tensor head, StoredTensor stored, List<String> wanted,
      List<String> common) {
    float[] from = stored.toFloats();
    float[] to = head.toFloats();
    int row = to.length / wanted.size();
    if (from.length != row * outputs.size()) {
      throw FiduciaException.badInput("weights do not fit the network", source,
          "a head of " + from.length + " numbers for " + outputs.size() + " outputs",
          "use the recipe " + TransferRecipe.PRETRAINED.name()
              + ", which does not take over heads");
    }
    for (String name : common) {
      System.arraycopy(from, outputs.indexOf(name) * row, to, wanted.indexOf(name) * row, row);
    }
    try (TorchScope scope = TorchScope.open("heads"); Autograd.Guard none = Autograd.noGrad()) {
      head.copy_(Tensor.of(to, head.device(), head.shape()));
    }
  }
}
