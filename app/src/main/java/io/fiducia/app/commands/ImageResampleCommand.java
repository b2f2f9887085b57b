package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.resample.GridSampler;
import io.fiducia.resample.ImageResampler;
import io.fiducia.resample.NearestVoxel;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings an image to another spacing, or onto another image's grid. */
@Command(name = "resample", description = {
  "Resamples an image to another spacing, or to the grid of another image.",
  "Order 0 is for label maps and keeps the data type; the other orders write float32."}, footer = {
    "",
    "Example:", "  fiducia image resample scan.nii.gz out.nii.gz --spacing 1 1 3",
    "  fiducia image resample mask.nii.gz out.nii.gz --like scan.nii.gz --order 0"})
public final class ImageResampleCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "IN", description = "the image to read")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "a .nii or .nii.gz file")
  private Path out;

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(names = "--order", paramLabel = "0|1|3", defaultValue = "3", description = "0 nearest voxel, 1 linear, 3 cubic (default)")
  private int order;

  @Mixin
  private OutputOption output;

  /** One of the two. */
  static final class Target {
    @Option(names = "--spacing", required = true, arity = "3", paramLabel = "MM", description = "millimetres along the file's x, y and z")
    private double[] spacingMm;

    @Option(names = "--like", required = true, paramLabel = "FILE", description = "sample at this image's voxel centres; 0 outside the field of view")
    private Path like;
  }

  @Override
  protected int run(Context context) {
    if (order != 0 && order != 1 && order != 3) {
      throw usageError("--order must be 0, 1 or 3, found " + order);
    }
    boolean bySpacing = target.spacingMm != null;
    if (bySpacing) {
      for (double s : target.spacingMm) {
        if (!(s > 0) || !Double.isFinite(s)) {
          throw usageError("--spacing must be above 0, found " + s);
        }
      }
    }
    output.check(out);
    NiftiImage image = NiftiReader.read(in);
    image.warnings().forEach(context.console()::warning);
    if (order != 0) {
      long missing = image.nonFiniteCount();
      if (missing > 0) {
        context.console().warning(
            missing + " values are not finite, and so is all that is interpolated from them");
      }
    }
    NiftiImage result = bySpacing
        ? toSpacing(image, new Vec3(target.spacingMm[0], target.spacingMm[1], target.spacingMm[2]))
        : onto(image, NiftiReader.read(target.like).geometry());
    NiftiWriter.write(out, result);
    report(context, result);
    return 0;
  }

  private NiftiImage toSpacing(NiftiImage image, Vec3 spacingMm) {
    if (order == 0) {
      Geometry grid = ImageResampler.target(image.geometry(), spacingMm);
      return image.gathered(grid, NearestVoxel.ofResize(image.geometry().size(), grid.size()));
    }
    return floats(
        image,
        channel -> ImageResampler.resample(image.toFloatVolume(channel), spacingMm, order));
  }

  private NiftiImage onto(NiftiImage image, Geometry grid) {
    if (order == 0) {
      return image.gathered(grid, NearestVoxel.ofGrids(image.geometry(), grid));
    }
    return floats(
        image, channel -> GridSampler.sample(image.toFloatVolume(channel), grid, order, 0));
  }

  private static NiftiImage floats(
      NiftiImage image, IntFunction<FloatVolume> channel) {
    return NiftiImage.ofFloats(IntStream.range(0, image.channels()).mapToObj(channel).toList());
  }

  private void report(Context context, NiftiImage result) {
    Size size = result.geometry().size();
    Vec3 spacing = result.geometry().spacingMm();
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("file", out.toString());
      document.put("shape", result.shape());
      document.put("spacing_mm", List.of(spacing.x(), spacing.y(), spacing.z()));
      context.console().json(document);
    } else {
      context.console().note(
          String.format(
              Locale.ROOT,
              "wrote %s: %s voxels of %.6g x %.6g x %.6g mm",
              out,
              size,
              spacing.x(),
              spacing.y(),
              spacing.z()));
    }
  }
}
