package io.fiducia.app.cli;

import io.fiducia.base.FiduciaException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --overwrite}, for every command that writes results. */
public final class OutputOption {
  @Option(names = "--overwrite", description = "replace existing results")
  private boolean overwrite;

  public boolean overwrite() {
    return overwrite;
  }

  /**
   * Lets a file be written: it must not exist unless {@code --overwrite} was given.
   *
   * @throws FiduciaException BAD_INPUT
   */
  public void check(Path target) {
    if (Files.isDirectory(target)) {
      throw FiduciaException.badInput(
          "the output is a folder", target, "a file's name is needed", "give a file's name");
    }
    if (!overwrite && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw FiduciaException.badInput(
          "the output exists already", target, "", "choose another name, or give --overwrite");
    }
  }
}
