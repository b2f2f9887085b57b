package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.DatasetJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Plans for a machine without a large GPU and a training of minutes instead of a day.
 *
 * <p>nnU-Net's planner fills 8 GB of GPU memory and trusts in 250,000 steps. Here time is what is
 * scarce. So: spacing is coarsened until a patch covers a good share of the image; patch and network
 * follow nnU-Net's own rules of shape (proportions, strides, kernels); and of a ladder of sizes the
 * largest is taken that still gets enough steps within the budget, by the step time measured on the
 * spot. docs/experiments.md records how the numbers were settled.
 */
public final class CpuPlanner {
  /** Fewer steps than this do not repay a larger network. */
  public static final int ENOUGH_STEPS = 1000;
  private static final int BATCH = 2;
  /** The image may hold this many patches before the spacing is coarsened, as nnU-Net's low
   * resolution does at four. */
  private static final double PATCHES_PER_IMAGE = 16;
  private static final int MAX_STAGES = 5;
  private static final int WIDEST_FACTOR = 8;

  /** Sizes of patch (voxels) and width (features of the first stage), from small to large. */
  private record Rung(int patchVoxels, int width) {}

  private static final List<Rung> LADDER = List.of(new Rung(32_000, 8), new Rung(64_000, 8),
      new Rung(64_000, 12), new Rung(90_000, 16), new Rung(130_000, 16), new Rung(130_000, 24),
      new Rung(200_000, 24), new Rung(200_000, 32), new Rung(400_000, 32));

  private CpuPlanner() {}

  /** Measures the seconds of one training step; see {@code StepTimer}. */
  @FunctionalInterface
  public interface StepTime {
    double seconds(Architecture architecture, int[] patch, int batch);
  }

  /**
   * A planned size.
   *
   * @param sizes of image, patch and batch
   * @param architecture the network
   * @param stepSeconds measured time of one step
   * @param steps how many fit into the budget
   */
  public record Choice(Sizes sizes, Architecture architecture, double stepSeconds, long steps) {
    /** (z, y, x) spacing after transposition, in mm. */
    public List<Double> spacingMm() {
      return sizes.spacingMm();
    }

    /** Median image at that spacing, in voxels. */
    public List<Integer> medianShape() {
      return sizes.medianShape();
    }

    /** (z, y, x) voxels of a patch. */
    public List<Integer> patch() {
      return sizes.patch();
    }

    /** Patches per batch. */
    public int batch() {
      return sizes.batch();
    }
  }

  /**
   * Sizes of image, patch and batch.
   *
   * @param spacingMm (z, y, x) after transposition
   * @param medianShape median image at that spacing
   * @param patch (z, y, x)
   * @param batch patches per batch
   */
  public record Sizes(List<Double> spacingMm, List<Integer> medianShape, List<Integer> patch,
      int batch) {}

  /** Plans and what they were chosen by. */
  public record Planned(Plans plans, Choice choice) {}

  /**
   * Plans of a dataset for a training of this many seconds: nnU-Net's default plans, their {@code
   * 3d_fullres} replaced. nnU-Net itself loads and trains them.
   *
   * @throws FiduciaException BAD_INPUT if the images have one slice only
   */
  public static Planned plan(Fingerprint fingerprint, DatasetJson json, String datasetName,
      String plansName, double budgetSeconds, StepTime timer) {
    Plans base = ExperimentPlanner.plan(fingerprint, json, datasetName).withPlansName(plansName);
    if (!base.configurationNames().contains("3d_fullres")) {
      throw FiduciaException.badInput("the images are flat", json.file(),
          "expected volumes of several slices", "use fiducia nnunet plan and train -c 2d");
    }
    Configuration full = base.configuration("3d_fullres");
    Choice c = choose(full.spacing().stream().mapToDouble(Double::doubleValue).toArray(),
        full.medianImageSizeInVoxels().stream().mapToDouble(Double::doubleValue).toArray(),
        budgetSeconds, timer);
    Configuration small = new Configuration(
        new Configuration.Identity(full.name(), plansName + "_" + full.name(),
            full.preprocessorName(), Optional.empty()),
        new Configuration.Batch(c.batch(), c.patch(), true),
        new Configuration.Target(c.spacingMm(),
            c.medianShape().stream().map(Integer::doubleValue).toList()),
        full.normalization(), full.resampling(), c.architecture());
    return new Planned(base.with(small), c);
  }

  /**
   * The size that uses the budget best.
   *
   * @param spacingMm nnU-Net's target spacing, transposed (coarsest axis first where it is one)
   * @param medianShape median shape at that spacing
   * @param budgetSeconds training time
   */
  public static Choice choose(double[] spacingMm, double[] medianShape, double budgetSeconds,
      StepTime timer) {
    Choice best = null;
    for (Rung rung : LADDER) {
      Choice c = size(rung, spacingMm, medianShape, budgetSeconds, timer);
      if (best != null && c.steps() < ENOUGH_STEPS) {
        break;
      }
      boolean same = best != null && best.architecture().equals(c.architecture())
          && best.patch().equals(c.patch());
      best = same ? best : c;
    }
    return best;
  }

  private static Choice size(Rung rung, double[] spacingMm, double[] medianShape,
      double budgetSeconds, StepTime timer) {
    double[] spacing = spacingMm.clone();
    double[] median = medianShape.clone();
    coarsen(spacing, median, rung.patchVoxels() * PATCHES_PER_IMAGE);
    int[] patch = patchOf(rung.patchVoxels(), spacing, median);
    Topology topology = Topology.of(spacing, patch, 4, MAX_STAGES);
    Architecture architecture = architecture(topology, rung.width());
    int[] padded = topology.patch().stream().mapToInt(Integer::intValue).toArray();
    double seconds = timer.seconds(architecture, padded, BATCH);
    Sizes sizes = new Sizes(Arrays.stream(spacing).boxed().toList(),
        Arrays.stream(median).mapToObj(m -> (int) Math.rint(m)).toList(), topology.patch(), BATCH);
    return new Choice(sizes, architecture, seconds, Math.round(budgetSeconds / seconds));
  }

  /** Coarsens the finer axes first, then all, in nnU-Net's steps of 3 %. */
  private static void coarsen(double[] spacing, double[] median, double voxels) {
    while (median[0] * median[1] * median[2] > voxels) {
      double coarsest = Arrays.stream(spacing).max().orElseThrow();
      boolean uneven = Arrays.stream(spacing).anyMatch(s -> coarsest / s > 2);
      for (int a = 0; a < 3; a++) {
        if (!uneven || coarsest / spacing[a] > 2) {
          spacing[a] *= 1.03;
          median[a] /= 1.03;
        }
      }
    }
  }

  /** A patch of about this many voxels, isotropic in millimetres, no larger than the image needs. */
  private static int[] patchOf(int voxels, double[] spacing, double[] median) {
    double[] extent = new double[3];
    boolean[] full = new boolean[3];
    // An axis that the image fills early leaves its voxels to the others.
    for (int round = 0; round < 3; round++) {
      double rest = voxels;
      double inverse = 1;
      int open = 0;
      for (int a = 0; a < 3; a++) {
        if (full[a]) {
          rest /= extent[a];
        } else {
          inverse /= spacing[a];
          open++;
        }
      }
      if (open == 0) {
        break;
      }
      double scale = Math.pow(rest / inverse, 1.0 / open);
      for (int a = 0; a < 3; a++) {
        if (!full[a]) {
          extent[a] = scale / spacing[a];
        }
      }
      for (int a = 0; a < 3; a++) {
        if (!full[a] && extent[a] >= median[a]) {
          extent[a] = median[a];
          full[a] = true;
        }
      }
    }
    int[] patch = new int[3];
    for (int a = 0; a < 3; a++) {
      patch[a] = Math.max(4, (int) Math.rint(extent[a]));
    }
    return patch;
  }

  private static Architecture architecture(Topology topology, int width) {
    int stages = topology.strides().size();
    List<Integer> features = new ArrayList<>();
    for (int s = 0; s < stages; s++) {
      features.add(Math.min(width << s, width * WIDEST_FACTOR));
    }
    List<Integer> two = java.util.Collections.nCopies(stages, 2);
    return new Architecture("dynamic_network_architectures.architectures.unet.PlainConvUNet",
        features, topology.kernelSizes(), topology.strides(), two, two.subList(1, stages), true);
  }
}
