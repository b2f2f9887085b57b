package io.fiducia.nifti;

import java.io.IOException;
import java.io.OutputStream;

/** Where bytes go whose writer knows long stretches of zeros among them. */
interface ZeroRuns {
  /** Adds zeros. */
  void zeros(long count) throws IOException;

  /** Adds bytes. */
  void bytes(byte[] bytes, int from, int count) throws IOException;

  /** Writes every byte to a stream, the zeros too. */
  static ZeroRuns plain(OutputStream out) {
    byte[] some = new byte[1 << 16];
    return new ZeroRuns() {
      @Override
      public void zeros(long count) throws IOException {
        for (long left = count; left > 0; left -= some.length) {
          out.write(some, 0, (int) Math.min(left, some.length));
        }
      }

      @Override
      public void bytes(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
      }
    };
  }
}
