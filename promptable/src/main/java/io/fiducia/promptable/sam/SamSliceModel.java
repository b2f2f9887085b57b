package io.fiducia.promptable.sam;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.sam.network.MaskDecoder;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.sam.picture.MaskScaling;
import io.fiducia.promptable.sam.picture.PictureFrame;
import io.fiducia.promptable.sam.picture.Preparation;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/** A model of the SAM family with its own way to prepare pictures and to read masks. */
public final class SamSliceModel implements SliceModel {
  /** Probability of the pixels of a mask that is given as a prompt, less 1 (micro-sam). */
  private static final double UNSURE = 1e-3;
  /** Masks that are scaled to the picture at a time: one takes 4 MB in the square of 1024 pixels. */
  private static final int SCALED_TOGETHER = 16;

  private final SamFamily family;
  private final SamNetwork network;
  private final ModelIdentity identity;

  /**
   * A model over a network, which it closes.
   *
   * @param identity of the family and of the network's weights
   */
  public SamSliceModel(SamFamily family, SamNetwork network, ModelIdentity identity) {
    this.family = family;
    this.network = network;
    this.identity = identity;
  }

  /**
   * The model of weights that answer prompts.
   *
   * @throws FiduciaException BAD_INPUT if the weights are not whole, or find structures without prompts
   */
  public static SamSliceModel load(SamWeights weights, Device device) {
    AutomaticWeights.requirePromptable(weights);
    ModelIdentity identity = weights.identity();
    return new SamSliceModel(weights.family(), weights.load(device), identity);
  }

  @Override
  public ModelIdentity identity() {
    return identity;
  }

  /** Which model it is. */
  public SamFamily family() {
    return family;
  }

  /** Its network. */
  public SamNetwork network() {
    return network;
  }

  /** Where a picture of a size lies in the network's square. */
  public PictureFrame frame(int width, int height) {
    return new PictureFrame(family.preparation(), width, height,
        network.shape().encoder().imageSize());
  }

  @Override
  public SliceEmbedding embed(SlicePicture picture) {
    int side = network.shape().encoder().imageSize();
    float[] input = frame(picture.width(), picture.height()).input(picture);
    try (TorchScope scope = TorchScope.open("embed"); Autograd.Guard none = Autograd.noGrad()) {
      Tensor embedding = network.embed(Tensor.of(input, network.device(), 1, 3, side, side));
      return new SliceEmbedding(identity, picture.width(), picture.height(),
          network.shape().channels(), network.shape().grid(), embedding.toFloats());
    }
  }

  @Override
  public List<SliceAnswer> answer(SliceEmbedding embedding, SlicePrompts prompts) {
    return together(embedding, List.of(prompts), iou -> true).getFirst();
  }

  @Override
  public List<List<SliceAnswer>> answers(SliceEmbedding embedding, List<SlicePrompts> prompts,
      DoublePredicate wanted) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    SlicePrompts first = prompts.getFirst();
    return prompts.stream().allMatch(p -> p.points().size() == first.points().size()
        && p.boxes().size() == first.boxes().size() && p.multimask() == first.multimask()
        && p.maskLogits().isEmpty())
            ? together(embedding, prompts, wanted)
            : SliceModel.super.answers(embedding, prompts, wanted);
  }

  /** The answers to prompts of one form, or to a single one. */
  private List<List<SliceAnswer>> together(SliceEmbedding embedding, List<SlicePrompts> prompts,
      DoublePredicate wanted) {
    embedding.require(identity, "embedding");
    prompts.forEach(p -> p.check(embedding.width(), embedding.height()));
    MaskScaling scaling = scaling(embedding.width(), embedding.height());
    PictureFrame frame = scaling.frame();
    try (TorchScope scope = TorchScope.open("answer"); Autograd.Guard none = Autograd.noGrad()) {
      int from = prompts.getFirst().multimask() && network.shape().maskTokens() > 1 ? 1 : 0;
      int count = from == 1 ? network.shape().maskTokens() - 1 : 1;
      MaskDecoder.Masks masks = network.masks(tensor(embedding),
          DrawnPrompts.seen(inFrame(prompts, frame), family, network), from, count);
      float[] iou = masks.iou().toFloats();
      int[] kept = IntStream.range(0, iou.length).filter(i -> wanted.test(iou[i])).toArray();
      List<List<SliceAnswer>> answers = new ArrayList<>();
      prompts.forEach(p -> answers.add(new ArrayList<>()));
      for (int start = 0; start < kept.length; start += SCALED_TOGETHER) {
        int[] some = Arrays.copyOfRange(kept, start,
            Math.min(kept.length, start + SCALED_TOGETHER));
        Scaled scaled = scaled(masks.logits(), some, scaling);
        for (int i = 0; i < some.length; i++) {
          answers.get(some[i] / count).add(new SliceAnswer(from + some[i] % count,
              probabilities(scaled.full(), i, frame), iou[some[i]],
              part(scaled.low(), i, scaled.low().length / some.length)));
        }
      }
      return answers;
    }
  }

  /** Masks in the network's size, and in that of the picture. */
  private record Scaled(float[] low, float[] full) {}

  private Scaled scaled(Tensor logits, int[] which, MaskScaling scaling) {
    try (TorchScope scope = TorchScope.open("scale masks")) {
      int side = network.shape().maskSide();
      Tensor some = logits.reshape(1, -1, side, side).indexSelect(1, Tensor
          .ofLongs(Arrays.stream(which).asLongStream().toArray(), network.device(), which.length));
      return new Scaled(some.toFloats(), atPicture(some, scaling).toFloats());
    }
  }

  /** An embedding as the network takes it. */
  Tensor tensor(SliceEmbedding embedding) {
    return Tensor.of(embedding.features(), network.device(), 1, embedding.channels(),
        embedding.side(), embedding.side());
  }

  private SamPrompts inFrame(List<SlicePrompts> prompts, PictureFrame frame) {
    int perPrompt = prompts.getFirst().points().size();
    int boxes = prompts.getFirst().boxes().size();
    if (boxes > 1) {
      throw FiduciaException.badInput("a model of the SAM family takes one box at a time", "boxes",
          "expected at most 1, found " + boxes, "ask once for each object, with its own box");
    }
    float[] points = new float[2 * perPrompt * prompts.size()];
    int[] labels = new int[perPrompt * prompts.size()];
    float[] sides = new float[4 * boxes * prompts.size()];
    for (int i = 0; i < labels.length; i++) {
      SlicePrompts.Point p = prompts.get(i / perPrompt).points().get(i % perPrompt);
      points[2 * i] = frame.x(p.x());
      points[2 * i + 1] = frame.y(p.y());
      labels[i] = p.positive() ? 1 : 0;
    }
    for (int i = 0; i < boxes * prompts.size(); i++) {
      System.arraycopy(frame.box(prompts.get(i).boxes().getFirst()), 0, sides, 4 * i, 4);
    }
    return new SamPrompts(prompts.size(), points, labels, sides,
        prompts.getFirst().maskLogits().map(this::mask));
  }

  private Tensor mask(float[] logits) {
    int side = network.shape().maskSide();
    if (logits.length != side * side) {
      throw FiduciaException.badInput("a mask prompt does not fit the model", "mask logits",
          "expected " + side + "x" + side + " logits, found " + logits.length,
          "give those of an earlier answer of this model");
    }
    return Tensor.of(logits, network.device(), 1, 1, side, side);
  }

  /** How masks are scaled to a picture. */
  public MaskScaling scaling(int width, int height) {
    return new MaskScaling(frame(width, height), network.shape().maskSide());
  }

  /** What the family scales to the picture's size: logits, or for MedSAM probabilities. */
  private static Tensor atPicture(Tensor logits, MaskScaling scaling) {
    return scaling.atPicture(
        scaling.frame().preparation() == Preparation.MEDSAM ? logits.sigmoid() : logits);
  }

  /**
   * The logits of all mask tokens without any prompt, for weights whose tokens stand for structures: token by token,
   * in the size of the network's masks.
   */
  public float[] tokenLogits(SliceEmbedding embedding) {
    embedding.require(identity, "embedding");
    try (TorchScope scope = TorchScope.open("tokens"); Autograd.Guard none = Autograd.noGrad()) {
      return network.masks(tensor(embedding), SamPrompts.none(1), 0, network.shape().maskTokens())
          .logits().toFloats();
    }
  }

  private static float[] probabilities(float[] all, int mask, PictureFrame frame) {
    float[] values = part(all, mask, frame.width() * frame.height());
    if (frame.preparation() != Preparation.MEDSAM) {
      for (int i = 0; i < values.length; i++) {
        values[i] = SliceAnswer.probability(values[i]);
      }
    }
    return values;
  }

  private static float[] part(float[] all, int index, int length) {
    float[] out = new float[length];
    System.arraycopy(all, index * length, out, 0, length);
    return out;
  }

  @Override
  public float[] maskPrompt(int width, int height, float[] probabilities) {
    MaskScaling scaling = scaling(width, height);
    int side = scaling.maskSide();
    try (TorchScope scope = TorchScope.open("mask prompt");
        Autograd.Guard none = Autograd.noGrad()) {
      int w = scaling.filledColumns();
      int h = scaling.filledRows();
      Tensor small = Functional.resize(
          Tensor.of(probabilities, Device.CPU, 1, 1, height, width), h, w);
      Tensor sure = Functional.clamp(small, UNSURE, 1 - UNSURE);
      Tensor logits = sure.log().sub(sure.neg().add(1).log());
      return Functional.pad(logits, 0, side - w, 0, side - h).toFloats();
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
