package io.fiducia.app.commands.universeg;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a person shows in the image itself. */
public final class CascadeOptions {
  @Option(names = "--annotated", paramLabel = "FILE", description = "label map of the image in which some slices are contoured: the others are segmented after their example")
  private Optional<Path> annotated = Optional.empty();

  @Option(names = "--prompts", paramLabel = "FILE", description = "points, boxes and scribbles as JSON, for weights of MultiverSeg")
  private Optional<Path> prompts = Optional.empty();

  @Option(names = "--first-weights", paramLabel = "FILE", description = "weights of ScribblePrompt's U-Net, for the first prompted slice")
  private Optional<Path> first = Optional.empty();

  /** Whether the image's own slices are the support. */
  boolean given() {
    return annotated.isPresent() || prompts.isPresent();
  }

  Optional<Path> annotated() {
    return annotated;
  }

  Optional<Path> prompts() {
    return prompts;
  }

  Optional<Path> first() {
    return first;
  }
}
