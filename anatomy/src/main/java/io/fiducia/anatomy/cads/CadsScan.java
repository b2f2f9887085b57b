package io.fiducia.anatomy.cads;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;

/**
 * A CT scan to segment.
 *
 * @param id pseudonym of the case
 * @param spacingMm lengths of the columns of the image's affine, from which CADS computes sizes
 */
public record CadsScan(String id, FloatVolume image, Vec3 spacingMm) {
  /**
   * Reads a scan, placed as nibabel reads the header.
   *
   * @throws FiduciaException BAD_INPUT if it cannot be read or is no volume of one channel
   */
  public static CadsScan read(String id, Path file, Progress progress) {
    NiftiImage image = NiftiReader.read(file).as(NiftiConvention.NIBABEL);
    image.warnings().forEach(w -> progress.warning(file + ": " + w));
    if (image.channels() != 1) {
      throw FiduciaException.badInput("the image has several channels", file,
          "expected one CT volume, found shape " + image.shape(),
          "give one of its channels as a file of its own");
    }
    return of(id, file, image.toFloatVolume(0), image.affineSpacingMm());
  }

  /**
   * The scan of a case in memory.
   *
   * @throws FiduciaException BAD_INPUT if it is no volume of one channel
   */
  public static CadsScan of(Case images) {
    if (images.channels().size() != 1) {
      throw FiduciaException.badInput("the case has several channels", images.id(),
          "expected one CT volume, found " + images.channels().size(),
          "give the channel with the CT alone");
    }
    return of(images.id(), images.id(), images.channels().get(0),
        images.geometry().spacingMm());
  }

  private static CadsScan of(String id, Object source, FloatVolume image, Vec3 spacingMm) {
    for (int a = 0; a < 3; a++) {
      if (image.geometry().size().get(a) == 1) {
        throw FiduciaException.badInput("the image is no volume", source,
            "expected three axes, found size " + image.geometry().size(),
            "give the whole series of slices as one file");
      }
    }
    return new CadsScan(id, image, spacingMm);
  }
}
