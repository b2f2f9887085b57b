package io.fiducia.promptable.everything;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.raster.LabelPalette;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two drawn masks, the smaller one inside of the larger one. */
class MaskStackTest {
  private static EverythingMask mask(int from, int to) {
    BitSet pixels = new BitSet();
    pixels.set(from, to);
    return new EverythingMask(pixels, to - from, new PixelBox(0, 0, 1, 1), 1, 1, 0, 0,
        new PictureCrop(0, 0, 4, 3, 0));
  }

  @Test
  void smallMasksLieOnTop(@TempDir Path folder) throws Exception {
    MaskStack stack = new MaskStack(4, 3, List.of(mask(4, 6), mask(4, 12)));
    assertThat(stack.masks()).extracting(EverythingMask::area).containsExactly(8, 2);
    assertThat(stack.labels()).containsExactly(0, 0, 0, 0, 2, 2, 1, 1, 1, 1, 1, 1);
    float[] grey = new float[12];
    Arrays.fill(grey, 100);
    stack.writePicture(folder.resolve("p.png"), new SlicePicture(4, 3, grey));
    BufferedImage read = ImageIO.read(folder.resolve("p.png").toFile());
    assertThat(List.of(read.getWidth(), read.getHeight())).containsExactly(512, 384);
    assertThat(read.getRGB(10, 10) & 0xffffff).isEqualTo(0x646464);
    // The border of the smaller mask has its colour, and its inside is mixed with the grey value below.
    assertThat(read.getRGB(0, 128) & 0xffffff).isEqualTo(LabelPalette.rgb(2));
    int red = read.getRGB(64, 190) >> 16 & 0xff;
    assertThat(red).isEqualTo(
        (int) Math.round(0.6 * 100 + 0.4 * (LabelPalette.rgb(2) >> 16 & 0xff)));
  }
}
