package io.fiducia.raster;

import io.fiducia.base.FiduciaException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.NodeList;

/**
 * Reads the pictures that microscopes and cameras give: PNG, BMP and TIFF, with the decoders of the
 * JDK. TIFF may hold several pages.
 *
 * <p>Values are as scikit-image 0.26 gives them: a palette of PNG or BMP becomes its colours, one bit
 * becomes 0 or 1, two and four bits of grey are spread over 0 to 255, colours of 16 bits in PNG lose
 * their lower byte; TIFF keeps its numbers.
 */
public final class RasterReader {
  /** No picture is compressed further than this (deflate's limit), so that a header cannot lie. */
  private static final long MOST_INFLATION = 1032;

  private RasterReader() {}

  /**
   * A picture of one page.
   *
   * @throws FiduciaException BAD_INPUT if the file is missing, damaged, of another kind or has
   *     several pages; OUT_OF_RESOURCES if it does not fit into memory
   */
  public static RasterImage read(Path file) {
    List<RasterImage> pages = readPages(file);
    if (pages.size() != 1) {
      throw FiduciaException.badInput("the picture has several pages", file,
          "expected one, found " + pages.size(), "read it as a stack (Tiff3DIO)");
    }
    return pages.get(0);
  }

  /**
   * All pages of a file, which have one size and number of planes.
   *
   * @throws FiduciaException BAD_INPUT if the file is missing, damaged, of another kind or its pages
   *     differ; OUT_OF_RESOURCES if it does not fit into memory
   */
  public static List<RasterImage> readPages(Path file) {
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("the file does not exist", file, "", "check the path");
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = in == null
          ? List.<ImageReader>of().iterator()
          : ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw FiduciaException.badInput("the file is not a picture", file,
            "expected PNG, BMP or TIFF", "check the file, or copy it again from its source");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, false, false);
        return pages(reader, file);
      } finally {
        reader.dispose();
      }
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources("the picture does not fit into memory", file, "",
          "give the program more memory", e);
    } catch (FiduciaException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The JDK's decoders answer damaged files with exceptions of many kinds.
      throw FiduciaException.badInput("the picture cannot be read", file, reason(e),
          "copy it again from its source, or convert it to PNG or to TIFF without compression", e);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static List<RasterImage> pages(ImageReader reader, Path file) throws IOException {
    String format = reader.getFormatName().toLowerCase(Locale.ROOT);
    int count = reader.getNumImages(true);
    long most = Files.size(file) * MOST_INFLATION;
    List<RasterImage> pages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long pixels = (long) reader.getWidth(i) * reader.getHeight(i);
      most -= pixels / 8;
      if (most < 0 || pixels > Integer.MAX_VALUE - 8) {
        throw FiduciaException.badInput("the picture's header claims too much", file,
            "found " + reader.getWidth(i) + "x" + reader.getHeight(i) + " pixels in a file of "
                + Files.size(file) + " bytes",
            "copy the file again from its source");
      }
      RasterImage page = convert(reader.read(i), format, isGrey(reader, i), file);
      if (!pages.isEmpty() && !page.sameForm(pages.get(0))) {
        throw FiduciaException.badInput("the pages of the file differ", file,
            "expected " + pages.get(0).form() + " as in page 0, found " + page.form() + " in page "
                + i,
            "save the pages with one size and type");
      }
      pages.add(page);
    }
    if (pages.isEmpty()) {
      throw FiduciaException.badInput("the file holds no picture", file, "found 0 pages",
          "copy it again from its source");
    }
    return pages;
  }

  private static boolean isGrey(ImageReader reader, int page) throws IOException {
    NodeList found = reader.getImageMetadata(page)
        .getAsTree("javax_imageio_1.0") instanceof IIOMetadataNode root
            ? root.getElementsByTagName("ColorSpaceType")
            : null;
    return found != null && found.getLength() > 0
        && ((IIOMetadataNode) found.item(0)).getAttribute("name").equals("GRAY");
  }

  private static RasterImage convert(
      BufferedImage image, String format, boolean grey, Path file) {
    Raster raster = image.getRaster();
    boolean tiff = format.startsWith("tif");
    if (!tiff && image.getColorModel() instanceof IndexColorModel palette) {
      return grey || isGreyRamp(palette, format)
          ? scaledGrey(raster)
          : coloured(raster, palette);
    }
    int bands = raster.getNumBands();
    if (bands != 1 && bands != 3 && bands != 4) {
      throw FiduciaException.badInput("the picture is neither grey nor RGB", file,
          "expected 1, 3 or 4 values per pixel, found " + bands, "convert it to grey or RGB");
    }
    List<float[]> planes = new ArrayList<>();
    for (int b = 0; b < bands; b++) {
      planes.add(raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), b, (float[]) null));
    }
    boolean halve = !tiff && bands > 1 && raster.getSampleModel().getSampleSize(0) == 16;
    if (halve) {
      for (float[] plane : planes) {
        for (int i = 0; i < plane.length; i++) {
          plane[i] = (int) plane[i] >> 8;
        }
      }
    }
    return new RasterImage(raster.getWidth(), raster.getHeight(), planes);
  }

  /** A BMP's palette of equal steps of grey is how that format stores grey pictures. */
  private static boolean isGreyRamp(IndexColorModel palette, String format) {
    if (!format.equals("bmp")) {
      return false;
    }
    int n = palette.getMapSize();
    for (int i = 0; i < n; i++) {
      int value = n == 256 ? i : i * 255 / Math.max(1, n - 1);
      if (palette.getRed(i) != value || palette.getGreen(i) != value
          || palette.getBlue(i) != value) {
        return false;
      }
    }
    return n == 256 || n == 2;
  }

  private static RasterImage scaledGrey(Raster raster) {
    int bits = raster.getSampleModel().getSampleSize(0);
    float[] plane = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0,
        (float[]) null);
    int factor = bits == 2 ? 85 : bits == 4 ? 17 : 1;
    for (int i = 0; i < plane.length; i++) {
      plane[i] *= factor;
    }
    return new RasterImage(raster.getWidth(), raster.getHeight(), List.of(plane));
  }

  private static RasterImage coloured(Raster raster, IndexColorModel palette) {
    int[] index = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
    float[] red = new float[index.length];
    float[] green = new float[index.length];
    float[] blue = new float[index.length];
    float[] alpha = new float[index.length];
    for (int i = 0; i < index.length; i++) {
      red[i] = palette.getRed(index[i]);
      green[i] = palette.getGreen(index[i]);
      blue[i] = palette.getBlue(index[i]);
      alpha[i] = palette.getAlpha(index[i]);
    }
    return new RasterImage(raster.getWidth(), raster.getHeight(),
        palette.hasAlpha() ? List.of(red, green, blue, alpha) : List.of(red, green, blue));
  }
}
