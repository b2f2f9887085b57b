package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NiftiFuzzTest {
  @TempDir
  Path folder;

  /** A case that fails is found again by its number: {@code SeededRandom.of(1, "fuzz", n)}. */
  @Test
  void mutatedFilesAreReadOrRefusedButNeverCrash() throws IOException {
    int read = 0;
    for (int n = 0; n < 4000; n++) {
      SeededRandom random = SeededRandom.of(1, "fuzz", n);
      NiftiBytes file = new NiftiBytes(
          1 + n % 2, n % 4 < 2 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN, false, 4, 3, 2);
      if (random.nextBoolean()) {
        file.noSform().qform(1, 1, 0.1, 0.2, 0.3, 4, 5, 6);
      }
      byte[] bytes = file.with(new byte[48]);
      for (int m = random.nextInt(1, 4); m > 0; m--) {
        mutate(bytes, file.header.capacity(), random);
      }
      if (random.nextInt(10) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      boolean zipped = random.nextInt(3) == 0;
      if (zipped) {
        bytes = NiftiBytes.gzip(bytes);
        if (random.nextBoolean()) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      Path path = folder.resolve(zipped ? "a.nii.gz" : "a.nii");
      Files.write(path, bytes);
      try {
        // Each write waits for the disk, so that only some are tried.
        use(path, n % 50 < 2);
        read++;
      } catch (FiduciaException e) {
        assertThat(e.kind()).as("case %d", n).isEqualTo(FiduciaException.Kind.BAD_INPUT);
        assertThat(e.what()).isNotEmpty();
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new AssertionError("case " + n, e);
      }
    }
    // Most mutations touch fields that do not matter; none may make all files unreadable.
    assertThat(read).isBetween(400, 3600);
  }

  private void use(Path path, boolean alsoWrite) {
    NiftiImage image = NiftiReader.read(path);
    image.toFloatVolume(image.channels() - 1);
    image.statistics();
    if (!alsoWrite) {
      return;
    }
    Path copy = folder.resolve("copy.nii");
    NiftiWriter.write(copy, image);
    NiftiImage again = NiftiReader.read(copy);
    assertThat(again.bytes(0)).isEqualTo(image.bytes(0));
    assertThat(again.geometry().size()).isEqualTo(image.geometry().size());
  }

  private static void mutate(byte[] bytes, int headerBytes, SeededRandom random) {
    // The fields that matter lie in the first 130 and around 252 to 330 or 344 to 500.
    int at = random.nextInt(headerBytes);
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] = (byte) random.nextInt();
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> Arrays.fill(bytes, at, Math.min(headerBytes, at + 8), (byte) -1);
      default -> {
        byte[] extremes = {0, 127, -128, -1};
        for (int i = at; i < Math.min(headerBytes, at + 4); i++) {
          bytes[i] = extremes[random.nextInt(4)];
        }
      }
    }
  }
}
