package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.run.ImagePrediction.Existing;
import io.fiducia.torch.Device;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Scans, models of tasks 552, 553, 556, 557 and 558, and what a reference in Python makes of them;
 * make_cads_fixture.py among the peer's scripts writes the zip file.
 */
record CadsFixture(Path folder) {
  static CadsFixture unpack(Path folder) throws IOException {
    try (InputStream in = CadsFixture.class.getResourceAsStream("cads.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        Path file = folder.resolve(e.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, zip.readAllBytes());
      }
    }
    return new CadsFixture(folder);
  }

  Path scan(String name) {
    return folder.resolve("scans").resolve(name + ".nii.gz");
  }

  WeightsFolder weights() {
    return new WeightsFolder(folder.resolve("weights"));
  }

  LabelVolume expected(String scan, String task) {
    return NiftiReader
        .read(folder.resolve("expected").resolve(scan + "_part_" + task + ".nii.gz"))
        .toLabelVolume();
  }

  ResidentModels models() {
    return new ResidentModels(ResidentModels.Settings.on(Device.CPU, folder.resolve("scratch")));
  }

  /** Runs a request on an image or a folder of images. */
  CadsRun.Outcome run(CadsRequest request, Path input, CadsRun.Output output, Progress progress) {
    CadsRun run = CadsRun.open(input, request, output, progress);
    try (ResidentModels models = models()) {
      return run.run(new CadsSegmentation(request, request.folders(weights()), models), progress,
          new Cancellation());
    }
  }

  /** A request for tasks, strictly as CADS does. */
  static CadsRequest strict(String... tasks) {
    return CadsRequest.of(CadsTasks.load(), List.of(tasks))
        .with(new CadsRequest.Steps(true, true, true));
  }

  static CadsRun.Output output(Path folder) {
    return new CadsRun.Output(folder, false, false, Existing.REFUSE);
  }

  /** Share of equal voxels. */
  static double agreement(LabelVolume a, LabelVolume b) {
    int same = 0;
    for (int i = 0; i < a.data().length; i++) {
      same += a.data()[i] == b.data()[i] ? 1 : 0;
    }
    return (double) same / a.data().length;
  }
}
