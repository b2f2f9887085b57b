package io.fiducia.nnunet.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.select.PostprocessingStep.Group;
import io.fiducia.raster.RasterWriter;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostprocessingTest {
  /**
   * Python: {@code pickle.dumps(([f, f], [{'labels_or_regions': [numpy.int64(1), numpy.int64(2)]},
   * {'labels_or_regions': (1, 2)}]))}, f being nnunetv2 2.8.1's function, numpy 2.
   */
  private static final String UPSTREAM = "gASVHAEAAAAAAABdlCiMM25udW5ldHYyLnBvc3Rwcm9jZXNzaW5nLnJlbW92ZV9jb25uZWN0ZWRf"
      + "Y29tcG9uZW50c5SMMnJlbW92ZV9hbGxfYnV0X2xhcmdlc3RfY29tcG9uZW50X2Zyb21fc2VnbWVu"
      + "dGF0aW9ulJOUaANlXZQofZSMEWxhYmVsc19vcl9yZWdpb25zlF2UKIwWbnVtcHkuX2NvcmUubXVs"
      + "dGlhcnJheZSMBnNjYWxhcpSTlIwFbnVtcHmUjAVkdHlwZZSTlIwCaTiUiYiHlFKUKEsDjAE8lE5O"
      + "Tkr/////Sv////9LAHSUYkMIAQAAAAAAAACUhpRSlGgKaBBDCAIAAAAAAAAAlIaUUpRlc32UaAZL"
      + "AUsChpRzZYaULg==";

  private static final Geometry GRID = new Geometry(new Size(8, 6, 4), new Vec3(1, 1, 2),
      new Vec3(0, 0, 0), Mat3.IDENTITY);
  private static final PostprocessingStep FOREGROUND = new PostprocessingStep(
      List.of(new Group(List.of(1), false), new Group(List.of(2), false)), true);

  @TempDir
  Path folder;

  @Test
  void readsWhatUpstreamPickled() throws IOException {
    Path file = folder.resolve("postprocessing.pkl");
    Files.write(file, Base64.getDecoder().decode(UPSTREAM));
    assertThat(PostprocessingFile.read(file)).containsExactly(FOREGROUND,
        new PostprocessingStep(List.of(new Group(List.of(1, 2), true)), false));
  }

  @Test
  void readsWhatItWrote() {
    Path file = folder.resolve("postprocessing.pkl");
    List<PostprocessingStep> steps = List.of(FOREGROUND,
        new PostprocessingStep(List.of(new Group(List.of(300), false)), false),
        new PostprocessingStep(List.of(new Group(List.of(2, 1), true)), false));
    PostprocessingFile.write(file, steps);
    assertThat(PostprocessingFile.read(file)).isEqualTo(steps);
    PostprocessingFile.write(file, List.of());
    assertThat(PostprocessingFile.read(file)).isEmpty();
  }

  @Test
  void aPickleThatWouldRunCodeIsRefused() throws IOException {
    Path file = folder.resolve("postprocessing.pkl");
    Files.writeString(file, "cos\nsystem\n(S'echo hello'\ntR.");
    assertThatThrownBy(() -> PostprocessingFile.read(file))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage()).contains("postprocessing.pkl");
        });
  }

  private static LabelVolume map(int... voxels) {
    return map(GRID, voxels);
  }

  /** Labels at x, y, z; on a grid of one slice z does not count. */
  private static LabelVolume map(Geometry grid, int... voxels) {
    Size size = grid.size();
    short[] data = new short[size.voxels()];
    for (int i = 0; i < voxels.length; i += 4) {
      int z = Math.min(voxels[i + 2], size.z() - 1);
      data[size.index(voxels[i], voxels[i + 1], z)] = (short) voxels[i + 3];
    }
    return new LabelVolume(grid, data);
  }

  private static void write(Path file, LabelVolume map) throws IOException {
    Size size = map.geometry().size();
    if (file.toString().endsWith(".nii.gz")) {
      NiftiWriter.writeLabels(file, map);
    } else {
      RasterWriter.writeLabels(file, size.x(), size.y(), size.z(), map.data());
    }
    if (file.toString().endsWith(".tif")) {
      Files.writeString(Path.of(file.toString().replace(".tif", ".json")),
          "{\"spacing\": [2, 1, 1]}");
    }
  }

  @Test
  void keepsTheLargestOfTheUnionAndAllOfEqualSize() {
    // A corner joins; label 1 and 2 are one piece; a voxel far away is not.
    LabelVolume joined = map(0, 0, 0, 1, 1, 1, 1, 2, 7, 5, 3, 2);
    assertThat(FOREGROUND.apply(joined).data()).isEqualTo(map(0, 0, 0, 1, 1, 1, 1, 2).data());
    PostprocessingStep second = new PostprocessingStep(List.of(new Group(List.of(2), false)),
        false);
    assertThat(second.apply(joined).data()).isEqualTo(joined.data());
    assertThat(PostprocessingStep.applyAll(List.of(FOREGROUND, second), joined).data())
        .isEqualTo(map(0, 0, 0, 1, 1, 1, 1, 2).data());
  }

  /**
   * Label 1 alone would gain, but label 2 is nowhere. nnunetv2 2.8.1 compares means of all structures
   * ({@code np.mean} in compute_metrics_on_folder), which are NaN then, and leaves the foreground alone.
   */
  @Test
  void aStructureThatIsNowhereLeavesTheForegroundAlone() throws IOException {
    Path reference = folder.resolve("ref.nii.gz");
    Path prediction = folder.resolve("pred.nii.gz");
    write(reference, map(0, 0, 0, 1, 1, 0, 0, 1));
    write(prediction, map(0, 0, 0, 1, 1, 0, 0, 1, 7, 5, 3, 1));
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("a", List.of(1));
    names.put("b", List.of(2));
    List<String> notes = new ArrayList<>();
    List<PostprocessingStep> chosen = new PostprocessingSearch(
        new LabelFiles("SimpleITKIO", ".nii.gz"), Map.of("c", reference), Map.of("c", prediction),
        new Labels(names, List.of(), OptionalInt.empty()),
        List.of(Structure.of("a", 1), Structure.of("b", 2)), event -> {
          if (event instanceof ProgressEvent.Note note) {
            notes.add(note.text());
          }
        }, new Cancellation()).search();
    assertThat(chosen).containsExactly(
        new PostprocessingStep(List.of(new Group(List.of(1), false)), false));
    assertThat(notes).hasSize(3).noneMatch(n -> n.contains("NaN"));
    assertThat(notes.get(0)).contains("the foreground", "not chosen", "no reference");
    assertThat(notes.get(1)).contains("of a", "Dice 1.00000, 0.80000 without: chosen");
    assertThat(notes.get(2)).contains("of b", "not chosen", "no reference");
  }

  /**
   * Label 1 has a stray voxel in the prediction, label 2 two true pieces: the first is to be cleaned,
   * the second not, and so the whole foreground not either.
   */
  @ParameterizedTest
  @CsvSource({"SimpleITKIO, .nii.gz, 4", "NaturalImage2DIO, .png, 1", "NaturalImage2DIO, .bmp, 1",
    "Tiff3DIO, .tif, 4"})
  void choosesWhatHelpsStructureByStructure(String reader, String ending, int slices)
      throws IOException {
    LabelFiles maps = new LabelFiles(reader, ending);
    Geometry grid = Geometry.of(new Size(8, 6, slices), new Vec3(1, 1, 2));
    Map<String, Path> references = new TreeMap<>();
    Map<String, Path> predictions = new TreeMap<>();
    for (int c = 0; c < 2; c++) {
      references.put("c" + c, folder.resolve("ref_" + c + ending));
      predictions.put("c" + c, folder.resolve("pred_" + c + ending));
      write(references.get("c" + c),
          map(grid, 0, 0, 0, 1, 1, 0, 0, 1, 4, 3, 2, 2, 5, 3, 2, 2, 7, 5, 0, 2));
      write(predictions.get("c" + c),
          map(grid, 0, 0, 0, 1, 1, 0, 0, 1, 7, 0, c, 1, 4, 3, 2, 2, 5, 3, 2, 2, 7, 5, 0, 2));
    }
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("a", List.of(1));
    names.put("b", List.of(2));
    List<PostprocessingStep> chosen = new PostprocessingSearch(maps, references, predictions,
        new Labels(names, List.of(), OptionalInt.empty()),
        List.of(Structure.ofLabel(1), Structure.ofLabel(2)), Progress.none(), new Cancellation())
        .search();
    assertThat(chosen).containsExactly(
        new PostprocessingStep(List.of(new Group(List.of(1), false)), false));
    PostprocessingSearch.apply(maps, predictions, chosen, folder.resolve("out"), Progress.none(),
        new Cancellation());
    Path written = folder.resolve("out").resolve("pred_0" + ending);
    assertThat(maps.read(written).data()).isEqualTo(maps.read(references.get("c0")).data());
    // A picture has no spacing, and a stack's goes with it.
    assertThat(maps.read(written).geometry().spacingMm().z()).isEqualTo(slices == 1 ? 1 : 2);
  }
}
