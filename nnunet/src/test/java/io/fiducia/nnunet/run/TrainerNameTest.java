package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerNameTest {
  /** Epochs and mirroring by the class names of nnU-Net 2.8.1. */
  @ParameterizedTest
  @CsvSource({"nnUNetTrainer, 1000, true", "nnUNetTrainerNoMirroring, 1000, false",
    "nnUNetTrainer_1epoch, 1, true", "nnUNetTrainer_5epochs, 5, true",
    "nnUNetTrainer_250epochs, 250, true", "nnUNetTrainer_250epochs_NoMirroring, 250, false",
    "nnUNetTrainer_8000epochs, 8000, true"})
  void trainersAreThoseOfNnunet(String name, int epochs, boolean mirroring) {
    TrainerName trainer = TrainerName.of(name);
    assertThat(trainer.epochs()).isEqualTo(epochs);
    assertThat(trainer.mirrorAxes(3)).isEqualTo(mirroring ? List.of(0, 1, 2) : List.of());
    assertThat(trainer.mirrorAxes(2)).isEqualTo(mirroring ? List.of(0, 1) : List.of());
  }

  @Test
  void anUnknownTrainerIsAUsageErrorThatNamesTheKnown() {
    assertThatThrownBy(() -> TrainerName.of("nnUNetTrainer_3epochs"))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE))
        .hasMessageContaining("nnUNetTrainer_5epochs");
  }
}
