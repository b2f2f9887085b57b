package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command on a small network with random weights: files, report, and what is refused. */
class SamSegmentCommandTest {
  @TempDir
  private Path folder;
  private Path image;
  private Path weights;
  private Map<String, StoredTensor> tensors;

  @BeforeEach
  void files() {
    image = folder.resolve("scan.nii.gz");
    NiftiWriter.writeFloats(image, volume(3));
    weights = folder.resolve("w.safetensors");
    SamShape shape = SamShape.of(VitShape.of(64, 16, 2, 2, 3, List.of(1), 32));
    try (SamNetwork net = SamNetwork.create(shape, Device.CPU, 4);
        TorchScope scope = TorchScope.open("test")) {
      tensors = new LinkedHashMap<>(StoredTensors.toStored(net.state()));
    }
    SafetensorsWriter.write(weights, tensors, Map.of());
  }

  private static FloatVolume volume(int slices) {
    float[] data = new float[40 * 30 * slices];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (100 * Math.sin(.01 * i));
    }
    return new FloatVolume(new Geometry(new Size(40, 30, slices), new Vec3(1, 1, 2),
        new Vec3(0, 0, 0), Mat3.IDENTITY), data);
  }

  private CommandLineFixture segment(String... more) {
    List<String> all = new ArrayList<>(List.of("sam", "segment", "--weights", weights.toString(),
        "--image", image.toString(), "-o", folder.resolve("out").toString(), "--overwrite"));
    all.addAll(Arrays.asList(more));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  private void assertRefused(int exitCode, CommandLineFixture result, String... parts) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
    assertThat(result.err()).contains(parts);
    assertThat(folder.resolve("out/scan.nii.gz")).doesNotExist();
  }

  @Test
  void writesTheBestMaskAndAllProbabilities() {
    CommandLineFixture result = segment("--slice", "1", "--window", "-100", "100", "--box", "5",
        "6", "30", "25", "--point", "10", "12", "1", "--point", "35", "3", "0", "--multimask",
        "--save-probabilities", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode masks = result.json().path("masks");
    assertThat(masks.size()).isEqualTo(3);
    int best = 0;
    for (int i = 0; i < 3; i++) {
      assertThat(masks.path(i).path("slice").asInt()).isEqualTo(1);
      assertThat(masks.path(i).path("index").asInt()).isEqualTo(i + 1);
      best = masks.path(i).path("iou").asDouble() > masks.path(best).path("iou").asDouble()
          ? i
          : best;
    }
    NiftiImage probabilities = NiftiReader.read(folder.resolve("out/scan_probabilities.nii.gz"));
    assertThat(probabilities.shape()).containsExactly(40, 30, 3, 3);
    float[] chosen = probabilities.toFloatVolume(best).data();
    short[] mask = NiftiReader.read(folder.resolve("out/scan.nii.gz")).toLabelVolume().data();
    for (int i = 0; i < mask.length; i++) {
      boolean shown = i / 1200 == 1;
      assertThat(chosen[i] > 0).isEqualTo(shown);
      assertThat(mask[i]).isEqualTo((short) (chosen[i] > 0.5f ? 1 : 0));
    }
  }

  @Test
  void anImageOfOneSliceNeedsNoNumber() {
    NiftiWriter.writeFloats(image, volume(1));
    CommandLineFixture result = segment("--box", "5", "6", "30", "25", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.json().path("masks").size()).isEqualTo(1);
    assertThat(result.json().path("masks").path(0).path("index").asInt()).isZero();
    assertThat(result.err()).contains("licence", "window");
  }

  @Test
  void namesPromptsThatMakeNoSense() {
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "45", "25"), "out of the picture",
        "columns 0 to 39", "45");
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "5", "25"), "no area");
    assertRefused(3, segment("--slice", "1", "--point", "-1", "6", "1"), "point 1");
    assertRefused(3, segment("--slice", "1", "--point", "3", "6", "1", "--point", "3", "6", "0"),
        "contradict");
    assertRefused(2, segment("--slice", "1", "--point", "3", "6", "2"), "must be 1");
    assertRefused(2, segment("--slice", "1"), "--box or --point");
    assertRefused(2, segment("--box", "5", "6", "30", "25"), "which slice", "0 to 2");
    assertRefused(3, segment("--slice", "3", "--box", "5", "6", "30", "25"), "0 to 2");
  }

  @Test
  void namesImagesThatCannotBeSegmented() throws IOException {
    Files.writeString(image, "no image");
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "30", "25"), "scan.nii.gz");
    FloatVolume flat = volume(3);
    Arrays.fill(flat.data(), 1200, 2400, 7);
    NiftiWriter.writeFloats(image, flat);
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "30", "25"), "nothing to see");
    flat.data()[1300] = Float.NaN;
    NiftiWriter.writeFloats(image, flat);
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "30", "25"), "not numbers",
        "voxel 20, 2");
  }

  @Test
  void namesWeightsThatDoNotFit() {
    String[] box = {"--slice", "1", "--box", "5", "6", "30", "25"};
    assertRefused(3, segment("--slice", "1", "--box", "5", "6", "30", "25", "--model", "vit_t"),
        "another model", "expected MobileSAM");
    assertRefused(2, segment("--slice", "1", "--box", "5", "6", "30", "25", "--model", "vit_bb"),
        "no such model", "did you mean vit_b?");
    StoredTensor token = tensors.remove("mask_decoder.iou_token.weight");
    SafetensorsWriter.write(weights, tensors, Map.of());
    assertRefused(3, segment(box), "1 missing (mask_decoder.iou_token.weight)");
    tensors.put("mask_decoder.iou_token.weight", token);
    float[] broken = new float[256];
    broken[3] = Float.NaN;
    tensors.put("prompt_encoder.no_mask_embed.weight", StoredTensor.ofFloats(broken, 1, 256));
    SafetensorsWriter.write(weights, tensors, Map.of());
    assertRefused(3, segment(box), "not numbers", "prompt_encoder.no_mask_embed.weight");
    tensors.put("prompt_encoder.no_mask_embed.weight", StoredTensor.ofFloats(new float[7], 1, 7));
    SafetensorsWriter.write(weights, tensors, Map.of());
    assertRefused(3, segment(box), "of another shape", "prompt_encoder.no_mask_embed.weight");
    SafetensorsWriter.write(weights, Map.of("a.weight", StoredTensor.ofFloats(new float[1], 1)),
        Map.of());
    assertRefused(3, segment(box), "no weights of the SAM family", "a.weight");
  }
}
