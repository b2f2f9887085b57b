package io.fiducia.nnunet.dataset;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small raw dataset written for a test. */
public record DatasetFolder(Path folder) {
  /** A voxel's value by its index. */
  @FunctionalInterface
  public interface Voxel {
    double at(int z, int y, int x);
  }

  /** Starts the dataset with channels and labels as JSON text. */
  public static DatasetFolder create(Path folder, String channels, String labels)
      throws IOException {
    Files.createDirectories(folder.resolve("imagesTr"));
    Files.createDirectories(folder.resolve("labelsTr"));
    Files.writeString(folder.resolve("dataset.json"), "{\"channel_names\": " + channels
        + ", \"labels\": " + labels + ", \"file_ending\": \".nii.gz\"}");
    return new DatasetFolder(folder);
  }

  public static Geometry grid(int z, int y, int x, double dz, double dy, double dx) {
    return Geometry.of(new Size(x, y, z), new Vec3(dx, dy, dz));
  }

  public DatasetFolder image(String id, int channel, Geometry grid, Voxel voxel) {
    float[] data = new float[grid.size().voxels()];
    fill(grid, (i, value) -> data[i] = (float) value, voxel);
    NiftiWriter.writeFloats(
        folder.resolve("imagesTr").resolve(String.format("%s_%04d.nii.gz", id, channel)),
        new FloatVolume(grid, data));
    return this;
  }

  public DatasetFolder label(String id, Geometry grid, Voxel voxel) {
    short[] data = new short[grid.size().voxels()];
    fill(grid, (i, value) -> data[i] = (short) value, voxel);
    NiftiWriter.writeLabels(folder.resolve("labelsTr").resolve(id + ".nii.gz"),
        new LabelVolume(grid, data));
    return this;
  }

  private interface Sink {
    void put(int index, double value);
  }

  private static void fill(Geometry grid, Sink sink, Voxel voxel) {
    Size s = grid.size();
    for (int i = 0; i < s.voxels(); i++) {
      sink.put(i, voxel.at(i / s.x() / s.y(), i / s.x() % s.y(), i % s.x()));
    }
  }
}
