package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.learn.train.CrossEntropyLoss;
import io.fiducia.learn.train.SoftDiceLoss;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * To find all structures without prompts (SAMed): mask token 0 is the background and token i the i-th structure,
 * as channels of a softmax. The loss is 0.2 cross entropy and 0.8 soft Dice. Where structures overlap, the
 * later one counts. Structures that were not contoured in a case have no loss there.
 */
record AutomaticObjective(NetworkInputs inputs, AdaptSlices slices, boolean changed, long seed)
    implements
      Objective {
  private static final double ENTROPY_SHARE = 0.2;
  private static final SoftDiceLoss DICE = new SoftDiceLoss(false);
  private static final CrossEntropyLoss ENTROPY = new CrossEntropyLoss(OptionalInt.empty());
  private static final SlicePrompts NOTHING = new SlicePrompts(List.of(), List.of(),
      Optional.empty(), false);

  @Override
  public List<Example> draw(int step, int size) {
    SeededRandom random = SeededRandom.of(seed, "automatic step", step);
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      TrainingPicture source = slices.training().get(Draws.index(random, slices.training().size()));
      Optional<PictureChange> change = changed
          ? Optional.of(PictureChange.draw(random, source.width(), source.height()))
          : Optional.empty();
      out.add(example(source, change));
    }
    return out;
  }

  private Example example(TrainingPicture source, Optional<PictureChange> change) {
    SlicePicture plain = source.picture();
    Map<String, boolean[]> masks = new LinkedHashMap<>();
    for (String structure : slices.structures()) {
      boolean[] mask = source.mask(structure);
      masks.put(structure,
          change.map(c -> c.apply(mask, source.width(), source.height())).orElse(mask));
    }
    return new Example(source, change.map(c -> c.apply(plain)).orElse(plain), masks, NOTHING);
  }

  private Tensor logits(Tensor embedding, int batch) {
    return inputs.network()
        .masks(embedding, SamPrompts.none(batch), 0, slices.structures().size() + 1).logits();
  }

  @Override
  public Tensor loss(Tensor embedding, List<Example> examples, int step) {
    int foreground = slices.structures().size();
    Tensor logits = logits(embedding, examples.size());
    Tensor labels;
    Tensor annotated;
    Tensor truth;
    try (Autograd.Guard off = Autograd.noGrad()) {
      labels = labels(examples);
      annotated = annotated(examples);
      List<Tensor> each = new ArrayList<>();
      for (int c = 1; c <= foreground; c++) {
        each.add(labels.eq(c).to(DType.FLOAT32));
      }
      truth = Tensor.cat(each, 1);
    }
    Tensor dice = DICE.compute(logits.softmax(1).narrow(1, 1, foreground), truth,
        Optional.empty(), Optional.of(annotated.narrow(1, 1, foreground)));
    return ENTROPY.computeMarginal(logits, labels, annotated).mul(ENTROPY_SHARE)
        .add(dice.mul(1 - ENTROPY_SHARE));
  }

  /** Class numbers, int64 (batch, 1, y, x). */
  private Tensor labels(List<Example> examples) {
    int side = inputs.network().shape().maskSide();
    long[] out = new long[examples.size() * side * side];
    for (int c = 0; c < slices.structures().size(); c++) {
      float[] share = inputs.target(examples, slices.structures().get(c)).toFloats();
      for (int i = 0; i < out.length; i++) {
        out[i] = share[i] > 0.5f ? c + 1 : out[i];
      }
    }
    return Tensor.ofLongs(out, inputs.network().device(), out.length)
        .reshape(examples.size(), 1, side, side);
  }

  private Tensor annotated(List<Example> examples) {
    int classes = slices.structures().size() + 1;
    float[] out = new float[examples.size() * classes];
    for (int i = 0; i < examples.size(); i++) {
      out[i * classes] = 1;
      for (int c = 1; c < classes; c++) {
        out[i * classes + c] = examples.get(i).source().isContoured(slices.structures().get(c - 1))
            ? 1
            : 0;
      }
    }
    return Tensor.of(out, inputs.network().device(), examples.size(), classes);
  }

  @Override
  public Map<String, List<Example>> validation(int most) {
    Map<String, List<Example>> out = new LinkedHashMap<>();
    AdaptSlices.byStructure(slices.validation()).forEach((structure, with) -> {
      if (slices.structures().contains(structure)) {
        List<Example> examples = new ArrayList<>();
        int count = Math.min(most, with.size());
        for (int i = 0; i < count; i++) {
          examples
              .add(example(with.get((int) ((i + 0.5) * with.size() / count)), Optional.empty()));
        }
        out.put(structure, examples);
      }
    });
    return out;
  }

  @Override
  public double dice(Tensor embedding, Example example, String name) {
    int wanted = slices.structures().indexOf(name) + 1;
    float[] found = logits(embedding, 1).argmax(1).eq(wanted).to(DType.FLOAT32).toFloats();
    return HardDice.of(found, 0.5f, inputs.target(List.of(example), name).toFloats(), 0.5f);
  }
}
