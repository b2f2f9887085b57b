package io.fiducia.universeg.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.ShippedCheckpoint;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights of an in-context network: those that come with the program, the released ones, or one's own.
 *
 * @param name of the file, or of the shipped weights
 * @param shape of the network they belong to
 * @param tensors by the released names
 * @param about what the file says of itself: {@code licence}, {@code trained_on}, ...; released files say
 *     nothing
 */
public record InContextWeights(String name, NetworkShape shape, Map<String, StoredTensor> tensors,
    Map<String, String> about) {
  /** Name of the weights that come with the program. */
  public static final String SHIPPED = "shipped";

  private static final String RESOURCE = "/io/fiducia/universeg/weights/shipped.safetensors";
  /** What files put in front of every name. */
  private static final String PREFIX = "^((model|state_dict|module|_orig_mod)\\.)+";

  public InContextWeights {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    about = Map.copyOf(about);
  }

  /**
   * Reads a file: a state dictionary of torch, bare or under {@code model} or {@code state_dict}, or
   * safetensors.
   *
   * @throws FiduciaException BAD_INPUT if it is damaged or holds weights of another network
   */
  public static InContextWeights read(Path file) {
    return of(file.getFileName().toString(), CheckpointReader.read(file), file);
  }

  private static InContextWeights of(String name, Checkpoint checkpoint, Object where) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    checkpoint.tensors().forEach((key, t) -> tensors.put(key.replaceFirst(PREFIX, ""), t));
    Map<String, String> about = new LinkedHashMap<>();
    if (checkpoint.format().equals("safetensors")) {
      checkpoint.metadata().forEach((key, value) -> about.put(key, String.valueOf(value)));
    }
    return new InContextWeights(name, NetworkShape.of(tensors, where), tensors, about);
  }

  /** The weights that come with the program; docs/universeg.md has their card. */
  public static InContextWeights shipped() {
    return of(SHIPPED, ShippedCheckpoint.read(InContextWeights.class, RESOURCE), RESOURCE);
  }

  /** The licence, where the file says it. */
  public Optional<String> licence() {
    return Optional.ofNullable(about.get("licence"));
  }

  /** What a user must know of the licence. */
  public String licenceNote() {
    return licence().map(l -> "weights " + name + ": " + l)
        .orElse("weights " + name + " do not say their licence; "
            + (shape.form() == NetworkShape.Form.UNIVERSEG
                ? "those released by UniverSeg's authors are under OpenRAIL++-M, for research only"
                : "for those released by MultiverSeg's authors no licence is stated"));
  }

  /**
   * The network with these weights.
   *
   * @throws FiduciaException BAD_INPUT naming tensors that are missing, unknown or of another shape
   */
  public InContextNetwork load(Device device) {
    InContextNetwork network = InContextNetwork.empty(shape, device);
    try {
      network.load(tensors).requireComplete(name, "expected the network " + shape.form()
          + " of width " + shape.width() + "; give the file as it was released");
      return network;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }
}
