package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.core.Modality;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.promptable.sam.OneSlice;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The image that is shown to a model, its window, and where results go. */
public final class SamSliceOptions {
  private static final List<String> ENDINGS = List.of(".nii.gz", ".nii");

  @Option(names = "--image", required = true, paramLabel = "FILE", description = "image, NIfTI")
  private Path image;

  @Option(names = "--slice", paramLabel = "K", description = "the slice that --box and --point are in, counted from 0: along the third axis of the file, or across --plane (not needed for an image of one slice)")
  private Optional<Integer> slice = Optional.empty();

  @Option(names = "--window", arity = "2", paramLabel = "INTENSITY", description = "intensities that become black and white (default: the structure's window if one is named, else percentiles 0.5 and 99.5 of all voxels that are not zero; unsigned 8-bit images stay as they are)")
  private List<Double> window = new ArrayList<>();

  @Option(names = "--structure", paramLabel = "NAME", description = "what is segmented, any usual name: in CT it chooses the window (bone, lung or soft tissue); for a volume it names the files too")
  private Optional<String> structure = Optional.empty();

  @Option(names = "--modality", paramLabel = "ct|mr", description = "of the image, for the structure's window (default: ct if it has values below -400, else mr)")
  private Optional<Modality> modality = Optional.empty();

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for results")
  private Path output;

  @Mixin
  private OutputOption outputOption;

  /** A slice and its window. */
  record Shown(OneSlice slice, GreyWindow window) {}

  /** An image and the windows for what it shows. */
  record Image(FloatVolume volume, SamWindows windows) {}

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

  Optional<Integer> slice() {
    return slice;
  }

  Optional<String> structure() {
    return structure;
  }

  Path image() {
    return image;
  }

  /** The folder for results. */
  Path output() {
    return output;
  }

  /**
   * Lets files be written into the folder for results.
   *
   * @throws FiduciaException BAD_INPUT if the folder is a file, or a file exists that may not be replaced
   */
  void check(List<Path> files) {
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw FiduciaException.badInput("the output is not a folder", output, "there is a file",
          "give the name of a folder with -o");
    }
    files.forEach(outputOption::check);
  }

  /** A file of results, named after the image, which may be written. */
  Path target(String ending) {
    Path file = output.resolve(name() + ending);
    check(List.of(file));
    return file;
  }

  /** A file of results that the images in the folder share. */
  Path shared(String file) {
    return output.resolve(file);
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
  Image read(Context context) {
    NiftiImage read = nifti(context);
    FloatVolume volume = read.toFloatVolume(0);
    return new Image(volume, new SamWindows(chosenWindow(), structure, modality, read, volume));
  }

  /** Reads the image and takes the chosen slice. */
  Shown readSlice(Context context) {
    Image all = read(context);
    int slices = all.volume().geometry().size().z();
    if (slice.isEmpty() && slices > 1) {
      throw FiduciaException.usage("which slice?",
          image + " has " + slices + " slices", "give --slice 0 to " + (slices - 1));
    }
    OneSlice shown = new OneSlice(all.volume(), slice.orElse(0));
    GreyWindow used = all.windows().any();
    if (window.isEmpty()) {
      context.console().note(
          String.format(Locale.ROOT, "window: %.6g to %.6g", used.low(), used.high()));
    }
    return new Shown(shown, used);
  }
}
