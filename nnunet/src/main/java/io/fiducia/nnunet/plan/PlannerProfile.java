package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import java.util.List;

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
 */
public record PlannerProfile(String planner, String plansName, boolean residual,
    double reference3d, double reference2d, double referenceGb, double memoryTargetGb,
    double maxDatasetCovered) {
  /** nnU-Net's default: a plain U-Net for 8 GB. */
  public static final PlannerProfile DEFAULT = new PlannerProfile("ExperimentPlanner",
      "nnUNetPlans", false, 560e6, 85e6, 8, 8, 0.05);
  private static final List<PlannerProfile> ALL = List.of(DEFAULT,
      new PlannerProfile("ResEncUNetPlanner", "nnUNetResEncUNetPlans", true, 680e6, 135e6, 8, 8,
          0.05),
      new PlannerProfile("nnUNetPlannerResEncM", "nnUNetResEncUNetMPlans", true, 680e6, 135e6, 8, 8,
          1),
      new PlannerProfile("nnUNetPlannerResEncL", "nnUNetResEncUNetLPlans", true, 2.1e9, 380e6, 24,
          24, 1),
      new PlannerProfile("nnUNetPlannerResEncXL", "nnUNetResEncUNetXLPlans", true, 3.6e9, 560e6, 40,
          40, 1));

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

  /** The same planner for another memory size in GB. */
  public PlannerProfile withMemoryTargetGb(double gb) {
    return new PlannerProfile(planner, plansName, residual, reference3d, reference2d, referenceGb,
        gb, maxDatasetCovered);
  }

  /** The same planner writing plans of another name. */
  public PlannerProfile withPlansName(String name) {
    return new PlannerProfile(planner, name, residual, reference3d, reference2d, referenceGb,
        memoryTargetGb, maxDatasetCovered);
  }

  /** The folder of a configuration's data; residual planners share what the default one prepares. */
  String dataIdentifier(String configuration) {
    boolean shared = residual && !configuration.equals("3d_lowres");
    return (shared ? DEFAULT.plansName : plansName) + "_" + configuration;
  }
}
