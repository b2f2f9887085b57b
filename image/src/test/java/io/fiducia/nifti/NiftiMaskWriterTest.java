package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NiftiMaskWriterTest {
  @TempDir
  Path folder;

  /** Blobs, single voxels at the corners, one label that is nowhere, and one that is everywhere. */
  private static LabelVolume labels(Size size) {
    short[] data = new short[size.voxels()];
    SeededRandom random = SeededRandom.of(1, "blobs");
    for (int i = 0; i < data.length; i++) {
      int x = i % size.x();
      int y = i / size.x() % size.y();
      int z = i / size.x() / size.y();
      if (Math.hypot(x - 40, y - 30) < 12 && z > 3 && z < 9) {
        data[i] = 2;
      } else if (random.nextDouble() < 0.01) {
        data[i] = 3;
      }
    }
    data[0] = 1;
    data[data.length - 1] = 1;
    data[size.index(5, 6, 7)] = -1;
    return new LabelVolume(Geometry.of(size, new Vec3(1, 1, 2)), data);
  }

  @Test
  void eachMaskHoldsItsLabelAlone() {
    LabelVolume labels = labels(new Size(131, 67, 12));
    NiftiMaskWriter writer = new NiftiMaskWriter(labels, NiftiTemplate.of(labels.geometry()));
    for (int label = 1; label <= 4; label++) {
      for (String ending : new String[]{".nii", ".nii.gz"}) {
        Path file = folder.resolve("mask" + ending);
        writer.write(file, label);
        NiftiImage back = NiftiReader.read(file);
        short[] mask = back.toLabelVolume().data();
        short[] expected = new short[mask.length];
        for (int i = 0; i < mask.length; i++) {
          expected[i] = (short) (labels.data()[i] == label ? 1 : 0);
        }
        assertThat(mask).as("label %d%s", label, ending).isEqualTo(expected);
        assertThat(back.dataType()).isEqualTo(NiftiDataType.UINT8);
        assertThat(back.geometry().sameGrid(labels.geometry())).isTrue();
        assertThat(NiftiCompleteness.isWhole(file)).isTrue();
      }
    }
  }

  @Test
  void labelsOnAnotherGridAreRefused() {
    LabelVolume labels = labels(new Size(131, 67, 12));
    NiftiTemplate other = NiftiTemplate
        .of(Geometry.of(new Size(131, 67, 12), new Vec3(1, 1, 2.1)));
    assertThatThrownBy(() -> new NiftiMaskWriter(labels, other))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Stretches of zeros around the sizes of the prepared blocks, inflated by the JDK. */
  @Test
  void zerosOfAnyLengthComeBack() throws IOException {
    SparseGzip.Zeros zeros = new SparseGzip.Zeros();
    int[] lengths = {0, 1, 4095, 4096, 4097, 8191, 1 << 20, (1 << 20) + 1, 3_333_333};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    SparseGzip.write(out, zeros, 5, runs -> {
      for (int length : lengths) {
        runs.zeros(length / 2);
        runs.zeros(length - length / 2);
        expected.write(new byte[length]);
        byte[] some = {9, 1, 2, 3};
        runs.bytes(some, 1, 3);
        expected.write(some, 1, 3);
      }
      runs.zeros(77_777);
      expected.write(new byte[77_777]);
    });
    try (GZIPInputStream in = new GZIPInputStream(
        new java.io.ByteArrayInputStream(out.toByteArray()))) {
      assertThat(in.readAllBytes()).isEqualTo(expected.toByteArray());
    }
    assertThat(out.size()).isLessThan(expected.size() / 200);
  }
}
