package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The records of a zip archive, checked far more strictly than a general reader would: one meaning
 * only, no record twice, none overlapping another, local and central headers agreeing. From PKWARE's
 * APPNOTE 6.3.
 */
final class ZipDirectory {
  static final int LOCAL_HEADER = 0x04034b50;
  static final int END = 0x06054b50;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int MAX_DIRECTORY = 64 << 20;
  private static final int MAX_RECORDS = 200_000;
  private static final int CHUNK = 1 << 20;

  private final FileSource file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** One record; {@code start} is where its data begins. */
  record Entry(String name, boolean deflated, long start, long stored, long size, long crc) {}

  ZipDirectory(FileSource file) {
    this.file = file;
    parse();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  private FiduciaException refuse(String place, String reason) {
    return Refusal.of(file.path(), place, reason);
  }

  private ByteBuffer at(long position, int length, String what) {
    if (position < 0 || position > file.size() - length) {
      throw refuse(what, "it lies outside of the file");
    }
    return ByteBuffer.wrap(file.read(position, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void parse() {
    int tail = (int) Math.min(file.size(), 22 + 0xffff);
    ByteBuffer last = at(file.size() - tail, tail, "zip end record");
    int end = tail - 22;
    while (end >= 0 && (last.getInt(end) != END
        || end + 22 + Short.toUnsignedInt(last.getShort(end + 20)) != tail)) {
      end--;
    }
    if (end < 0) {
      throw refuse("zip end record", "there is none, so the file was cut short or added to");
    }
    long endAt = file.size() - tail + end;
    long count = Short.toUnsignedLong(last.getShort(end + 10));
    long size = Integer.toUnsignedLong(last.getInt(end + 12));
    long start = Integer.toUnsignedLong(last.getInt(end + 16));
    boolean parts = last.getInt(end + 4) != 0 || last.getShort(end + 8) != last.getShort(end + 10);
    long directoryEnd = endAt;
    if (endAt >= 20 + 56) {
      ByteBuffer locator = at(endAt - 20, 20, "zip64 locator");
      if (locator.getInt(0) == LOCATOR64) {
        long at64 = locator.getLong(8);
        ByteBuffer end64 = at(at64, 56, "zip64 end record");
        if (end64.getInt(0) != END64 || at64 > endAt - 20 - 56) {
          throw refuse("zip64 end record", "it is not where the locator says");
        }
        parts |= end64.getInt(16) != 0 || end64.getInt(20) != 0
            || end64.getLong(24) != end64.getLong(32);
        boolean agree = (count == 0xffff || count == end64.getLong(32))
            && (size == 0xffffffffL || size == end64.getLong(40))
            && (start == 0xffffffffL || start == end64.getLong(48));
        if (!agree) {
          throw refuse("zip64 end record", "it disagrees with the ordinary end record");
        }
        count = end64.getLong(32);
        size = end64.getLong(40);
        start = end64.getLong(48);
        directoryEnd = at64;
      }
    }
    if (parts) {
      throw refuse("zip end record", "the archive is split over several files");
    }
    if (size < 0 || size > MAX_DIRECTORY || start < 0 || start > directoryEnd - size
        || start + size != directoryEnd || count < 0 || count > size / 46
        || count > MAX_RECORDS) {
      throw refuse("zip directory", "its place or size does not fit the file");
    }
    readDirectory(at(start, (int) size, "zip directory"), count, start);
    checkOverlaps(start);
  }

  private void readDirectory(ByteBuffer in, long count, long directoryStart) {
    for (long i = 0; i < count; i++) {
      String place = "zip record " + i;
      if (in.remaining() < 46 || in.getInt(in.position()) != CENTRAL_HEADER) {
        throw refuse(place, "the directory has fewer records than it says");
      }
      int base = in.position();
      int flags = Short.toUnsignedInt(in.getShort(base + 8));
      int method = Short.toUnsignedInt(in.getShort(base + 10));
      long crc = Integer.toUnsignedLong(in.getInt(base + 16));
      long stored = Integer.toUnsignedLong(in.getInt(base + 20));
      long size = Integer.toUnsignedLong(in.getInt(base + 24));
      int nameLength = Short.toUnsignedInt(in.getShort(base + 28));
      int extraLength = Short.toUnsignedInt(in.getShort(base + 30));
      int commentLength = Short.toUnsignedInt(in.getShort(base + 32));
      long header = Integer.toUnsignedLong(in.getInt(base + 42));
      in.position(base + 46);
      if (in.remaining() < nameLength + extraLength + commentLength) {
        throw refuse(place, "its header reaches beyond the directory");
      }
      byte[] nameBytes = new byte[nameLength];
      in.get(nameBytes);
      String name = name(nameBytes, place);
      ByteBuffer extra = in.slice(in.position(), extraLength).order(ByteOrder.LITTLE_ENDIAN);
      in.position(in.position() + extraLength + commentLength);
      long[] wide = widen(extra, size, stored, header, name);
      if ((flags & 0x2041) != 0) {
        throw refuse("zip record " + Refusal.quote(name), "it is encrypted");
      }
      if (method != 0 && method != 8 || method == 0 && wide[0] != wide[1]) {
        throw refuse(
            "zip record " + Refusal.quote(name),
            method == 0
                ? "it says " + wide[0] + " bytes but stores " + wide[1]
                : "compression method " + method + "; stored and deflated are read");
      }
      add(name, nameBytes, method == 8, wide, crc, directoryStart);
    }
    if (in.hasRemaining()) {
      throw refuse("zip directory", "it has more records than it says");
    }
  }

  private String name(byte[] bytes, String place) {
    String name;
    try {
      name = PickleMachine.decode(bytes);
    } catch (CharacterCodingException e) {
      throw refuse(place, "its name is not UTF-8");
    }
    boolean bad = name.isEmpty() || name.length() > 1024 || name.startsWith("/")
        || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0
        || name.chars().anyMatch(c -> c < ' ');
    for (String part : name.split("/", -1)) {
      bad |= part.equals("..") || part.equals(".");
    }
    if (bad) {
      throw refuse(place, "its name " + Refusal.quote(name) + " could lead out of the archive");
    }
    return name;
  }

  /** Size, stored size and header place, each from the zip64 field where the short one is full. */
  private long[] widen(ByteBuffer extra, long size, long stored, long header, String name) {
    long[] values = {size, stored, header};
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      if (length > extra.remaining()) {
        break;
      }
      ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + length);
      if (id == 1) {
        for (int i = 0; i < 3; i++) {
          if (values[i] == 0xffffffffL && field.remaining() >= 8) {
            values[i] = field.getLong();
          }
        }
        break;
      }
    }
    for (long value : values) {
      if (value < 0 || value > Long.MAX_VALUE / 4) {
        throw refuse("zip record " + Refusal.quote(name), "a size of " + value);
      }
    }
    return values;
  }

  private void add(
      String name, byte[] nameBytes, boolean deflated, long[] sizes, long crc, long limit) {
    String place = "zip record " + Refusal.quote(name);
    ByteBuffer local = at(sizes[2], 30, place);
    int nameLength = Short.toUnsignedInt(local.getShort(26));
    if (local.getInt(0) != LOCAL_HEADER || nameLength != nameBytes.length
        || !java.util.Arrays.equals(
            at(sizes[2] + 30, nameLength, place).array(), nameBytes)
        || Short.toUnsignedInt(local.getShort(8)) != (deflated ? 8 : 0)) {
      throw refuse(place, "its own header disagrees with the directory");
    }
    boolean later = (local.getShort(6) & 8) != 0;
    long localStored = Integer.toUnsignedLong(local.getInt(18));
    long localSize = Integer.toUnsignedLong(local.getInt(22));
    if (!later && (localStored != 0xffffffffL && localStored != sizes[1]
        || localSize != 0xffffffffL && localSize != sizes[0])) {
      throw refuse(place, "its own header gives another size than the directory");
    }
    long start = sizes[2] + 30 + nameLength + Short.toUnsignedInt(local.getShort(28));
    if (start > limit || sizes[1] > limit - start) {
      throw refuse(place, "its " + sizes[1] + " bytes reach beyond the archive's data");
    }
    // Deflate cannot shrink below about a thousandth; what claims more is lying.
    if (deflated && sizes[0] > 1040 * (sizes[1] + 16)) {
      throw refuse(place, "it claims " + sizes[0] + " bytes from " + sizes[1] + " compressed");
    }
    Entry entry = new Entry(name, deflated, start, sizes[1], sizes[0], crc);
    if (entries.putIfAbsent(name, entry) != null) {
      throw refuse(place, "the name occurs twice, so its content would be ambiguous");
    }
  }

  private void checkOverlaps(long directoryStart) {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::start));
    long inflated = 0;
    for (int i = 0; i < sorted.size(); i++) {
      Entry entry = sorted.get(i);
      long next = i + 1 < sorted.size() ? sorted.get(i + 1).start() - 30 : directoryStart;
      if (entry.start() + entry.stored() > next) {
        throw refuse("zip record " + Refusal.quote(entry.name()), "it overlaps the next one");
      }
      inflated += entry.deflated() ? entry.size() : 0;
    }
    if (inflated > 20 * file.size() + (64L << 20)) {
      throw refuse(
          "zip directory",
          "its compressed records would grow from " + file.size() + " to " + inflated + " bytes");
    }
  }

  /** The record as bytes: in the file where it is stored, in memory where it is compressed. */
  Storage open(Entry entry) {
    return entry.deflated()
        ? new Storage.Heap(ByteBuffer.wrap(inflate(entry)))
        : new Storage.InFile(file, entry.start(), entry.size());
  }

  /** Checks the record's checksum, reading it once. */
  void verify(Entry entry, Storage content) {
    CRC32 crc = new CRC32();
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(CHUNK, content.size()));
    for (long at = 0; at < content.size(); at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), content.size() - at));
      content.read(at, piece);
      crc.update(piece.flip());
    }
    if (crc.getValue() != entry.crc()) {
      throw refuse(
          "zip record " + Refusal.quote(entry.name()),
          "its checksum is wrong, so its bytes are not those that were saved");
    }
  }

  private byte[] inflate(Entry entry) {
    String place = "zip record " + Refusal.quote(entry.name());
    if (entry.size() > Integer.MAX_VALUE - 8 || entry.stored() > Integer.MAX_VALUE - 8) {
      throw refuse(place, "a compressed record of " + entry.size() + " bytes is too large");
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(file.read(entry.start(), (int) entry.stored()));
      byte[] out = new byte[(int) entry.size()];
      int n = 0;
      while (n < out.length && !inflater.finished()) {
        int got = inflater.inflate(out, n, out.length - n);
        if (got == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        n += got;
      }
      if (n != out.length || !inflater.finished() && inflater.inflate(new byte[1]) != 0) {
        throw refuse(place, "its compressed data does not give the " + out.length
            + " bytes that it announces");
      }
      return out;
    } catch (DataFormatException e) {
      throw refuse(place, "its compressed data is damaged");
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources(
          "not enough memory for the checkpoint",
          file.path() + ", " + place,
          "it needs " + entry.size() + " bytes",
          "give Java more memory with -Xmx", e);
    } finally {
      inflater.end();
    }
  }
}
