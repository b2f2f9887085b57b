package io.fiducia.promptable.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Contours of a system that is off by two voxels, drawn again by a model that sees the body. */
class BoxedSegmenterTest {
  private static final Geometry GRID = Bodies.grid();
  private static final StructureSet BALL = StructureSet.of(Structure.of("Ball", 3));

  private final GrowingModel model = new GrowingModel('a');
  private final List<String> warnings = new ArrayList<>();
  private boolean closed;

  private static LabelVolume labels(Geometry grid, java.util.function.IntUnaryOperator rule) {
    short[] data = new short[grid.size().voxels()];
    for (int n = 0; n < data.length; n++) {
      data[n] = (short) rule.applyAsInt(n);
    }
    return new LabelVolume(grid, data);
  }

  /** Labels by place. */
  private interface Rule {
    int label(int i, int j, int k);
  }

  private static LabelVolume labels(Rule rule) {
    return labels(GRID, n -> rule.label(n % 40, n / 40 % 36, n / 40 / 36));
  }

  private Segmenter system(StructureSet structures, LabelVolume labels) {
    return new Segmenter() {
      @Override
      public StructureSet structures() {
        return structures;
      }

      @Override
      public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
        return Segmentation.of(images.id(), structures, labels,
            new Provenance("other", Map.of("weights", "w")));
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  private Segmentation refine(StructureSet structures, LabelVolume labels, Bodies.Body body) {
    try (BoxedSegmenter boxed = new BoxedSegmenter(system(structures, labels), model,
        Optional.empty(), BoxedSegmenter.Settings.usual(), (name, image) -> Bodies.WINDOW)) {
      assertThat(boxed.structures()).isEqualTo(structures);
      return boxed.segment(new Case("case", List.of(Bodies.image(GRID, body))), e -> {
        if (e instanceof ProgressEvent.Warning w) {
          warnings.add(w.text());
        }
      }, new Cancellation());
    }
  }

  @Test
  void contoursMoveToTheBody() {
    Segmentation found = refine(BALL, labels((i, j, k) -> Bodies.ball(i + 1, j, k) ? 3 : 0),
        Bodies::ball);
    boolean[] ball = Bodies.mask(GRID, Bodies::ball);
    assertThat(Bodies.differences(found.mask("Ball"), ball)).isZero();
    double before = Bodies.dice(Bodies.mask(GRID, (i, j, k) -> Bodies.ball(i + 1, j, k)), ball);
    assertThat(found.score("Ball").orElseThrow().uncertainty().orElseThrow())
        .isCloseTo(1 - before, within(1e-9));
    assertThat(found.labelMap()).isPresent();
    assertThat(found.provenance().details()).containsEntry("boxes of", "other")
        .containsEntry("other: weights", "w").containsKey("uncertainty");
    assertThat(warnings).isEmpty();
    assertThat(closed).isTrue();
    // Nine slices, each encoded once and asked once, with the box one pixel wider.
    assertThat(model.embedded()).isEqualTo(9);
    assertThat(model.asked()).hasSize(9).allMatch(p -> p.boxes().size() == 1);
    assertThat(model.asked().get(4).boxes().getFirst().x0()).isEqualTo(9);
  }

  /** The first system also sees something where the image is grey. */
  @Test
  void whatTheModelDoesNotFindStaysAndIsNamed() {
    Rule both = (i, j, k) -> Bodies.ball(i, j, k) ? 3 : k == 4 && i < 6 && j < 6 ? 3 : 0;
    Segmentation found = refine(BALL, labels(both), Bodies::ball);
    assertThat(Bodies.differences(found.mask("Ball"),
        Bodies.mask(GRID, (i, j, k) -> both.label(i, j, k) > 0))).isZero();
    assertThat(warnings).singleElement().asString().contains("Ball", "in 1 of 10 contours");
  }

  /** Each connected part has a box of its own. */
  @Test
  void partsArePromptedOnTheirOwn() {
    Bodies.Body two = (i, j, k) -> j > 10 && j < 20 && (i > 3 && i < 13 || i > 24 && i < 36);
    Segmentation found = refine(BALL,
        labels((i, j, k) -> k == 5 && j > 11 && j < 19 && (i > 4 && i < 12 || i > 25 && i < 35)
            ? 3
            : 0),
        two);
    assertThat(model.asked()).hasSize(2);
    assertThat(Bodies.differences(found.mask("Ball"),
        Bodies.mask(GRID, (i, j, k) -> k == 5 && two.holds(i, j, k)))).isZero();
  }

  /** Structures of one label map stay apart, those that share labels get layers of their own. */
  @Test
  void overlapsAreAsBefore() {
    StructureSet apart = StructureSet.of(Structure.of("Left", 1), Structure.of("Right", 2));
    Bodies.Body block = (i, j, k) -> j > 10 && j < 20 && i > 5 && i < 35;
    Rule halves = (i, j, k) -> k == 5 && block.holds(i, j, k) ? i < 20 ? 1 : 2 : 0;
    Segmentation found = refine(apart, labels(halves), block);
    assertThat(found.layers()).hasSize(1);
    // Both boxes are one pixel wider than their halves: the first of equals keeps the columns between.
    assertThat(found.mask("Left")[GRID.size().index(20, 15, 5)]).isTrue();
    assertThat(found.mask("Right")[GRID.size().index(20, 15, 5)]).isFalse();
    StructureSet nested = new StructureSet(List.of(Structure.region("GTV", List.of(1)),
        Structure.region("CTV", List.of(1, 2))));
    Segmentation layered = refine(nested, labels(halves), block);
    assertThat(layered.layers()).hasSize(2);
    assertThat(layered.structures().names()).containsExactly("GTV", "CTV");
    assertThat(Bodies.differences(layered.mask("CTV"),
        Bodies.mask(GRID, (i, j, k) -> k == 5 && block.holds(i, j, k)))).isZero();
    assertThat(layered.mask("GTV")[GRID.size().index(10, 15, 5)]).isTrue();
    assertThat(layered.mask("GTV")[GRID.size().index(30, 15, 5)]).isFalse();
  }

  @Test
  void slicesAreEncodedOnceForEachWindow() {
    StructureSet three = StructureSet.of(Structure.of("a", 1), Structure.of("b", 2),
        Structure.of("c", 3));
    LabelVolume labels = labels((i, j, k) -> k == 5 && j > 10 && j < 20 && i < 30 ? 1 + i / 10 : 0);
    try (BoxedSegmenter boxed = new BoxedSegmenter(system(three, labels), model, Optional.empty(),
        BoxedSegmenter.Settings.usual(),
        (name, image) -> name.equals("c") ? new GreyWindow(0, 250) : Bodies.WINDOW)) {
      boxed.segment(new Case("case", List.of(Bodies.image(GRID, Bodies::ball))), Progress.none(),
          new Cancellation());
    }
    assertThat(model.asked()).hasSize(3);
    assertThat(model.embedded()).isEqualTo(2);
  }

  @Test
  void failuresAreNamed() {
    Geometry other = Geometry.of(new Size(40, 36, 24), new Vec3(1, 1, 3));
    assertThatThrownBy(() -> refine(BALL, labels(other, n -> n % 2 * 3), Bodies::ball))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining("another grid");
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();
    try (BoxedSegmenter boxed = new BoxedSegmenter(
        system(BALL, labels((i, j, k) -> Bodies.ball(i, j, k) ? 3 : 0)), model, Optional.empty(),
        BoxedSegmenter.Settings.usual(), (name, image) -> Bodies.WINDOW)) {
      assertThatThrownBy(() -> boxed.segment(
          new Case("case", List.of(Bodies.image(GRID, Bodies::ball))), Progress.none(), cancelled))
          .isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
      FloatVolume broken = Bodies.image(GRID, Bodies::ball);
      broken.data()[7] = Float.NaN;
      assertThatThrownBy(() -> boxed.segment(new Case("case", List.of(broken)), Progress.none(),
          new Cancellation())).isInstanceOf(FiduciaException.class).hasMessageContaining("NaN");
    }
  }
}
