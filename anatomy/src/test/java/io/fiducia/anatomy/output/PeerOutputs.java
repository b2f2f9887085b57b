package io.fiducia.anatomy.output;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiTemplate;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes label maps for images in a folder; {@code check_output.py} runs it and reads them. */
final class PeerOutputs {
  private PeerOutputs() {}

  /** Names with everything that XML cares about, and one that TotalSegmentator uses. */
  static Map<Integer, String> names() {
    return new TreeMap<>(Map.of(1, "spleen", 2, "a<b&c>\"d'", 3, "x]]>y", 7, "Leber \u00e4\u6f22"));
  }

  /** A voxel's label depends on its place alone. */
  static LabelVolume pattern(NiftiTemplate template) {
    short[] data = new short[template.geometry().size().voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (i / 5 % 4 == 3 ? 7 : i / 5 % 4);
    }
    return new LabelVolume(template.geometry(), data);
  }

  /** Arguments: folder of images, folder for the results. */
  public static void main(String[] args) throws IOException {
    List<Path> images;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      images = files.filter(f -> f.toString().contains(".nii")).sorted().toList();
    }
    for (Path image : images) {
      NiftiTemplate template = NiftiTemplate.read(image, NiftiConvention.NIBABEL);
      StructureFiles files = new StructureFiles(pattern(template), names(), template);
      files.writeMap(Path.of(args[1]).resolve(image.getFileName()));
      new StructureFiles(pattern(template), Map.of(1, "spleen", 2, "two", 3, "empty"), template)
          .writeEach(Path.of(args[1]).resolve(image.getFileName() + ".d"), Progress.none(),
              new Cancellation());
    }
  }
}
