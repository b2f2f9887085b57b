package io.fiducia.torch.optim;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps gradients of half precision from vanishing: the loss is multiplied by a scale before backward
 * and the gradients are divided by it afterwards. As torch's {@code GradScaler}: the scale starts at
 * 65536, halves after a step whose gradients overflowed, and doubles after 2000 steps in a row whose
 * gradients did not.
 */
public final class GradScaler {
  private static final double GROWTH = 2;
  private static final double BACKOFF = 0.5;
  private static final int INTERVAL = 2000;

  private double scale = 65536;
  private int steps;

  /** The loss to call backward on. */
  public Tensor scale(Tensor loss) {
    return loss.mul(scale);
  }

  /** Divides the gradients by the scale. */
  public void unscale(List<Tensor> parameters) {
    try (TorchScope scope = TorchScope.open("unscale"); Autograd.Guard none = Autograd.noGrad()) {
      parameters.stream().filter(Tensor::hasGrad).forEach(p -> p.grad().mul_(1 / scale));
    }
  }

  /**
   * Adapts the scale after a step.
   *
   * @param finite whether all gradients were numbers; if not, the caller must have left out the step
   */
  public void update(boolean finite) {
    if (!finite) {
      scale *= BACKOFF;
      steps = 0;
    } else if (++steps == INTERVAL) {
      scale *= GROWTH;
      steps = 0;
    }
  }

  /** What the loss is multiplied by. */
  public double scale() {
    return scale;
  }

  /** The state in the shape of torch's {@code state_dict()}. */
  public Map<String, Object> stateForCheckpoint() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("scale", scale);
    state.put("growth_factor", GROWTH);
    state.put("backoff_factor", BACKOFF);
    state.put("growth_interval", (long) INTERVAL);
    state.put("_growth_tracker", (long) steps);
    return state;
  }

  /** Takes over scale and count of a state as torch or {@link #stateForCheckpoint} stores it. */
  public void load(Map<?, ?> state) {
    if (state.get("scale") instanceof Number s && s.doubleValue() > 0) {
      scale = s.doubleValue();
    }
    if (state.get("_growth_tracker") instanceof Number n) {
      steps = n.intValue();
    }
  }
}
