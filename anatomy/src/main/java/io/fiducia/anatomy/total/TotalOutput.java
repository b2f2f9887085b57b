package io.fiducia.anatomy.total;

import io.fiducia.anatomy.statistics.StatisticsOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is written of a segmentation, and where.
 *
 * @param path a folder, or for one image's label map a file; for a folder of images always a folder
 * @param statistics whether volume and intensity of each structure are written
 * @param preview whether a picture is written
 * @param derivedMasks whether task {@code body} also writes body and skin
 * @param overwrite whether existing results are replaced; otherwise they are an error
 * @param naming the name under which a structure is written, from the tool's own; empty: it is left out
 */
public record TotalOutput(Path path, Form form, Optional<Statistics> statistics, boolean preview,
    boolean derivedMasks, boolean overwrite, Function<String, Optional<String>> naming) {
  /** How contours are written. */
  public enum Form {
    /** One file per structure, in a folder per image. */
    STRUCTURES,
    /** One label map per image. */
    LABEL_MAP,
    /** Not at all. */
    NONE
  }

  /**
   * Statistics.
   *
   * @param file where they go; empty: beside the contours; for one image only
   */
  public record Statistics(StatisticsOptions options, Optional<Path> file) {}

  /** One file per structure in a folder, nothing else, nothing replaced, the tool's names. */
  public static TotalOutput into(Path folder) {
    return new TotalOutput(folder, Form.STRUCTURES, Optional.empty(), false, true, false,
        Optional::of);
  }

  /** The same in another form. */
  public TotalOutput as(Form other) {
    return new TotalOutput(path, other, statistics, preview, derivedMasks, overwrite, naming);
  }

  /** The same with statistics. */
  public TotalOutput with(Statistics wanted) {
    return new TotalOutput(path, form, Optional.of(wanted), preview, derivedMasks, overwrite,
        naming);
  }

  /** The same with or without a picture. */
  public TotalOutput withPreview(boolean wanted) {
    return new TotalOutput(path, form, statistics, wanted, derivedMasks, overwrite, naming);
  }

  /** The same with or without the masks that task {@code body} derives. */
  public TotalOutput withDerivedMasks(boolean wanted) {
    return new TotalOutput(path, form, statistics, preview, wanted, overwrite, naming);
  }

  /** The same with existing results replaced or not. */
  public TotalOutput withOverwrite(boolean wanted) {
    return new TotalOutput(path, form, statistics, preview, derivedMasks, wanted, naming);
  }

  /** The same with other names. */
  public TotalOutput named(Function<String, Optional<String>> other) {
    return new TotalOutput(path, form, statistics, preview, derivedMasks, overwrite, other);
  }
}
