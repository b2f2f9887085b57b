package io.fiducia.torch.optim;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What the optimisers keep per parameter, and its way to and from checkpoints. */
final class OptimizerState {
  private final List<Tensor> parameters;
  private final TensorOwner owner = new TensorOwner("optimizer");
  private final List<Map<String, Tensor>> slots = new ArrayList<>();

  OptimizerState(List<Tensor> parameters) {
    this.parameters = List.copyOf(parameters);
    this.parameters.forEach(p -> slots.add(new HashMap<>()));
  }

  List<Tensor> parameters() {
    return parameters;
  }

  boolean has(int parameter, String slot) {
    return slots.get(parameter).containsKey(slot);
  }

  Tensor get(int parameter, String slot) {
    return slots.get(parameter).get(slot);
  }

  Tensor put(int parameter, String slot, Tensor value) {
    owner.adopt(value);
    slots.get(parameter).put(slot, value);
    return value;
  }

  void zeroGrad() {
    parameters.forEach(Tensor::clearGrad);
  }

  void close() {
    owner.close();
  }

  /** Stored copies of one parameter's slots, in the given order. */
  Map<Object, Object> stored(int parameter, String... names) {
    Map<Object, Object> out = new LinkedHashMap<>();
    for (String name : names) {
      out.put(name, StoredTensors.toStored(get(parameter, name)));
    }
    return out;
  }

  Map<Object, Object> dictionary(Map<Object, Object> state, Map<Object, Object> group) {
    Map<Object, Object> withParameters = new LinkedHashMap<>(group);
    withParameters.put("params",
        new ArrayList<Object>(LongStream.range(0, parameters.size()).boxed().toList()));
    Map<Object, Object> out = new LinkedHashMap<>();
    out.put("state", state);
    out.put("param_groups", new ArrayList<Object>(List.of(withParameters)));
    return out;
  }

  /** Each parameter's entry of a stored state, checked to belong to as many parameters. */
  Map<Integer, Map<?, ?>> entries(Map<?, ?> dictionary) {
    if (!(dictionary.get("state") instanceof Map<?, ?> state)
        || !(dictionary.get("param_groups") instanceof List<?> groups)) {
      throw refuse("state and param_groups are missing", "");
    }
    long count = 0;
    for (Object group : groups) {
      count += group instanceof Map<?, ?> g && g.get("params") instanceof List<?> p ? p.size() : 0;
    }
    if (count != parameters.size()) {
      throw refuse("expected " + parameters.size() + " parameters, found " + count,
          "resume with the network that was trained");
    }
    Map<Integer, Map<?, ?>> out = new LinkedHashMap<>();
    state.forEach((key, value) -> {
      if (!(key instanceof Number n) || n.longValue() < 0 || n.longValue() >= parameters.size()
          || !(value instanceof Map<?, ?> entry)) {
        throw refuse("unexpected entry " + key, "");
      }
      out.put(n.intValue(), entry);
    });
    return out;
  }

  /** Takes over one stored slot. */
  void restore(int parameter, String slot, Object value) {
    Tensor like = parameters.get(parameter);
    if (!(value instanceof StoredTensor stored)
        || !Arrays.equals(stored.shape(), like.shape())) {
      String found = value instanceof StoredTensor s
          ? Arrays.toString(s.shape())
          : String.valueOf(value);
      throw refuse("parameter " + parameter + ", " + slot + ": expected "
          + Arrays.toString(like.shape()) + ", found " + found,
          "resume with the same kind of optimiser and the network that was trained");
    }
    try (TorchScope scope = TorchScope.open("restore"); Autograd.Guard none = Autograd.noGrad()) {
      Tensor target = has(parameter, slot)
          ? get(parameter, slot)
          : put(parameter, slot, Tensor.zerosLike(like.detach()));
      target.copy_(StoredTensors.toTensor(stored, like.device()));
    }
  }

  static FiduciaException refuse(String why, String advice) {
    return FiduciaException.badInput("an optimiser's state cannot be loaded", "optimizer_state",
        why, advice);
  }
}
