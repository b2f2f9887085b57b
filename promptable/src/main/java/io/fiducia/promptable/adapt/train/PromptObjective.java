package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.train.BinaryCrossEntropyLoss;
import io.fiducia.learn.train.SoftDiceLoss;
import io.fiducia.promptable.sam.network.MaskDecoder;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * To answer prompts: binary cross entropy plus soft Dice of the mask, plus the squared error of its predicted
 * IoU. With points alone, which can mean an organ or a part of it, the best of the masks to choose from counts
 * too, as in SAM. Losses are taken at the resolution of the network's masks.
 */
record PromptObjective(NetworkInputs inputs, PromptDraw drawn, List<TrainingPicture> toValidate)
    implements
      Objective {
  private static final SoftDiceLoss DICE = new SoftDiceLoss(false);
  private static final BinaryCrossEntropyLoss ENTROPY = new BinaryCrossEntropyLoss();
  private static final int MASK_AXIS = 1;

  PromptObjective {
    toValidate = List.copyOf(toValidate);
  }

  @Override
  public List<Example> draw(int step, int size) {
    return drawn.batch(step, size);
  }

  @Override
  public Tensor loss(Tensor embedding, List<Example> examples, int step) {
    Tensor wanted = inputs.target(examples);
    SamPrompts prompts = prompts(embedding, examples, wanted, step);
    int tokens = inputs.network().shape().maskTokens();
    boolean several = tokens > 1 && prompts.boxes().length == 0 && prompts.masks().isEmpty();
    MaskDecoder.Masks masks = inputs.network().masks(embedding, inputs.seen(prompts), 0,
        several ? tokens : 1);
    Tensor truth = wanted.expand(masks.logits().shape());
    Tensor quality = iou(masks.logits(), truth);
    Tensor counted = counted(quality);
    Tensor probabilities = masks.logits().sigmoid();
    Tensor off = masks.iou().sub(quality);
    return DICE.compute(probabilities, truth, Optional.empty(), Optional.of(counted))
        .add(ENTROPY.compute(masks.logits(), truth, Optional.empty(), Optional.of(counted)))
        .add(off.mul(off).mean());
  }

  /** The prompts of examples; in some steps corrected, with the logits of the answer before. */
  private SamPrompts prompts(Tensor embedding, List<Example> examples, Tensor wanted, int step) {
    SamPrompts prompts = inputs.prompts(examples, Optional.empty());
    if (step < 0) {
      return prompts;
    }
    SeededRandom random = drawn.corrections(step);
    int number = drawn.numberOfCorrections(random);
    if (number == 0) {
      return prompts;
    }
    SamShape shape = inputs.network().shape();
    Corrections corrections = new Corrections(shape.maskSide(),
        shape.encoder().imageSize() / shape.maskSide());
    float[] truth = wanted.toFloats();
    for (int i = 0; i < number; i++) {
      Tensor logits = answer(embedding, prompts);
      SamPrompts more = corrections.corrected(prompts, logits.toFloats(), truth, random);
      prompts = new SamPrompts(more.batch(), more.points(), more.labels(), more.boxes(),
          Optional.of(logits));
    }
    return prompts;
  }

  private Tensor answer(Tensor embedding, SamPrompts prompts) {
    try (Autograd.Guard off = Autograd.noGrad()) {
      return inputs.network().masks(embedding.detach(), inputs.seen(prompts), 0, 1).logits()
          .detach();
    }
  }

  /** Intersection over union of masks and truth, (batch, masks), without gradients. */
  private static Tensor iou(Tensor logits, Tensor truth) {
    try (TorchScope scope = TorchScope.open("iou"); Autograd.Guard off = Autograd.noGrad()) {
      Tensor found = logits.detach().gt(0).to(DType.FLOAT32);
      Tensor wanted = truth.add(-0.5).gt(0).to(DType.FLOAT32);
      Tensor common = found.mul(wanted).sum(false, 2, 3);
      Tensor all = found.add(wanted).sum(false, 2, 3).sub(common);
      return scope.keep(common.div(all.clampMin(1)));
    }
  }

  /** 1 for the single mask and for the best of the others of each prompt, (batch, masks). */
  private Tensor counted(Tensor quality) {
    int masks = Math.toIntExact(quality.size(MASK_AXIS));
    float[] q = quality.toFloats();
    float[] out = new float[q.length];
    for (int b = 0; b < q.length / masks; b++) {
      out[b * masks] = 1;
      int best = 1;
      for (int m = 2; m < masks; m++) {
        best = q[b * masks + m] > q[b * masks + best] ? m : best;
      }
      if (masks > 1) {
        out[b * masks + best] = 1;
      }
    }
    return Tensor.of(out, inputs.network().device(), quality.shape());
  }

  @Override
  public Map<String, List<Example>> validation(int most) {
    return PromptDraw.fixed(toValidate, most);
  }

  @Override
  public double dice(Tensor embedding, Example example, String name) {
    List<Example> one = List.of(example);
    Tensor logits = inputs.network()
        .masks(embedding, inputs.seen(inputs.prompts(one, Optional.empty())), 0, 1).logits();
    return HardDice.of(logits.toFloats(), 0, inputs.target(one).toFloats(), 0.5f);
  }
}
