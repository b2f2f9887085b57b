package io.fiducia.promptable.adapt;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.nn.LoadReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The file of an adaptation that holds only what differs from the weights before. It names those weights: on
 * others it means nothing.
 */
public final class WeightsDifference {
  private static final String FORMAT = SamWeights.DIFFERENCE;
  private static final String VERSION = "1";
  private static final String BASE_FAMILY = "base_model";
  private static final String BASE_WEIGHTS = "base_weights";

  private WeightsDifference() {}

  /**
   * Writes the difference.
   *
   * @param base the weights that were adapted, before they were made automatic
   * @param result what the adapted weights say of themselves; it holds the structures of automatic ones
   */
  public static void write(Path file, AdaptedNetwork adapted, AdaptedNetwork.Choice choice,
      ModelIdentity base, Map<String, String> result) {
    Map<String, String> about = new LinkedHashMap<>(result);
    about.put(FORMAT, VERSION);
    about.put("method", choice.method().word());
    about.put("rank", Integer.toString(choice.lowRank().rank()));
    about.put("alpha", Double.toString(choice.lowRank().alpha()));
    about.put("all", Boolean.toString(choice.lowRank().all()));
    about.put("decoder", Boolean.toString(choice.lowRank().decoder()));
    about.put("prompt_encoder", Boolean.toString(choice.promptEncoder()));
    about.put(BASE_FAMILY, base.family());
    about.put(BASE_WEIGHTS, base.weights());
    SafetensorsWriter.write(file, adapted.difference(), about);
  }

  /**
   * The adapted network: the weights before, made automatic if the difference is, and the difference on them.
   *
   * @throws FiduciaException BAD_INPUT if the file is none, belongs to other weights, or is not whole
   */
  public static AdaptedNetwork load(SamWeights base, Path file, Device device) {
    Checkpoint read = CheckpointReader.read(file);
    if (!VERSION.equals(read.metadata().get(FORMAT))) {
      throw FiduciaException.badInput("this file holds no difference to other weights", file,
          "expected " + FORMAT + " " + VERSION + " in its description, found "
              + read.metadata().getOrDefault(FORMAT, "none"),
          "give a file that an adaptation wrote");
    }
    ModelIdentity now = base.identity();
    require(file, "model", text(read, BASE_FAMILY, file), now.family());
    require(file, "weights with the hash", text(read, BASE_WEIGHTS, file), now.weights());
    AdaptedNetwork.Choice choice = choice(read, file);
    SamNetwork network = start(base, read).load(device);
    try {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, choice, 0);
      Map<String, Tensor> parameters = new LinkedHashMap<>();
      adapted.trainable().forEach(p -> parameters.put(p.name(), p.tensor()));
      LoadReport.copy(read.tensors(), parameters)
          .requireComplete(file, "give the file as the adaptation wrote it");
      return adapted;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  private static SamWeights start(SamWeights base, Checkpoint read) {
    return Optional.ofNullable(read.metadata().get(AutomaticWeights.STRUCTURES))
        .map(text -> AutomaticWeights.of(base, AutomaticWeights.names(String.valueOf(text))))
        .orElse(base);
  }

  /**
   * The adapted weights in the released layout: the weights before, with the difference merged.
   *
   * @throws FiduciaException as {@link #load}
   */
  public static SamWeights merged(SamWeights base, Path file) {
    AdaptedNetwork adapted = load(base, file, Device.CPU);
    try (SamNetwork network = adapted.network()) {
      Map<String, String> about = new LinkedHashMap<>();
      CheckpointReader.read(file).metadata()
          .forEach((key, value) -> about.put(key, String.valueOf(value)));
      about.remove(FORMAT);
      return new SamWeights(String.valueOf(file.getFileName()), base.family(), network.shape(),
          adapted.merged(), about);
    }
  }

  private static AdaptedNetwork.Choice choice(Checkpoint read, Path file) {
    try {
      LowRank lowRank = new LowRank(Integer.parseInt(text(read, "rank", file)),
          Double.parseDouble(text(read, "alpha", file)),
          Boolean.parseBoolean(text(read, "all", file)),
          Boolean.parseBoolean(text(read, "decoder", file)));
      return new AdaptedNetwork.Choice(method(read, file), lowRank,
          Boolean.parseBoolean(text(read, "prompt_encoder", file)));
    } catch (IllegalArgumentException e) {
      throw FiduciaException.badInput("the description of a difference is damaged", file,
          String.valueOf(e.getMessage()), "give the file as the adaptation wrote it", e);
    }
  }

  private static AdaptMethod method(Checkpoint read, Path file) {
    String word = text(read, "method", file);
    return Arrays.stream(AdaptMethod.values()).filter(m -> m.word().equals(word)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no method " + word));
  }

  private static String text(Checkpoint read, String key, Path file) {
    return Optional.ofNullable(read.metadata().get(key)).map(String::valueOf)
        .orElseThrow(() -> FiduciaException.badInput("the description of a difference is damaged",
            file, key + " is missing", "give the file as the adaptation wrote it"));
  }

  private static void require(Path file, String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw FiduciaException.badInput("the difference belongs to other weights", file,
          "expected the " + what + " " + expected + ", found " + found,
          "give the weights that were adapted");
    }
  }
}
