package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NiftiCompletenessTest {
  @TempDir
  Path folder;

  private LabelVolume labels;

  @BeforeEach
  void makeLabels() {
    labels = new LabelVolume(Geometry.of(new Size(31, 17, 9), new Vec3(1, 1, 1)),
        new short[31 * 17 * 9]);
    for (int i = 0; i < labels.data().length; i++) {
      labels.data()[i] = (short) (i * 7919L % 13);
    }
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels.nii", "labels.nii.gz"})
  void everyCutIsFound(String name) throws IOException {
    Path whole = folder.resolve(name);
    NiftiWriter.writeLabels(whole, labels);
    assertThat(NiftiCompleteness.isWhole(whole)).isTrue();
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(NiftiCompleteness.isWhole(file("cut-" + name, Arrays.copyOf(bytes, length))))
          .as(length + " of " + bytes.length + " bytes").isFalse();
    }
    assertThat(NiftiCompleteness.isWhole(folder.resolve("absent.nii.gz"))).isFalse();
    assertThat(NiftiCompleteness.isWhole(file("zeros-" + name, new byte[5000]))).isFalse();
  }

  /** gzip allows several members, whose last states only its own length. */
  @Test
  void severalMembersAreInflated() throws IOException {
    Path plain = folder.resolve("labels.nii");
    NiftiWriter.writeLabels(plain, labels);
    byte[] bytes = Files.readAllBytes(plain);
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (byte[] half : new byte[][]{Arrays.copyOf(bytes, 1000),
      Arrays.copyOfRange(bytes, 1000, bytes.length)}) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(members)) {
        gzip.write(half);
      }
    }
    byte[] both = members.toByteArray();
    assertThat(NiftiCompleteness.isWhole(file("two.nii.gz", both))).isTrue();
    assertThat(NiftiCompleteness.isWhole(
        file("cut.nii.gz", Arrays.copyOf(both, both.length - 9)))).isFalse();
  }
}
