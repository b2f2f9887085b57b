package io.fiducia.resample;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.Optional;

/**
 * Volumes at another spacing by {@link NnunetResampler}'s rules. The field of view stays: sizes are
 * rounded to whole voxels, so the spacing of the result is the field of view over the new size, and
 * the first voxel's centre moves so that the outer edges coincide. The axes keep their directions: on a
 * sheared grid a spacing is the step along its axis, and the field of view a sheared box.
 */
public final class ImageResampler {
  private ImageResampler() {}

  /** The grid of about the wanted spacing (mm along x, y, z) that covers the same field of view. */
  public static Geometry target(Geometry geometry, Vec3 spacingMm) {
    int[] size = NnunetResampler.newShape(shape(geometry), spacing(geometry.spacingMm()),
        spacing(spacingMm));
    Size old = geometry.size();
    double voxels = (double) size[0] * size[1] * size[2];
    if (voxels > Integer.MAX_VALUE - 8) {
      throw FiduciaException.usage("the spacing is too fine for this image",
          "expected fewer than 2^31 voxels, found " + size[2] + "x" + size[1] + "x" + size[0]
              + " at " + spacingMm + " mm",
          "give a coarser spacing, in millimetres");
    }
    Size target = new Size(size[2], size[1], size[0]);
    Vec3 actual = new Vec3(geometry.spacingMm().x() * old.x() / target.x(),
        geometry.spacingMm().y() * old.y() / target.y(),
        geometry.spacingMm().z() * old.z() / target.z());
    Vec3 origin = geometry.toPhysical(firstCentre(old.x(), target.x()),
        firstCentre(old.y(), target.y()), firstCentre(old.z(), target.z()));
    return new Geometry(target, actual, origin, geometry.direction());
  }

  /**
   * The image at about the wanted spacing (mm along x, y, z).
   *
   * @param order 0, 1 or 3; the coarsest axis of strongly anisotropic voxels takes the nearest slice
   */
  public static FloatVolume resample(FloatVolume image, Vec3 spacingMm, int order) {
    Geometry to = target(image.geometry(), spacingMm);
    float[] data = NnunetResampler.resampleData(image.data(), shape(image.geometry()), shape(to),
        order, 0, separateAxis(image.geometry(), spacingMm));
    return new FloatVolume(to, data == image.data() ? data.clone() : data);
  }

  /**
   * The label map at about the wanted spacing (mm along x, y, z).
   *
   * @param order 0 (nearest voxel) or 1 (largest linear share)
   */
  public static LabelVolume resample(LabelVolume labels, Vec3 spacingMm, int order) {
    Geometry to = target(labels.geometry(), spacingMm);
    short[] data = NnunetResampler.resampleSeg(labels.data(), shape(labels.geometry()), shape(to),
        order, 0, separateAxis(labels.geometry(), spacingMm));
    return new LabelVolume(to, data == labels.data() ? data.clone() : data);
  }

  private static Optional<Integer> separateAxis(Geometry geometry, Vec3 spacingMm) {
    return NnunetResampler.separateAxis(spacing(geometry.spacingMm()), spacing(spacingMm),
        Optional.empty());
  }

  private static double firstCentre(int oldSize, int newSize) {
    return 0.5 * oldSize / newSize - 0.5;
  }

  private static int[] shape(Geometry g) {
    return new int[]{g.size().z(), g.size().y(), g.size().x()};
  }

  private static double[] spacing(Vec3 v) {
    return new double[]{v.z(), v.y(), v.x()};
  }
}
