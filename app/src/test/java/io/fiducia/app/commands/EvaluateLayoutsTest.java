package io.fiducia.app.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which contours come, and what is missing on one side. Numbers counted by hand. */
class EvaluateLayoutsTest {
  private static final Geometry GRID = Geometry.of(new Size(10, 8, 6), new Vec3(1, 2, 3));

  @TempDir
  private Path folder;

  /** A box from x = from to x = to (exclusive), y 2 to 5, z 1 to 4. */
  private static LabelVolume bar(int label, int from, int to) {
    short[] data = new short[GRID.size().voxels()];
    for (int z = 1; z < 5; z++) {
      for (int y = 2; y < 6; y++) {
        for (int x = from; x < to; x++) {
          data[GRID.size().index(x, y, z)] = (short) label;
        }
      }
    }
    return new LabelVolume(GRID, data);
  }

  private static LabelVolume both(LabelVolume a, LabelVolume b) {
    short[] data = a.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = b.data()[i] != 0 ? b.data()[i] : data[i];
    }
    return new LabelVolume(GRID, data);
  }

  private void write(String file, LabelVolume map) {
    NiftiWriter.writeLabels(folder.resolve(file), map);
  }

  private CommandLineFixture evaluate(String reference, String prediction, String... more) {
    List<String> args = new ArrayList<>(List.of("evaluate", "-r",
        folder.resolve(reference).toString(), "-p", folder.resolve(prediction).toString(), "-o",
        folder.resolve("scores").toString()));
    args.addAll(List.of(more));
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  private List<String> table() throws IOException {
    return Files.readAllLines(folder.resolve("scores/metrics.csv"));
  }

  @Test
  void structuresInFilesOfTheirOwnAreMatchedByName() throws IOException {
    write("ref/p1/Femur_L.nii.gz", bar(1, 2, 6));
    write("ref/p1/GTVp.nii.gz", bar(1, 4, 8));
    write("ref/p2/Femur_L.nii.gz", bar(1, 2, 6));
    write("pred/p1/femur_left.nii.gz", bar(1, 2, 6));
    write("pred/p1/GTVp.nii.gz", bar(1, 4, 6));
    write("pred/p2/femur_left.nii.gz", bar(255, 2, 4));
    write("pred/p2/liver.nii.gz", bar(1, 0, 1));
    CommandLineFixture result = evaluate("ref", "pred");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("liver");
    assertThat(table()).contains("p1,Femur_L,Dice,1.0,", "p2,Femur_L,n_pred,32,voxels",
        "p1,GTVp,n_pred,32,voxels").noneMatch(line -> line.startsWith("p2,GTVp"));
    assertThat(Files.readString(folder.resolve("scores/summary.json")))
        .containsPattern("\"not_annotated\" : \\{\\s*\"Femur_L\" : 0,\\s*\"GTVp\" : 1");
  }

  @Test
  void aLabelMapIsComparedWithAFolderOfStructures() throws IOException {
    write("scan.nii.gz", both(bar(3, 0, 4), bar(5, 5, 9)));
    write("organs/bladder.nii.gz", bar(1, 0, 4));
    write("organs/rectum.nii.gz", bar(1, 5, 7));
    Files.writeString(folder.resolve("names.json"),
        "{\"labels\": {\"background\": 0, \"Bladder\": 3, \"Rectum\": 5, \"Uterus\": 6}}");
    CommandLineFixture result = evaluate("scan.nii.gz", "organs", "--labels",
        folder.resolve("names.json").toString());
    assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
    assertThat(result.err()).contains("no prediction has Uterus");
    assertThat(table()).contains("scan,Bladder,Dice,1.0,", "scan,Rectum,n_pred,32,voxels");
    CommandLineFixture unnamed = evaluate("scan.nii.gz", "organs", "--overwrite");
    assertThat(unnamed.exitCode()).isEqualTo(3);
    assertThat(unnamed.err()).contains("the labels have no names", "--labels");
  }

  @Test
  void aStructureThatOneCaseLacksIsScoredAsEmptyAndNamed() throws IOException {
    write("ref/p1/Bladder.nii.gz", bar(1, 2, 6));
    write("ref/p2/Bladder.nii.gz", bar(1, 2, 6));
    write("pred/p1/Bladder.nii.gz", bar(1, 2, 6));
    write("pred/p2/Other.nii.gz", bar(1, 2, 6));
    CommandLineFixture result = evaluate("ref", "pred");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("p2: no prediction of Bladder");
    assertThat(table()).contains("p2,Bladder,Dice,0.0,", "p2,Bladder,HD95_mm,,mm");
  }

  @Test
  void aBadFileCostsItsStructureOnly() throws IOException {
    write("ref/p1/Bladder.nii.gz", bar(1, 2, 6));
    write("ref/p1/Rectum.nii.gz", bar(1, 2, 6));
    write("pred/p1/Bladder.nii.gz", bar(1, 2, 6));
    Files.writeString(folder.resolve("pred/p1/Rectum.nii.gz"), "no image");
    CommandLineFixture result = evaluate("ref", "pred");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err())
        .contains(
            "p1: Rectum was not evaluated: prediction p1/Rectum.nii.gz: the file is named .gz");
    assertThat(table()).contains("p1,Bladder,Dice,1.0,")
        .noneMatch(line -> line.startsWith("p1,Rectum"));
  }

  @Test
  void whatIsNotAnnotatedIsLeftOutAndCounted() throws IOException {
    write("ref/a.nii.gz", both(bar(1, 0, 4), bar(2, 5, 9)));
    write("ref/b.nii.gz", bar(1, 0, 4));
    write("pred/a.nii.gz", both(bar(1, 0, 4), bar(2, 5, 9)));
    write("pred/b.nii.gz", both(bar(1, 0, 4), bar(2, 5, 9)));
    Files.writeString(folder.resolve("extra.json"),
        "{\"labels\": {\"Larynx\": 1, \"Esophagus\": 2}, \"annotated\": {\"a\": [\"Larynx\","
            + " \"Esophagus\"], \"b\": [\"Larynx\"]}}");
    CommandLineFixture result = evaluate("ref", "pred", "--labels",
        folder.resolve("extra.json").toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(table()).contains("a,Esophagus,Dice,1.0,")
        .noneMatch(line -> line.startsWith("b,Esophagus"));
    assertThat(Files.readString(folder.resolve("scores/summary.json")))
        .containsPattern("\"not_annotated\" : \\{\\s*\"1\" : 0,\\s*\"2\" : 1");
  }

  /** Bars of 4 x 4 x 4 voxels of 1 x 2 x 3 mm. */
  @Test
  void anEmptySideHasTheDocumentedResult() throws IOException {
    write("ref/a.nii.gz", bar(1, 2, 6));
    write("pred/a.nii.gz", bar(2, 2, 6));
    assertThat(evaluate("ref", "pred", "--tolerance", "1.5", "--percentile", "95,99").exitCode())
        .isZero();
    assertThat(table()).contains("a,1,Dice,0.0,", "a,1,sensitivity,0.0,", "a,1,precision,,",
        "a,1,centroid_shift_x_mm,,mm", "a,1,HD_mm,,mm", "a,1,HD99_mm,,mm", "a,1,ASSD_mm,,mm",
        "a,1,NSD@1.5mm,0.0,", "a,1,NSD_voxel@1.5mm,0.0,",
        "a,1,APL_mm," + 4 * 12 * Math.sqrt(2) + ",mm", "a,1,APL_fraction,1.0,",
        "a,1,n_components,0,components", "a,1,volume_difference_cm3,-0.384,cm3",
        "a,2,Dice,0.0,", "a,2,APL_mm,0.0,mm", "a,2,APL_fraction,,", "a,2,volume_difference_rel,,",
        "a,2,n_components,1,components");
  }

  @Test
  void theCentroidMovesInLpsMillimetres() throws IOException {
    Geometry turned = new Geometry(GRID.size(), GRID.spacingMm(), new Vec3(5, 5, 5),
        new Mat3(new Vec3(0, -1, 0), new Vec3(1, 0, 0), new Vec3(0, 0, 1)));
    write("ref/a.nii.gz", new LabelVolume(turned, bar(1, 2, 6).data()));
    write("pred/a.nii.gz", new LabelVolume(turned, bar(1, 3, 7).data()));
    assertThat(evaluate("ref", "pred", "--metrics", "centroid_shift").exitCode()).isZero();
    assertThat(table()).anyMatch(line -> line.startsWith("a,1,centroid_shift_y_mm,-1.0"))
        .hasSize(4);
  }

  @Test
  void anotherGridIsResampledOnDemandOnly() throws IOException {
    write("ref/a.nii.gz", bar(1, 2, 6));
    Geometry shifted = new Geometry(GRID.size(), GRID.spacingMm(), new Vec3(1, 0, 0),
        Mat3.IDENTITY);
    write("pred/a.nii.gz", new LabelVolume(shifted, bar(1, 1, 5).data()));
    CommandLineFixture refused = evaluate("ref", "pred");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("the grids differ");
    for (String how : List.of("nearest", "linear")) {
      CommandLineFixture result = evaluate("ref", "pred", "--resample", how, "--overwrite");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(table()).contains("a,1,Dice,1.0,");
    }
    assertThat(evaluate("ref", "pred", "--resample", "cubic", "--overwrite").exitCode())
        .isEqualTo(2);
  }

  @Test
  void anotherToolsFiguresKeepItsInfinities() throws IOException {
    write("ref/a.nii.gz", bar(1, 2, 6));
    write("pred/a.nii.gz", bar(2, 2, 6));
    assertThat(evaluate("ref", "pred", "--compat", "surface-distance").exitCode()).isZero();
    assertThat(table()).contains("a,1,HD_mm,Infinity,mm", "a,1,NSD@2mm,0.0,",
        "a,1,ASD_ref_to_pred_mm,Infinity,mm", "a,1,ASD_pred_to_ref_mm,,mm");
    assertThat(evaluate("ref", "pred", "--compat", "itk", "--overwrite").err())
        .contains("surface-distance, metrics-reloaded, monai, plastimatch, simpleitk");
  }

  @Test
  void unknownMetricsAndBadTolerancesAreUsageErrors() {
    write("ref/a.nii.gz", bar(1, 2, 6));
    write("pred/a.nii.gz", bar(1, 2, 6));
    CommandLineFixture unknown = evaluate("ref", "pred", "--metrics", "Dice,Hausdorf");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("no metric is called Hausdorf", "HD95_mm");
    assertThat(evaluate("ref", "pred", "--tolerance", "-1").exitCode()).isEqualTo(2);
    assertThat(evaluate("ref", "pred", "--percentile", "101").exitCode()).isEqualTo(2);
  }

  /**
   * Rows 8 to 19 and columns 10 to 21 against rows 12 to 23 and columns 9 to 21 of 40 x 36 pixels; the
   * figures of surface-distance 0.1 and SciPy 1.17.1 in two dimensions.
   */
  @Test
  void picturesAreMeasuredByTheirContours() throws IOException {
    Files.writeString(folder.resolve("dataset.json"),
        "{\"labels\": {\"background\": 0, \"organ\": 1}, \"channel_names\": {\"0\": \"grey\"},"
            + " \"numTraining\": 1, \"file_ending\": \".png\"}");
    picture("ref/a.png", 10, 8);
    picture("pred/a.png", 9, 12);
    CommandLineFixture result = evaluate("ref", "pred", "--tolerance", "1");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(value("a,organ,ASSD_mm")).isCloseTo(2.210396275840655, within(1e-12));
    assertThat(value("a,organ,MASD_mm")).isCloseTo(2.2107631552196128, within(1e-12));
    assertThat(value("a,organ,NSD@1mm")).isCloseTo(0.4372757964175699, within(1e-12));
    assertThat(value("a,organ,NSD_voxel@1mm")).isCloseTo(0.43333333333333335, within(1e-12));
  }

  private void picture(String file, int firstX, int firstY) throws IOException {
    BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = firstY; y < firstY + 12; y++) {
      for (int x = firstX; x < 22; x++) {
        image.getRaster().setSample(x, y, 0, 1);
      }
    }
    Files.createDirectories(folder.resolve(file).getParent());
    ImageIO.write(image, "png", folder.resolve(file).toFile());
  }

  private double value(String start) throws IOException {
    return table().stream().filter(line -> line.startsWith(start + ",")).findFirst()
        .map(line -> Double.parseDouble(line.split(",")[3])).orElseThrow();
  }

  @Test
  void whatIsDoubtfulAboutFilesIsAWarningOnceForAllOfThem() throws IOException {
    for (String file : List.of("ref/a.nii", "pred/a.nii")) {
      write(file, bar(1, 2, 6));
      byte[] bytes = Files.readAllBytes(folder.resolve(file));
      bytes[72] = 64; // bitpix
      Files.write(folder.resolve(file), bytes);
    }
    CommandLineFixture result = evaluate("ref", "pred");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("warning: reference a.nii and 1 more file: bitpix is 64");
    assertThat(table()).contains("a,1,Dice,1.0,");
  }

  @Test
  void toolsThatKnowSpacingsOnlyAreWarnedOfOnShearedGrids() throws IOException {
    Geometry sheared = new Geometry(GRID.size(), GRID.spacingMm(), new Vec3(0, 0, 0),
        new Mat3(new Vec3(1, 0, 0), new Vec3(0, 0.8, 0.6), new Vec3(0, 0, 1)));
    write("ref/a.nii.gz", new LabelVolume(sheared, bar(1, 2, 6).data()));
    write("pred/a.nii.gz", new LabelVolume(sheared, bar(1, 3, 6).data()));
    CommandLineFixture own = evaluate("ref", "pred");
    assertThat(own.exitCode()).as(own.err()).isZero();
    assertThat(own.err()).doesNotContain("warning");
    CommandLineFixture compat = evaluate("ref", "pred", "--compat", "monai", "--overwrite");
    assertThat(compat.exitCode()).as(compat.err()).isZero();
    assertThat(compat.err()).contains(
        "warning: reference a.nii.gz: the axes are not at right angles",
        "monai");
  }

  /** Arabic and Persian digits, and a Turkish i. */
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "tr-TR", "hi-IN-u-nu-deva"})
  void theUsersLanguageChangesNoFileAndNoTable(String language) throws IOException {
    write("ref/a.nii.gz", bar(1, 2, 6));
    write("pred/a.nii.gz", bar(1, 3, 7));
    CommandLineFixture plain = evaluate("ref", "pred", "--metrics", "DICE,HD95,missing_slices");
    List<String> expected = table();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      CommandLineFixture result = evaluate("ref", "pred", "--metrics", "DICE,HD95,missing_slices",
          "--overwrite");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).isEqualTo(plain.out());
      assertThat(table()).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }
}
