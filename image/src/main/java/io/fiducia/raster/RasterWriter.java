package io.fiducia.raster;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes label maps as PNG, BMP or TIFF (.tif, .tiff), whole or not at all: grey of 8 bits if no
 * label is above 254, else of 16 bits, which BMP cannot hold.
 */
public final class RasterWriter {
  private RasterWriter() {}

  /**
   * Writes one slice, or several as the pages of a TIFF.
   *
   * @param labels slice by slice, row by row
   * @throws FiduciaException BAD_INPUT for another ending, or if the format cannot hold the labels
   *     or several slices
   */
  public static void writeLabels(Path file, int width, int height, int slices, short[] labels) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String format = name.endsWith(".png")
        ? "png"
        : name.endsWith(".bmp")
            ? "bmp"
            : name.endsWith(".tif") || name.endsWith(".tiff") ? "tiff" : "";
    if (format.isEmpty() || slices > 1 && !format.equals("tiff")) {
      throw FiduciaException.badInput("the file's name does not fit a label map of " + slices
          + " slices", file, "expected .tif or .tiff, or for one slice .png or .bmp",
          "rename the output");
    }
    boolean wide = false;
    for (short label : labels) {
      if (label < 0) {
        throw FiduciaException.badInput("a label is negative", file, "found " + label, "");
      }
      wide |= label > 254;
    }
    if (wide && format.equals("bmp")) {
      throw FiduciaException.badInput("BMP holds labels up to 254 only", file, "",
          "use .png or .tif");
    }
    int type = wide ? BufferedImage.TYPE_USHORT_GRAY : BufferedImage.TYPE_BYTE_GRAY;
    AtomicFiles.write(file, out -> {
      ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
      try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
        writer.setOutput(stream);
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (format.equals("tiff")) {
          param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
          param.setCompressionType("ZLib");
        }
        if (slices == 1) {
          writer.write(null, new IIOImage(page(width, height, type, labels, 0), null, null), param);
        } else {
          writePages(writer, param, width, height, slices, type, labels);
        }
        stream.flush();
      } finally {
        writer.dispose();
      }
    });
  }

  private static void writePages(ImageWriter writer, ImageWriteParam param, int width, int height,
      int slices, int type, short[] labels) throws IOException {
    writer.prepareWriteSequence(null);
    for (int k = 0; k < slices; k++) {
      writer.writeToSequence(new IIOImage(page(width, height, type, labels, k), null, null), param);
    }
    writer.endWriteSequence();
  }

  private static BufferedImage page(int width, int height, int type, short[] labels, int slice) {
    BufferedImage image = new BufferedImage(width, height, type);
    int[] samples = new int[width * height];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = labels[slice * samples.length + i];
    }
    image.getRaster().setSamples(0, 0, width, height, 0, samples);
    return image;
  }
}
