package io.fiducia.promptable.session;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptStep;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.Propagation;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.SliceMask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A person's session with one model on one image. Objects are known by name; each has its own steps, and the
 * latest step of an object can be taken back. A slice is encoded once, whatever is prompted in it.
 *
 * <p>All prompts of an object in one slice go to the model together, with the logits of the answer before
 * (or of the propagated mask, if that was all there was). A single click asks for several masks, of which
 * the one with the best predicted IoU is taken; anything else asks for one. A step that is refused changes
 * nothing. For one thread.
 */
public final class PromptSession {
  private final EncodedStack encoded;
  private final PlaneStack stack;
  private final SlicePromptMaker maker;
  private final Multimask multimask;
  private final Map<String, Deque<State>> objects = new LinkedHashMap<>();

  /** When the model is asked for several masks. */
  public enum Multimask {
    /** For a single click, which can mean an organ or a part of it. */
    SINGLE_CLICK,
    /** Always. */
    ALWAYS,
    /** Never. */
    NEVER
  }

  /**
   * An object after a step.
   *
   * @param prompts that count, since the latest initial contours
   * @param slices probabilities of prompted slices
   * @param logits mask prompts for the next answer in a slice
   * @param predictedIou what the model predicted for its masks, by slice; not for initial contours
   * @param volume the latest propagated result, mask prompts of which may be needed
   * @param result what the step gave
   */
  private record State(List<Prompt> prompts, SortedMap<Integer, float[]> slices,
      Map<Integer, float[]> logits, Map<Integer, Double> predictedIou,
      Optional<PropagatedVolume> volume, StepResult result) {
    static State none(String object) {
      return new State(List.of(), new TreeMap<>(), Map.of(), Map.of(), Optional.empty(),
          new StepResult(object, 0, new TreeMap<>(), new TreeMap<>()));
    }
  }

  /** A session without objects. */
  public PromptSession(EncodedStack encoded, Multimask multimask) {
    this.encoded = encoded;
    this.stack = encoded.stack();
    this.maker = new SlicePromptMaker(stack);
    this.multimask = multimask;
  }

  /** The slices of the image. */
  public PlaneStack stack() {
    return stack;
  }

  /** The names of the objects in the order of their first steps. */
  public List<String> objects() {
    return List.copyOf(objects.keySet());
  }

  /**
   * Takes a step.
   *
   * @throws FiduciaException BAD_INPUT for a step that cannot be taken: see {@link #give} and {@link #undo}
   */
  public StepResult step(String object, PromptStep step) {
    return switch (step) {
      case PromptStep.Undo undo -> undo(object);
      case Prompt prompt -> give(object, prompt);
    };
  }

  /**
   * Takes all steps of an object.
   *
   * @return the result of every step
   */
  public List<StepResult> run(PromptedObject object) {
    List<StepResult> results = new ArrayList<>();
    object.steps().forEach(step -> results.add(step(object.name(), step)));
    return results;
  }

  /**
   * Gives a prompt and returns what the model makes of it.
   *
   * @throws FiduciaException BAD_INPUT for a prompt outside of the image, on another grid, in
   *     slices that all show nothing, of a kind that the model does not understand, or one that contradicts an
   *     earlier one; for a negative prompt where nothing was found yet
   */
  public StepResult give(String object, Prompt prompt) {
    return keep(object, prompt instanceof Prompt.Initial initial
        ? startFrom(object, initial)
        : prompted(object, List.of(prompt)));
  }

  /**
   * Gives prompts that the model answers together, as one step.
   *
   * @param prompts at least one, none of them initial contours
   * @throws FiduciaException as {@link #give}
   */
  public StepResult giveTogether(String object, List<Prompt> prompts) {
    return keep(object, prompted(object, prompts));
  }

  private StepResult keep(String object, State after) {
    objects.computeIfAbsent(object, name -> new ArrayDeque<>()).push(after);
    return after.result();
  }

  /** The object starts from contours; all earlier prompts are forgotten. */
  private State startFrom(String object, Prompt.Initial initial) {
    SortedMap<Integer, float[]> slices = new TreeMap<>();
    Map<Integer, float[]> logits = new LinkedHashMap<>();
    for (int k : maker.slices(initial)) {
      float[] certain = stack.toPicture(SliceMask.certain(maker.cut(initial.mask(), k)));
      slices.put(k, certain);
      logits.put(k, encoded.maskPrompt(certain));
    }
    return new State(List.of(), slices, logits, Map.of(), Optional.empty(),
        new StepResult(object, 0, slices, new TreeMap<>()));
  }

  private State prompted(String object, List<Prompt> more) {
    State before = state(object).orElseGet(() -> State.none(object));
    SortedMap<Integer, SliceResult> answers = new TreeMap<>();
    List<Prompt> prompts = new ArrayList<>(before.prompts());
    prompts.addAll(more);
    SortedMap<Integer, float[]> slices = new TreeMap<>(before.slices());
    Map<Integer, float[]> logits = new LinkedHashMap<>(before.logits());
    Map<Integer, Double> ious = new LinkedHashMap<>(before.predictedIou());
    SortedSet<Integer> touched = new TreeSet<>();
    more.forEach(p -> touched.addAll(maker.slices(p)));
    for (int k : visible(touched)) {
      SliceResult answer = answer(prompts, k, before);
      answers.put(k, answer);
      slices.put(k, answer.answer().probabilities());
      logits.put(k, answer.answer().lowResolution());
      ious.put(k, answer.answer().predictedIou());
    }
    return new State(List.copyOf(prompts), slices, logits, ious, before.volume(),
        new StepResult(object, prompts.size(), slices, answers));
  }

  /** The slices in which there is something to see; a box of several slices may reach beyond them. */
  private List<Integer> visible(SortedSet<Integer> slices) {
    List<Integer> visible = slices.stream().filter(k -> !stack.isBlank(k)).toList();
    if (visible.isEmpty()) {
      throw FiduciaException.badInput("a prompt lies in a slice that shows nothing",
          "slice " + slices.first(), "within the window from " + stack.window().low() + " to "
              + stack.window().high() + " all voxels have one grey value",
          "choose another slice or another window");
    }
    return visible;
  }

  private SliceResult answer(List<Prompt> prompts, int slice, State before) {
    SlicePrompts said = maker.inSlice(prompts, slice);
    Optional<float[]> logits = earlier(before, slice);
    boolean single = said.points().size() == 1 && said.boxes().isEmpty() && logits.isEmpty();
    if (logits.isEmpty() && said.boxes().isEmpty()
        && said.points().stream().noneMatch(SlicePrompts.Point::positive)) {
      throw FiduciaException.badInput("a negative prompt has nothing to take away from",
          "slice " + slice, "nothing was found in this slice yet, and nothing is marked as inside",
          "mark the structure first");
    }
    boolean several = switch (multimask) {
      case SINGLE_CLICK -> single;
      case ALWAYS -> true;
      case NEVER -> false;
    };
    SlicePrompts all = logits.map(said::withMaskLogits).orElse(said).withMultimask(several);
    List<SliceAnswer> masks = encoded.answer(slice, all);
    return SliceResult.of(slice, masks);
  }

  /** The mask prompt that stands for what is known of a slice. */
  private Optional<float[]> earlier(State state, int slice) {
    float[] logits = state.logits().get(slice);
    if (logits != null) {
      return Optional.of(logits);
    }
    return state.volume().map(PropagatedVolume::mask).map(m -> stack.axes().cut(m, slice))
        .filter(m -> SliceMask.area(m) > 0)
        .map(m -> encoded.maskPrompt(stack.toPicture(SliceMask.certain(m))));
  }

  /**
   * Takes back the latest step of an object and returns what was known before it.
   *
   * @throws FiduciaException BAD_INPUT if no step is left
   */
  public StepResult undo(String object) {
    Deque<State> states = objects.get(object);
    if (states == null || states.isEmpty()) {
      throw PromptedObject.nothingToUndo(object);
    }
    states.pop();
    return current(object);
  }

  /** What is known of an object; nothing if it has no steps. */
  public StepResult current(String object) {
    State now = state(object).orElseGet(() -> State.none(object));
    return new StepResult(object, now.prompts().size(), now.slices(), new TreeMap<>());
  }

  private Optional<State> state(String object) {
    return Optional.ofNullable(objects.get(object)).map(Deque::peek);
  }

  /**
   * The object in the volume, from its prompted slices. Later prompts in other slices correct this result:
   * there the model is given its mask.
   *
   * @throws FiduciaException as {@link Propagation#run}
   */
  public PropagatedVolume propagate(String object, PropagationSettings settings, Progress progress,
      Cancellation cancellation) {
    State now = state(object).orElseGet(() -> State.none(object));
    PropagatedVolume volume = new Propagation(encoded, settings, progress, cancellation)
        .run(now.slices()).withPredictedIou(now.predictedIou());
    objects.get(object).pop();
    objects.get(object).push(new State(now.prompts(), now.slices(), now.logits(),
        now.predictedIou(), Optional.of(volume), now.result()));
    return volume;
  }
}
