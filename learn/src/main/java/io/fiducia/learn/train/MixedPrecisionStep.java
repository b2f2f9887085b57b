package io.fiducia.learn.train;

import io.fiducia.torch.Autocast;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.optim.GradScaler;
import io.fiducia.torch.optim.Gradients;
import io.fiducia.torch.optim.Optimizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One step of an optimiser: the forward pass in the chosen precision, gradients, clipping, and the
 * change of the weights. In mixed precision, convolutions and matrix products of the forward pass
 * compute in float16 and the loss is scaled (Micikevicius et al. 2018); weights stay float32.
 */
public final class MixedPrecisionStep implements AutoCloseable {
  private final Optimizer optimizer;
  private final List<Tensor> parameters;
  private final double gradientClip;
  private final Device device;
  private final Optional<GradScaler> scaler;

  /**
   * Takes over the optimiser: {@link #close} closes it.
   *
   * @param parameters those of the optimiser
   * @param gradientClip largest norm of the whole gradient
   * @param mixed whether a GPU computes in mixed precision; a CPU never does
   */
  public MixedPrecisionStep(Optimizer optimizer, List<Tensor> parameters, double gradientClip,
      Device device, boolean mixed) {
    this(optimizer, parameters, gradientClip, device,
        mixed && device.cuda() ? Optional.of(new GradScaler()) : Optional.empty());
  }

  MixedPrecisionStep(Optimizer optimizer, List<Tensor> parameters, double gradientClip,
      Device device, Optional<GradScaler> scaler) {
    this.optimizer = optimizer;
    this.parameters = List.copyOf(parameters);
    this.gradientClip = gradientClip;
    this.device = device;
    this.scaler = scaler;
  }

  /** Drops all gradients; do so before each forward pass. */
  public void zeroGrad() {
    optimizer.zeroGrad();
  }

  /** The result of a forward pass, computed in the chosen precision; with or without gradients. */
  public <T> T forward(Supplier<T> network) {
    if (scaler.isEmpty()) {
      return network.get();
    }
    try (Autograd.Guard half = Autocast.enable(device, DType.FLOAT16)) {
      return network.get();
    }
  }

  /**
   * Changes the weights by the gradients of a loss, and returns whether it did: a step whose gradients
   * overflowed half precision is left out.
   */
  public boolean update(Tensor loss, double learningRate) {
    boolean finite = backward(loss);
    if (finite) {
      optimizer.step(learningRate);
    }
    return finite;
  }

  private boolean backward(Tensor loss) {
    if (scaler.isEmpty()) {
      loss.backward();
      Gradients.clipNorm(parameters, gradientClip);
      return true;
    }
    GradScaler scale = scaler.get();
    scale.scale(loss).backward();
    scale.unscale(parameters);
    boolean finite = Double.isFinite(Gradients.clipNorm(parameters, gradientClip));
    scale.update(finite);
    return finite;
  }

  /** The optimiser, to store and restore its state. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** The scaler of the loss, to store and restore its state; empty in full precision. */
  public Optional<GradScaler> scaler() {
    return scaler;
  }

  /** Closes the optimiser. */
  @Override
  public void close() {
    optimizer.close();
  }
}
