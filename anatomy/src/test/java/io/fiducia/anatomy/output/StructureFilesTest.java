package io.fiducia.anatomy.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiDataType;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiLabelTable;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiTemplate;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StructureFilesTest {
  private static final Geometry GRID = Geometry.of(new Size(7, 6, 5), new Vec3(1, 1, 3));

  @TempDir
  Path folder;

  private static StructureFiles files(int largest, Map<Integer, String> names) {
    short[] data = new short[GRID.size().voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (i % (largest + 1));
    }
    return new StructureFiles(new LabelVolume(GRID, data), names, NiftiTemplate.of(GRID));
  }

  @Test
  void oneFileForEachStructure() {
    StructureFiles files = files(2, Map.of(2, "liver", 1, "spleen", 9, "absent"));
    List<Path> written = files.writeEach(folder.resolve("new/folder"), Progress.none(),
        new Cancellation());
    assertThat(written).extracting(f -> f.getFileName().toString())
        .containsExactly("spleen.nii.gz", "liver.nii.gz", "absent.nii.gz");
    for (int i = 0; i < 3; i++) {
      NiftiImage image = NiftiReader.read(written.get(i));
      assertThat(image.dataType()).isEqualTo(NiftiDataType.UINT8);
      int label = List.of(1, 2, 9).get(i);
      short[] mask = image.toLabelVolume().data();
      for (int v = 0; v < mask.length; v++) {
        assertThat(mask[v]).isEqualTo((short) (v % 3 == label ? 1 : 0));
      }
    }
  }

  @Test
  void aNameThatLeadsOutOfTheFolderStopsBeforeAnythingIsWritten() throws IOException {
    StructureFiles files = files(2, Map.of(1, "spleen", 2, "../liver"));
    assertThatThrownBy(() -> files.writeEach(folder.resolve("a"), Progress.none(),
        new Cancellation())).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("../liver");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void twoStructuresOfOneNameAreRefused() {
    assertThatThrownBy(() -> files(2, Map.of(1, "liver", 2, "liver")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRequestToStopEndsTheWriting() {
    Cancellation stop = new Cancellation();
    stop.cancel();
    assertThatThrownBy(() -> files(1, Map.of(1, "liver")).writeEach(folder, Progress.none(), stop))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }

  @Test
  void oneFileForAllStructuresNamesThem() {
    Map<Integer, String> names = Map.of(1, "spleen", 2, "liver");
    Path file = folder.resolve("all.nii.gz");
    files(2, names).writeMap(file);
    assertThat(NiftiReader.read(file).dataType()).isEqualTo(NiftiDataType.UINT8);
    assertThat(NiftiLabelTable.read(file)).isEqualTo(names);
    files(200, Map.of()).writeMap(file);
    assertThat(NiftiLabelTable.read(file)).isEmpty();
  }

  @Test
  void labelsAbove255NeedTwoBytes() {
    short[] data = new short[GRID.size().voxels()];
    data[3] = 256;
    Path file = folder.resolve("all.nii.gz");
    new StructureFiles(new LabelVolume(GRID, data), Map.of(256, "last"), NiftiTemplate.of(GRID))
        .writeMap(file);
    NiftiImage back = NiftiReader.read(file);
    assertThat(back.dataType()).isEqualTo(NiftiDataType.UINT16);
    assertThat(back.toLabelVolume().data()).isEqualTo(data);
    assertThat(NiftiLabelTable.read(file)).isEqualTo(Map.of(256, "last"));
  }

  @Test
  void namesByLabelAreJson() throws IOException {
    Path file = folder.resolve("labels.json");
    files(2, Map.of(10, "b", 2, "a \"quoted\"")).writeNames(file);
    assertThat(Files.readString(file).replaceAll("\\s+", " ").trim())
        .isEqualTo("{ \"2\" : \"a \\\"quoted\\\"\", \"10\" : \"b\" }");
  }
}
