package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.nnunet.preprocess.DatasetPreprocessor.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The label maps that preprocessing puts into gt_segmentations, which validation scores against. */
class ReferenceCopiesTest {
  /** The first byte after the header of NIfTI-1 and its four bytes of extensions. */
  private static final int FIRST_VOXEL = 352;

  @TempDir
  private Path folder;

  private FoldFixture fixture;
  private Path label;
  private Path copy;

  @BeforeEach
  void preprocess() throws IOException {
    fixture = new FoldFixture(folder, "SimpleITKIO", Format.NATIVE);
    String name = fixture.validationCase() + ".nii.gz";
    label = fixture.rawFolder.resolve("labelsTr").resolve(name);
    copy = fixture.data.resolve("gt_segmentations").resolve(name);
    rewrite(label, 0);
    fixture.preprocess(Format.NATIVE);
  }

  /** A contour that was corrected elsewhere and copied with its time may be older than the copy. */
  @Test
  void anOlderContourOfTheSameSizeReplacesTheCopy() throws IOException {
    long size = Files.size(label);
    rewrite(label, 1);
    Files.setLastModifiedTime(label, FileTime.fromMillis(1_000_000_000_000L));
    assertThat(Files.size(label)).isEqualTo(size);
    fixture.preprocess(Format.NATIVE);
    assertThat(Files.mismatch(label, copy)).isEqualTo(-1);
  }

  /** The same, where an earlier version already preprocessed the case and left the old copy. */
  @Test
  void aCopyWithAnotherContourIsReplacedAlthoughTheCaseIsKept() throws IOException {
    rewrite(copy, 1);
    assertThat(Files.size(copy)).isEqualTo(Files.size(label));
    fixture.preprocess(Format.NATIVE);
    assertThat(Files.mismatch(label, copy)).isEqualTo(-1);
  }

  /** Stores a label map without compression, so that its size does not depend on its labels. */
  private static void rewrite(Path file, int firstVoxel) throws IOException {
    byte[] bytes;
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      bytes = in.readAllBytes();
    }
    bytes[FIRST_VOXEL] = (byte) firstVoxel;
    try (OutputStream out = new Stored(Files.newOutputStream(file))) {
      out.write(bytes);
    }
  }

  private static final class Stored extends GZIPOutputStream {
    Stored(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }
}
