package io.fiducia.nnunet.store;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.dataset.NnunetReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a case's properties as the Python pickle (protocol 3) that nnU-Net keeps beside each
 * preprocessed case, with its keys. Arrays are written through {@code numpy.core.multiarray}, the
 * name that both numpy 1 and 2 load.
 */
final class PropertiesPickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PropertiesPickle() {}

  /** The pickle's bytes. */
  static byte[] bytes(CaseProperties p) {
    PropertiesPickle w = new PropertiesPickle();
    w.out.write(0x80);
    w.out.write(3);
    w.op('}');
    w.op('(');
    w.geometry(p);
    w.text("spacing");
    w.doubles(p.spacingMm());
    w.text("shape_before_cropping");
    w.intTuple(p.shapeBeforeCropping());
    w.text("bbox_used_for_cropping");
    w.op(']');
    w.op('(');
    p.bounds().forEach(w::intList);
    w.op('e');
    w.text("shape_after_cropping_and_before_resampling");
    w.intTuple(p.shapeAfterCropping());
    if (!p.classLocations().classes().isEmpty()) {
      w.text("class_locations");
      w.classLocations(p.classLocations());
    }
    w.op('u');
    w.op('.');
    return w.out.toByteArray();
  }

  private void geometry(CaseProperties p) {
    NnunetReader reader = NnunetReader.named(p.reader());
    boolean reorient = reader.reorients();
    if (reader.nifti().isEmpty()) {
      return;
    }
    if (reader.nifti().get() == NiftiConvention.NIBABEL) {
      text("nibabel_stuff");
      op('}');
      op('(');
      text("original_affine");
      affine(p.fileGeometry());
      if (reorient) {
        text("reoriented_affine");
        affine(p.arrayGeometry());
      }
      op('u');
      return;
    }
    Geometry g = p.arrayGeometry();
    int n = p.fileDimensions();
    text("sitk_stuff");
    op('}');
    op('(');
    text("spacing");
    tuple(g.spacingMm(), n);
    text("origin");
    tuple(g.originMm(), n);
    text("direction");
    op('(');
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < n; c++) {
        number(g.direction().get(r, c));
      }
    }
    op('t');
    if (reorient) {
      text("original_orientation");
      text(Orientation.of(p.fileGeometry()).codes());
    }
    op('u');
  }

  private void classLocations(ClassLocations locations) {
    op('}');
    op('(');
    for (ClassLocations.Entry e : locations.classes()) {
      if (e.region()) {
        intTuple(e.labels());
      } else {
        integer(e.labels().get(0));
      }
      if (e.count() == 0) {
        op(']');
        continue;
      }
      ByteBuffer rows = ByteBuffer.allocate(Math.multiplyExact(32, e.count()))
          .order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < e.count(); i++) {
        // The first column is nnU-Net's channel axis of the segmentation.
        rows.putLong(0);
        for (int a = 0; a < 3; a++) {
          rows.putLong(e.zyx()[3 * i + a]);
        }
      }
      array("i8", e.count(), 4, rows.array());
    }
    op('u');
  }

  /** A 4 by 4 affine in RAS, as nibabel keeps it. */
  private void affine(Geometry g) {
    ByteBuffer rows = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < 3; r++) {
      double sign = r < 2 ? -1 : 1;
      for (int c = 0; c < 3; c++) {
        rows.putDouble(sign * g.direction().get(r, c) * g.spacingMm().get(c));
      }
      rows.putDouble(sign * g.originMm().get(r));
    }
    rows.putDouble(0).putDouble(0).putDouble(0).putDouble(1);
    array("f8", 4, 4, rows.array());
  }

  private void array(String type, int rows, int columns, byte[] data) {
    global("numpy.core.multiarray", "_reconstruct");
    op('(');
    global("numpy", "ndarray");
    intTuple(List.of(0));
    raw("b".getBytes(StandardCharsets.US_ASCII));
    op('t');
    op('R');
    op('(');
    integer(1);
    intTuple(List.of(rows, columns));
    global("numpy", "dtype");
    op('(');
    text(type);
    integer(0);
    integer(1);
    op('t');
    op('R');
    op('(');
    integer(3);
    text("<");
    op('N');
    op('N');
    op('N');
    integer(-1);
    integer(-1);
    integer(0);
    op('t');
    op('b');
    out.write(0x89);
    raw(data);
    op('t');
    op('b');
  }

  private void op(char code) {
    out.write(code);
  }

  private void global(String module, String name) {
    op('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    op('X');
    int32(bytes.length);
    out.writeBytes(bytes);
  }

  private void raw(byte[] bytes) {
    op('B');
    int32(bytes.length);
    out.writeBytes(bytes);
  }

  private void integer(int value) {
    op('J');
    int32(value);
  }

  private void int32(int value) {
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void number(double value) {
    op('G');
    out.writeBytes(ByteBuffer.allocate(8).putDouble(value).array());
  }

  private void tuple(Vec3 values, int n) {
    op('(');
    for (int i = 0; i < n; i++) {
      number(values.get(i));
    }
    op('t');
  }

  private void intTuple(List<Integer> values) {
    op('(');
    values.forEach(this::integer);
    op('t');
  }

  private void intList(List<Integer> values) {
    op(']');
    op('(');
    values.forEach(this::integer);
    op('e');
  }

  private void doubles(List<Double> values) {
    op(']');
    op('(');
    values.forEach(this::number);
    op('e');
  }
}
