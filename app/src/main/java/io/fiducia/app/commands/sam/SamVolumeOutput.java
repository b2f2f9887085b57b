package io.fiducia.app.commands.sam;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a volume's objects.
 *
 * @param folder of all of them
 * @param probabilities whether they are written
 * @param labels whether a label map of all objects is written
 */
record SamVolumeOutput(Path folder, boolean probabilities, boolean labels) {
  Path mask(String object) {
    return folder.resolve(object + ".nii.gz");
  }

  Path interpolation(String object) {
    return folder.resolve(object + "_interpolation.nii.gz");
  }

  Path probabilities(String object) {
    return folder.resolve(object + "_probabilities.nii.gz");
  }

  Path picture(String object) {
    return folder.resolve(object + ".png");
  }

  Path report() {
    return folder.resolve("report.json");
  }

  Path labelMap() {
    return folder.resolve("labels.nii.gz");
  }

  /**
   * All files for some objects.
   *
   * @param where the names come from
   * @throws FiduciaException BAD_INPUT for a name that cannot be a file's, or names that lead to one file
   */
  List<Path> files(List<String> objects, Object where) {
    List<Path> files = new ArrayList<>();
    files.add(report());
    if (labels) {
      files.add(labelMap());
    }
    for (String name : objects) {
      FileNames.check(name, where);
      files.addAll(List.of(mask(name), interpolation(name), picture(name)));
      if (probabilities) {
        files.add(probabilities(name));
      }
    }
    Map<String, Path> seen = new HashMap<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      Path other = seen.putIfAbsent(FileNames.key(name), file);
      if (other != null) {
        throw FiduciaException.badInput("two results would be one file", where,
            other.getFileName() + " and " + name, "rename one of the objects");
      }
    }
    return files;
  }
}
