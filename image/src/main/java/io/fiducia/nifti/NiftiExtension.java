package io.fiducia.nifti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One header extension of a NIfTI file: bytes that lie between the header and the voxels.
 *
 * @param code what kind of extension it is (ecode), as registered in nifti1.h; 0 says nothing
 * @param content not copied
 */
public record NiftiExtension(int code, byte[] content) {
  /** Bytes of size and code before the content. */
  private static final int HEAD = 8;
  /** The size of each extension must be a multiple of this. */
  private static final int STEP = 16;

  /** Bytes of these extensions in a file, with the four bytes that say whether there are any. */
  static int bytes(List<NiftiExtension> extensions) {
    long total = 4;
    for (NiftiExtension e : extensions) {
      total += size(e);
    }
    if (total > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(total + " bytes of header extensions");
    }
    return (int) total;
  }

  private static long size(NiftiExtension e) {
    return ((long) e.content.length + HEAD + STEP - 1) / STEP * STEP;
  }

  /** Writes extensions as they stand behind a header, each filled up with zeros. */
  static void put(List<NiftiExtension> extensions, ByteBuffer out) {
    out.put((byte) (extensions.isEmpty() ? 0 : 1)).put(new byte[3]);
    for (NiftiExtension e : extensions) {
      int size = (int) size(e);
      out.putInt(size).putInt(e.code).put(e.content);
      out.put(new byte[size - HEAD - e.content.length]);
    }
  }

  /** The extensions in the bytes behind a header, up to the first one that is damaged. */
  static List<NiftiExtension> parse(byte[] behindHeader, ByteOrder order) {
    ByteBuffer in = ByteBuffer.wrap(behindHeader).order(order);
    if (in.remaining() < 4 || in.getInt(0) == 0 || in.get(0) == 0) {
      return List.of();
    }
    in.position(4);
    List<NiftiExtension> found = new ArrayList<>();
    while (in.remaining() >= HEAD) {
      int size = in.getInt();
      int code = in.getInt();
      if (size < HEAD || size - HEAD > in.remaining()) {
        break;
      }
      byte[] content = new byte[size - HEAD];
      in.get(content);
      found.add(new NiftiExtension(code, content));
    }
    return List.copyOf(found);
  }
}
