package io.fiducia.promptable.everything;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** All masks of a picture, against what Meta's generator gave ({@link EverythingReference} says how it was made). */
class MaskGeneratorTest {
  private static SamSliceModel model;

  @BeforeAll
  static void load() {
    model = EverythingReference.model();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Stream<String> cases() {
    return StreamSupport.stream(EverythingReference.read().path("cases").spliterator(), false)
        .map(c -> c.path("name").asString());
  }

  private static EverythingSettings settings(JsonNode s) {
    return new EverythingSettings(s.path("points_per_side").asInt(),
        s.path("points_per_batch").asInt(64),
        new EverythingSettings.Filters(s.path("pred_iou_thresh").asDouble(),
            s.path("stability_score_thresh").asDouble(),
            s.path("stability_score_offset").asDouble(1), s.path("box_nms_thresh").asDouble(0.7)),
        new EverythingSettings.Crops(s.path("crop_n_layers").asInt(0),
            s.path("crop_overlap_ratio").asDouble(512 / 1500.0),
            s.path("crop_n_points_downscale_factor").asInt(1),
            s.path("crop_nms_thresh").asDouble(0.7)),
        s.path("min_mask_region_area").asInt(0));
  }

  private static EverythingFound find(SlicePicture picture, EverythingSettings settings) {
    return new MaskGenerator(model, settings).find(picture, Progress.none(), new Cancellation());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void findsTheMasksOfTheOriginal(String name) {
    JsonNode expected = StreamSupport
        .stream(EverythingReference.read().path("cases").spliterator(), false)
        .filter(c -> c.path("name").asString().equals(name)).findFirst().orElseThrow();
    EverythingFound found = find(EverythingReference.picture(expected.path("width").asInt(),
        expected.path("height").asInt(), 0), settings(expected.path("settings")));
    assertThat(found.masks()).hasSize(expected.path("masks").size());
    for (int i = 0; i < found.masks().size(); i++) {
      EverythingMask mask = found.masks().get(i);
      JsonNode one = expected.path("masks").path(i);
      assertThat(mask.box()).as(name + " " + i).isEqualTo(new PixelBox(one.path("box").path(0)
          .asInt(), one.path("box").path(1).asInt(), one.path("box").path(2).asInt(),
          one.path("box").path(3).asInt()));
      assertThat(mask.predictedIou()).isCloseTo(one.path("iou").asDouble(), within(1e-4));
      assertThat(mask.stability()).isCloseTo(one.path("stability").asDouble(), within(1e-3));
      assertThat(mask.pointX()).isCloseTo(one.path("point").path(0).asDouble(), within(1e-3));
      assertThat(mask.pointY()).isCloseTo(one.path("point").path(1).asDouble(), within(1e-3));
      assertThat(List.of(mask.crop().x0(), mask.crop().y0(), mask.crop().x1(), mask.crop().y1()))
          .isEqualTo(StreamSupport.stream(one.path("crop").spliterator(), false)
              .map(JsonNode::asInt).toList());
      assertThat(mask.area()).isEqualTo(mask.pixels().cardinality());
      BitSet difference = pixels(one.path("runs"));
      assertThat(difference.cardinality()).isEqualTo(one.path("area").asInt());
      difference.xor(mask.pixels());
      // Logits next to 0 may round to the other side on another processor.
      assertThat(difference.cardinality()).isLessThanOrEqualTo(1);
    }
  }

  private static BitSet pixels(JsonNode runs) {
    BitSet out = new BitSet();
    int at = 0;
    for (int i = 0; i < runs.size(); i++) {
      int next = at + runs.path(i).asInt();
      out.set(at, next, i % 2 == 1);
      at = next;
    }
    return out;
  }

  /** Every mask that the model answered is kept, or counted once among the dropped ones. */
  @Test
  void countsEveryMask() {
    EverythingSettings crops = new EverythingSettings(5, 64,
        new EverythingSettings.Filters(0.01, 0.9, 1, 0.7), EverythingSettings.Crops.layers(1), 60);
    EverythingFound found = find(EverythingReference.picture(200, 150, 0), crops);
    EverythingFound.Counts c = found.counts();
    assertThat(c.candidates()).isEqualTo(5 * 25 * 3);
    assertThat(Stream.of(c.belowIou(), c.empty(), c.belowStability(), c.cutByCrop(),
        c.duplicates())).allMatch(n -> n > 0);
    assertThat(c.belowIou() + c.empty() + c.belowStability() + c.cutByCrop() + c.duplicates()
        + found.masks().size()).isEqualTo(c.candidates());
    assertThat(c.bestIou()).isGreaterThan(0.1);
    assertThat(found.reasonForNone(crops.filters())).isEmpty();
  }

  /** A model that answers each prompt with the same masks. */
  private record Same(float[] probabilities, double iou) implements SliceModel {
    @Override
    public ModelIdentity identity() {
      return new ModelIdentity("same", "0".repeat(64));
    }

    @Override
    public SliceEmbedding embed(SlicePicture picture) {
      return new SliceEmbedding(identity(), picture.width(), picture.height(), 1, 1, new float[1]);
    }

    @Override
    public List<SliceAnswer> answer(SliceEmbedding embedding, SlicePrompts prompts) {
      return List.of(new SliceAnswer(1, probabilities, iou, new float[1]),
          new SliceAnswer(2, probabilities, iou - 0.2, new float[1]));
    }

    @Override
    public float[] maskPrompt(int width, int height, float[] mask) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static EverythingFound same(double probability, double iou) {
    float[] p = new float[30];
    p[7] = (float) probability;
    p[8] = probability < 0.5 ? (float) probability : 0.99f;
    return new MaskGenerator(new Same(p, iou), EverythingSettings.usual())
        .find(EverythingReference.picture(6, 5, 0), Progress.none(), new Cancellation());
  }

  /** One of two pixels has a logit of 0.85, below 1: the masks of the two thresholds share one of two pixels. */
  @Test
  void saysWhyThereIsNoMask() {
    EverythingSettings.Filters filters = EverythingSettings.Filters.usual();
    EverythingFound unsure = same(0.99, 0.75);
    assertThat(unsure.masks()).isEmpty();
    assertThat(unsure.causeOfNone()).contains(EverythingFound.Cause.PREDICTED_IOU);
    assertThat(unsure.reasonForNone(filters).orElseThrow()).contains("2048 masks", "0.750",
        "above 0.880");
    EverythingFound unstable = same(0.7, 0.9);
    assertThat(unstable.causeOfNone()).contains(EverythingFound.Cause.STABILITY);
    assertThat(unstable.reasonForNone(filters).orElseThrow()).contains("0.500",
        "at least 0.950", "0.900");
    EverythingFound empty = same(0.4, 0.9);
    assertThat(empty.causeOfNone()).contains(EverythingFound.Cause.EMPTY);
    assertThat(empty.reasonForNone(filters).orElseThrow()).contains("1024 of 2048", "empty");
    EverythingFound one = same(0.99, 0.9);
    assertThat(one.masks()).hasSize(1);
    assertThat(one.causeOfNone()).isEmpty();
    assertThat(one.masks().getFirst().box()).isEqualTo(new PixelBox(1, 1, 2, 1));
    assertThat(one.masks().getFirst().stability()).isEqualTo(1);
  }

  @Test
  void stopsOnRequest() {
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();
    assertThatThrownBy(() -> new MaskGenerator(new Same(new float[30], 1),
        EverythingSettings.usual()).find(EverythingReference.picture(6, 5, 0), Progress.none(),
            cancelled))
        .hasMessageContaining("cancel");
  }

  @Test
  void refusesAPictureThatShowsNothing() {
    float[] grey = new float[20 * 20];
    Arrays.fill(grey, 7);
    assertThatThrownBy(() -> find(new SlicePicture(20, 20, grey), EverythingSettings.usual()))
        .hasMessageContaining("nothing to see");
  }

  /** More points than pixels, and crops that would lie beyond the picture. */
  @Test
  void searchesAPictureThatIsSmallerThanTheGrid() {
    EverythingFound found = find(EverythingReference.picture(9, 5, 0), new EverythingSettings(16,
        256, new EverythingSettings.Filters(0, 0, 1, 1), new EverythingSettings.Crops(2, 0.1, 4,
            1),
        0));
    assertThat(found.counts().candidates()).isGreaterThan(3 * 256);
    assertThat(found.masks()).allMatch(m -> m.area() > 0 && m.pixels().length() <= 45);
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    EverythingSettings.Filters filters = EverythingSettings.Filters.usual();
    assertThatThrownBy(() -> new EverythingSettings(4, 1, filters,
        new EverythingSettings.Crops(2, 0.3, 4, 0.7), 0)).hasMessageContaining("are none");
    assertThatThrownBy(() -> new EverythingSettings(0, 1, filters,
        EverythingSettings.Crops.layers(0), 0)).hasMessageContaining("0 points");
    assertThatThrownBy(() -> EverythingSettings.Crops.layers(9)).hasMessageContaining("9 layers");
    assertThatThrownBy(() -> new EverythingSettings.Filters(0.8, 1.2, 1, 0.7))
        .hasMessageContaining("stability 1.2");
  }
}
