package io.fiducia.torch.optim;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.PyTuple;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch computes it. */
public final class AdamW implements Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String SQUARE = "exp_avg_sq";

  private final OptimizerState state;
  private final long[] steps;
  private final double beta1;
  private final double beta2;
  private final double eps;
  private final double weightDecay;
  private double lastRate;

  /** Builds one with torch's usual betas 0.9 and 0.999 and epsilon 1e-8. */
  public AdamW(List<Tensor> parameters, double weightDecay) {
    this(parameters, 0.9, 0.999, 1e-8, weightDecay);
  }

  public AdamW(
      List<Tensor> parameters,
      double beta1,
      double beta2,
      double eps,
      double weightDecay) {
    this.state = new OptimizerState(parameters);
    this.steps = new long[parameters.size()];
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.eps = eps;
    this.weightDecay = weightDecay;
  }

  @Override
  public void zeroGrad() {
    state.zeroGrad();
  }

  @Override
  public void step(double learningRate) {
    lastRate = learningRate;
    try (TorchScope scope = TorchScope.open("AdamW.step");
        Autograd.Guard none = Autograd.noGrad()) {
      for (int i = 0; i < state.parameters().size(); i++) {
        Tensor parameter = state.parameters().get(i);
        if (parameter.hasGrad()) {
          update(i, parameter, parameter.grad(), learningRate);
        }
      }
    }
  }

  private void update(int i, Tensor parameter, Tensor grad, double rate) {
    if (!state.has(i, MEAN)) {
      state.put(i, MEAN, Tensor.zerosLike(grad));
      state.put(i, SQUARE, Tensor.zerosLike(grad));
    }
    steps[i]++;
    parameter.mul_(1 - rate * weightDecay);
    Tensor mean = state.get(i, MEAN).lerp_(grad, 1 - beta1);
    Tensor square = state.get(i, SQUARE).mul_(beta2).addcmul_(grad, grad, 1 - beta2);
    double correction = Math.sqrt(1 - Math.pow(beta2, steps[i]));
    Tensor scale = square.sqrt().div_(correction).add_(eps);
    parameter.addcdiv_(mean, scale, -rate / (1 - Math.pow(beta1, steps[i])));
    scale.free();
  }

  @Override
  public Map<Object, Object> stateForCheckpoint() {
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < state.parameters().size(); i++) {
      if (state.has(i, MEAN)) {
        Map<Object, Object> entry = new LinkedHashMap<>();
        entry.put("step", StoredTensor.ofFloats(new float[]{steps[i]}));
        entry.putAll(state.stored(i, MEAN, SQUARE));
        entries.put((long) i, entry);
      }
    }
    Map<Object, Object> group = new LinkedHashMap<>();
    group.put("lr", lastRate);
    group.put("betas", PyTuple.of(beta1, beta2));
    group.put("eps", eps);
    group.put("weight_decay", weightDecay);
    group.put("amsgrad", false);
    group.put("maximize", false);
    group.put("foreach", PyNone.NONE);
    group.put("capturable", false);
    group.put("differentiable", false);
    group.put("fused", PyNone.NONE);
    group.put("decoupled_weight_decay", true);
    return state.dictionary(entries, group);
  }

  @Override
  public void load(Map<?, ?> dictionary) {
    state.entries(dictionary).forEach((i, entry) -> {
      steps[i] = storedSteps(entry);
      state.restore(i, MEAN, entry.get(MEAN));
      state.restore(i, SQUARE, entry.get(SQUARE));
    });
  }

  private static long storedSteps(Map<?, ?> entry) {
    Object step = entry.get("step");
    if (step instanceof StoredTensor t && t.count() == 1) {
      return (long) t.toFloats()[0];
    }
    if (step instanceof Number n) {
      return n.longValue();
    }
    throw OptimizerState.refuse("expected step, found " + entry.keySet(),
        "resume with the optimiser that trained");
  }

  @Override
  public void close() {
    state.close();
  }
}
