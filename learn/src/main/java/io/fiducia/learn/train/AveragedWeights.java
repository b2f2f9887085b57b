package io.fiducia.learn.train;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import java.util.List;

/**
 * An exponential moving average of a network's weights, which is used in their place (Polyak and
 * Juditsky 1992). The averages live until {@link #close}, whatever scopes are open.
 */
public final class AveragedWeights implements AutoCloseable {
  private final List<Tensor> parameters;
  private final List<Tensor> averages;
  private final double decay;
  private final TensorOwner owner = new TensorOwner("averaged weights");

  /**
   * Averages that start at the current weights.
   *
   * @param decay share of the old average that a step keeps, 0 to below 1; 0: nothing is averaged,
   *     {@link #tensors} is empty, and {@link #inPlace} leaves the weights as they are
   */
  public AveragedWeights(List<Tensor> parameters, double decay) {
    this.parameters = List.copyOf(parameters);
    this.decay = decay;
    try (TorchScope scope = TorchScope.open("averaged weights")) {
      this.averages = decay > 0
          ? this.parameters.stream().map(p -> owner.adopt(p.detach().copy())).toList()
          : List.of();
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /** The averages, in the order of the parameters; empty if nothing is averaged. */
  public List<Tensor> tensors() {
    return averages;
  }

  /**
   * Moves the averages towards the current weights; faster at the start, so that the random first
   * weights are soon forgotten.
   *
   * @param steps steps taken before this one
   */
  public void update(int steps) {
    double keep = Math.min(decay, (1.0 + steps) / (10.0 + steps));
    try (Autograd.Guard off = Autograd.noGrad()) {
      for (int p = 0; p < averages.size(); p++) {
        averages.get(p).lerp_(parameters.get(p), 1 - keep);
      }
    }
  }

  /** Puts the averages in place of the current weights until the result is closed. */
  public Autograd.Guard inPlace() {
    TorchScope scope = TorchScope.open("weights set aside");
    try (Autograd.Guard off = Autograd.noGrad()) {
      List<Tensor> aside = averages.isEmpty()
          ? List.of()
          : parameters.stream().map(p -> p.detach().copy()).toList();
      copy(averages);
      return () -> {
        copy(aside);
        scope.close();
      };
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Copies into the parameters; an empty list copies nothing. */
  private void copy(List<Tensor> from) {
    try (Autograd.Guard off = Autograd.noGrad()) {
      for (int p = 0; p < from.size(); p++) {
        parameters.get(p).copy_(from.get(p));
      }
    }
  }

  /** Frees the averages; the parameters stay. */
  @Override
  public void close() {
    owner.close();
  }
}
