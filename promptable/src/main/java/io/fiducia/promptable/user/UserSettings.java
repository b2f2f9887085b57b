package io.fiducia.promptable.user;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.SlicePlane;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a simulated user works.
 *
 * @param kind of prompts
 * @param everyNth 0 to prompt only the slice where the structure is largest first; n to prompt every n-th slice
 *     of the structure as well, before anything is corrected
 * @param jitter how far each side of a box lies from the structure's at most, as a share of the box's side
 * @param reach where the largest error is looked for
 * @param plane in which the user looks at the image
 * @param seed of everything that is drawn
 */
public record UserSettings(Kind kind, int everyNth, double jitter, Reach reach, SlicePlane plane,
    long seed) {
  /** What a user gives. */
  public enum Kind {
    /** A box first, then corrective clicks. */
    BOX,
    /** Clicks. */
    POINTS,
    /** Scribbles. */
    SCRIBBLES,
    /** A box first, then scribbles and clicks in turn. */
    MIXED;

    /** Its name on the command line. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind of that name.
     *
     * @throws FiduciaException USAGE if there is none
     */
    public static Kind of(String word) {
      return Arrays.stream(values()).filter(k -> k.word().equals(word)).findFirst()
          .orElseThrow(() -> FiduciaException.usage("no such kind of prompts",
              "expected " + Arrays.stream(values()).map(Kind::word)
                  .collect(Collectors.joining(", ")) + "; found " + word,
              ""));
    }
  }

  /** Where the largest error is looked for. */
  public enum Reach {
    /** In single slices: for models of slices. */
    SLICE,
    /** In the volume: for models of volumes. */
    VOLUME
  }

  public UserSettings {
    if (everyNth < 0 || !(jitter >= 0 && jitter <= 0.5)) {
      throw new IllegalArgumentException("every " + everyNth + ", jitter " + jitter);
    }
  }

  /** The largest slice only, boxes that are off by up to 5 % of their side, axial slices. */
  public static UserSettings of(Kind kind, long seed) {
    return new UserSettings(kind, 0, 0.05, Reach.SLICE, SlicePlane.AXIAL, seed);
  }

  /** The same with every n-th slice prompted first. */
  public UserSettings withEveryNth(int n) {
    return new UserSettings(kind, n, jitter, reach, plane, seed);
  }
}
