package io.fiducia.torch.optim;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;

/** Operations on the gradients of many parameters at once. */
public final class Gradients {
  private Gradients() {}

  /**
   * The Euclidean norm of all gradients before this call, which scales them so that it is at most
   * {@code maxNorm}. A norm that is not finite is returned and the gradients stay; the caller should
   * then skip the step.
   */
  public static double clipNorm(List<Tensor> parameters, double maxNorm) {
    double norm = Functional.gradientNorm(parameters);
    double factor = maxNorm / (norm + 1e-6);
    if (factor < 1 && Double.isFinite(norm)) {
      try (TorchScope scope = TorchScope.open("clipNorm");
          Autograd.Guard none = Autograd.noGrad()) {
        parameters.stream().filter(Tensor::hasGrad).forEach(p -> p.grad().mul_(factor));
      }
    }
    return norm;
  }
}
