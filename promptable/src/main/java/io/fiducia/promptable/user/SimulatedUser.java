package io.fiducia.promptable.user;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.user.UserSettings.Kind;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user who knows where a structure is and prompts a system until it knows too. First the slice in which the
 * structure is largest is prompted, if wanted every n-th slice as well; then the largest connected error of
 * the system's result is corrected, again and again: by a click at the place of the error that is farthest from
 * its border, or by a scribble through the error. Everything depends on the seed, the case and the number of
 * the interaction only.
 */
public final class SimulatedUser {
  private static final int LEAST_BOX = 2;

  private final boolean[] reference;
  private final SliceAxes axes;
  private final UserSettings settings;
  private final InteractionSeconds seconds;
  private final String caseId;
  private final List<Integer> slices;
  private int given;

  /**
   * A user of one structure of one image.
   *
   * @param reference the structure's voxels
   * @param grid of the image
   * @param caseId of the image; with the seed it decides what is drawn
   * @throws FiduciaException BAD_INPUT if the structure is empty
   */
  public SimulatedUser(boolean[] reference, Geometry grid, String caseId, UserSettings settings,
      InteractionSeconds seconds) {
    this.reference = reference;
    this.axes = SliceAxes.of(grid, settings.plane());
    this.settings = settings;
    this.seconds = seconds;
    this.caseId = caseId;
    this.slices = firstSlices();
  }

  /** The slices that are prompted before anything is corrected: the largest, then the others in order. */
  private List<Integer> firstSlices() {
    int largest = largestSlice(reference, axes, caseId);
    List<Integer> out = new ArrayList<>(List.of(largest));
    int n = settings.everyNth();
    if (n > 0) {
      // The same distance on both sides of the largest slice; slices without the structure are skipped.
      for (int k = largest % n; k < axes.slices(); k += n) {
        if (k != largest && SliceMask.area(axes.cut(reference, k)) > 0) {
          out.add(k);
        }
      }
    }
    return List.copyOf(out);
  }

  /**
   * The slice with the largest area, the first of equal ones.
   *
   * @throws FiduciaException BAD_INPUT if the structure is empty
   */
  static int largestSlice(boolean[] reference, SliceAxes axes, String caseId) {
    int largest = -1;
    int most = 0;
    for (int k = 0; k < axes.slices(); k++) {
      int area = SliceMask.area(axes.cut(reference, k));
      if (area > most) {
        most = area;
        largest = k;
      }
    }
    if (largest < 0) {
      throw FiduciaException.badInput("a structure to prompt is empty", caseId,
          "no voxel belongs to it", "leave it out");
    }
    return largest;
  }

  /** How many interactions come before the first correction. */
  public int firstInteractions() {
    return slices.size();
  }

  /**
   * The user's next interaction.
   *
   * @param found the system's result so far, x fastest; it does not matter before the first correction
   * @return nothing if there is no error left
   */
  public Optional<Interaction> next(boolean[] found) {
    int number = given;
    Optional<Prompt> prompt = number < slices.size()
        ? Optional.of(first(slices.get(number)))
        : correction(found, number);
    if (prompt.isPresent()) {
      given++;
    }
    return prompt.map(p -> new Interaction(p, seconds.of(p)));
  }

  private SeededRandom random(String purpose, int number) {
    return SeededRandom.of(settings.seed(), "simulated user: " + purpose + " " + caseId, number);
  }

  private Prompt first(int slice) {
    if (settings.kind() == Kind.BOX || settings.kind() == Kind.MIXED) {
      return box(slice);
    }
    boolean[] mask = new boolean[reference.length];
    axes.mark(mask, slice, axes.cut(reference, slice));
    ErrorFinder.Part part = new ErrorFinder(axes, UserSettings.Reach.SLICE)
        .largest(mask, random("first", slice)).orElseThrow();
    return prompt(part, true, settings.kind() == Kind.SCRIBBLES);
  }

  /** The box of the structure in a slice, each side off by a little. */
  private Prompt box(int slice) {
    PixelBox exact = SliceMask.box(axes.cut(reference, slice), axes.columns()).orElseThrow();
    SeededRandom random = random("box", slice);
    int[] columns = jittered((int) exact.x0(), (int) exact.x1(), axes.columns(), random);
    int[] rows = jittered((int) exact.y0(), (int) exact.y1(), axes.rows(), random);
    int[] from = axes.indices(slice, columns[0], rows[0]);
    int[] to = axes.indices(slice, columns[1], rows[1]);
    return new Prompt.Box(Region.between(from[0], from[1], from[2], to[0] + 1,
        to[1] + 1, to[2] + 1));
  }

  private int[] jittered(int low, int high, int size, SeededRandom random) {
    double most = settings.jitter() * (high - low + 1);
    int from = (int) Math.rint(low + (2 * random.nextDouble() - 1) * most);
    int to = (int) Math.rint(high + (2 * random.nextDouble() - 1) * most);
    from = Math.clamp(from, 0, Math.max(0, size - LEAST_BOX));
    to = Math.clamp(to, Math.min(size - 1, from + LEAST_BOX - 1), size - 1);
    return new int[]{from, to};
  }

  private Optional<Prompt> correction(boolean[] found, int number) {
    boolean[] missing = new boolean[reference.length];
    boolean[] wrong = new boolean[reference.length];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = reference[i] && !found[i];
      wrong[i] = found[i] && !reference[i];
    }
    SeededRandom random = random("correction", number);
    ErrorFinder finder = new ErrorFinder(axes, settings.reach());
    Optional<ErrorFinder.Part> below = finder.largest(missing, random);
    Optional<ErrorFinder.Part> beyond = finder.largest(wrong, random);
    boolean positive = beyond.isEmpty()
        || below.isPresent() && below.get().size() >= beyond.get().size();
    boolean scribble = switch (settings.kind()) {
      case BOX, POINTS -> false;
      case SCRIBBLES -> true;
      case MIXED -> (number - slices.size()) % 2 == 0;
    };
    return (positive ? below : beyond).map(part -> prompt(part, positive, scribble));
  }

  private Prompt prompt(ErrorFinder.Part part, boolean positive, boolean scribble) {
    if (!scribble) {
      int[] at = axes.indices(part.slice(), part.deepest() % axes.columns(),
          part.deepest() / axes.columns());
      return new Prompt.Click(at[0], at[1], at[2], positive);
    }
    boolean[] drawn = new boolean[reference.length];
    axes.mark(drawn, part.slice(), ScribbleStroke.through(part, axes.columns()));
    short[] labels = new short[drawn.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (short) (drawn[i] ? 1 : 0);
    }
    return new Prompt.Scribble(new LabelVolume(axes.grid(), labels), positive);
  }
}
