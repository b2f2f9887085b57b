package io.fiducia.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * A reference and a prediction as large as a clinical CT, with 30 ellipsoids. The NIfTI files are
 * written here and not by the program, because they must not depend on what is measured.
 */
final class LabelMaps {
  private static final int[] SIZE = {512, 512, 200};
  private static final double[] MM = {0.9765625, 0.9765625, 2.5};
  private static final int STRUCTURES = 30;
  private static final int HEADER = 352;
  private static final short UINT8 = 2;

  private LabelMaps() {}

  /** Writes {@code ref/big.nii.gz} and {@code pred/big.nii.gz}, the same bytes every time. */
  static void write(Path folder) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] reference = new byte[SIZE[0] * SIZE[1] * SIZE[2]];
    byte[] prediction = new byte[reference.length];
    for (int n = 0; n < STRUCTURES; n++) {
      double[] centre = {(60 + 78 * (n % 6)) * MM[0], (60 + 95 * (n / 6)) * MM[1],
        random.nextDouble(50, 150) * MM[2]};
      double[] axes = new double[3];
      double[] moved = new double[3];
      double[] scaled = new double[3];
      double scale = random.nextDouble(0.93, 1.07);
      for (int a = 0; a < 3; a++) {
        axes[a] = random.nextDouble(20, 60);
        moved[a] = centre[a] + random.nextDouble(-4, 4);
        scaled[a] = axes[a] * scale;
      }
      draw(reference, centre, axes, n + 1);
      draw(prediction, moved, scaled, n + 1);
    }
    write(folder.resolve("ref"), reference);
    write(folder.resolve("pred"), prediction);
  }

  private static void draw(byte[] map, double[] centreMm, double[] axesMm, int label) {
    int[] low = new int[3];
    int[] high = new int[3];
    for (int a = 0; a < 3; a++) {
      low[a] = Math.max(0, (int) ((centreMm[a] - axesMm[a]) / MM[a]));
      high[a] = Math.min(SIZE[a], (int) ((centreMm[a] + axesMm[a]) / MM[a]) + 2);
    }
    for (int z = low[2]; z < high[2]; z++) {
      for (int y = low[1]; y < high[1]; y++) {
        double rest = 1 - square(z, 2, centreMm, axesMm) - square(y, 1, centreMm, axesMm);
        for (int x = low[0]; x < high[0]; x++) {
          if (square(x, 0, centreMm, axesMm) <= rest) {
            map[(z * SIZE[1] + y) * SIZE[0] + x] = (byte) label;
          }
        }
      }
    }
  }

  private static double square(int index, int axis, double[] centreMm, double[] axesMm) {
    double d = (index * MM[axis] - centreMm[axis]) / axesMm[axis];
    return d * d;
  }

  private static void write(Path folder, byte[] voxels) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, 348);
    short[] dim = {3, (short) SIZE[0], (short) SIZE[1], (short) SIZE[2], 1, 1, 1, 1};
    for (int i = 0; i < dim.length; i++) {
      header.putShort(40 + 2 * i, dim[i]);
    }
    header.putShort(70, UINT8).putShort(72, (short) 8);
    header.putFloat(76, 1);
    for (int a = 0; a < 3; a++) {
      header.putFloat(80 + 4 * a, (float) MM[a]);
      // The rows of the sform: a diagonal matrix.
      header.putFloat(280 + 16 * a + 4 * a, (float) MM[a]);
    }
    header.putFloat(108, HEADER).putFloat(112, 1);
    header.put(123, (byte) 2).putShort(254, (short) 1);
    header.put(344, "n+1\0".getBytes(StandardCharsets.US_ASCII));
    try {
      Files.createDirectories(folder);
      try (OutputStream out = new GZIPOutputStream(
          new BufferedOutputStream(Files.newOutputStream(folder.resolve("big.nii.gz"))))) {
        out.write(header.array());
        out.write(voxels);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
