package io.fiducia.phantom;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The body of one synthetic patient. Bones, muscles and vessels are solids; the soft organs
 * have shapes of their own and compete for the space where these overlap, so that they flatten
 * against each other as organs do; bowel fills what is left.
 *
 * <p>Immutable and safe to sample from several threads.
 */
public final class PelvisAnatomy implements TissueSource {
  /** Half the width and half the depth of a scan of the average woman, mm. */
  private static final double HALF_WIDTH_MM = 194;
  private static final double HALF_DEPTH_MM = 126;
  /** A scan reaches from below the lesser trochanters to L4, mm. */
  private static final double BOTTOM_MM = -92;
  private static final double TOP_MM = 176;

  private final PelvisParts parts;

  private PelvisAnatomy(Patient patient) {
    this.parts = new PelvisParts(patient);
  }

  /** Builds a patient's body; takes about a second. */
  public static PelvisAnatomy of(Patient patient) {
    return new PelvisAnatomy(patient);
  }

  public Patient patient() {
    return parts.patient;
  }

  /** The lowest and the highest corner of the box that a scan of the pelvis covers, LPS mm. */
  public Vec3[] bounds() {
    double scale = parts.scale;
    double girth = parts.body.girthMm();
    double half = HALF_WIDTH_MM * scale + girth;
    double deep = HALF_DEPTH_MM * scale + 0.8 * girth;
    return new Vec3[]{new Vec3(-half, -deep + 4, BOTTOM_MM * scale),
      new Vec3(half, deep + 10, TOP_MM * scale)};
  }

  /** A grid along the axes that covers {@link #bounds()}. */
  public Geometry grid(double spacingXyMm, double spacingZMm) {
    Vec3[] b = bounds();
    Vec3 extent = b[1].minus(b[0]);
    Size size = new Size((int) Math.ceil(extent.x() / spacingXyMm),
        (int) Math.ceil(extent.y() / spacingXyMm), (int) Math.ceil(extent.z() / spacingZMm));
    return new Geometry(size, new Vec3(spacingXyMm, spacingXyMm, spacingZMm), b[0], Mat3.IDENTITY);
  }

  @Override
  public LabelVolume tissues(Geometry grid) {
    short[] data = new short[grid.size().voxels()];
    forSlices(grid, (k, site) -> {
      Size size = grid.size();
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          Vec3 p = grid.toPhysical(i, j, k);
          // Most of an image is air; AIR is 0.
          if (parts.body.farOutside(p.x(), p.y())
              || parts.body.depth(p.x(), p.y(), p.z()) <= 0) {
            continue;
          }
          site.go(p);
          data[size.index(i, j, k)] = SiteTissue.of(site).code();
        }
      }
    });
    return new LabelVolume(grid, data);
  }

  /**
   * What a reader draws on a grid, by structure; {@link Contours#labelMap} makes one label map of it.
   */
  public Map<PelvisStructure, boolean[]> structures(Geometry grid, Contouring habit) {
    return Contours.draw(this, grid, habit);
  }

  /** Work on one slice. */
  interface SliceWork {
    void accept(int k, Site site);
  }

  void forSlices(Geometry grid, SliceWork work) {
    IntStream.range(0, grid.size().z()).parallel().forEach(k -> work.accept(k, new Site(parts)));
  }
}
