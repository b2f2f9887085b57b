package io.fiducia.nnunet.plan;

import java.util.List;

/**
 * The network of one configuration, as plans.json's {@code architecture} describes it. Axes are those of
 * the (transposed) arrays: (z, y, x) in 3D, (y, x) in 2D.
 *
 * @param networkClassName upstream's class, for example {@code
 *     dynamic_network_architectures.architectures.unet.PlainConvUNet}
 * @param featuresPerStage channels of each encoder stage; its size is the number of stages
 * @param kernelSizes kernel of each stage, per axis
 * @param strides stride of each stage's first convolution, per axis; the first stage's are ones
 * @param blocksPerStage convolutions (plain) or residual blocks (ResEnc) of each encoder stage
 * @param convsPerStageDecoder convolutions of each decoder stage; one entry fewer than stages
 * @param convBias whether convolutions have a bias
 */
public record Architecture(
    String networkClassName,
    List<Integer> featuresPerStage,
    List<List<Integer>> kernelSizes,
    List<List<Integer>> strides,
    List<Integer> blocksPerStage,
    List<Integer> convsPerStageDecoder,
    boolean convBias) {
  public Architecture {
    featuresPerStage = List.copyOf(featuresPerStage);
    kernelSizes = kernelSizes.stream().map(List::copyOf).toList();
    strides = strides.stream().map(List::copyOf).toList();
    blocksPerStage = List.copyOf(blocksPerStage);
    convsPerStageDecoder = List.copyOf(convsPerStageDecoder);
    int stages = featuresPerStage.size();
    if (stages < 2 || kernelSizes.size() != stages || strides.size() != stages
        || blocksPerStage.size() != stages || convsPerStageDecoder.size() != stages - 1) {
      throw new IllegalArgumentException("an architecture of " + stages + " stages with "
          + kernelSizes.size() + " kernels, " + strides.size() + " strides, "
          + blocksPerStage.size()
          + " encoder and " + convsPerStageDecoder.size() + " decoder entries");
    }
  }

  public int stages() {
    return featuresPerStage.size();
  }

  /** 2 or 3. */
  public int dimensions() {
    return kernelSizes.get(0).size();
  }

  /** Whether the encoder is residual (ResEnc). */
  public boolean residual() {
    return networkClassName.endsWith("ResidualEncoderUNet");
  }
}
