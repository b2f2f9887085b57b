package io.fiducia.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pictures hold is compared with scikit-image in nnunet's ReadersTest; here: damage and limits. */
class RasterTest {
  @TempDir
  private Path folder;

  private Path written(String name, int slices, int largest) {
    short[] labels = new short[7 * 5 * slices];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (short) (i * 31 % (largest + 1));
    }
    labels[0] = (short) largest;
    Path file = folder.resolve(name);
    RasterWriter.writeLabels(file, 7, 5, slices, labels);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.bmp", "a.tif", "a.tiff"})
  void labelsComeBack(String name) {
    RasterImage image = RasterReader.read(written(name, 1, 200));
    assertThat(image.width()).isEqualTo(7);
    assertThat(image.height()).isEqualTo(5);
    assertThat(image.planes()).singleElement()
        .satisfies(p -> assertThat(p).startsWith(200, 31, 62).hasSize(35));
  }

  @Test
  void wideLabelsNeedSixteenBits() {
    assertThat(RasterReader.read(written("a.png", 1, 30000)).planes().get(0)[0])
        .isEqualTo(30000);
    assertThatThrownBy(() -> written("a.bmp", 1, 255)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("254");
    assertThat(folder.resolve("a.bmp")).doesNotExist();
  }

  @Test
  void severalPagesNeedTiff() {
    Path stack = written("a.tif", 3, 300);
    assertThat(RasterReader.readPages(stack)).hasSize(3);
    assertThatThrownBy(() -> RasterReader.read(stack)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("found 3");
    assertThatThrownBy(() -> written("b.png", 2, 3)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("2 slices");
  }

  /** A PNG that claims 2^31 - 1 by 1000 pixels, its checksum right. */
  @Test
  void aHeaderThatLiesIsRefused() throws IOException {
    Path file = written("a.png", 1, 3);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(16, Integer.MAX_VALUE).putInt(20, 1000);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
    Files.write(file, bytes);
    assertThatThrownBy(() -> RasterReader.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("claims too much");
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    Path file = folder.resolve("a.png");
    assertThatThrownBy(() -> RasterReader.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("does not exist");
    for (String content : List.of("", "hello")) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> RasterReader.read(file)).isInstanceOf(FiduciaException.class)
          .hasMessageContaining("not a picture");
    }
  }

  /** Whatever is done to a file, it is read or refused by name. */
  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.bmp", "a.tif"})
  void damagedFilesAreReadOrRefused(String name) throws IOException {
    byte[] good = Files.readAllBytes(written(name, 1, 200));
    SeededRandom random = SeededRandom.of(5, name);
    Path file = folder.resolve(name);
    int refused = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= trial % 4; k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      if (trial % 5 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      }
      Files.write(file, bad);
      try {
        RasterReader.readPages(file);
      } catch (FiduciaException e) {
        refused++;
        assertThat(e.getMessage()).contains(name);
      }
    }
    assertThat(refused).isGreaterThan(50);
  }
}
