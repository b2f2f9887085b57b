package io.fiducia.report;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What the pictures of one case are made of: image, reference and prediction in LPS order, the box
 * around the structures with a margin, and the grey window.
 */
final class CaseVolumes {
  private static final Orientation LPS = new Orientation("LPS");
  private static final double MARGIN_MM = 20;
  /** Soft tissue, in HU. */
  private static final double[] CT_WINDOW = {-160, 240};
  /** Enough voxels to know a quantile by. */
  private static final int SAMPLES = 1_000_000;

  private final FloatVolume image;
  private final LabelVolume reference;
  private final LabelVolume prediction;
  /** First index and index after the last, by axis. */
  private final int[] from = new int[3];
  private final int[] to = new int[3];
  /** How much each slice shows, by axis; see {@link #fullest}. */
  private final double[][] shows = new double[3][];
  private final double[] window;

  private CaseVolumes(FloatVolume image, LabelVolume reference, LabelVolume prediction,
      boolean ct) {
    this.image = image;
    this.reference = reference;
    this.prediction = prediction;
    findBox();
    this.window = ct ? CT_WINDOW : quantiles();
  }

  /**
   * Reads a case.
   *
   * @throws FiduciaException BAD_INPUT if a file cannot be read or the sizes differ
   */
  static CaseVolumes read(Path imageFile, Path referenceFile, Path predictionFile, boolean ct) {
    FloatVolume image = Reorient.to(NiftiReader.read(imageFile).toFloatVolume(0), LPS);
    LabelVolume reference = Reorient.to(NiftiReader.read(referenceFile).toLabelVolume(), LPS);
    LabelVolume prediction = Reorient.to(NiftiReader.read(predictionFile).toLabelVolume(), LPS);
    for (LabelVolume labels : new LabelVolume[]{reference, prediction}) {
      if (!labels.geometry().size().equals(image.geometry().size())) {
        throw FiduciaException.badInput("image and contours differ in size", imageFile,
            "expected " + labels.geometry().size() + ", found " + image.geometry().size(),
            "give the image that was contoured");
      }
    }
    return new CaseVolumes(image, reference, prediction, ct);
  }

  private void findBox() {
    Size s = image.geometry().size();
    for (int a = 0; a < 3; a++) {
      shows[a] = new double[Plane.along(s, a)];
    }
    countLabels(s).forEach(counts -> {
      for (int a = 0; a < 3; a++) {
        int most = Arrays.stream(counts[a]).max().orElseThrow();
        for (int k = 0; k < counts[a].length; k++) {
          shows[a][k] += counts[a][k] / (double) most;
        }
      }
    });
    for (int a = 0; a < 3; a++) {
      int n = shows[a].length;
      int margin = (int) Math.ceil(MARGIN_MM / image.geometry().spacingMm().get(a));
      int[] held = held(a);
      from[a] = held.length == 0 ? 0 : Math.max(0, held[0] - margin);
      to[a] = held.length == 0 ? n : Math.min(n, held[held.length - 1] + 1 + margin);
    }
  }

  /** For each label of either side, its voxels in each slice by axis. */
  private Collection<int[][]> countLabels(Size s) {
    Map<Short, int[][]> byLabel = new TreeMap<>();
    for (LabelVolume side : new LabelVolume[]{reference, prediction}) {
      int i = 0;
      short last = 0;
      int[][] counts = new int[0][];
      for (int z = 0; z < s.z(); z++) {
        for (int y = 0; y < s.y(); y++) {
          for (int x = 0; x < s.x(); x++, i++) {
            short label = side.data()[i];
            if (label > 0) {
              if (label != last) {
                counts = byLabel.computeIfAbsent(label,
                    l -> new int[][]{new int[s.x()], new int[s.y()], new int[s.z()]});
                last = label;
              }
              counts[0][x]++;
              counts[1][y]++;
              counts[2][z]++;
            }
          }
        }
      }
    }
    return byLabel.values();
  }

  private int[] held(int axis) {
    return IntStream.range(0, shows[axis].length).filter(k -> shows[axis][k] > 0).toArray();
  }

  /** The middle 98 % of the box's intensities fits MR of any scale. */
  private double[] quantiles() {
    long voxels = (long) (to[0] - from[0]) * (to[1] - from[1]) * (to[2] - from[2]);
    int step = (int) Math.max(1, voxels / SAMPLES);
    float[] values = new float[(int) (voxels / step) + 1];
    int n = 0;
    long seen = 0;
    for (int z = from[2]; z < to[2]; z++) {
      for (int y = from[1]; y < to[1]; y++) {
        for (int x = from[0]; x < to[0]; x++) {
          float v = image.at(x, y, z);
          if (seen++ % step == 0 && Float.isFinite(v)) {
            values[n++] = v;
          }
        }
      }
    }
    if (n == 0) {
      return new double[]{0, 1};
    }
    Arrays.sort(values, 0, n);
    double low = values[(int) (0.01 * (n - 1))];
    double high = values[(int) (0.99 * (n - 1))];
    return new double[]{low, high > low ? high : low + 1};
  }

  Geometry geometry() {
    return image.geometry();
  }

  FloatVolume image() {
    return image;
  }

  LabelVolume reference() {
    return reference;
  }

  LabelVolume prediction() {
    return prediction;
  }

  int from(int axis) {
    return from[axis];
  }

  int to(int axis) {
    return to[axis];
  }

  /** The intensity that is shown black. */
  double low() {
    return window[0];
  }

  /** The intensity that is shown white. */
  double high() {
    return window[1];
  }

  /**
   * The slice that shows most of the structures, be they large or small: each counts by its voxels on
   * either side, as a share of what it has in its largest slice. The middle one if there is no label.
   */
  int fullest(int axis) {
    double[] n = shows[axis];
    int best = n.length / 2;
    for (int k = 0; k < n.length; k++) {
      best = n[k] > n[best] ? k : best;
    }
    return best;
  }

  /**
   * At most so many slices from one before the first structure to one after the last, evenly spaced,
   * the fullest among them; all of the volume if it holds no structure.
   */
  int[] slices(int axis, int most) {
    int[] held = held(axis);
    int n = shows[axis].length;
    int first = held.length == 0 ? 0 : Math.max(0, held[0] - 1);
    int last = held.length == 0 ? n - 1 : Math.min(n - 1, held[held.length - 1] + 1);
    int fullest = fullest(axis);
    int count = Math.min(most, last - first + 1);
    if (count == 1) {
      return new int[]{fullest};
    }
    int[] slices = new int[count];
    int nearest = 0;
    for (int i = 0; i < count; i++) {
      slices[i] = first + (int) Math.round(i * (double) (last - first) / (count - 1));
      nearest = Math.abs(slices[i] - fullest) < Math.abs(slices[nearest] - fullest) ? i : nearest;
    }
    slices[nearest] = fullest;
    return slices;
  }
}
