package io.fiducia.nnunet.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.raster.RasterWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFilesTest {
  private static final Geometry PLANE = Geometry.of(new Size(4, 3, 1), new Vec3(0.5, 0.7, 1));

  @TempDir
  private Path folder;

  @Test
  void aFileWithTwoAxesKeepsThem() {
    LabelFiles maps = new LabelFiles("SimpleITKIO", ".nii.gz");
    Path file = folder.resolve("a.nii.gz");
    NiftiWriter.write(file,
        NiftiImage.ofLabels(new LabelVolume(PLANE, new short[]{1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}))
            .asPlane());
    Path out = folder.resolve("out.nii.gz");
    maps.rewrite(file, out, map -> {
      short[] data = map.data().clone();
      data[0] = 0;
      return new LabelVolume(map.geometry(), data);
    });
    NiftiImage read = NiftiReader.read(out);
    assertThat(read.declaredDimensions()).isEqualTo(2);
    assertThat(read.headerSpacingMm().y()).isEqualTo((double) 0.7f);
    assertThat(read.toLabelVolume().data())
        .containsExactly(0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3);
  }

  @Test
  void aStackKeepsItsSpacing() throws IOException {
    LabelFiles maps = new LabelFiles("Tiff3DIO", ".tif");
    Path bare = stack("bare.tif");
    Path spaced = stack("spaced.tif");
    Files.writeString(folder.resolve("spaced.json"), "{\"spacing\": [3, 2, 1]}");
    maps.copy(bare, folder.resolve("b/bare.tif"));
    maps.copy(spaced, folder.resolve("b/other.tif"));
    assertThat(folder.resolve("b/bare.json")).doesNotExist();
    assertThat(maps.read(folder.resolve("b/other.tif")).geometry().spacingMm())
        .isEqualTo(new Vec3(1, 2, 3));
    maps.rewrite(spaced, folder.resolve("b/new.tif"), map -> map);
    assertThat(maps.read(folder.resolve("b/new.tif")).geometry().spacingMm())
        .isEqualTo(new Vec3(1, 2, 3));
    assertThat(maps.in(folder.resolve("b")).keySet()).containsExactly("bare", "new", "other");
  }

  @Test
  void whatIsNoLabelMapOfTheFormatIsNamed() throws IOException {
    Path stack = stack("stack.tif");
    assertThatThrownBy(() -> new LabelFiles("NaturalImage2DIO", ".tif").read(stack))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("found 2 of 1");
    Path text = Files.writeString(folder.resolve("a.png"), "no picture");
    assertThatThrownBy(() -> new LabelFiles("NaturalImage2DIO", ".png").read(text))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("PNG, BMP or TIFF");
    assertThatThrownBy(() -> new LabelFiles("SimpleITKIO", ".png").read(text))
        .isInstanceOf(FiduciaException.class).hasMessageContaining(".nii.gz");
  }

  /** nibabel and ITK read such a file by its data type; the user learns of the contradiction. */
  @Test
  void whatIsDoubtfulAboutAFileIsReported() throws IOException {
    Path map = withWrongBitpix("a.nii");
    String doubt = "bitpix is 64";
    LabelFiles maps = new LabelFiles("SimpleITKIO", ".nii");
    assertThat(maps.format().reader().apply(map).warnings()).singleElement().asString()
        .startsWith(doubt);
    Path image = folder.resolve("a_0000.nii");
    NiftiWriter.writeFloats(image, new FloatVolume(PLANE, new float[12]));
    CaseImages read = new CaseReader("SimpleITKIO")
        .read(new RawCase("a", List.of(image), Optional.of(map)));
    assertThat(read.warnings()).singleElement().asString().startsWith(map + ": " + doubt);
    stack("stack.tif");
    assertThat(new LabelFiles("Tiff3DIO", ".tif").format().reader()
        .apply(folder.resolve("stack.tif")).warnings()).singleElement().asString()
        .startsWith("no CASE.json beside it");
  }

  private Path withWrongBitpix(String name) throws IOException {
    Path file = folder.resolve(name);
    NiftiWriter.writeLabels(file, new LabelVolume(PLANE, new short[12]));
    byte[] bytes = Files.readAllBytes(file);
    bytes[72] = 64;
    return Files.write(file, bytes);
  }

  private Path stack(String name) {
    Path file = folder.resolve(name);
    RasterWriter.writeLabels(file, 4, 3, 2, new short[24]);
    return file;
  }
}
