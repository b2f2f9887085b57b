package io.fiducia.learn.transfer;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Weights of a source mapped onto the tensors of a network. First everything is decided and can be
 * looked at; {@link #apply} then changes the network.
 */
public final class WeightMapping {
  /**
   * A tensor of the network that the source has no usable tensor for.
   *
   * @param found the shape of the source's tensor; empty if the source has none of that name
   */
  public record Misfit(String name, List<Long> expected, Optional<List<Long>> found) {
    @Override
    public String toString() {
      return name + " expected " + expected
          + found.map(shape -> " found " + shape).orElse(", missing in the source");
    }
  }

  private record Step(TensorSlot slot, Optional<StoredTensor> source, TensorRule.Fill fill) {}

  private final List<Step> steps;
  private final List<Misfit> misfits;
  private final List<WeightReport.Left> left;

  private WeightMapping(List<Step> steps, List<Misfit> misfits, List<WeightReport.Left> left) {
    this.steps = List.copyOf(steps);
    this.misfits = List.copyOf(misfits);
    this.left = List.copyOf(left);
  }

  /**
   * Decides for every tensor of a network; changes nothing.
   *
   * @param slots the network's tensors
   * @param source the source's tensors by name; a slot's tensor is found under any of its names
   * @param rules the rule for a slot, by its first name
   */
  public static WeightMapping of(List<TensorSlot> slots, Map<String, StoredTensor> source,
      Function<String, TensorRule> rules) {
    List<Step> steps = new ArrayList<>();
    List<Misfit> misfits = new ArrayList<>();
    for (TensorSlot slot : slots) {
      Optional<StoredTensor> stored = slot.names().stream().filter(source::containsKey).findFirst()
          .map(source::get);
      rules.apply(slot.name()).fill(slot.tensor(), stored).ifPresentOrElse(
          fill -> steps.add(new Step(slot, stored, fill)),
          () -> misfits.add(new Misfit(slot.name(), TensorRule.list(slot.tensor().shape()),
              stored.map(s -> TensorRule.list(s.shape())))));
    }
    return new WeightMapping(steps, misfits, left(slots, source, steps));
  }

  private static List<WeightReport.Left> left(List<TensorSlot> slots,
      Map<String, StoredTensor> source,
      List<Step> steps) {
    Set<String> known = slots.stream().flatMap(s -> s.names().stream())
        .collect(Collectors.toSet());
    List<WeightReport.Left> left = new ArrayList<>();
    for (Step step : steps) {
      if (step.fill() instanceof TensorRule.Fill.Fresh f && step.source().isPresent()) {
        left.add(new WeightReport.Left(step.slot().name(), f.why()));
      }
    }
    List<StoredTensor> listed = new ArrayList<>();
    source.forEach((name, tensor) -> {
      // A tensor that a file holds under several names is one tensor.
      if (!known.contains(name) && listed.stream().noneMatch(tensor::sharesBytesWith)) {
        listed.add(tensor);
        left.add(new WeightReport.Left(name, "the network has no such tensor"));
      }
    });
    return left;
  }

  /** What becomes of every tensor, without those that do not fit. */
  public WeightReport report() {
    return new WeightReport(steps.stream().map(s -> switch (s.fill()) {
      case TensorRule.Fill.Taken t ->
        new WeightReport.Mapped(s.slot().name(), TensorState.TAKEN,
            "the source has it in the same shape");
      case TensorRule.Fill.Adapted a ->
        new WeightReport.Mapped(s.slot().name(), TensorState.ADAPTED, a.why());
      case TensorRule.Fill.Fresh f ->
        new WeightReport.Mapped(s.slot().name(), TensorState.FRESH, f.why());
    }).toList(), left);
  }

  /** The tensors that do not fit; if there are any, the weights cannot be used. */
  public List<Misfit> misfits() {
    return misfits;
  }

  /**
   * Puts the values into the network.
   *
   * @throws IllegalStateException if there are misfits
   */
  public void apply() {
    if (!misfits.isEmpty()) {
      throw new IllegalStateException("weights that do not fit: " + misfits);
    }
    try (Autograd.Guard none = Autograd.noGrad()) {
      for (Step step : steps) {
        Tensor target = step.slot().tensor();
        try (TorchScope scope = TorchScope.open("weights")) {
          switch (step.fill()) {
            case TensorRule.Fill.Taken t -> target.copy_(
                StoredTensors.toTensor(step.source().orElseThrow(), target.device()));
            case TensorRule.Fill.Adapted a -> target.copy_(
                Tensor.of(a.values(), target.device(), target.shape()));
            case TensorRule.Fill.Fresh f -> {
            }
          }
        }
      }
    }
  }
}
