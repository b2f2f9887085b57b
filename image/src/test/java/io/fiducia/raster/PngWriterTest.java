package io.fiducia.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngWriterTest {
  @TempDir
  Path folder;

  /** The JDK's decoder, which we did not write, gives the pixels back. */
  @Test
  void thePixelsComeBack() throws IOException {
    int width = 37;
    int height = 11;
    int[] rgb = new int[width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = i * 2654435 & 0xffffff;
    }
    Path file = folder.resolve("a.png");
    PngWriter.write(file, width, height, rgb);
    RasterImage back = RasterReader.read(file);
    assertThat(back.width()).isEqualTo(width);
    assertThat(back.height()).isEqualTo(height);
    for (int i = 0; i < rgb.length; i++) {
      int colour = (int) back.planes().get(0)[i] << 16 | (int) back.planes().get(1)[i] << 8
          | (int) back.planes().get(2)[i];
      assertThat(colour).isEqualTo(rgb[i]);
    }
    byte[] first = Files.readAllBytes(file);
    PngWriter.write(file, width, height, rgb);
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void aPictureOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> PngWriter.write(folder.resolve("a.png"), 2, 2, new int[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
