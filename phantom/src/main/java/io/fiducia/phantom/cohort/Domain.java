package io.fiducia.phantom.cohort;

import io.fiducia.core.Modality;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Contouring;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.image.CtScanner;
import io.fiducia.phantom.image.MrScanner;
import io.fiducia.phantom.image.Scanner;

/**
 * A clinic: its scanner, its patients, its readers' habit. Source and target differ in all three, so
 * that a model trained on one has something to lose on the other; docs/phantom.md says in what.
 *
 * @param name "source" or "target"
 * @param habit how its readers draw
 * @param population its patients
 */
public record Domain(String name, Modality modality, Scanner scanner, Contouring habit,
    Patient.Options population) {
  /** The first clinic, or the one that models have not seen. */
  public static Domain of(Modality modality, boolean target) {
    Scanner scanner = switch (modality) {
      case CT -> target ? CtScanner.target() : CtScanner.source();
      case MR -> target ? MrScanner.target() : MrScanner.source();
    };
    // The seed of a hand is set for each case.
    Contouring usual = Contouring.usual(0);
    return target
        ? new Domain("target", modality, scanner,
            new Contouring(0, 1, 9, false, 34, usual.bowelBag(), 92, 5),
            new Patient.Options(0.12, 0.08, 0.05, 260, 28, 0.4))
        : new Domain("source", modality, scanner, usual, Patient.Options.usual());
  }

  /** The same clinic with other patients. */
  public Domain with(Patient.Options patients) {
    return new Domain(name, modality, scanner, habit, patients);
  }

  /** How large the images are. */
  public enum Resolution {
    /** 96 x 96 x 48 voxels, for tests and for training on a processor. */
    SMALL,
    /** As in a clinic: CT 512 x 512 x 100 at 1 x 1 x 3 mm, MR 320 x 320 x 40 at 1 x 1 x 5 mm. */
    FULL
  }

  /**
   * The grid of an image, centred on the pelvis.
   *
   * @param shiftMm how far off the centre the patient lies
   */
  public Geometry grid(Resolution resolution, Vec3 shiftMm) {
    boolean small = resolution == Resolution.SMALL;
    return switch (modality) {
      case CT -> small
          ? centred(new Size(96, 96, 48), new Vec3(4.6, 4.6, 5.5), shiftMm, 42)
          : centred(new Size(512, 512, 100), new Vec3(1, 1, 3), shiftMm, 38);
      case MR -> small
          ? centred(new Size(96, 96, 48), new Vec3(3.8, 3.8, 4.5), shiftMm, 30)
          : centred(new Size(320, 320, 40), new Vec3(1.1, 1.1, 5), shiftMm, 28);
    };
  }

  private static Geometry centred(Size size, Vec3 spacing, Vec3 shift, double middleZ) {
    Vec3 origin = new Vec3(-0.5 * (size.x() - 1) * spacing.x(),
        8 - 0.5 * (size.y() - 1) * spacing.y(), middleZ - 0.5 * (size.z() - 1) * spacing.z());
    return new Geometry(size, spacing, origin.plus(shift), Mat3.IDENTITY);
  }
}
