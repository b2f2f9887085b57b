package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Vec3;

/**
 * How a tool finds the place of voxels in a NIfTI header. The tools agree on files whose sform and
 * qform say the same, and differ on the others.
 */
public enum NiftiConvention {
  /** The standard: sform, else qform, else the spacing alone along right, anterior, superior. */
  STANDARD {
    @Override
    NiftiHeader apply(NiftiHeader header, String file) {
      return header;
    }
  },

  /**
   * nibabel 5: as the standard, but without sform and qform the first axis runs to the left and the
   * image is centred on the origin.
   */
  NIBABEL {
    @Override
    NiftiHeader apply(NiftiHeader header, String file) {
      if (header.affineCode() > 0) {
        return header;
      }
      double[] step = {-header.spacing().x(), header.spacing().y(), header.spacing().z()};
      double[][] affine = new double[4][4];
      for (int a = 0; a < 3; a++) {
        affine[a][a] = step[a];
        affine[a][3] = -step[a] * (header.size().get(a) - 1) / 2.0;
      }
      affine[3][3] = 1;
      return header.withAffine(affine, header.spacing());
    }
  },

  /**
   * ITK 5.4: axes must be orthogonal within 1e-4 and are as long as the header's spacing says; an
   * sform that is not, or that is labelled otherwise than scanner and differs from the qform, gives
   * way to the qform. Without both, axes run to left, posterior, superior.
   *
   * <p>Known difference: sform and qform are compared by the places of the voxels; ITK compares
   * singular vectors, which take some half turns for the same.
   */
  ITK {
    @Override
    NiftiHeader apply(NiftiHeader header, String file) {
      Vec3 spacing = header.headerSpacingMm().times(1 / header.mmPerUnit());
      if (header.affineCode() == 0) {
        double[][] affine = {
          {-spacing.x(), 0, 0, 0}, {0, -spacing.y(), 0, 0}, {0, 0, spacing.z(), 0}, {0, 0, 0, 1}
        };
        return header.withAffine(affine, spacing);
      }
      boolean orthogonal = isOrthogonal(header.affine());
      if (header.qform().isPresent() && (!orthogonal || !isSform(header))) {
        return header.withAffine(stretched(header.qform().get(), spacing), spacing);
      }
      if (!orthogonal) {
        throw FiduciaException.badInput(
            "the image's axes are not at right angles, which ITK refuses", file,
            "expected orthogonal axes (within 1e-4), found a sheared sform and no qform",
            "resample the image to orthogonal axes, or read it with NibabelIO"
                + " (\"overwrite_image_reader_writer\" in dataset.json)");
      }
      return header.withAffine(stretched(header.affine(), spacing), spacing);
    }
  };

  private static final double TOLERANCE = 1e-4;
  private static final int SCANNER = 1;

  abstract NiftiHeader apply(NiftiHeader header, String file);

  private static boolean isSform(NiftiHeader header) {
    if (header.affineCode() == SCANNER) {
      return true;
    }
    return header.geometry().matches(
        header.withAffine(header.qform().orElseThrow(), header.spacing()).geometry(), TOLERANCE);
  }

  private static boolean isOrthogonal(double[][] affine) {
    Vec3 length = NiftiAffine.spacing(affine);
    Mat3 unit = new Mat3(
        NiftiAffine.column(affine, 0).times(1 / length.x()),
        NiftiAffine.column(affine, 1).times(1 / length.y()),
        NiftiAffine.column(affine, 2).times(1 / length.z()));
    for (int row = 0; row < 3; row++) {
      for (int other = 0; other < 3; other++) {
        double product = 0;
        for (int k = 0; k < 3; k++) {
          product += unit.get(row, k) * unit.get(other, k);
        }
        if (Math.abs(product - (row == other ? 1 : 0)) > TOLERANCE) {
          return false;
        }
      }
    }
    return true;
  }

  /** The affine with its axes as long as the spacing says. */
  private static double[][] stretched(double[][] affine, Vec3 spacing) {
    Vec3 length = NiftiAffine.spacing(affine);
    double[][] out = NiftiAffine.copy(affine);
    for (int column = 0; column < 3; column++) {
      double factor = spacing.get(column) / length.get(column);
      // Within the rounding of the header's numbers the affine stays as it is.
      for (int row = 0; row < 3 && Math.abs(factor - 1) > 1e-6; row++) {
        out[row][column] *= factor;
      }
    }
    return out;
  }
}
