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
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Air in the first half of z; the rest is body. */
  private static float[] halfEmpty(int[] shape) {
    float[] image = image(shape);
    Arrays.fill(image, 0, image.length / 2, -5);
    return image;
  }

  private static float[][] spared(SlidingWindow window, float[] image, int[] shape, Network network,
      List<Long> done) {
    float[][] logits = new float[2][image.length];
    int plane = shape[1] * shape[2];
    window.predict(new SlidingWindow.Image(new float[][]{image}, shape, OptionalDouble.of(-2.5)),
        new SlidingWindow.Networks(List.of(network), 2, new float[]{7, -7}),
        (z, values) -> {
          for (int c = 0; c < 2; c++) {
            System.arraycopy(values, c * plane, logits[c], z * plane, plane);
          }
        }, new SlidingWindow.Run(SumMemory.unlimited(Device.CPU), done::add, new Cancellation()));
    return logits;
  }

  /**
   * By the definition: a patch counts as empty if all its voxels in the image lie below the value. Where
   * no computed patch is, the logits are those given; where no empty patch is, every bit is as before;
   * elsewhere the average is over the patches that were computed.
   */
  @ParameterizedTest
  @EnumSource(Accumulation.class)
  void emptyPatchesChangeOnlyTheirOwnVoxels(Accumulation accumulation) {
    int[] shape = {19, 9, 8};
    float[] image = halfEmpty(shape);
    SlidingWindow window = new SlidingWindow(PATCH, 0.5, List.of(), accumulation);
    // Not a function of each voxel alone: averages over other patches are other averages.
    Network network = patch -> Tensor.cat(List.of(patch.mul(3), patch.add(patch.mean())), 1);
    float[][] all = predict(window, image, shape, 2, network);
    List<Long> done = new ArrayList<>();
    float[][] some = spared(window, image, shape, network, done);

    boolean[] inEmpty = new boolean[image.length];
    boolean[] inComputed = new boolean[image.length];
    long computed = 0;
    List<int[]> tiles = Tiles.grid(shape, PATCH, 0.5);
    for (int[] tile : tiles) {
      boolean[] covered = new boolean[image.length];
      boolean empty = true;
      for (int z = tile[0]; z < tile[0] + 4; z++) {
        for (int y = tile[1]; y < tile[1] + 6; y++) {
          for (int x = tile[2]; x < tile[2] + 8; x++) {
            int i = (z * shape[1] + y) * shape[2] + x;
            covered[i] = true;
            empty &= image[i] < -2.5;
          }
        }
      }
      computed += empty ? 0 : 1;
      for (int i = 0; i < image.length; i++) {
        (empty ? inEmpty : inComputed)[i] |= covered[i];
      }
    }
    assertThat(computed).isBetween(4L, tiles.size() - 4L);
    assertThat(window.tileCount(new SlidingWindow.Image(new float[][]{image}, shape,
        OptionalDouble.of(-2.5)))).isEqualTo(computed);
    assertThat(done)
        .isEqualTo(LongStream.rangeClosed(1, computed).boxed().toList());
    int averagedAnew = 0;
    for (int i = 0; i < image.length; i++) {
      if (!inComputed[i]) {
        assertThat(new float[]{some[0][i], some[1][i]}).containsExactly(7, -7);
      } else if (!inEmpty[i]) {
        assertThat(some[0][i]).isEqualTo(all[0][i]);
        assertThat(some[1][i]).isEqualTo(all[1][i]);
      } else {
        averagedAnew++;
        assertThat((double) some[0][i]).isCloseTo(3 * image[i],
            within(accumulation == Accumulation.HALF ? 0.6 : 1e-5));
      }
    }
    assertThat(averagedAnew).isPositive();
  }

  /** An image smaller than the patch: the padding around it is neither body nor air. */
  @Test
  void paddingDoesNotMakeAPatchWorthComputing() {
    int[] shape = {3, 5, 8};
    float[] image = new float[3 * 5 * 8];
    Arrays.fill(image, -5);
    SlidingWindow window = new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.SINGLE);
    List<Long> done = new ArrayList<>();
    float[][] logits = spared(window, image, shape, patch -> {
      throw new IllegalStateException("computed");
    }, done);
    assertThat(done).isEmpty();
    assertThat(logits[0]).containsOnly(7);
    image[image.length - 1] = -2.5f;
    assertThatThrownBy(() -> spared(window, image, shape, patch -> {
      throw new IllegalStateException("computed");
    }, done)).hasMessage("computed");
  }

  /** Two constant values, in two channels: each is computed once in a row, to the last bit. */
  @Test
  void aConstantPatchIsComputedOnce() {
    int[] shape = {40, 6, 8};
    float[][] data = new float[2][40 * 6 * 8];
    Arrays.fill(data[0], 0, 20 * 48, -1);
    data[1][24 * 48] = 3;
    List<Float> seen = new ArrayList<>();
    Network network = patch -> {
      seen.add(patch.toFloats()[0]);
      return patch.narrow(1, 0, 1).mul(0.3).add(patch.narrow(1, 1, 1)).add(0.1);
    };
    Network counted = patch -> network.apply(patch).add(patch.sum().mul(0));
    SlidingWindow window = new SlidingWindow(PATCH, 1, List.of(1), Accumulation.SINGLE);
    float[] found = new float[40 * 48];
    window.predict(new SlidingWindow.Image(data, shape),
        SlidingWindow.Networks.ofLogits(1, List.of(counted)),
        (z, plane) -> System.arraycopy(plane, 0, found, z * 48, 48),
        run(SumMemory.unlimited(Device.CPU)));
    // Ten patches, each mirrored once: five of -1, one of 0, one with another voxel, three of 0.
    assertThat(seen).containsExactly(-1f, -1f, 0f, 0f, 0f, 0f);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(0.3 * data[0][i] + data[1][i] + 0.1, within(1e-6));
    }
    float[] first = Arrays.copyOfRange(found, 0, 4 * 48);
    assertThat(Arrays.copyOfRange(found, 16 * 48, 20 * 48)).isEqualTo(first);
  }

  /** A network that gives features, and the layer that makes logits of them. */
  private record TwoSteps(Network features, UnaryOperator<Tensor> last) implements Network {
    @Override
    public Tensor apply(Tensor patch) {
      return features.apply(patch);
    }

    @Override
    public Tensor logits(Tensor planes) {
      return last.apply(planes);
    }

    /** Both steps for each patch. */
    Tensor together(Tensor patch) {
      return last.apply(features.apply(patch).squeeze(0)).unsqueeze(0);
    }
  }

  private static float[][] predictByFeatures(SlidingWindow window, float[] image, int[] shape,
      int outputs, List<TwoSteps> networks) {
    float[][] found = new float[outputs][image.length];
    int plane = shape[1] * shape[2];
    window.predict(new SlidingWindow.Image(new float[][]{image}, shape),
        new SlidingWindow.Networks(List.copyOf(networks), 2, new float[outputs]), (z, values) -> {
          for (int c = 0; c < outputs; c++) {
            System.arraycopy(values, c * plane, found[c], z * plane, plane);
          }
        }, run(SumMemory.unlimited(Device.CPU)));
    return found;
  }

  private static TwoSteps twoSteps(double factor) {
    return new TwoSteps(
        patch -> Tensor.cat(List.of(patch.mul(patch), patch.add(patch.mean())), 1),
        x -> Tensor.cat(
            List.of(x.narrow(0, 0, 1).mul(factor).add(1), x.narrow(0, 1, 1).mul(-3),
                x.narrow(0, 0, 1).add(x.narrow(0, 1, 1)).add(-4)),
            0));
  }

  /** A last layer that is affine gives the same applied to averages as to patches. */
  @Test
  void aLastLayerMayBeAppliedToAverages() {
    int[] shape = {9, 14, 11};
    float[] image = image(shape);
    SlidingWindow window = new SlidingWindow(PATCH, 0.5, List.of(0, 2), Accumulation.SINGLE);
    TwoSteps network = twoSteps(2);
    float[][] expected = predict(window, image, shape, 3, network::together);
    float[][] found = predictByFeatures(window, image, shape, 3, List.of(network));
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < image.length; i++) {
        assertThat((double) found[c][i]).isCloseTo(expected[c][i], within(1e-5));
      }
    }
  }

  /**
   * In half precision the last layer is applied to some planes of a patch at a time: the same bits as by
   * whole patches. The second patch is so large that its planes are added two by two, and its last ones
   * go to the first places of the sums.
   */
  @Test
  void logitsOfSomePlanesAtATimeAreTheSameToTheLastBit() {
    int[] shape = {9, 14, 11};
    float[] image = image(shape);
    SlidingWindow window = new SlidingWindow(PATCH, 0.5, List.of(), Accumulation.HALF);
    List<TwoSteps> networks = List.of(twoSteps(2), twoSteps(0.7));
    assertThat(predictByFeatures(window, image, shape, 3, networks)).isDeepEqualTo(
        predict(window, image, shape, 3, networks.get(0)::together, networks.get(1)::together));

    int[] wide = {8, 1100, 1100};
    float[] large = image(wide);
    SlidingWindow slabs = new SlidingWindow(new int[]{5, 1100, 1100}, 0.5, List.of(),
        Accumulation.HALF);
    List<Long> planes = new ArrayList<>();
    TwoSteps counted = new TwoSteps(twoSteps(2).features(), x -> {
      planes.add(x.size(1));
      return twoSteps(2).last().apply(x);
    });
    float[][] expected = predict(slabs, large, wide, 3, counted::together);
    assertThat(planes).containsOnly(5L);
    planes.clear();
    float[][] found = predictByFeatures(slabs, large, wide, 3, List.of(counted));
    assertThat(planes.subList(0, 3)).containsExactly(2L, 2L, 1L);
    for (int c = 0; c < 3; c++) {
      assertThat(Arrays.equals(found[c], expected[c])).isTrue();
    }
  }
}
