package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.core.Segmentation.Layer;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SegmentationTest {
  private static final Geometry ROW = Geometry.of(new Size(6, 1, 1), new Vec3(1, 1, 1));
  private static final Provenance NOWHERE = new Provenance("test", Map.of());

  private static LabelVolume row(int... labels) {
    short[] data = new short[labels.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) labels[i];
    }
    return new LabelVolume(ROW, data);
  }

  /** GTV inside CTV inside PTV: three structures that overlap, in one label map. */
  private static Segmentation target() {
    return Segmentation.of("case",
        StructureSet.of(Structure.region("GTV", List.of(1)),
            Structure.region("CTV", List.of(1, 2)), Structure.region("PTV", List.of(1, 2, 3))),
        row(-1, 0, 3, 2, 1, 3), NOWHERE);
  }

  @Test
  void structuresOverlapInOneLabelMap() {
    Segmentation s = target();
    assertThat(s.mask("GTV")).containsExactly(false, false, false, false, true, false);
    assertThat(s.mask("CTV")).containsExactly(false, false, false, true, true, false);
    assertThat(s.mask("PTV")).containsExactly(false, false, true, true, true, true);
    assertThat(s.labelMap()).containsSame(s.layers().get(0).labels());
    assertThat(s.geometry()).isEqualTo(ROW);
  }

  @Test
  void aSecondLayerOverlapsTheFirst() {
    Segmentation s = new Segmentation("case",
        List.of(new Layer(StructureSet.of(Structure.of("Bladder", 1)), row(0, 1, 1, 0, 0, 0)),
            new Layer(StructureSet.of(Structure.of("PTV", 1)), row(0, 0, 1, 1, 0, 0))),
        Map.of("PTV", StructureScore.ofUncertainty(0.25)), NOWHERE);
    assertThat(s.structures().names()).containsExactly("Bladder", "PTV");
    assertThat(s.mask("Bladder")).containsExactly(false, true, true, false, false, false);
    assertThat(s.mask("PTV")).containsExactly(false, false, true, true, false, false);
    assertThat(s.labelMap()).isEmpty();
    assertThat(s.score("PTV").orElseThrow().uncertainty()).hasValue(0.25);
    assertThat(s.score("Bladder")).isEmpty();
  }

  @Test
  void aProbabilityMapIsReadOnlyWhenAsked() {
    int[] read = {0};
    Segmentation s = target().withScores(Map.of("GTV",
        new StructureScore(OptionalDouble.empty(), Optional.of(() -> {
          read[0]++;
          return new FloatVolume(ROW, new float[6]);
        }))));
    StructureScore score = s.score("GTV").orElseThrow();
    assertThat(read[0]).isZero();
    assertThat(score.probability().orElseThrow().read().geometry()).isEqualTo(ROW);
    assertThat(read[0]).isEqualTo(1);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    StructureSet bladder = StructureSet.of(Structure.of("Bladder", 1));
    LabelVolume row = row(0, 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> new Segmentation("case", List.of(), Map.of(), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("without a layer");
    Layer layer = new Layer(bladder, row);
    assertThatThrownBy(
        () -> new Segmentation("case", List.of(layer, layer), Map.of(), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("two structures named");
    LabelVolume other = new LabelVolume(Geometry.of(new Size(6, 1, 1), new Vec3(1.1, 1, 1)),
        new short[6]);
    Layer moved = new Layer(StructureSet.of(Structure.of("Rectum", 1)), other);
    assertThatThrownBy(
        () -> new Segmentation("case", List.of(layer, moved), Map.of(), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("different grids");
    assertThatThrownBy(() -> new Segmentation("case", List.of(layer),
        Map.of("Rectum", StructureScore.ofUncertainty(1)), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a score for Rectum");
    assertThatThrownBy(() -> new Layer(StructureSet.of(Structure.named("Bladder")), row))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cannot hold Bladder");
    assertThatThrownBy(() -> target().mask("Rectum"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("GTV, CTV, PTV");
    assertThatThrownBy(() -> StructureScore.ofUncertainty(1.5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Two channels whose affines differ by less than files can store are one case. */
  @Test
  void channelsMayDifferByTheRoundingOfTheirFiles() {
    FloatVolume first = new FloatVolume(ROW, new float[6]);
    Geometry rounded = new Geometry(ROW.size(), ROW.spacingMm(), new Vec3(1e-4, 0, 0),
        ROW.direction());
    assertThat(new Case("case", List.of(first, new FloatVolume(rounded, new float[6]))).geometry())
        .isEqualTo(ROW);
    Geometry moved = new Geometry(ROW.size(), ROW.spacingMm(), new Vec3(1, 0, 0),
        ROW.direction());
    assertThatThrownBy(
        () -> new Case("case", List.of(first, new FloatVolume(moved, new float[6]))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("different grids");
  }
}
