package io.fiducia.anatomy.total;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.total.TotalRequest.Resampling;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.anatomy.total.TotalRequest.Way;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Segmentation;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TotalSegmenterTest {
  @TempDir
  private Path scratch;

  @Test
  void severalCasesAreContouredByTheSameNetworks() {
    FloatVolume pir = NiftiReader.read(TotalFixture.scan("pir")).toFloatVolume(0);
    FloatVolume lsp = NiftiReader.read(TotalFixture.scan("lsp")).toFloatVolume(0);
    try (TotalSegmenter segmenter = TotalSegmenter.open(
        TotalFixture.request("total").at(Speed.FAST), TotalFixture.weights(),
        TotalFixture.settings(scratch))) {
      Segmentation first = segment(segmenter, pir);
      segment(segmenter, lsp);
      Segmentation again = segment(segmenter, pir);
      assertThat(Arrays.equals(again.labelMap().orElseThrow().data(),
          first.labelMap().orElseThrow().data())).isTrue();
      // TotalSegmentator 2.18's result of the same case.
      TotalFixture.assertEqual(first.labelMap().orElseThrow(),
          TotalFixture.expected("total_fast", "seg"));
      assertThat(first.structures().names()).hasSize(117).contains("liver");
      assertThat(first.provenance().details()).containsEntry("task", "total");
    }
  }

  private static Segmentation segment(TotalSegmenter segmenter, FloatVolume image) {
    return segmenter.segment(new Case("case", List.of(image)), Progress.none(),
        new Cancellation());
  }

  @Test
  void labelsThatWouldNotLieOnTheGridOfTheCaseAreRefused() {
    assertThatThrownBy(() -> TotalSegmenter.open(
        TotalFixture.request("total").at(Speed.FAST).with(new Resampling(1, Way.MODEL_GRID)),
        TotalFixture.weights(), TotalFixture.settings(scratch)))
        .isInstanceOf(FiduciaException.class)
        .satisfies(e -> assertThat(((FiduciaException) e).kind())
            .isEqualTo(FiduciaException.Kind.USAGE));
  }

  @Test
  void aCancelledCaseStops() {
    FloatVolume pir = NiftiReader.read(TotalFixture.scan("pir")).toFloatVolume(0);
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();
    try (TotalSegmenter segmenter = TotalSegmenter.open(
        TotalFixture.request("total").at(Speed.FAST), TotalFixture.weights(),
        TotalFixture.settings(scratch))) {
      assertThatThrownBy(() -> segmenter.segment(new Case("case", List.of(pir)), Progress.none(),
          cancelled)).isInstanceOf(FiduciaException.class)
          .satisfies(e -> assertThat(((FiduciaException) e).kind())
              .isEqualTo(FiduciaException.Kind.CANCELLED));
    }
  }
}
