package io.fiducia.anatomy.total;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.torch.Device;
import io.fiducia.volume.LabelVolume;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Synthetic scans, tiny models and what TotalSegmentator 2.18 writes with them; the README in its folder
 * says more.
 */
final class TotalFixture {
  static final TotalTasks TASKS = TotalTasks.load();

  private TotalFixture() {}

  static Path folder() {
    try {
      return Path.of(TotalFixture.class.getResource("/io/fiducia/anatomy/fixture").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path scan(String name) {
    return folder().resolve("scan_" + name + ".nii.gz");
  }

  static WeightsFolder weights() {
    return new WeightsFolder(folder().resolve("weights"));
  }

  static LabelVolume expected(String run, String file) {
    return NiftiReader.read(folder().resolve("expected").resolve(run).resolve(file + ".nii.gz"))
        .toLabelVolume();
  }

  static TotalRequest request(String task) {
    return TotalRequest.of(TASKS.find(task).orElseThrow());
  }

  static ResidentModels.Settings settings(Path scratch) {
    return ResidentModels.Settings.on(Device.CPU, scratch);
  }

  static TotalRun.Result run(TotalRequest request, Path input, TotalOutput output) {
    return run(request, input, output, Progress.none());
  }

  static TotalRun.Result run(TotalRequest request, Path input, TotalOutput output,
      Progress progress) {
    try (ResidentModels models = new ResidentModels(settings(output.path()))) {
      return new TotalRun(new TotalSegmentation(TASKS, weights(), models), request, output)
          .run(input, new TotalSegmentation.Work(progress, new Cancellation()));
    }
  }

  /** At least 99.99 % of the voxels have the same label. */
  static void assertEqual(LabelVolume found, LabelVolume expected) {
    assertThat(found.geometry().sameGrid(expected.geometry())).isTrue();
    int different = 0;
    for (int i = 0; i < expected.data().length; i++) {
      different += found.data()[i] == expected.data()[i] ? 0 : 1;
    }
    assertThat(different).isLessThanOrEqualTo(expected.data().length / 10_000);
  }
}
