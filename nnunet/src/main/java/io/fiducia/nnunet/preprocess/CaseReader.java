package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
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
 */
public final class CaseReader {
  private final String reader;

  /**
   * A reader.
   *
   * @param reader nnU-Net's name, as in plans ({@code image_reader_writer})
   * @throws FiduciaException BAD_INPUT if there is none of that name
   */
  public CaseReader(String reader) {
    CaseImages.checkReader(reader);
    this.reader = reader;
  }

  /** Images and, where the case has one, its label map. Errors as {@link CaseImages#of}. */
  public CaseImages read(RawCase c) {
    return read(c.id(), c.images(), c.label());
  }

  /** Images only, even where the case has a label map. */
  public CaseImages readImages(RawCase c) {
    return read(c.id(), c.images(), Optional.empty());
  }

  private CaseImages read(String id, List<Path> files, Optional<Path> labelFile) {
    List<CaseImages.Named<FloatVolume>> images = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Path file : files) {
      NiftiImage image = open(file);
      image.warnings().forEach(w -> notes.add(file + ": " + w));
      for (int c = 0; c < image.channels(); c++) {
        images.add(new CaseImages.Named<>(file.toString(), image.toFloatVolume(c)));
      }
    }
    Optional<CaseImages.Named<LabelVolume>> label = labelFile.map(
        file -> new CaseImages.Named<>(file.toString(), open(file).toLabelVolume()));
    CaseImages read = CaseImages.of(id, reader, images, label);
    notes.addAll(read.warnings());
    return new CaseImages(
        id, read.source(), read.labelSource(), reader, read.channels(), read.labels(),
        read.arrayGeometry(),
        read.fileGeometry(), notes);
  }

  private NiftiImage open(Path file) {
    checkEnding(file);
    NiftiImage image = NiftiReader.read(file);
    if (image.channels() > 1 && !reader.startsWith("SimpleITK")) {
      throw FiduciaException.badInput(
          "the image has four dimensions", file,
          "expected three for " + reader + ", found shape (x first) " + image.shape(),
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

  /** The grid of a case's first image, without reading voxels. */
  static Geometry geometry(RawCase c) {
    checkEnding(c.images().get(0));
    return NiftiReader.readGeometry(c.images().get(0));
  }
}
