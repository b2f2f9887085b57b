package io.fiducia.learn.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.learn.window.SlidingWindow.Network;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlidingWindowTest {
  private static final int[] PATCH = {4, 6, 8};
  private static final int PATCH_VOXELS = 4 * 6 * 8;

  private static float[] image(int[] shape) {
    SeededRandom random = SeededRandom.of(3, "image");
    float[] data = new float[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat() * 4 - 2;
    }
    return data;
  }

  /** Two outputs, each of one voxel alone: whatever the tiles, the whole must be the same. */
  private static Tensor perVoxel(Tensor patch) {
    return Tensor.cat(List.of(patch.mul(3), patch.mul(patch).neg().add(1)), 1);
  }

  /** The logits [output][voxel] of a whole image. */
  private static float[][] predict(SlidingWindow window, float[] image, int[] shape, int outputs,
      List<Network> networks, SlidingWindow.Run run) {
    int plane = shape[1] * shape[2];
    float[][] logits = new float[outputs][image.length];
    List<Integer> planes = new ArrayList<>();
    window.predict(new SlidingWindow.Image(new float[][]{image}, shape),
        SlidingWindow.Networks.ofLogits(outputs, networks),
        (z, values) -> {
          planes.add(z);
          assertThat(values).hasSize(outputs * plane);
          for (int c = 0; c < outputs; c++) {
            System.arraycopy(values, c * plane, logits[c], z * plane, plane);
          }
        }, run);
    assertThat(planes).isEqualTo(IntStream.range(0, shape[0]).boxed().toList());
    return logits;
  }

  private static SlidingWindow.Run run(SumMemory memory) {
    return new SlidingWindow.Run(memory, done -> {}, new Cancellation());
  }

  private static float[][] predict(SlidingWindow window, float[] image, int[] shape, int outputs,
      Network... networks) {
    return predict(window, image, shape, outputs, List.of(networks),
        run(SumMemory.unlimited(Device.CPU)));
  }

  private static void assertPerVoxel(int[] shape, List<Integer> axes, Accumulation accumulation,
      double tolerance) {
    float[] image = image(shape);
    float[][] logits = predict(new SlidingWindow(PATCH, 0.5, axes, accumulation), image, shape, 2,
        SlidingWindowTest::perVoxel);
    for (int i = 0; i < image.length; i++) {
      assertThat((double) logits[0][i]).isCloseTo(3 * image[i], within(tolerance));
      assertThat((double) logits[1][i]).isCloseTo(1 - image[i] * image[i], within(tolerance));
    }
  }

  @Test
  void tilesDoNotShowInWhatIsTrueOfEachVoxel() {
    assertPerVoxel(new int[]{9, 14, 11}, List.of(), Accumulation.SINGLE, 1e-5);
    assertPerVoxel(new int[]{9, 14, 11}, List.of(0, 2), Accumulation.SINGLE, 1e-5);
    // In the outer corners, where weights are smallest, half precision leaves whole numbers.
    assertPerVoxel(new int[]{9, 14, 11}, List.of(), Accumulation.HALF, 0.6);
  }

  @Test
  void anImageSmallerThanThePatchIsPadded() {
    assertPerVoxel(new int[]{3, 14, 5}, List.of(1), Accumulation.SINGLE, 1e-5);
  }

  /** The definition, summed voxel by voxel: weighted mean over all tiles that hold the voxel. */
  @Test
  void eachVoxelIsTheWeightedMeanOfItsTiles() {
    int[] shape = {7, 6, 13};
    float[] weights = Tiles.gaussian(PATCH);
    List<int[]> tiles = Tiles.grid(shape, PATCH, 0.5);
    assertThat(tiles.size()).isGreaterThan(4);
    // The n-th tile answers with n and its own voxel's number.
    List<float[]> answers = new ArrayList<>();
    Network network = patch -> {
      float[] out = new float[PATCH_VOXELS];
      for (int i = 0; i < out.length; i++) {
        out[i] = answers.size() * 100 + i;
      }
      answers.add(out);
      return Tensor.of(out, Device.CPU, 1, 1, 4, 6, 8);
    };
    float[][] logits = predict(new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE),
        image(shape), shape, 1, network);
    for (int z = 0; z < shape[0]; z++) {
      for (int y = 0; y < shape[1]; y++) {
        for (int x = 0; x < shape[2]; x++) {
          double sum = 0;
          double weight = 0;
          for (int t = 0; t < tiles.size(); t++) {
            int pz = z - tiles.get(t)[0];
            int py = y - tiles.get(t)[1];
            int px = x - tiles.get(t)[2];
            if (pz >= 0 && pz < 4 && py >= 0 && py < 6 && px >= 0 && px < 8) {
              int i = (pz * 6 + py) * 8 + px;
              sum += (double) weights[i] * answers.get(t)[i];
              weight += weights[i];
            }
          }
          assertThat((double) logits[0][(z * shape[1] + y) * shape[2] + x])
              .isCloseTo(sum / weight, within(1e-3));
        }
      }
    }
  }

  @Test
  void networksAreAveraged() {
    int[] shape = {9, 6, 11};
    float[] image = image(shape);
    for (Accumulation accumulation : Accumulation.values()) {
      float[][] logits = predict(new SlidingWindow(PATCH, 0.5, List.of(), accumulation), image,
          shape, 1, patch -> patch.mul(2), patch -> patch.mul(4), patch -> patch.add(6));
      for (int i = 0; i < image.length; i++) {
        assertThat((double) logits[0][i]).isCloseTo((7 * image[i] + 6) / 3,
            within(accumulation == Accumulation.HALF ? 0.9 : 1e-5));
      }
    }
  }

  /** A 2D network is given planes, and counts its axes from y. */
  @Test
  void aFlatPatchVisitsEveryPlane() {
    int[] shape = {3, 14, 5};
    float[] image = image(shape);
    List<long[]> shapes = new ArrayList<>();
    float[][] logits = predict(
        new SlidingWindow(new int[]{1, 6, 8}, 0.5, List.of(0, 1), Accumulation.SINGLE), image,
        shape, 2, patch -> {
          shapes.add(patch.shape());
          return perVoxel(patch);
        });
    assertThat(shapes).allSatisfy(s -> assertThat(s).containsExactly(1, 1, 6, 8));
    for (int i = 0; i < image.length; i++) {
      assertThat((double) logits[0][i]).isCloseTo(3 * image[i], within(1e-5));
    }
  }

  @Test
  void sumsInAFileAreTheSameToTheLastBit(@TempDir Path folder) throws IOException {
    int[] shape = {13, 14, 11};
    float[] image = image(shape);
    SlidingWindow window = new SlidingWindow(PATCH, 0.5, List.of(2), Accumulation.SINGLE);
    List<String> warnings = new ArrayList<>();
    float[][] inFile = predict(window, image, shape, 2, List.of(SlidingWindowTest::perVoxel),
        run(new SumMemory(Device.CPU, 100, new ScratchFolder(folder), warnings::add)));
    assertThat(inFile)
        .isDeepEqualTo(predict(window, image, shape, 2, SlidingWindowTest::perVoxel));
    assertThat(warnings).singleElement().asString().contains("kept in a file");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** One patch covers the image: a stop that is asked for in its last patch leaves only planes. */
  @Test
  void stopsBetweenPlanes() {
    Cancellation cancellation = new Cancellation();
    int[] shape = {4, 6, 8};
    List<Integer> planes = new ArrayList<>();
    assertThatThrownBy(() -> new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE).predict(
        new SlidingWindow.Image(new float[][]{image(shape)}, shape),
        SlidingWindow.Networks.ofLogits(2, List.of(SlidingWindowTest::perVoxel)), (z, plane) -> {
          planes.add(z);
          cancellation.cancel();
        },
        new SlidingWindow.Run(SumMemory.unlimited(Device.CPU), done -> {}, cancellation)))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(planes).containsExactly(0);
  }

  @Test
  void outputThatIsNoNumberIsAnError() {
    int[] shape = {4, 6, 8};
    assertThatThrownBy(() -> predict(
        new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE), image(shape), shape, 1,
        patch -> patch.mul(Double.NaN)))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).contains("not a number");
        });
    assertThatThrownBy(() -> predict(
        new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.HALF), image(shape), shape, 1,
        patch -> patch.mul(1e5)))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.what()).contains("half precision"));
  }

  @Test
  void stopsBetweenTiles() {
    Cancellation cancellation = new Cancellation();
    int[] shape = {8, 8, 8};
    assertThatThrownBy(() -> predict(
        new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE), image(shape), shape, 2,
        List.of(SlidingWindowTest::perVoxel),
        new SlidingWindow.Run(SumMemory.unlimited(Device.CPU), done -> cancellation.cancel(),
            cancellation)))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }
}
