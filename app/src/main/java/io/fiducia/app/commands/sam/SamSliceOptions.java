package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.nifti.NiftiDataType;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.promptable.sam.OneSlice;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The slice that is shown to a model, its window, and where results go. */
public final class SamSliceOptions {
  private static final List<String> ENDINGS = List.of(".nii.gz", ".nii");

  @Option(names = "--image", required = true, paramLabel = "FILE", description = "image, NIfTI")
  private Path image;

  @Option(names = "--slice", paramLabel = "K", description = "slice along the third axis of the file, counted from 0 (not needed for an image of one slice)")
  private Optional<Integer> slice = Optional.empty();

  @Option(names = "--window", arity = "2", paramLabel = "INTENSITY", description = "intensities that become black and white (default: percentiles 0.5 and 99.5 of all voxels that are not zero; unsigned 8-bit images stay as they are)")
  private List<Double> window = new ArrayList<>();

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for results")
  private Path output;

  @Mixin
  private OutputOption outputOption;

  /** A slice and its window. */
  record Shown(OneSlice slice, GreyWindow window) {}

  /**
   * The name of the image without its ending.
   *
   * @throws FiduciaException BAD_INPUT if it is no NIfTI file by its name
   */
  String name() {
    String file = String.valueOf(image.getFileName());
    String ending = ENDINGS.stream().filter(file.toLowerCase(Locale.ROOT)::endsWith).findFirst()
        .orElseThrow(() -> FiduciaException.badInput("unsupported image format", image,
            "expected a name ending in .nii or .nii.gz", "convert the image to NIfTI"));
    return FileNames.check(file.substring(0, file.length() - ending.length()), image);
  }

  /** A file of results, named after the image, which may be written. */
  Path target(String ending) {
    Path file = output.resolve(name() + ending);
    outputOption.check(file);
    return file;
  }

  /** A file of results that the images in the folder share. */
  Path shared(String file) {
    return output.resolve(file);
  }

  /** Lets a file be replaced, or not. */
  void check(Path file) {
    outputOption.check(file);
  }

  /** Whether one slice was chosen. */
  boolean hasSlice() {
    return slice.isPresent();
  }

  /** The window that was chosen. */
  Optional<GreyWindow> chosenWindow() {
    return window.isEmpty()
        ? Optional.empty()
        : Optional.of(GreyWindow.chosen(window.get(0), window.get(1)));
  }

  /** Reads the image with all its slices. */
  FloatVolume readVolume(Context context) {
    return nifti(context).toFloatVolume(0);
  }

  private NiftiImage nifti(Context context) {
    NiftiImage read = NiftiReader.read(image);
    read.warnings().forEach(w -> context.console().warning(image + ": " + w));
    if (read.channels() > 1) {
      context.console().warning(
          image + ": " + read.channels() + " volumes; only the first is used");
    }
    return read;
  }

  /** Reads the image. */
  Shown read(Context context) {
    NiftiImage read = nifti(context);
    FloatVolume volume = read.toFloatVolume(0);
    int slices = volume.geometry().size().z();
    if (slice.isEmpty() && slices > 1) {
      throw FiduciaException.usage("which slice?",
          image + " has " + slices + " slices", "give --slice 0 to " + (slices - 1));
    }
    OneSlice shown = new OneSlice(volume, slice.orElse(0));
    return new Shown(shown, window(read, volume, context));
  }

  private GreyWindow window(NiftiImage read, FloatVolume volume, Context context) {
    if (!window.isEmpty()) {
      return chosenWindow().orElseThrow();
    }
    boolean eightBit = read.dataType() == NiftiDataType.UINT8 && read.statistics().max() <= 255
        && read.statistics().min() >= 0;
    GreyWindow usual = eightBit ? new GreyWindow(0, 255) : GreyWindow.ofPercentiles(volume);
    context.console().note(String.format(Locale.ROOT, "window: %.6g to %.6g", usual.low(),
        usual.high()));
    return usual;
  }
}
