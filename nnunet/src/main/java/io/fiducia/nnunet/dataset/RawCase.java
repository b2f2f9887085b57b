package io.fiducia.nnunet.dataset;

import io.fiducia.base.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A case as it lies in a dataset folder. Its name becomes part of the paths of its results, so that
 * only names that {@link FileNames} accepts are allowed.
 *
 * @param id the file name without channel number and ending
 * @param images one file per channel, in order
 * @param label the label map, where there is one
 */
public record RawCase(String id, List<Path> images, Optional<Path> label) {
  public RawCase {
    images = List.copyOf(images);
    FileNames.check(id, "case of " + (images.isEmpty() ? "no image" : images.get(0)));
  }
}
