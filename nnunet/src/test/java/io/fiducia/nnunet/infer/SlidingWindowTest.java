package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.nnunet.infer.SlidingWindow.Accumulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
  private static float[] perVoxel(float[] patch) {
    float[] out = new float[2 * patch.length];
    for (int i = 0; i < patch.length; i++) {
      out[i] = 3 * patch[i];
      out[patch.length + i] = 1 - patch[i] * patch[i];
    }
    return out;
  }

  private static void assertPerVoxel(int[] shape, List<Integer> axes, Accumulation accumulation,
      double tolerance) {
    float[] image = image(shape);
    float[][] logits = new SlidingWindow(PATCH, 0.5, axes, accumulation).predict(
        new float[][]{image}, shape, 2, SlidingWindowTest::perVoxel, done -> {},
        new Cancellation());
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
    SlidingWindow.Network network = patch -> {
      float[] out = new float[PATCH_VOXELS];
      for (int i = 0; i < out.length; i++) {
        out[i] = answers.size() * 100 + i;
      }
      answers.add(out);
      return out;
    };
    float[][] logits = new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE).predict(
        new float[][]{image(shape)}, shape, 1, network, done -> {}, new Cancellation());
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
  void stopsBetweenTiles() {
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() -> new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE).predict(
        new float[][]{image(new int[]{8, 8, 8})}, new int[]{8, 8, 8}, 2,
        SlidingWindowTest::perVoxel, done -> cancellation.cancel(), cancellation))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }
}
