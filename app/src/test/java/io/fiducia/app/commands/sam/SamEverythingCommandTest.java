package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.volume.FloatVolume;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All masks of a slice, and structures without prompts, on a small network with random weights. */
class SamEverythingCommandTest {
  private static final List<String> NAMES = List.of("Bladder", "Rectum", "Uterus");

  @TempDir
  private Path folder;
  private Path image;
  private Path weights;
  private Map<String, StoredTensor> tensors;

  @BeforeEach
  void files() {
    image = folder.resolve("scan.nii.gz");
    NiftiWriter.writeFloats(image, volume());
    weights = folder.resolve("w.safetensors");
    SamShape shape = SamShape.of(VitShape.of(64, 16, 2, 2, 3, List.of(1), 32));
    try (SamNetwork net = SamNetwork.create(shape, Device.CPU, 4);
        TorchScope scope = TorchScope.open("test")) {
      tensors = new LinkedHashMap<>(StoredTensors.toStored(net.state()));
    }
    SafetensorsWriter.write(weights, tensors, Map.of());
  }

  private static FloatVolume volume() {
    float[] data = new float[40 * 30 * 3];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (100 * Math.sin(.01 * i));
    }
    return new FloatVolume(new Geometry(new Size(40, 30, 3), new Vec3(2, 1.5, 3),
        new Vec3(0, 0, 0), Mat3.IDENTITY), data);
  }

  private CommandLineFixture run(String command, String... more) {
    List<String> all = new ArrayList<>(List.of("sam", command, "--weights", weights.toString(),
        "--image", image.toString(), "-o", folder.resolve("out").toString()));
    all.addAll(Arrays.asList(more));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  private void assertRefused(int exitCode, CommandLineFixture result, String... parts) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
    assertThat(result.err()).contains(parts);
    assertThat(folder.resolve("out/scan.nii.gz")).doesNotExist();
  }

  private JsonNode json(String file) throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve(file)));
  }

  @Test
  void writesLabelsTableAndPicture() throws Exception {
    CommandLineFixture result = run("everything", "--slice", "1", "--points-per-side", "4",
        "--iou", "0", "--stability", "0", "--crop-layers", "1", "--min-area", "30", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode table = json("out/scan.json");
    assertThat(result.json()).isEqualTo(table);
    JsonNode masks = table.path("masks");
    assertThat(masks.size()).isPositive();
    assertThat(table.path("slice").asInt()).isEqualTo(1);
    assertThat(table.path("least_area_mm2").asDouble()).isCloseTo(30, within(1e-9));
    short[] labels = NiftiReader.read(folder.resolve("out/scan.nii.gz")).toLabelVolume().data();
    int last = Integer.MAX_VALUE;
    for (int m = 0; m < masks.size(); m++) {
      JsonNode mask = masks.path(m);
      assertThat(mask.path("label").asInt()).isEqualTo(m + 1);
      int area = mask.path("area_pixels").asInt();
      assertThat(area).isBetween(1, last);
      last = area;
      assertThat(mask.path("area_mm2").asDouble()).isCloseTo(3.0 * area, within(1e-9));
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] == m + 1) {
          assertThat(i / 1200).isEqualTo(1);
          assertThat(i % 40).isBetween(mask.path("box").path(0).asInt(),
              mask.path("box").path(2).asInt());
          assertThat(i % 1200 / 40).isBetween(mask.path("box").path(1).asInt(),
              mask.path("box").path(3).asInt());
        }
      }
    }
    BufferedImage picture = ImageIO.read(folder.resolve("out/scan.png").toFile());
    assertThat(picture.getWidth()).isEqualTo(40 * 13);
    assertThat(picture.getHeight()).isEqualTo(30 * 13);
    assertThat(run("everything", "--slice", "1").exitCode()).isEqualTo(3);
  }

  @Test
  void saysWhichThresholdLeavesNoMask() throws Exception {
    CommandLineFixture result = run("everything", "--slice", "1", "--points-per-side", "3",
        "--iou", "50");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("no mask is left", "27 masks", "above 50.000",
        "lower --iou");
    assertThat(result.out()).contains("0 masks");
    short[] labels = NiftiReader.read(folder.resolve("out/scan.nii.gz")).toLabelVolume().data();
    assertThat(labels).containsOnly(0);
    assertThat(json("out/scan.json").path("masks").size()).isZero();
    assertThat(folder.resolve("out/scan.png")).exists();
  }

  @Test
  void namesWhatItCannotSearch() {
    assertRefused(2, run("everything", "--slice", "1", "--points-per-side", "0"),
        "--points-per-side");
    assertRefused(2, run("everything", "--slice", "1", "--stability", "1.5"), "--stability");
    assertRefused(2, run("everything", "--slice", "1", "--crop-layers", "5"), "--crop-layers");
    assertRefused(2, run("everything", "--slice", "1", "--min-area", "-1"), "--min-area");
    assertRefused(2, run("everything"), "which slice");
    assertRefused(3, run("everything", "--slice", "1", "--model", "vit_t"), "another model");
    assertRefused(3, run("everything", "--slice", "1", "--window", "500", "600"),
        "nothing to see");
    FloatVolume flat = volume();
    Arrays.fill(flat.data(), 7);
    NiftiWriter.writeFloats(image, flat);
    assertRefused(3, run("everything", "--slice", "1"), "nothing to see");
    automatic("MR");
    NiftiWriter.writeFloats(image, volume());
    assertRefused(3, run("everything", "--slice", "1"), "take no prompts", "Bladder, Rectum");
  }

  /** Weights whose four mask tokens are the background and three structures. */
  private void automatic(String modality) {
    SafetensorsWriter.write(weights, tensors, Map.of(AutomaticWeights.STRUCTURES,
        AutomaticWeights.text(NAMES), AutomaticWeights.MODALITY, modality));
  }

  @Test
  void findsStructuresInAllSlicesWithoutPrompts() throws Exception {
    automatic("MR");
    CommandLineFixture result = run("segment", "--save-probabilities", "--plain", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode labels = json("out/dataset.json").path("labels");
    short[] found = NiftiReader.read(folder.resolve("out/scan.nii.gz")).toLabelVolume().data();
    JsonNode structures = result.json().path("structures");
    assertThat(structures.size()).isEqualTo(3);
    for (int s = 0; s < 3; s++) {
      assertThat(labels.path(NAMES.get(s)).asInt()).isEqualTo(s + 1);
      assertThat(structures.path(s).path("name").asString()).isEqualTo(NAMES.get(s));
      int voxels = 0;
      for (short label : found) {
        voxels += label == s + 1 ? 1 : 0;
      }
      assertThat(structures.path(s).path("volume_cm3").asDouble())
          .isCloseTo(voxels * 9 / 1000.0, within(1e-9));
      float[] p = NiftiReader.read(folder.resolve("out/scan_probabilities.nii.gz"))
          .toFloatVolume(s).data();
      for (int i = 0; i < p.length; i++) {
        assertThat(p[i]).isBetween(0f, 1f);
        if (p[i] > 0.5f) {
          assertThat((int) found[i]).isEqualTo(s + 1);
        }
      }
    }
    assertThat(json("out/scan.json")).isEqualTo(result.json());
    Path second = folder.resolve("second.nii.gz");
    Files.copy(image, second);
    image = second;
    assertThat(run("segment").exitCode()).isZero();
    Files.writeString(folder.resolve("out/dataset.json"), "{}");
    image = folder.resolve("third.nii.gz");
    Files.copy(second, image);
    CommandLineFixture others = run("segment");
    assertThat(others.exitCode()).isEqualTo(3);
    assertThat(others.err()).contains("dataset.json");
  }

  @Test
  void saysWhichWeightsTakePrompts() {
    assertRefused(2, run("segment", "--slice", "1"), "--box or --point", "without prompts");
    automatic("CT");
    assertRefused(3, run("segment", "--slice", "1", "--box", "5", "6", "30", "25"),
        "take no prompts", "Bladder, Rectum, Uterus");
    assertRefused(2, run("segment", "--slice", "1"), "all slices", "--slice");
  }
}
