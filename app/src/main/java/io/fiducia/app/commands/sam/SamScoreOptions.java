package io.fiducia.app.commands.sam;

import io.fiducia.core.Modality;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.metrics.MetricSet;
import io.fiducia.promptable.user.UserSettings;
import io.fiducia.promptable.volume.GreyWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is scored by {@code fiducia sam score}, and how the simulated user works. */
public final class SamScoreOptions {
  static final int INTERACTIONS = 10;

  @Option(names = "--dataset", paramLabel = "DIR", description = "an nnU-Net raw dataset: its test cases with labels are scored, without them its training cases")
  private Optional<Path> dataset = Optional.empty();

  @Option(names = "--scribbles", paramLabel = "DIR", description = "in place of --dataset: a folder of images with the scribbles of people, TASK/NAME_{image,label,scribble0}.nii.gz; --prompts says whether boxes or the scribbles are scored")
  private Optional<Path> scribbles = Optional.empty();

  @Option(names = "--prompts", paramLabel = "box|points|scribbles|mixed", description = "what the simulated user gives (default: box, then corrective clicks)")
  private String prompts = UserSettings.Kind.BOX.word();

  @Option(names = "--interactions", paramLabel = "N", description = "number of interactions (default: "
      + INTERACTIONS + ")")
  private int interactions = INTERACTIONS;

  @Option(names = "--every", paramLabel = "N", description = "prompt every N-th slice of the structure before correcting (default: only the slice where it is largest)")
  private int every;

  @Option(names = "--plane", paramLabel = "axial|coronal|sagittal", description = "plane of the slices (default: axial)")
  private String plane = SlicePlane.AXIAL.word();

  @Option(names = "--structures", arity = "1..*", paramLabel = "NAME", description = "structures to score (default: all of the dataset)")
  private List<String> structures = new ArrayList<>();

  @Option(names = "--cases", paramLabel = "N", description = "score the first N cases only")
  private Optional<Integer> cases = Optional.empty();

  @Option(names = "--window", arity = "2", paramLabel = "INTENSITY", description = "intensities that become black and white (default: in CT by structure, else percentiles of the image)")
  private List<Double> window = new ArrayList<>();

  @Option(names = "--modality", paramLabel = "ct|mr", description = "of all images (default: ct if dataset.json names the channel CT, else mr)")
  private Optional<Modality> modality = Optional.empty();

  @Option(names = "--tolerance", paramLabel = "MM", description = "tolerance of surface Dice in mm (default: 2)")
  private double toleranceMm = MetricSet.TOLERANCE_MM;

  /**
   * What is wrong with the options, if anything.
   *
   * @throws io.fiducia.base.FiduciaException USAGE for a word that is not known, or a window that is none
   */
  Optional<String> fault() {
    plane();
    window();
    UserSettings.Kind kind = kind();
    if (dataset.isPresent() == scribbles.isPresent()) {
      return Optional.of("expected either --dataset or --scribbles");
    }
    if (scribbles.isPresent() && kind != UserSettings.Kind.BOX
        && kind != UserSettings.Kind.SCRIBBLES) {
      return Optional.of("--scribbles needs --prompts box or --prompts scribbles");
    }
    if (interactions < 1 || interactions > 1000) {
      return Optional.of("--interactions must be 1 to 1000, found " + interactions);
    }
    if (every < 0 || cases.filter(n -> n < 1).isPresent()) {
      return Optional.of("--every and --cases must be at least 1");
    }
    if (!(toleranceMm >= 0) || !Double.isFinite(toleranceMm)) {
      return Optional.of("--tolerance must be 0 mm or more, found " + toleranceMm);
    }
    return Optional.empty();
  }

  Optional<Path> dataset() {
    return dataset;
  }

  Optional<Path> scribbles() {
    return scribbles;
  }

  int interactions() {
    return interactions;
  }

  List<String> structures() {
    return structures;
  }

  int cases() {
    return cases.orElse(Integer.MAX_VALUE);
  }

  Optional<Modality> modality() {
    return modality;
  }

  double toleranceMm() {
    return toleranceMm;
  }

  SlicePlane plane() {
    return SlicePlane.of(plane);
  }

  Optional<GreyWindow> window() {
    return window.isEmpty()
        ? Optional.empty()
        : Optional.of(GreyWindow.chosen(window.get(0), window.get(1)));
  }

  UserSettings.Kind kind() {
    return UserSettings.Kind.of(prompts);
  }

  UserSettings user(long seed) {
    UserSettings usual = UserSettings.of(kind(), seed);
    return new UserSettings(usual.kind(), every, usual.jitter(), usual.reach(), plane(), seed);
  }
}
