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
 * @param memory the memory to plan for
 * @param maxDatasetCovered largest part of the dataset that one batch may hold
 * @param sampling how images, label maps and logits are resampled
 */
public record PlannerProfile(String planner, String plansName, boolean residual, Memory memory,
    double maxDatasetCovered, Sampling sampling) {
  /**
   * The memory to plan for.
   *
   * @param elements3d feature map elements that fill the reference memory in 3D at batch size 2
   * @param elements2d the same in 2D at batch size 12
   * @param referenceGb the memory that the two stand for
   * @param targetGb the memory to plan for
   */
  public record Memory(double elements3d, double elements2d, double referenceGb, double targetGb) {
    public Memory {
      if (!(targetGb > 0)) {
        throw FiduciaException.usage("the GPU memory target must be above zero",
            "found " + targetGb + " GB", "");
      }
    }

    private static Memory of(double gb, double elements3d, double elements2d) {
      return new Memory(elements3d, elements2d, gb, gb);
    }

    /** Feature map elements that fill the memory to plan for. */
    double elements(boolean flat) {
      return (flat ? elements2d : elements3d) * (targetGb / referenceGb);
    }
  }

  /** The ways of resampling in which planners differ. */
  public enum Sampling {
    DEFAULT, TORCH, TORCH_SEPARATE_Z, NONE;

    /** The settings for each kind of array. */
    Configuration.ByKind byKind() {
      return this == DEFAULT
          ? new Configuration.ByKind(ResamplingSettings.data(), ResamplingSettings.seg(),
              ResamplingSettings.probabilities())
          : new Configuration.ByKind(other(false), other(true), other(false));
    }

    private ResamplingSettings other(boolean isSeg) {
      return switch (this) {
        case TORCH -> ResamplingSettings.torch(isSeg, Optional.of(false));
        case TORCH_SEPARATE_Z -> ResamplingSettings.torch(isSeg, Optional.empty());
        default -> ResamplingSettings.untouched(isSeg);
      };
    }
  }

  private static final Memory MEDIUM_MEMORY = Memory.of(8, 680e6, 135e6);
  /** nnU-Net's default: a plain U-Net for 8 GB. */
  public static final PlannerProfile DEFAULT = new PlannerProfile("ExperimentPlanner",
      "nnUNetPlans", false, Memory.of(8, 560e6, 85e6), 0.05, Sampling.DEFAULT);
  private static final PlannerProfile LARGE = new PlannerProfile("nnUNetPlannerResEncL",
      "nnUNetResEncUNetLPlans", true, Memory.of(24, 2.1e9, 380e6), 1, Sampling.DEFAULT);
  private static final List<PlannerProfile> ALL = List.of(DEFAULT,
      new PlannerProfile("ResEncUNetPlanner", "nnUNetResEncUNetPlans", true, MEDIUM_MEMORY, 0.05,
          Sampling.DEFAULT),
      new PlannerProfile("nnUNetPlannerResEncM", "nnUNetResEncUNetMPlans", true, MEDIUM_MEMORY, 1,
          Sampling.DEFAULT),
      LARGE,
      new PlannerProfile("nnUNetPlannerResEncXL", "nnUNetResEncUNetXLPlans", true,
          Memory.of(40, 3.6e9, 560e6), 1, Sampling.DEFAULT),
      DEFAULT.like("nnUNetPlanner_torchres", "nnUNetPlans_torchres", Sampling.TORCH),
      LARGE.like("nnUNetPlannerResEncL_torchres", "nnUNetResEncUNetLPlans_torchres",
          Sampling.TORCH),
      LARGE.like("nnUNetPlannerResEncL_torchres_sepz", "nnUNetResEncUNetLPlans_torchres_sepz",
          Sampling.TORCH_SEPARATE_Z),
      LARGE.like("nnUNetPlannerResEncL_noResampling", "nnUNetResEncUNetLPlans_noResampling",
          Sampling.NONE));

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
    return new PlannerProfile(otherPlanner, otherName, residual, memory, maxDatasetCovered,
        otherSampling);
  }

  /** The same planner for another memory size in GB. */
  public PlannerProfile withMemoryTargetGb(double gb) {
    Memory other = new Memory(memory.elements3d(), memory.elements2d(), memory.referenceGb(), gb);
    return new PlannerProfile(planner, plansName, residual, other, maxDatasetCovered, sampling);
  }

  /** The same planner writing plans of another name. */
  public PlannerProfile withPlansName(String name) {
    return new PlannerProfile(planner, name, residual, memory, maxDatasetCovered, sampling);
  }

  /** The folder of a configuration's data; residual planners share what the default one prepares. */
  String dataIdentifier(String configuration) {
    boolean shared = residual && sampling == Sampling.DEFAULT
        && !configuration.equals("3d_lowres");
    return (shared ? DEFAULT.plansName : plansName) + "_" + configuration;
  }
}
