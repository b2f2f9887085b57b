package io.fiducia.nnunet.cases;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads a case's files as the nnU-Net reader of that name does: in the order of the file, or turned
 * to RAS by the readers "WithReorient". The name is part of a model: another one may mirror the
 * patient.
 *
 * <p>More lenient than nnU-Net: the nibabel readers take files with two axes too, which count as one
 * slice, and SimpleITKIO reads .nii.
 */
public final class CaseReader {
  private final NnunetReader reader;

  /**
   * A reader.
   *
   * @param reader nnU-Net's name, as in plans ({@code image_reader_writer})
   * @throws FiduciaException BAD_INPUT if there is none of that name
   */
  public CaseReader(String reader) {
    this.reader = NnunetReader.named(reader);
  }

  /** Images and, where the case has one, its label map. Errors as {@link CaseImages#of}. */
  public CaseImages read(RawCase c) {
    return read(c.id(), c.images(), c.label());
  }

  /** Images only, even where the case has a label map. */
  public CaseImages readImages(RawCase c) {
    return read(c.id(), c.images(), Optional.empty());
  }

  /**
   * A label map in the order of its file.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read or is no label map
   */
  public LabelVolume readLabels(Path file) {
    return loadLabels(file).volume();
  }

  /** A label map with what is known of its file; errors as {@link #readLabels}. */
  CaseImages.Loaded<LabelVolume> loadLabels(Path file) {
    return loadLabels(file, new ArrayList<>());
  }

  /**
   * The grid of a label map, as that of an image on it.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read or is no label map
   */
  public SourceGrid readGrid(String id, Path labelMap) {
    CaseImages.Loaded<LabelVolume> l = loadLabels(labelMap);
    FloatVolume empty = new FloatVolume(l.grid(), new float[l.volume().data().length]);
    return CaseImages.of(id, reader, List.of(new CaseImages.Loaded<>(l.name(), empty, l.grid(),
        l.spacing(), l.dimensions())), Optional.empty(), List.of()).grid();
  }

  private CaseImages read(String id, List<Path> files, Optional<Path> labelFile) {
    List<CaseImages.Loaded<FloatVolume>> images = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Path file : files) {
      List<String> own = new ArrayList<>();
      if (reader.nifti().isPresent()) {
        NiftiImage image = open(file, reader.nifti().get(), own);
        for (int c = 0; c < image.channels(); c++) {
          images.add(loaded(file, image, image.toFloatVolume(c)));
        }
      } else {
        images.addAll(Pictures.read(reader, file, Pictures.sidecar(file, true), own));
      }
      own.forEach(note -> notes.add(file + ": " + note));
    }
    Optional<CaseImages.Loaded<LabelVolume>> label = labelFile.map(file -> {
      List<String> own = new ArrayList<>();
      CaseImages.Loaded<LabelVolume> map = loadLabels(file, own);
      own.forEach(note -> notes.add(file + ": " + note));
      return map;
    });
    return CaseImages.of(id, reader, images, label, notes);
  }

  /**
   * A label map with what is known of its file; errors as {@link #readLabels}.
   *
   * @param notes gets what the user should know about the file, without its name
   */
  CaseImages.Loaded<LabelVolume> loadLabels(Path file, List<String> notes) {
    if (reader.nifti().isEmpty()) {
      return Pictures.readLabels(reader, file, notes);
    }
    NiftiImage image = open(file, reader.nifti().get(), notes);
    return loaded(file, image, image.toLabelVolume());
  }

  private <T> CaseImages.Loaded<T> loaded(Path file, NiftiImage image, T volume) {
    Vec3 spacing = image.headerSpacingMm();
    if (reader == NnunetReader.NIBABEL_REORIENT
        && !Orientation.of(image.geometry()).codes().equals("RAS")) {
      // nibabel measures an affine that it has turned, and rounds to the header's precision.
      Vec3 exact = image.affineSpacingMm();
      spacing = new Vec3((float) exact.x(), (float) exact.y(), (float) exact.z());
    }
    return new CaseImages.Loaded<>(file.toString(), volume, image.geometry(), spacing,
        image.declaredDimensions() == 2 ? 2 : 3);
  }

  private NiftiImage open(Path file, NiftiConvention convention, List<String> notes) {
    checkEnding(file);
    NiftiImage image = NiftiReader.read(file).as(convention);
    notes.addAll(image.warnings());
    if (image.channels() > 1 && convention != NiftiConvention.ITK) {
      throw FiduciaException.badInput(
          "the image has four dimensions", file,
          "expected three for " + reader.upstreamName() + ", found shape (x first) "
              + image.shape(),
          "split it into one file per channel: CASE_0000, CASE_0001, ...");
    }
    return image;
  }

  private static void checkEnding(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".nii") && !name.endsWith(".nii.gz")) {
      throw FiduciaException.badInput(
          "unsupported image format", file, "expected a name ending in .nii or .nii.gz",
          "convert the image to NIfTI and set file_ending in dataset.json");
    }
  }

  /** What is known of a case's first image before its voxels are read. */
  public record Preview(Geometry grid, Vec3 spacing) {}

  /** The grid of a case's first image; of NIfTI files the header only is read. */
  public Preview preview(RawCase c) {
    Path file = c.images().get(0);
    if (reader.nifti().isEmpty()) {
      CaseImages.Loaded<FloatVolume> picture = Pictures
          .read(reader, file, Pictures.sidecar(file, true), new ArrayList<>()).get(0);
      return new Preview(picture.grid(), picture.spacing());
    }
    checkEnding(file);
    Geometry grid = NiftiReader.readGeometry(file);
    return new Preview(grid, grid.spacingMm());
  }
}
