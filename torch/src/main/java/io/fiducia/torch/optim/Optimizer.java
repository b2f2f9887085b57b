package io.fiducia.torch.optim;

import io.fiducia.base.FiduciaException;
import java.util.Map;

/**
 * Changes parameters by their gradients. One step is {@link #zeroGrad}, forward, backward, {@link
 * #step}. State lives until {@link #close}, whatever scopes are open.
 */
public sealed interface Optimizer extends AutoCloseable permits Sgd, AdamW {
  /** Drops all gradients. */
  void zeroGrad();

  /** Applies the gradients once and uses them up; parameters without a gradient stay as they are. */
  void step(double learningRate);

  /**
   * A copy of the state in the shape of torch's {@code optimizer.state_dict()}: {@code state}, by
   * parameter number, and {@code param_groups}.
   */
  Map<Object, Object> stateForCheckpoint();

  /**
   * Takes over a state as {@link #stateForCheckpoint} gives it or torch stored it; settings of
   * this optimiser stay.
   *
   * @throws FiduciaException if it belongs to other parameters or another optimiser
   */
  void load(Map<?, ?> state);

  /** Frees the state; parameters stay. */
  @Override
  void close();
}
