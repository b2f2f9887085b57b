package io.fiducia.testing;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tiny nnU-Net raw dataset: a bright ball (1) and a brighter cube (2) in noise. */
public final class SyntheticDataset {
  public static final Size SIZE = new Size(20, 24, 18);

  private SyntheticDataset() {}

  /** Writes the dataset and returns its folder; cases are ball_0, ball_1, ... */
  public static Path write(Path folder, int cases) throws IOException {
    return write(folder, cases, "ball", "cube");
  }

  /** Writes the dataset with names for the two structures, which must need no escape in JSON. */
  public static Path write(Path folder, int cases, String first, String second)
      throws IOException {
    Files.createDirectories(folder.resolve("imagesTr"));
    Files.createDirectories(folder.resolve("labelsTr"));
    for (int c = 0; c < cases; c++) {
      short[] labels = labels(c);
      NiftiWriter.writeFloats(image(folder, c), new FloatVolume(grid(SIZE), image(labels, c)));
      NiftiWriter.writeLabels(label(folder, c), new LabelVolume(grid(SIZE), labels));
    }
    json(folder, "{\"background\": 0, \"" + first + "\": 1, \"" + second + "\": 2}");
    return folder;
  }

  public static void json(Path folder, String labels) throws IOException {
    Files.writeString(folder.resolve("dataset.json"),
        "{\"channel_names\": {\"0\": \"MRI\"}, \"labels\": " + labels
            + ", \"file_ending\": \".nii.gz\"}\n");
  }

  public static Path image(Path folder, int c) {
    return folder.resolve("imagesTr").resolve("ball_" + c + "_0000.nii.gz");
  }

  public static Path label(Path folder, int c) {
    return folder.resolve("labelsTr").resolve("ball_" + c + ".nii.gz");
  }

  public static Geometry grid(Size size) {
    return new Geometry(size, new Vec3(1, 1, 1.5), new Vec3(-10, -12, 5), Mat3.IDENTITY);
  }

  public static short[] labels(int c) {
    short[] labels = new short[Math.toIntExact(SIZE.voxels())];
    for (int i = 0; i < labels.length; i++) {
      int x = i % SIZE.x();
      int y = i / SIZE.x() % SIZE.y();
      int z = i / SIZE.x() / SIZE.y();
      int dx = x - 6;
      int dy = y - 7 - c % 3;
      int dz = z - 9;
      boolean cube = Math.abs(x - 14) < 3 && Math.abs(y - 17) < 3 && Math.abs(z - 8 - c % 2) < 3;
      labels[i] = (short) (dx * dx + dy * dy + dz * dz < 20 ? 1 : cube ? 2 : 0);
    }
    return labels;
  }

  public static float[] image(short[] labels, int c) {
    SeededRandom random = SeededRandom.of(c, "ball and cube");
    float[] image = new float[labels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = 10 + 100 * labels[i] + 40 * random.nextFloat();
    }
    return image;
  }
}
