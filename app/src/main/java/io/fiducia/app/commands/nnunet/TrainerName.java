package io.fiducia.app.commands.nnunet;

import io.fiducia.base.FiduciaException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a trainer's class name at nnU-Net stands for. Only names that nnU-Net has are known, so that
 * its own tools load what was trained here.
 *
 * @param mirroring whether training and inference mirror
 */
record TrainerName(String name, int epochs, boolean mirroring) {
  static final String DEFAULT = "nnUNetTrainer";
  static final String NO_MIRRORING = "nnUNetTrainerNoMirroring";
  private static final int EPOCHS = 1000;

  /** The trainer of that name. @throws FiduciaException USAGE naming those that are known */
  static TrainerName of(String name) {
    return all().filter(t -> t.name.equals(name)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such trainer",
            "expected one of "
                + String.join(", ", all().map(TrainerName::name).toList()) + "; found " + name,
            "choose one of these; --epochs sets any other number of epochs"));
  }

  static Stream<TrainerName> all() {
    Stream<TrainerName> plain = Stream.of(new TrainerName(DEFAULT, EPOCHS, true),
        new TrainerName(NO_MIRRORING, EPOCHS, false));
    Stream<TrainerName> mirrored = IntStream
        .of(1, 5, 10, 20, 50, 100, 250, 500, 750, 2000, 4000, 8000)
        .mapToObj(n -> new TrainerName(DEFAULT + "_" + n + (n == 1 ? "epoch" : "epochs"), n, true));
    Stream<TrainerName> without = List.of(250, 2000, 4000, 8000).stream()
        .map(n -> new TrainerName(DEFAULT + "_" + n + "epochs_NoMirroring", n, false));
    return Stream.concat(plain, Stream.concat(mirrored, without));
  }

  /** The axes to mirror for a patch of so many axes. */
  List<Integer> mirrorAxes(int axes) {
    return mirroring ? IntStream.range(0, axes).boxed().toList() : List.of();
  }
}
