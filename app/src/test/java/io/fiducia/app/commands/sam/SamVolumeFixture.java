package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiDataType;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small network with random weights, an image of a bright ball, and prompts for it. */
abstract class SamVolumeFixture {
  static final Geometry GRID = Geometry.of(new Size(40, 30, 7), new Vec3(1, 1, 2));

  @TempDir
  Path folder;
  Path image;
  Path weights;

  @BeforeEach
  void files() {
    image = folder.resolve("scan.nii.gz");
    NiftiWriter.writeFloats(image, volume(GRID));
    weights = weights("w.safetensors", 4);
    short[] drawn = new short[GRID.size().voxels()];
    for (int n = 0; n < drawn.length; n++) {
      int k = n / 1200;
      drawn[n] = (short) ((k == 2 || k == 5) && Math.hypot(n % 40 - 20, n / 40 % 30 - 15) < 8
          ? 1
          : 0);
    }
    NiftiWriter.writeLabels(folder.resolve("drawn.nii.gz"), new LabelVolume(GRID, drawn));
    NiftiWriter.writeLabels(folder.resolve("other.nii.gz"),
        new LabelVolume(Geometry.of(GRID.size(), new Vec3(1, 1, 3)), drawn));
  }

  Path weights(String name, int seed) {
    Path file = folder.resolve(name);
    try (SamNetwork net = SamNetwork.create(
        SamShape.of(VitShape.of(64, 16, 2, 2, 3, List.of(1), 32)), Device.CPU, seed);
        TorchScope scope = TorchScope.open("test")) {
      SafetensorsWriter.write(file, StoredTensors.toStored(net.state()), Map.of());
    }
    return file;
  }

  /** A bright ball. */
  static FloatVolume volume(Geometry grid) {
    float[] data = new float[grid.size().voxels()];
    for (int n = 0; n < data.length; n++) {
      double r = Math.hypot(Math.hypot(n % 40 - 20, n / 40 % 30 - 15), 3 * (n / 1200 - 3));
      data[n] = (float) ((r < 9 ? 200 : 60) + 5 * Math.sin(.7 * n));
    }
    return new FloatVolume(grid, data);
  }

  CommandLineFixture segment(String... more) {
    List<String> all = new ArrayList<>(List.of("sam", "segment", "--weights", weights.toString(),
        "--image", image.toString(), "-o", out("").toString()));
    all.addAll(Arrays.asList(more));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  Path out(String name) {
    return folder.resolve("out").resolve(name);
  }

  String prompts(String objects) throws IOException {
    return Files.writeString(folder.resolve("prompts.json"), "{\"objects\": [" + objects + "]}")
        .toString();
  }

  static String object(String name, String steps) {
    return "{\"name\": \"" + name + "\", \"steps\": [" + steps + "]}";
  }

  JsonNode report() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(out("report.json")));
  }

  short[] labels(String name) {
    NiftiImage read = NiftiReader.read(out(name));
    assertThat(read.dataType()).isEqualTo(NiftiDataType.UINT8);
    assertThat(read.toLabelVolume().geometry().sameGrid(GRID)).isTrue();
    return read.toLabelVolume().data();
  }

  void assertRefused(int exitCode, CommandLineFixture result, String... parts)
      throws IOException {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
    assertThat(result.err()).contains(parts);
    if (Files.isDirectory(out(""))) {
      try (Stream<Path> files = Files.list(out(""))) {
        assertThat(files).isEmpty();
      }
    }
  }

  static final String INITIAL = "{\"initial\": \"drawn.nii.gz\"}";
  static final String BOX = "{\"box\": [[10, 6, 3], [31, 26, 4]]}";
}
