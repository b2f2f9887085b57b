package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import java.util.List;
import java.util.Optional;

/**
 * The constants in which nnU-Net's planners differ.
 *
 * @param planner upstream's class name
 * @param plansName name of the plans it writes
 * @param residual whether the encoder is residual
 * @param reference3d feature map elements that fill the reference memory in 3D at batch size 2
 * @param reference2d the same in 2D at batch size 12
 * @param referenceGb the memory that the references stand for
 * @param memoryTargetGb the memory to plan for
 * @param maxDatasetCovered largest part of the dataset that one batch may hold
 * @param sampling how images, label maps and logits are resampled
 */
public record PlannerProfile(String planner, String plansName, boolean residual,
    double reference3d, double reference2d, double referenceGb, double memoryTargetGb,
    double maxDatasetCovered, Sampling sampling) {
  /** The ways of resampling in which planners differ. */
  public enum Sampling {
    DEFAULT, TORCH, TORCH_SEPARATE_Z, NONE;

    Resampling data() {
      return this == DEFAULT ? Resampling.data() : other(false);
    }

    Resampling seg() {
      return this == DEFAULT ? Resampling.seg() : other(true);
    }

    Resampling probabilities() {
      return this == DEFAULT ? Resampling.probabilities() : other(false);
    }

    private Resampling other(boolean isSeg) {
      return switch (this) {
        case TORCH -> Resampling.torch(isSeg, Optional.of(false));
        case TORCH_SEPARATE_Z -> Resampling.torch(isSeg, Optional.empty());
        default -> Resampling.untouched(isSeg);
      };
    }
  }

  /** nnU-Net's default: a plain U-Net for 8 GB. */
  public static final PlannerProfile DEFAULT = new PlannerProfile("ExperimentPlanner",
      "nnUNetPlans", false, 560e6, 85e6, 8, 8, 0.05, Sampling.DEFAULT);
  private static final PlannerProfile LARGE = new PlannerProfile("nnUNetPlannerResEncL",
      "nnUNetResEncUNetLPlans", true, 2.1e9, 380e6, 24, 24, 1, Sampling.DEFAULT);
  private static final List<PlannerProfile> ALL = List.of(DEFAULT,
      new PlannerProfile("ResEncUNetPlanner", "nnUNetResEncUNetPlans", true, 680e6, 135e6, 8, 8,
          0.05, Sampling.DEFAULT),
      new PlannerProfile("nnUNetPlannerResEncM", "nnUNetResEncUNetMPlans", true, 680e6, 135e6, 8, 8,
          1, Sampling.DEFAULT),
      LARGE,
      new PlannerProfile("nnUNetPlannerResEncXL", "nnUNetResEncUNetXLPlans", true, 3.6e9, 560e6, 40,
          40, 1, Sampling.DEFAULT),
      DEFAULT.like("nnUNetPlanner_torchres", "nnUNetPlans_torchres", Sampling.TORCH),
      LARGE.like("nnUNetPlannerResEncL_torchres", "nnUNetResEncUNetLPlans_torchres",
          Sampling.TORCH),
      LARGE.like("nnUNetPlannerResEncL_torchres_sepz", "nnUNetResEncUNetLPlans_torchres_sepz",
          Sampling.TORCH_SEPARATE_Z),
      LARGE.like("nnUNetPlannerResEncL_noResampling", "nnUNetResEncUNetLPlans_noResampling",
          Sampling.NONE));

  public PlannerProfile {
    if (!(memoryTargetGb > 0)) {
      throw FiduciaException.usage("the GPU memory target must be above zero",
          "found " + memoryTargetGb + " GB", "");
    }
  }

  /** The planner of that class name. @throws FiduciaException USAGE if there is none */
  public static PlannerProfile named(String planner) {
    return ALL.stream().filter(p -> p.planner.equals(planner)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such planner",
            "expected one of " + names() + ", found " + planner, "name one of these"));
  }

  /** Names of all planners. */
  public static List<String> names() {
    return ALL.stream().map(PlannerProfile::planner).toList();
  }

  private PlannerProfile like(String otherPlanner, String otherName, Sampling otherSampling) {
    return new PlannerProfile(otherPlanner, otherName, residual, reference3d, reference2d,
        referenceGb, memoryTargetGb, maxDatasetCovered, otherSampling);
  }

  /** The same planner for another memory size in GB. */
  public PlannerProfile withMemoryTargetGb(double gb) {
    return new PlannerProfile(planner, plansName, residual, reference3d, reference2d, referenceGb,
        gb, maxDatasetCovered, sampling);
  }

  /** The same planner writing plans of another name. */
  public PlannerProfile withPlansName(String name) {
    return new PlannerProfile(planner, name, residual, reference3d, reference2d, referenceGb,
        memoryTargetGb, maxDatasetCovered, sampling);
  }

  /** The folder of a configuration's data; residual planners share what the default one prepares. */
  String dataIdentifier(String configuration) {
    boolean shared = residual && sampling == Sampling.DEFAULT
        && !configuration.equals("3d_lowres");
    return (shared ? DEFAULT.plansName : plansName) + "_" + configuration;
  }
}
