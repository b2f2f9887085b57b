package io.fiducia.nnunet.cases;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.LabelMapContent;
import io.fiducia.metrics.LabelMapFormat;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.FolderListing;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Label maps as files, references and predictions, in the format of a dataset's reader. */
public final class LabelFiles {
  private final NnunetReader reader;
  private final CaseReader cases;
  private final String ending;

  /**
   * The files of a reader.
   *
   * @param reader nnU-Net's name, as in plans
   * @param fileEnding what their names end in, with the dot
   * @throws FiduciaException BAD_INPUT if there is no reader of that name
   */
  public LabelFiles(String reader, String fileEnding) {
    this.reader = NnunetReader.named(reader);
    this.cases = new CaseReader(reader);
    this.ending = fileEnding;
  }

  /** Those of a folder that holds plans.json and dataset.json, as models and predictions do. */
  public static LabelFiles of(Path folder) {
    return new LabelFiles(Plans.read(folder.resolve("plans.json")).imageReaderWriter(),
        DatasetJson.read(folder.resolve("dataset.json")).fileEnding());
  }

  /** nnU-Net's name of the reader. */
  public String reader() {
    return reader.upstreamName();
  }

  /** What the files' names end in, with the dot. */
  public String ending() {
    return ending;
  }

  /**
   * The label maps of a folder by case name, in order.
   *
   * @throws FiduciaException BAD_INPUT if there is no such folder
   */
  public Map<String, Path> in(Path folder) {
    Map<String, Path> maps = new TreeMap<>();
    for (Path file : FolderListing.of(folder, "label maps")) {
      String id = format().stem(file);
      if (!id.isEmpty()) {
        maps.put(id, file);
      }
    }
    return maps;
  }

  /** A label map in the order of its file; errors as {@link CaseReader#readLabels}. */
  public LabelVolume read(Path file) {
    return cases.readLabels(file);
  }

  /**
   * Writes what becomes of a label map, in the form of its file.
   *
   * @param change gives labels on the same grid
   * @throws FiduciaException as {@link #read} and {@link CaseExport#write}
   */
  public void rewrite(Path from, Path to, UnaryOperator<LabelVolume> change) {
    CaseImages.Loaded<LabelVolume> map = cases.loadLabels(from);
    CaseExport.write(to, change.apply(map.volume()), reader, map.dimensions());
  }

  /**
   * Copies a label map, and the file with a TIFF stack's spacing if it is there.
   *
   * <p>Difference from nnU-Net: it leaves that file behind, and takes every spacing for 1 mm then.
   */
  public void copy(Path from, Path to) {
    Pictures.spacingFile(reader, from, false).ifPresent(
        spacing -> AtomicFiles.write(Pictures.sidecar(to, false), o -> Files.copy(spacing, o)));
    AtomicFiles.write(to, o -> Files.copy(from, o));
  }

  /** The format for an evaluation; pictures have no place in space. */
  public LabelMapFormat format() {
    return new LabelMapFormat(List.of(ending), reader.nifti().isPresent(), file -> {
      List<String> notes = new ArrayList<>();
      CaseImages.Loaded<LabelVolume> map = cases.loadLabels(file, notes);
      return new LabelMapContent(map.volume(), map.dimensions() == 2, notes);
    });
  }
}
