package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.nnunet.plan.Configuration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the name of one of nnU-Net's trainer classes stands for. Only names that nnU-Net has are known,
 * so that its own tools load what was trained here.
 *
 * @param mirroring which axes training and inference mirror
 * @param augments how patches are augmented
 * @param cosine whether the learning rate falls along a cosine
 */
public record TrainerName(String name, int epochs, Mirroring mirroring, Augments augments,
    boolean cosine) {
  /** The name of a plain trainer. */
  public static final String DEFAULT = "nnUNetTrainer";
  /** One that does not mirror. */
  public static final String NO_MIRRORING = "nnUNetTrainerNoMirroring";
  private static final int EPOCHS = 1000;

  /** Which axes are mirrored. */
  public enum Mirroring {
    ALL,
    /** All but the last axis of the arrays, which mostly is left to right. */
    ALL_BUT_LAST,
    NONE
  }

  /** How patches are augmented. */
  public enum Augments {
    NNUNET,
    /** Rotations about all axes, however flat the patch is. */
    NEVER_IN_PLANE,
    NOTHING
  }

  private static TrainerName plain(String suffix, int epochs, Mirroring mirroring) {
    return new TrainerName(DEFAULT + suffix, epochs, mirroring, Augments.NNUNET, false);
  }

  /** The trainer of that name. @throws FiduciaException USAGE naming those that are known */
  public static TrainerName of(String name) {
    return all().filter(t -> t.name.equals(name)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such trainer",
            "expected one of "
                + String.join(", ", all().map(TrainerName::name).toList()) + "; found " + name,
            "choose one of these; --epochs sets any other number of epochs"));
  }

  /** All that are known. */
  public static Stream<TrainerName> all() {
    Stream<TrainerName> named = Stream.of(plain("", EPOCHS, Mirroring.ALL),
        plain("NoMirroring", EPOCHS, Mirroring.NONE),
        plain("_onlyMirror01", EPOCHS, Mirroring.ALL_BUT_LAST),
        plain("_onlyMirror01_1500ep", 1500, Mirroring.ALL_BUT_LAST),
        new TrainerName(DEFAULT + "CosAnneal", EPOCHS, Mirroring.ALL, Augments.NNUNET, true),
        new TrainerName(DEFAULT + "_noDummy2DDA", EPOCHS, Mirroring.ALL, Augments.NEVER_IN_PLANE,
            false),
        new TrainerName(DEFAULT + "NoDA", EPOCHS, Mirroring.NONE, Augments.NOTHING, false));
    Stream<TrainerName> mirrored = IntStream
        .of(1, 5, 10, 20, 50, 100, 250, 500, 750, 2000, 4000, 8000)
        .mapToObj(n -> plain("_" + n + (n == 1 ? "epoch" : "epochs"), n, Mirroring.ALL));
    Stream<TrainerName> without = Stream.of(250, 2000, 4000, 8000)
        .map(n -> plain("_" + n + "epochs_NoMirroring", n, Mirroring.NONE));
    return Stream.concat(named, Stream.concat(mirrored, without));
  }

  /** Whether training mirrors patches, and predictions may be averaged over mirrorings. */
  public boolean mirrors() {
    return mirroring != Mirroring.NONE;
  }

  /** Returns the axes that are mirrored, for a patch with this number of axes. */
  public List<Integer> mirrorAxes(int axes) {
    int count = switch (mirroring) {
      case ALL -> axes;
      case ALL_BUT_LAST -> axes - 1;
      case NONE -> 0;
    };
    return IntStream.range(0, count).boxed().toList();
  }

  /** The augmentation for a configuration. */
  public AugmentationSettings augmentation(Configuration configuration) {
    List<Integer> patch = configuration.patchSize();
    if (augments == Augments.NOTHING) {
      return AugmentationSettings.nnunet(patch).validation();
    }
    return AugmentationSettings.nnunet(patch, augments != Augments.NEVER_IN_PLANE)
        .withMirrorAxes(mirrorAxes(patch.size())).withMaskOutside(configuration.useMaskForNorm());
  }
}
