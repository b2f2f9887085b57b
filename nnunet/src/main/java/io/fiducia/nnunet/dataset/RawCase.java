package io.fiducia.nnunet.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A case as it lies in a dataset folder.
 *
 * @param id the file name without channel number and ending
 * @param images one file a channel, in order
 * @param label the label map, where there is one
 */
public record RawCase(String id, List<Path> images, Optional<Path> label) {
  public RawCase {
    images = List.copyOf(images);
  }
}
