package io.fiducia.anatomy.output;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiLabelTable;
import io.fiducia.nifti.NiftiMaskWriter;
import io.fiducia.nifti.NiftiTemplate;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the structures of a label map: one file for each, or one for all. Every file appears whole
 * or not at all.
 *
 * @param labels on the grid of the template
 * @param names the structures to write, by label; no two have one name
 * @param template the header of the image that was segmented
 */
public record StructureFiles(LabelVolume labels, Map<Integer, String> names,
    NiftiTemplate template) {
  private static final String ENDING = ".nii.gz";

  public StructureFiles {
    names = Map.copyOf(names);
    if (Set.copyOf(names.values()).size() < names.size()) {
      throw new IllegalArgumentException("two structures of one name: " + names);
    }
  }

  /**
   * Writes {@code NAME.nii.gz} for each structure, uint8 with 1 inside and 0 outside, several files
   * at a time. A structure without a voxel gets a file too. Files of the same name are replaced.
   *
   * @param folder created if it is not there
   * @return the files in the order of their labels
   * @throws FiduciaException BAD_INPUT if a name cannot be that of a file or the folder cannot be
   *     written (nothing is written then), OUT_OF_RESOURCES if the disk is full, CANCELLED; files
   *     that were complete before stay
   */
  public List<Path> writeEach(Path folder, Progress progress, Cancellation cancellation) {
    names.values().forEach(name -> FileNames.check(name, "the name of a structure"));
    FileNames.checkApart(names.values(), folder, progress);
    NiftiMaskWriter masks = new NiftiMaskWriter(labels, template);
    return new TreeMap<>(names).entrySet().parallelStream().map(structure -> {
      cancellation.check("writing the structures");
      Path file = folder.resolve(structure.getValue() + ENDING);
      masks.write(file, structure.getKey());
      return file;
    }).toList();
  }

  /**
   * Writes all labels into one file, whose header names them: uint8, or uint16 if a label is above
   * 255.
   *
   * @param file ends in .nii or .nii.gz
   * @throws FiduciaException BAD_INPUT if the place cannot be written, OUT_OF_RESOURCES if the disk
   *     is full
   */
  public void writeMap(Path file) {
    NiftiWriter.writeLabels(file, labels, template,
        names.isEmpty() ? List.of() : List.of(NiftiLabelTable.extension(names)));
  }

  /**
   * Writes the names by label as JSON: {@code {"1": "spleen", "2": "kidney_right"}}.
   *
   * @throws FiduciaException as {@link #writeMap(Path)}
   */
  public void writeNames(Path file) {
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(
            new TreeMap<>(names)) + "\n");
  }
}
