package io.fiducia.promptable.testing;

import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A model for tests: pixels whose grey value is near that of the marked bright pixels and that are connected with
 * them, inside of the box if there is one. A negative point takes the disc around it away. The embedding is the
 * picture, and mask prompts are logits of the picture's pixels.
 */
public final class GrowingModel implements SliceModel {
  /** The largest difference of grey values, for the masks 0 to 3. */
  private static final double[] TOLERANCE = {40, 10, 40, 60};
  private static final double RADIUS = 3;
  /** Objects are brighter than this; what is darker is not followed. */
  private static final double BRIGHT = 100;

  private final ModelIdentity identity;
  private final List<SlicePrompts> asked = new ArrayList<>();
  private int embedded;

  /** A model whose identity has this letter. */
  public GrowingModel(char letter) {
    identity = new ModelIdentity("growing", String.valueOf(letter).repeat(64));
  }

  /** How often a picture was encoded. */
  public int embedded() {
    return embedded;
  }

  /** All prompts that were answered. */
  public List<SlicePrompts> asked() {
    return asked;
  }

  @Override
  public ModelIdentity identity() {
    return identity;
  }

  @Override
  public SliceEmbedding embed(SlicePicture picture) {
    embedded++;
    int side = Math.max(picture.width(), picture.height());
    float[] features = new float[side * side];
    System.arraycopy(picture.grey(), 0, features, 0, picture.grey().length);
    return new SliceEmbedding(identity, picture.width(), picture.height(), 1, side, features);
  }

  @Override
  public List<SliceAnswer> answer(SliceEmbedding embedding, SlicePrompts prompts) {
    prompts.check(embedding.width(), embedding.height());
    asked.add(prompts);
    List<SliceAnswer> out = new ArrayList<>();
    for (int m = prompts.multimask() ? 1 : 0; m <= (prompts.multimask() ? 3 : 0); m++) {
      boolean[] mask = grow(embedding, prompts, TOLERANCE[m]);
      float[] p = new float[mask.length];
      float[] logits = new float[mask.length];
      for (int i = 0; i < p.length; i++) {
        p[i] = mask[i] ? 0.9f : 0.1f;
        logits[i] = mask[i] ? 2.2f : -2.2f;
      }
      // The middle one of three is the best.
      out.add(new SliceAnswer(m, p, m == 2 ? 0.9 : 0.7, logits));
    }
    return out;
  }

  private static boolean[] grow(SliceEmbedding e, SlicePrompts prompts, double tolerance) {
    int n = e.width() * e.height();
    boolean[] allowed = new boolean[n];
    for (int i = 0; i < n; i++) {
      double x = i % e.width();
      double y = i / e.width();
      allowed[i] = prompts.boxes().stream()
          .allMatch(b -> x >= b.x0() && x <= b.x1() && y >= b.y0() && y <= b.y1())
          && prompts.points().stream()
              .noneMatch(p -> !p.positive() && Math.hypot(p.x() - x, p.y() - y) <= RADIUS);
    }
    boolean[] out = new boolean[n];
    List<Integer> marked = new ArrayList<>();
    prompts.maskLogits().ifPresent(logits -> {
      for (int i = 0; i < n; i++) {
        if (logits[i] > 0) {
          marked.add(i);
        }
      }
    });
    if (marked.isEmpty() && !prompts.boxes().isEmpty()) {
      PixelBox b = prompts.boxes().getFirst();
      marked.add((int) Math.rint((b.y0() + b.y1()) / 2) * e.width()
          + (int) Math.rint((b.x0() + b.x1()) / 2));
    }
    grow(e, marked, allowed, tolerance, out);
    prompts.points().stream().filter(SlicePrompts.Point::positive).forEach(p -> grow(e,
        List.of((int) Math.rint(p.y()) * e.width() + (int) Math.rint(p.x())), allowed, tolerance,
        out));
    return out;
  }

  private static void grow(SliceEmbedding e, List<Integer> all, boolean[] allowed,
      double tolerance, boolean[] out) {
    List<Integer> marked = all.stream().filter(i -> e.features()[i] > BRIGHT).toList();
    if (marked.isEmpty()) {
      return;
    }
    float[] values = new float[marked.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = e.features()[marked.get(i)];
    }
    Arrays.sort(values);
    float middle = values[values.length / 2];
    boolean[] near = new boolean[out.length];
    for (int i = 0; i < near.length; i++) {
      near[i] = allowed[i] && Math.abs(e.features()[i] - middle) <= tolerance;
    }
    Deque<Integer> open = new ArrayDeque<>(marked.stream().filter(i -> near[i]).toList());
    boolean[] seen = new boolean[out.length];
    open.forEach(i -> seen[i] = true);
    while (!open.isEmpty()) {
      int at = open.remove();
      out[at] = true;
      int x = at % e.width();
      int[] next = {x > 0 ? at - 1 : -1, x < e.width() - 1 ? at + 1 : -1, at - e.width(),
        at + e.width()};
      for (int to : next) {
        if (to >= 0 && to < out.length && near[to] && !seen[to]) {
          seen[to] = true;
          open.add(to);
        }
      }
    }
  }

  @Override
  public float[] maskPrompt(int width, int height, float[] probabilities) {
    float[] out = new float[probabilities.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = probabilities[i] > 0.5f ? 6.9f : -6.9f;
    }
    return out;
  }

  @Override
  public void close() {}
}
