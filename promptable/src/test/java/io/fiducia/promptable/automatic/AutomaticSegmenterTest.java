package io.fiducia.promptable.automatic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Case;
import io.fiducia.core.Segmentation;
import io.fiducia.core.StructureScore;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.everything.EverythingReference;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.torch.Device;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Structures without prompts, against the softmax over mask tokens that Meta's decoder gave for the same weights
 * ({@link EverythingReference} says how it was made).
 */
class AutomaticSegmenterTest {
  private static final List<String> NAMES = List.of("A", "B", "C", "D", "E", "F");
  private static final int WIDTH = 80;
  private static final int HEIGHT = 60;
  private static final AutomaticSegmenter.Settings AS_THEY_ARE = new AutomaticSegmenter.Settings(
      Optional.of(new GreyWindow(0, 255)), 0);

  private static SamWeights weights(Map<String, String> about) {
    try (SamNetwork net = SamNetwork.empty(EverythingReference.shape(NAMES.size() + 1),
        Device.CPU)) {
      return new SamWeights("formula", SamFamily.VIT, net.shape(),
          EverythingReference.weights(net, false), about);
    }
  }

  private static SamWeights automatic() {
    return weights(Map.of(AutomaticWeights.STRUCTURES, AutomaticWeights.text(NAMES),
        AutomaticWeights.MODALITY, "MR"));
  }

  /** The three pictures of the reference, with a slice of one value between the first two. */
  private static FloatVolume image(double spacingX) {
    float[] data = new float[4 * WIDTH * HEIGHT];
    for (int k = 0; k < 3; k++) {
      System.arraycopy(EverythingReference.picture(WIDTH, HEIGHT, 0.7 * k).grey(), 0, data,
          (k == 0 ? 0 : k + 1) * WIDTH * HEIGHT, WIDTH * HEIGHT);
    }
    Arrays.fill(data, WIDTH * HEIGHT, 2 * WIDTH * HEIGHT, 90);
    return new FloatVolume(new Geometry(new Size(WIDTH, HEIGHT, 4), new Vec3(spacingX, 1, 3),
        new Vec3(0, 0, 0), Mat3.IDENTITY), data);
  }

  private static Segmentation segment(AutomaticSegmenter.Settings settings, FloatVolume image) {
    try (AutomaticSegmenter segmenter = new AutomaticSegmenter(automatic(), settings, Device.CPU)) {
      assertThat(segmenter.structures().names()).isEqualTo(NAMES);
      return segmenter.segment(new Case("one", List.of(image)), Progress.none(),
          new Cancellation());
    }
  }

  @Test
  void findsWhatTheOriginalsDecoderFinds() {
    Segmentation found = segment(AS_THEY_ARE, image(1));
    short[] labels = found.labelMap().orElseThrow().data();
    JsonNode slices = EverythingReference.read().path("automatic").path("slices");
    long[] all = new long[NAMES.size() + 1];
    double[] sums = new double[NAMES.size() + 1];
    for (int k = 0; k < 3; k++) {
      int[] counts = new int[NAMES.size() + 1];
      int from = (k == 0 ? 0 : k + 1) * WIDTH * HEIGHT;
      for (int i = 0; i < WIDTH * HEIGHT; i++) {
        counts[labels[from + i]]++;
      }
      for (int t = 0; t < counts.length; t++) {
        assertThat(counts[t]).isCloseTo(slices.path(k).path("counts").path(t).asInt(), within(1));
        all[t] += counts[t];
        sums[t] += slices.path(k).path("sums").path(t).asDouble();
      }
    }
    for (int t = 1; t <= NAMES.size(); t++) {
      StructureScore score = found.score(NAMES.get(t - 1)).orElseThrow();
      if (all[t] == 0) {
        assertThat(score.uncertainty()).isEmpty();
      } else {
        assertThat(score.uncertainty().orElseThrow()).isCloseTo(1 - sums[t] / all[t],
            within(1e-3));
      }
      float[] p = score.probability().orElseThrow().read().data();
      for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 24; i++) {
          int at = (i * 7919 + 13) % (WIDTH * HEIGHT);
          assertThat((double) p[(k == 0 ? 0 : k + 1) * WIDTH * HEIGHT + at]).isCloseTo(
              slices.path(k).path("samples").path(t).path(i).asDouble(), within(1e-4));
        }
      }
    }
    for (int i = WIDTH * HEIGHT; i < 2 * WIDTH * HEIGHT; i++) {
      assertThat(labels[i]).isZero();
    }
  }

  /** Where columns are wider than rows, the network sees square pixels; the labels lie on the image's voxels. */
  @Test
  void voxelsNeedNotBeSquares() {
    Segmentation found = segment(AS_THEY_ARE, image(1.5));
    LabelVolume labels = found.labelMap().orElseThrow();
    assertThat(labels.geometry().size()).isEqualTo(new Size(WIDTH, HEIGHT, 4));
    List<float[]> p = new ArrayList<>();
    NAMES.forEach(
        n -> p.add(found.score(n).orElseThrow().probability().orElseThrow().read().data()));
    for (int i = 0; i < labels.data().length; i++) {
      double foreground = 0;
      int best = 0;
      for (int t = 0; t < p.size(); t++) {
        foreground += p.get(t)[i];
        best = p.get(t)[i] > p.get(best)[i] ? t : best;
      }
      assertThat((int) labels.data()[i])
          .isEqualTo(1 - foreground >= p.get(best)[i] ? 0 : best + 1);
    }
  }

  @Test
  void removesSmallParts() {
    Segmentation all = segment(AS_THEY_ARE, image(1));
    Segmentation largest = segment(
        new AutomaticSegmenter.Settings(AS_THEY_ARE.window(), 1), image(1));
    int changed = 0;
    for (int i = 0; i < all.labelMap().orElseThrow().data().length; i++) {
      int before = all.labelMap().orElseThrow().data()[i];
      int after = largest.labelMap().orElseThrow().data()[i];
      assertThat(after).isIn(0, before);
      changed += before == after ? 0 : 1;
    }
    assertThat(changed).isPositive();
    assertThat(largest.score("B")).isPresent();
    assertThat(largest.provenance().details()).containsEntry("window", "0.00000 to 255.000");
  }

  /** The weights say MR: percentiles of the voxels that are not zero, as in the training. */
  @Test
  void usesTheWindowOfTheTraining() {
    GreyWindow window = GreyWindow.ofPercentiles(image(1));
    Segmentation usual = segment(AutomaticSegmenter.Settings.usual(), image(1));
    Segmentation same = segment(new AutomaticSegmenter.Settings(Optional.of(window), 0.1),
        image(1));
    assertThat(usual.labelMap().orElseThrow().data())
        .isEqualTo(same.labelMap().orElseThrow().data());
    assertThat(usual.provenance()).isEqualTo(same.provenance());
  }

  @Test
  void saysWhenItGuessesTheKindOfImage() {
    SamWeights silent = weights(
        Map.of(AutomaticWeights.STRUCTURES, AutomaticWeights.text(NAMES)));
    FloatVolume ct = image(1);
    ct.data()[0] = -1000;
    List<ProgressEvent> events = new ArrayList<>();
    try (AutomaticSegmenter segmenter = new AutomaticSegmenter(silent,
        AutomaticSegmenter.Settings.usual(), Device.CPU)) {
      Segmentation found = segmenter.segment(new Case("one", List.of(ct)), events::add,
          new Cancellation());
      assertThat(found.provenance().details()).containsEntry("window", "-160.000 to 240.000");
    }
    assertThat(events).anyMatch(e -> e instanceof ProgressEvent.Note note
        && note.toString().contains("taken for CT"));
  }

  @Test
  void refusesWhatItCannotSegment() {
    assertThatThrownBy(() -> new AutomaticSegmenter(weights(Map.of()), AS_THEY_ARE, Device.CPU))
        .hasMessageContaining("nothing without prompts");
    assertThatThrownBy(() -> SamSliceModel.load(automatic(), Device.CPU))
        .hasMessageContaining("take no prompts").hasMessageContaining("A, B, C");
    FloatVolume flat = image(1);
    Arrays.fill(flat.data(), 3);
    assertThatThrownBy(() -> segment(AS_THEY_ARE, flat)).hasMessageContaining("shows nothing");
    FloatVolume broken = image(1);
    broken.data()[77] = Float.NaN;
    assertThatThrownBy(() -> segment(AS_THEY_ARE, broken)).hasMessageContaining("NaN");
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();
    try (AutomaticSegmenter segmenter = new AutomaticSegmenter(automatic(), AS_THEY_ARE,
        Device.CPU)) {
      assertThatThrownBy(() -> segmenter.segment(new Case("one", List.of(image(1))),
          Progress.none(), cancelled)).hasMessageContaining("cancel");
    }
  }
}
