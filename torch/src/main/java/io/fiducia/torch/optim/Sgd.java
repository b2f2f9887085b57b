package io.fiducia.torch.optim;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.PyNone;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum and weight decay, as torch computes it: the first step's
 * momentum is the gradient itself, and the learning rate is not part of the momentum.
 */
public final class Sgd implements Optimizer {
  private static final String MOMENTUM = "momentum_buffer";

  private final OptimizerState state;
  private final double momentum;
  private final boolean nesterov;
  private final double weightDecay;
  private double lastRate;

  /** Builds one; nnU-Net uses momentum 0.99, Nesterov, and weight decay 3e-5. */
  public Sgd(List<Tensor> parameters, double momentum, boolean nesterov, double weightDecay) {
    this.state = new OptimizerState(parameters);
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.weightDecay = weightDecay;
  }

  @Override
  public void zeroGrad() {
    state.zeroGrad();
  }

  @Override
  public void step(double learningRate) {
    lastRate = learningRate;
    try (TorchScope scope = TorchScope.open("Sgd.step"); Autograd.Guard none = Autograd.noGrad()) {
      for (int i = 0; i < state.parameters().size(); i++) {
        Tensor parameter = state.parameters().get(i);
        if (parameter.hasGrad()) {
          update(i, parameter, parameter.grad(), learningRate);
        }
      }
    }
  }

  private void update(int i, Tensor parameter, Tensor grad, double rate) {
    if (weightDecay != 0) {
      grad.add_(parameter, weightDecay);
    }
    if (momentum == 0) {
      parameter.add_(grad, -rate);
      return;
    }
    Tensor buffer;
    if (state.has(i, MOMENTUM)) {
      buffer = state.get(i, MOMENTUM).mul_(momentum).add_(grad);
    } else {
      buffer = state.put(i, MOMENTUM, grad.copy());
    }
    parameter.add_(nesterov ? grad.add_(buffer, momentum) : buffer, -rate);
  }

  @Override
  public Map<Object, Object> stateForCheckpoint() {
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < state.parameters().size(); i++) {
      if (state.has(i, MOMENTUM)) {
        entries.put((long) i, state.stored(i, MOMENTUM));
      }
    }
    Map<Object, Object> group = new LinkedHashMap<>();
    group.put("lr", lastRate);
    group.put("momentum", momentum);
    group.put("dampening", 0L);
    group.put("weight_decay", weightDecay);
    group.put("nesterov", nesterov);
    group.put("maximize", false);
    group.put("foreach", PyNone.NONE);
    group.put("differentiable", false);
    group.put("fused", PyNone.NONE);
    return state.dictionary(entries, group);
  }

  @Override
  public void load(Map<?, ?> dictionary) {
    state.entries(dictionary).forEach((i, entry) -> {
      Object buffer = entry.get(MOMENTUM);
      if (buffer == null && !entry.isEmpty()) {
        throw OptimizerState.refuse("expected " + MOMENTUM + ", found " + entry.keySet(),
            "resume with the optimiser that trained");
      }
      if (buffer != null && buffer != PyNone.NONE) {
        state.restore(i, MOMENTUM, buffer);
      }
    });
  }

  @Override
  public void close() {
    state.close();
  }
}
