package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The interface tried with the smallest system that learns in context: it copies its support. */
class AdaptableTest {
  private static final Geometry GRID = Geometry.of(new Size(2, 1, 1), new Vec3(1, 1, 1));
  private static final StructureSet STRUCTURES = StructureSet.of(Structure.of("Bladder", 1));

  /** A case whose contours are read when asked for. */
  private record Drawn(String id, short label, List<String> read) implements ContouredCase {
    @Override
    public Case images() {
      return new Case(id, List.of(new FloatVolume(GRID, new float[2])));
    }

    @Override
    public Segmentation contours() {
      read.add(id);
      return Segmentation.of(id, STRUCTURES, new LabelVolume(GRID, new short[]{label, 0}),
          new Provenance("a person", Map.of()));
    }
  }

  /** Answers every case with the contours of the first case that it was given. */
  private static Segmenter copying(Adaptable.Request request) {
    Segmentation support = request.cases().get(0).contours();
    return new Segmenter() {
      @Override
      public StructureSet structures() {
        return support.structures();
      }

      @Override
      public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
        return new Segmentation(images.id(), support.layers(), Map.of(),
            new Provenance("copy of " + support.caseId(), Map.of()));
      }

      @Override
      public void close() {}
    };
  }

  private static Adaptable.Request request(List<ContouredCase> cases) {
    return new Adaptable.Request(cases, Optional.empty(), new TrainingBudget.Iterations(1), 0,
        Path.of("work"));
  }

  @Test
  void aSystemThatLearnsInContextReadsOnlyItsSupport() {
    List<String> read = new ArrayList<>();
    Adaptable system = (request, progress, cancellation) -> copying(request);
    try (Segmenter adapted = system.adapt(
        request(List.of(new Drawn("a", (short) 1, read), new Drawn("b", (short) 0, read))),
        Progress.none(), new Cancellation())) {
      Segmentation found = adapted.segment(new Drawn("c", (short) 0, read).images(),
          Progress.none(), new Cancellation());
      assertThat(found.caseId()).isEqualTo("c");
      assertThat(found.mask("Bladder")).containsExactly(true, false);
      assertThat(read).containsExactly("a");
    }
  }

  @Test
  void impossibleRequestsAreRefused() {
    assertThatThrownBy(() -> request(List.of())).hasMessageContaining("no case");
    List<String> read = new ArrayList<>();
    assertThatThrownBy(() -> request(
        List.of(new Drawn("a", (short) 1, read), new Drawn("a", (short) 1, read))))
        .hasMessageContaining("two cases named a");
    assertThatThrownBy(() -> new TrainingBudget.Minutes(0)).hasMessageContaining("minutes");
    assertThatThrownBy(() -> new TrainingBudget.Iterations(0)).hasMessageContaining("iterations");
  }
}
