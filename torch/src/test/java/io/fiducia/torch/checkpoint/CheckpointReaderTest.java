package io.fiducia.torch.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files made by torch 2.10 (make_fixtures.py among the resources) read as torch reads them:
 * expected.txt holds names, types, shapes and SHA-256 that torch gave.
 */
class CheckpointReaderTest {

  static Path resource(String name) {
    try {
      return Path.of(CheckpointReaderTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> expected(String file) {
    try {
      return Files.readAllLines(resource("expected.txt")).stream()
          .filter(l -> l.startsWith(file + "\t")).map(l -> l.substring(file.length() + 1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> listing(Map<String, StoredTensor> tensors) {
    List<String> lines = new ArrayList<>();
    tensors.forEach((name, tensor) -> {
      String shape = LongStream.of(tensor.shape()).mapToObj(Long::toString)
          .collect(Collectors.joining("x"));
      lines.add(
          String.join(
              "\t",
              name,
              tensor.dtype().torchName(),
              shape.isEmpty() ? "-" : shape,
              tensor.sha256()));
    });
    return lines;
  }

  @ParameterizedTest
  @ValueSource(strings = {"nnunet_like.pth", "dtypes.pth", "views.pth", "protocol5.pth",
    "nnunet_like_legacy.pt", "views_legacy.pt"})
  void tensorsAreThoseThatTorchSaved(String file) {
    List<String> expected = expected(file);
    assertThat(expected).isNotEmpty();
    assertThat(listing(CheckpointReader.read(resource(file)).tensors()))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void safetensorsAreThoseThatWereSaved() {
    Checkpoint checkpoint = CheckpointReader.read(resource("dtypes.safetensors"));
    assertThat(checkpoint.format()).isEqualTo("safetensors");
    assertThat(listing(checkpoint.tensors()))
        .containsExactlyInAnyOrderElementsOf(expected("dtypes.safetensors"));
    assertThat(checkpoint.metadata()).containsExactly(Map.entry("note", "made by safetensors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hippodeep.pt", "hippodeep_head.pt", "meshnet.pth", "meshnet_model.pth"})
  void realFilesReadAsTorchReadsThem(String file) {
    Path real = Path.of(System.getProperty("fiducia.shared", "")).resolve("data/checkpoints");
    Assumptions.assumeTrue(Files.isDirectory(real), "shared data absent");
    Checkpoint checkpoint = CheckpointReader.read(real.resolve(file));
    assertThat(checkpoint.format()).isEqualTo(file.startsWith("hippo") ? "pth-legacy" : "pth-zip");
    assertThat(listing(checkpoint.tensors())).containsExactlyElementsOf(expected("real/" + file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nnunet_like.pth", "protocol5.pth", "nnunet_like_legacy.pt"})
  void otherValuesAreThoseThatPythonHad(String file) {
    Checkpoint checkpoint = CheckpointReader.read(resource(file));
    Map<String, Object> metadata = checkpoint.metadata();
    // The values are those written in make_fixtures.py.
    assertThat(metadata).containsEntry("trainer_name", "nnUNetTrainer")
        .containsEntry("current_epoch", 3L).containsEntry("_best_ema", 0.75)
        .containsEntry("grad_scaler_state", PyNone.NONE)
        .containsEntry("logging.mean_fg_dice.0", 0.5).containsEntry("logging.mean_fg_dice.1", 0.25)
        .containsEntry("logging.dice_per_class_or_region.0.1", Double.NaN)
        .containsEntry("logging.dice_per_class_or_region.1", List.of())
        .containsEntry("logging.counts.0", -3L).containsEntry("logging.counts.1", true)
        .containsEntry("logging.counts.2", 255L).containsEntry("logging.counts.3", 0.5)
        .containsEntry("init_args.plans.patch.1", 56L)
        .containsEntry("init_args.plans.spacing.1", 0.5)
        .containsEntry("init_args.device", new PyDevice("cuda", OptionalInt.of(1)))
        .containsEntry("init_args.big", 1L << 40)
        .containsEntry("init_args.bigger", BigInteger.TWO.pow(100))
        .containsEntry("init_args.negative", -70000L)
        .containsEntry("init_args.unicode", "Gr\u00f6\u00dfe")
        .containsEntry("optimizer_state.param_groups.0.momentum", 0.99)
        .containsEntry("inference_allowed_mirroring_axes.2", 2L).containsEntry("set", Set.of(1L))
        .containsEntry("dtype", StoredType.FLOAT16).containsEntry("size.1", 2L)
        .containsEntry("complex", new PyComplex(1, 2));
    assertThat((byte[]) metadata.get("bytes")).containsExactly(0, 0xff);
    assertThat(((NumpyArray) metadata.get("array")).values().toLongs())
        .containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(((NumpyArray) metadata.get("column_major")).values().toFloats())
        .containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(checkpoint.value("inference_allowed_mirroring_axes")).get()
        .isInstanceOf(PyTuple.class);
    OrderedState weights = (OrderedState) checkpoint.value("network_weights").orElseThrow();
    assertThat(weights.attributes()).containsKey("_metadata");
  }

  @Test
  void namesOfOneTensorShareTheirBytes() {
    Map<String, StoredTensor> state = CheckpointReader.read(resource("nnunet_like.pth"))
        .stateDict("network_weights");
    assertThat(state.keySet())
        .containsExactly("0.weight", "0.bias", "1.weight", "1.bias", "alias.weight");
    assertThat(state.get("0.weight").sharesBytesWith(state.get("alias.weight"))).isTrue();
    assertThat(state.get("0.bias").sharesBytesWith(state.get("1.bias"))).isFalse();
  }

  @Test
  void everyRealTypeGivesItsNumbers() {
    // 2.5 and 0.015625 = 2^-6 are exact in every floating type of the fixture.
    Map<String, StoredTensor> tensors = CheckpointReader.read(resource("dtypes.pth")).tensors();
    for (StoredTensor tensor : tensors.values()) {
      if (tensor.dtype().isComplex()) {
        continue;
      }
      float[] got = tensor.toFloats();
      float[] want = switch (tensor.dtype()) {
        case BOOL -> new float[]{0, 1, 1, 1, 1, 1};
        // 100 lies between 96 and 104 (or 112), and a tie goes to the even one.
        case FLOAT8_E5M2, FLOAT8_E4M3FN -> new float[]{0, 1, 2.5f, 96, 0.015625f, 7};
        default -> tensor.dtype().isFloating()
            ? new float[]{0, 1, 2.5f, 100, 0.015625f, 7}
            : new float[]{0, 1, 2, 100, 0, 7};
      };
      assertThat(got).as(tensor.dtype().torchName()).containsExactly(want);
    }
  }

  @Test
  void viewsGiveTheirOwnElements() {
    Map<String, StoredTensor> views = CheckpointReader.read(resource("views.pth")).tensors();
    assertThat(views.get("step").toFloats()).containsExactly(1, 6, 11, 16, 21);
    assertThat(views.get("expanded").toFloats()).containsExactly(2, 2, 2, 2, 2, 2);
    assertThat(views.get("transposed").shape()).containsExactly(4, 2, 3);
    assertThat(Arrays.copyOf(views.get("transposed").toFloats(), 6))
        .containsExactly(0, 4, 8, 12, 16, 20);
    assertThat(views.get("scalar").toFloats()).containsExactly(3.5f);
    assertThat(views.get("empty").toFloats()).isEmpty();
  }
}
