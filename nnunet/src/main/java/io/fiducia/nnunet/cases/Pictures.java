package io.fiducia.nnunet.cases;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.raster.RasterImage;
import io.fiducia.raster.RasterReader;
import io.fiducia.raster.RasterWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures as cases: nnU-Net's NaturalImage2DIO and Tiff3DIO. */
public final class Pictures {
  private static final int CHANNEL_LETTERS = "_0000".length();

  private Pictures() {}

  /**
   * The planes of a picture, or a stack of pages, as volumes.
   *
   * @param notes gets what the user should know about the file, without its name
   */
  static List<CaseImages.Loaded<FloatVolume>> read(
      NnunetReader reader, Path file, Path sidecar, List<String> notes) {
    List<RasterImage> pages = RasterReader.readPages(file);
    boolean stack = reader == NnunetReader.TIFF_3D;
    int planes = pages.get(0).planes().size();
    if (stack ? planes != 1 || pages.size() < 2 : pages.size() != 1) {
      throw FiduciaException.badInput("the picture does not fit its reader", file,
          "expected " + (stack ? "several pages of grey for " : "one page for ")
              + reader.upstreamName() + ", found " + pages.size() + " of " + planes
              + " values per pixel",
          stack
              ? "use NaturalImage2DIO for pictures of one page"
              : "use Tiff3DIO for stacks (\"overwrite_image_reader_writer\" in dataset.json)");
    }
    int width = pages.get(0).width();
    int height = pages.get(0).height();
    if ((long) width * height * pages.size() > Integer.MAX_VALUE - 8) {
      throw FiduciaException.badInput("the stack is too large", file,
          "expected fewer than 2^31 voxels, found " + pages.size() + " pages of " + width + "x"
              + height,
          "split it");
    }
    Vec3 spacing = stack ? spacing(sidecar, notes) : new Vec3(1, 1, 1);
    Geometry grid = Geometry.of(new Size(width, height, pages.size()), spacing);
    List<CaseImages.Loaded<FloatVolume>> volumes = new ArrayList<>();
    for (int p = 0; p < planes; p++) {
      float[] data = pages.get(0).planes().get(p);
      if (stack) {
        data = new float[grid.size().voxels()];
        for (int k = 0; k < pages.size(); k++) {
          System.arraycopy(pages.get(k).planes().get(p), 0, data, k * width * height,
              width * height);
        }
      }
      volumes.add(new CaseImages.Loaded<>(file.toString(), new FloatVolume(grid, data), grid,
          spacing, stack ? 3 : 2));
    }
    return volumes;
  }

  /** A label picture or stack. */
  static CaseImages.Loaded<LabelVolume> readLabels(
      NnunetReader reader, Path file, List<String> notes) {
    List<CaseImages.Loaded<FloatVolume>> planes = read(reader, file, sidecar(file, false), notes);
    CaseImages.Loaded<FloatVolume> first = planes.get(0);
    if (planes.size() != 1) {
      throw FiduciaException.badInput("the label picture has colours", file,
          "expected one number per pixel, found " + planes.size(),
          "save it as grey whose values are the labels");
    }
    float[] values = first.volume().data();
    short[] labels = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= Short.MAX_VALUE) || values[i] != Math.rint(values[i])) {
        throw FiduciaException.badInput("the image is no label map", file,
            "expected whole numbers from 0 to 32767, found " + values[i],
            "check that this is the label file and not the image");
      }
      labels[i] = (short) values[i];
    }
    return new CaseImages.Loaded<>(first.name(), new LabelVolume(first.grid(), labels),
        first.grid(), first.spacing(), first.dimensions());
  }

  /** Writes labels, and for stacks the file with their spacing. */
  static void write(Path file, LabelVolume labels, NnunetReader reader) {
    Size size = labels.geometry().size();
    if (reader == NnunetReader.TIFF_3D) {
      Vec3 s = labels.geometry().spacingMm();
      var tree = JsonMapper.shared().createObjectNode();
      tree.putArray("spacing").add(s.z()).add(s.y()).add(s.x());
      AtomicFiles.writeString(sidecar(file, false), JsonMapper.shared().writeValueAsString(tree)
          + "\n");
    }
    RasterWriter.writeLabels(file, size.x(), size.y(), size.z(), labels.data());
  }

  /** The JSON file beside a stack, named without the image's channel number. */
  public static Path sidecar(Path file, boolean image) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    int end = Math.max(0, dot - (image ? CHANNEL_LETTERS : 0));
    return file.resolveSibling(name.substring(0, end) + ".json");
  }

  /** The file with the spacing of a stack, if the reader knows of such files and it is there. */
  public static Optional<Path> spacingFile(NnunetReader reader, Path file, boolean image) {
    return reader == NnunetReader.TIFF_3D
        ? Optional.of(sidecar(file, image)).filter(Files::isRegularFile)
        : Optional.empty();
  }

  private static Vec3 spacing(Path sidecar, List<String> notes) {
    if (!Files.isRegularFile(sidecar)) {
      // One text for all files, which an evaluation reports once.
      notes.add("no CASE.json beside it states the spacing;"
          + " 1 mm along every axis is assumed");
      return new Vec3(1, 1, 1);
    }
    try {
      JsonNode spacing = JsonMapper.shared().readTree(Files.readString(sidecar)).path("spacing");
      boolean fits = spacing.isArray() && spacing.size() == 3;
      for (int i = 0; i < spacing.size(); i++) {
        double v = spacing.get(i).asDouble(0);
        fits &= v > 0 && Double.isFinite(v);
      }
      if (!fits) {
        throw FiduciaException.badInput("the spacing is not usable", sidecar,
            "expected {\"spacing\": [z, y, x]} with three numbers above 0, found " + spacing,
            "correct the file");
      }
      return new Vec3(spacing.get(2).asDouble(), spacing.get(1).asDouble(),
          spacing.get(0).asDouble());
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("the spacing cannot be read", sidecar,
          String.valueOf(e.getMessage()), "write {\"spacing\": [z, y, x]}", e);
    }
  }
}
