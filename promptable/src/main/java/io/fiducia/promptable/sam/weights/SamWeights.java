package io.fiducia.promptable.sam.weights;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.layer.Additions;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Weights of a model of the SAM family.
 *
 * @param name of the file
 * @param family the model they belong to
 * @param shape of its network
 * @param tensors by the released names
 * @param about what the file says of itself: {@code licence}, {@code model}, ...; released files say nothing
 */
public record SamWeights(String name, SamFamily family, SamShape shape,
    Map<String, StoredTensor> tensors, Map<String, String> about) {
  /** What files put in front of every name. */
  private static final String PREFIX = "^((model|state_dict|module|_orig_mod)\\.)+";

  /** What a file says if it holds only the difference to other weights. */
  public static final String DIFFERENCE = "difference";
  /** The file of the weights in the folder of a training. */
  private static final String TRAINED = "weights.safetensors";

  public SamWeights {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    about = Map.copyOf(about);
  }

  /**
   * Reads a file, or {@code weights.safetensors} in the folder of a training: a state dictionary of torch, bare or under {@code model} or {@code state_dict}, or
   * safetensors. No code in it is run.
   *
   * @param wanted the model that they must belong to; empty: what the file says, or what fits. MedSAM's
   *     network is that of SAM ViT-B, so that its weights must be named or are taken for SAM's
   * @throws FiduciaException BAD_INPUT if it is damaged, or holds weights of another model
   */
  public static SamWeights read(Path file, Optional<SamFamily> wanted) {
    Path weights = Files.isDirectory(file) ? file.resolve(TRAINED) : file;
    if (Files.isDirectory(file) && !Files.exists(weights)) {
      throw FiduciaException.badInput("the folder holds no weights", file,
          "expected " + TRAINED + " in it", "let the training end first, or give a file");
    }
    return of(weights.getFileName().toString(), CheckpointReader.read(weights), weights, wanted);
  }

  /** The weights of a checkpoint that was read; errors name {@code where} it lies. */
  static SamWeights of(String name, Checkpoint checkpoint, Object where,
      Optional<SamFamily> wanted) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    checkpoint.tensors().forEach((key, t) -> tensors.put(key.replaceFirst(PREFIX, ""), t));
    Map<String, String> about = new LinkedHashMap<>();
    if (checkpoint.format().equals("safetensors")) {
      checkpoint.metadata().forEach((key, value) -> about.put(key, String.valueOf(value)));
    }
    if (about.containsKey(DIFFERENCE)) {
      throw FiduciaException.badInput("the file holds only the difference to other weights", where,
          "it was adapted from the weights " + about.get("base_weights") + " of "
              + about.get("base_model"),
          "give the folder that it lies in, which has the whole weights, or also the weights that"
              + " were adapted");
    }
    SamShape shape = new ShapeOfWeights(tensors, where).shape();
    SamFamily looks = SamFamily.of(shape.encoder());
    SamFamily said = Optional.ofNullable(about.get("model"))
        .flatMap(word -> Arrays.stream(SamFamily.values()).filter(f -> f.word().equals(word))
            .findFirst())
        .filter(f -> f.accepts(shape.encoder())).orElse(looks);
    SamFamily family = wanted.orElse(said);
    if (!family.accepts(shape.encoder())) {
      throw FiduciaException.badInput("the weights belong to another model", where,
          "expected " + family.title() + ", found " + looks.title(),
          "give the file of " + family.title() + ", or name the model " + looks.word());
    }
    return new SamWeights(name, family, shape, tensors, about);
  }

  /** Whether the network alone does not tell SAM ViT-B from MedSAM. */
  public boolean ambiguous() {
    return family == SamFamily.VIT_B && !about.containsKey("model");
  }

  /** The licence: what the file says, else that of the released weights of this model. */
  public String licence() {
    return about.getOrDefault("licence", family.licence());
  }

  /** What a user must know of the licence. */
  public String licenceNote() {
    if (about.containsKey("licence")) {
      return "weights " + name + ": " + licence();
    }
    return "weights " + name + " do not say their licence; "
        + (family.licence().equals("unknown")
            ? family == SamFamily.VIT
                ? "ask who trained them"
                : "that of the released " + family.title() + " is not known to this program"
            : "those released as " + family.title() + " are under " + family.licence());
  }

  /** What names the model in a cache; reads all weights. */
  public ModelIdentity identity() {
    StringBuilder all = new StringBuilder();
    new TreeMap<>(tensors).forEach((key, t) -> all.append(key).append(' ')
        .append(t.dtype().torchName()).append(Arrays.toString(t.shape())).append(' ')
        .append(t.sha256()).append('\n'));
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return new ModelIdentity(family.word(), HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw FiduciaException.internal("SHA-256 is missing", "", "every Java has it", "", e);
    }
  }

  /**
   * The network with these weights.
   *
   * @throws FiduciaException BAD_INPUT naming tensors that are missing, unknown, of another shape, or hold
   *     values that are not numbers
   */
  public SamNetwork load(Device device) {
    SamNetwork network = SamNetwork.empty(shape, device);
    try {
      if (Additions.hasAdapters(tensors.keySet())) {
        Additions.adapters(network, 0);
      }
      network.load(tensors).requireComplete(name,
          "expected the network of " + family.title() + "; give the file as it was released");
      requireFinite(network);
      return network;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  private void requireFinite(SamNetwork network) {
    network.state().forEach((key, tensor) -> {
      try (TorchScope scope = TorchScope.open("check")) {
        if (tensor.dtype() != DType.INT64 && !Double.isFinite(tensor.detach().sum().item())) {
          throw FiduciaException.badInput("weights are not numbers", name,
              "expected finite values in " + key + ", found NaN or infinity",
              "the file is damaged or its training failed; get it again");
        }
      }
    });
  }
}
