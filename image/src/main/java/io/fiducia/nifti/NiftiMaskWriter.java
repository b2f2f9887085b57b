package io.fiducia.nifti;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Size;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes single labels of a label map as masks, one file per label. Only voxels in a label's
 * bounding box are read and compressed, so that many small structures on a large grid take little
 * time. Files may be written from several threads at once.
 */
public final class NiftiMaskWriter {
  private final LabelVolume labels;
  private final NiftiTemplate template;
  private final LabelBoxes boxes;
  private final SparseGzip.Zeros zeros = new SparseGzip.Zeros();

  /**
   * Reads the label map once to find where each label lies.
   *
   * @param labels must not change before the last file is written
   * @param template the header for all files; on the label map's grid
   */
  public NiftiMaskWriter(LabelVolume labels, NiftiTemplate template) {
    template.checkGrid(labels);
    this.labels = labels;
    this.template = template;
    this.boxes = LabelBoxes.of(labels);
  }

  /**
   * Writes the voxels of one label as 1 and all others as 0 (uint8); all 0 if the label does not
   * occur. The file appears whole or not at all.
   *
   * @throws FiduciaException BAD_INPUT if the name does not end in .nii or .nii.gz or the place
   *     cannot be written; OUT_OF_RESOURCES if the disk is full
   */
  public void write(Path file, int label) {
    boolean zipped = NiftiWriter.isZipped(file);
    AtomicFiles.write(file, out -> {
      if (zipped) {
        SparseGzip.write(out, zeros, NiftiWriter.LABEL_LEVEL, runs -> write(label, runs));
      } else {
        write(label, ZeroRuns.plain(out));
      }
    });
  }

  private void write(int label, ZeroRuns out) throws IOException {
    byte[] start = template.start(NiftiDataType.UINT8, List.of());
    out.bytes(start, 0, start.length);
    Size size = labels.geometry().size();
    Optional<Region> found = boxes.box(label);
    if (found.isEmpty()) {
      out.zeros(size.voxels());
      return;
    }
    Region box = found.get();
    int rows = box.size().y();
    int endX = box.startX() + box.size().x();
    short[] data = labels.data();
    byte[] slice = new byte[rows * size.x()];
    long written = 0;
    for (int k = box.startZ(); k < box.startZ() + box.size().z(); k++) {
      int base = size.index(0, box.startY(), k);
      int first = -1;
      int last = -1;
      for (int j = 0; j < rows; j++) {
        int row = j * size.x();
        for (int i = row + box.startX(); i < row + endX; i++) {
          boolean inside = data[base + i] == label;
          slice[i] = (byte) (inside ? 1 : 0);
          if (inside) {
            first = first < 0 ? i : first;
            last = i;
          }
        }
      }
      if (first >= 0) {
        out.zeros(base + first - written);
        out.bytes(slice, first, last + 1 - first);
        written = base + last + 1L;
      }
    }
    out.zeros(size.voxels() - written);
  }
}
