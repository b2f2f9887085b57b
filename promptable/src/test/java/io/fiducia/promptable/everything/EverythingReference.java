package io.fiducia.promptable.everything;

import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Meta's package gave for pictures and weights by formula. Made by {@code python
 * promptable/src/test/peer/sam_everything_reference.py --write
 * promptable/src/test/resources/io/fiducia/promptable/everything/everything.json}; weights and pictures are computed
 * here as there.
 */
public final class EverythingReference {
  private EverythingReference() {}

  /** Its content. */
  public static JsonNode read() {
    try (InputStream in = EverythingReference.class.getResourceAsStream("everything.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The picture by formula, with grey values of 8 bit. */
  public static SlicePicture picture(int width, int height, double phase) {
    float[] grey = new float[width * height];
    for (int i = 0; i < grey.length; i++) {
      int x = i % width;
      int y = i / width;
      double v = 100 + 60 * Math.sin(0.11 * x + phase) * Math.cos(0.13 * y)
          + 40 * Math.sin(0.05 * x + 0.21 * y);
      grey[i] = (float) Math.rint(Math.clamp(v, 0.0, 255.0));
    }
    return new SlicePicture(width, height, grey);
  }

  /** The small network of the script. */
  public static SamShape shape(int maskTokens) {
    SamShape usual = SamShape.of(VitShape.of(128, 32, 3, 2, 3, List.of(1), 128));
    return new SamShape(usual.encoder(), usual.channels(), usual.maskChannels(), maskTokens);
  }

  /** A model with the weights by formula. */
  static SamSliceModel model() {
    SamNetwork net = SamNetwork.empty(shape(4), Device.CPU);
    net.load(weights(net, true)).requireComplete("formula", "");
    return new SamSliceModel(SamFamily.VIT, net, new ModelIdentity("vit", "e".repeat(64)));
  }

  /** Weights by formula. @param spread whether they are scaled so that masks differ by their point */
  public static Map<String, StoredTensor> weights(SamNetwork network, boolean spread) {
    Map<String, Tensor> state = network.state();
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    int i = 0;
    for (String name : state.keySet().stream().sorted().toList()) {
      long[] shape = state.get(name).shape();
      out.put(name, StoredTensor.ofFloats(values(name, i, shape, spread), shape));
      i++;
    }
    return out;
  }

  private static float[] values(String name, int i, long[] shape, boolean spread) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    int each = name.startsWith("mask_decoder.output_upscaling") && shape.length == 4 ? 4 : 1;
    double add = name.endsWith(".weight") && shape.length == 1
        ? 1
        : spread && isHyper(name, "layers.2.bias") ? -0.4 : 0;
    double factor = name.contains("gaussian")
        ? 0.6
        : shape.length > 1 ? Math.sqrt(3.0 * shape[0] / count) : 0.1;
    if (spread) {
      factor *= spread(name);
    }
    float[] values = new float[count];
    for (int j = 0; j < count; j++) {
      double hash = Math.sin(12.9898 * (j / each) + 78.233 * i) * 43758.5453;
      values[j] = (float) (add + (2 * (hash - Math.floor(hash)) - 1) * factor);
    }
    return values;
  }

  private static double spread(String name) {
    if (name.startsWith("mask_decoder")
        && (name.endsWith("q_proj.weight") || name.endsWith("k_proj.weight"))) {
      return 3;
    }
    return isHyper(name, "layers.2.weight") ? 32 : 1;
  }

  private static boolean isHyper(String name, String ending) {
    return name.contains("output_hypernetworks") && name.endsWith(ending);
  }
}
