package io.fiducia.nnunet.train;

import io.fiducia.base.AtomicFiles;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.transfer.Adaptation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoints in the folder of one fold: their names, and what they say about the training there.
 * The names are nnU-Net's, so that its tools find them.
 *
 * @param fold the folder; it need not exist
 */
public record TrainingCheckpoints(Path fold) {
  /** Written at the end of a training; the model that predicts by default. */
  public static final String FINAL = "checkpoint_final.pth";
  /** Written after an epoch whose moving average of the pseudo Dice is the highest so far. */
  public static final String BEST = "checkpoint_best.pth";
  /** The state that an interrupted training resumes from. */
  public static final String LATEST = "checkpoint_latest.pth";

  private static final List<String> NAMES = List.of(FINAL, BEST, LATEST);

  /** All names, those that are best for prediction first. */
  public static List<String> names() {
    return NAMES;
  }

  /** The files that exist, those that are best for prediction first. */
  public List<Path> existing() {
    return NAMES.stream().map(fold::resolve).filter(Files::isRegularFile).toList();
  }

  /** Whether a training ended here. */
  public boolean trained() {
    return Files.isRegularFile(fold.resolve(FINAL));
  }

  /**
   * The course of the training that ended here, from the final checkpoint; empty if none ended.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the file is no training checkpoint
   */
  public Optional<TrainingLog> log() {
    return trained()
        ? Optional.of(TrainingCheckpoint.read(fold.resolve(FINAL)).log())
        : Optional.empty();
  }

  /**
   * Whether resuming would train nothing: the training ended and left no latest state. nnU-Net removes
   * the latest checkpoint at the end.
   */
  public boolean finished() {
    return trained() && !Files.isRegularFile(fold.resolve(LATEST));
  }

  /**
   * The checkpoint that a training resumes from: the latest, or else the best. nnU-Net writes the
   * latest only every 50 epochs, and until then a fold can hold the best alone. Empty where there is
   * neither: resuming then starts from the beginning.
   */
  public Optional<Path> toResumeFrom() {
    return List.of(LATEST, BEST).stream().map(fold::resolve).filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * Removes all checkpoints, and the report of what an earlier training took over.
   *
   * @throws io.fiducia.base.FiduciaException if a file cannot be removed
   */
  public void remove() {
    for (String name : List.of(FINAL, BEST, LATEST, Adaptation.FILE)) {
      try {
        Files.deleteIfExists(fold.resolve(name));
      } catch (IOException e) {
        throw AtomicFiles.cannotWrite(fold.resolve(name), e);
      }
    }
  }
}
