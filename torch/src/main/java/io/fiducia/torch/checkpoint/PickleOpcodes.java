package io.fiducia.torch.checkpoint;

import java.util.Locale;
import java.util.Map;

/** Names of opcodes for messages, and why those that are not read are refused. */
final class PickleOpcodes {
  private PickleOpcodes() {}

  private static final Map<Integer, String> NAMES = Map.ofEntries(
      Map.entry((int) 'R', "REDUCE"),
      Map.entry((int) 'b', "BUILD"),
      Map.entry((int) 'c', "GLOBAL"),
      Map.entry(0x93, "STACK_GLOBAL"),
      Map.entry((int) 'i', "INST"),
      Map.entry((int) 'o', "OBJ"),
      Map.entry(0x81, "NEWOBJ"),
      Map.entry(0x92, "NEWOBJ_EX"),
      Map.entry(0x82, "EXT1"),
      Map.entry(0x83, "EXT2"),
      Map.entry(0x84, "EXT4"),
      Map.entry((int) 'P', "PERSID"),
      Map.entry((int) 'Q', "BINPERSID"),
      Map.entry((int) '.', "STOP"),
      Map.entry(0x80, "PROTO"),
      Map.entry(0x95, "FRAME"),
      Map.entry((int) '(', "MARK"),
      Map.entry((int) '0', "POP"),
      Map.entry((int) '1', "POP_MARK"),
      Map.entry((int) 't', "TUPLE"),
      Map.entry(0x85, "TUPLE1"),
      Map.entry(0x86, "TUPLE2"),
      Map.entry(0x87, "TUPLE3"),
      Map.entry((int) 'a', "APPEND"),
      Map.entry((int) 'e', "APPENDS"),
      Map.entry((int) 's', "SETITEM"),
      Map.entry((int) 'u', "SETITEMS"),
      Map.entry((int) 'd', "DICT"),
      Map.entry((int) 'l', "LIST"),
      Map.entry(0x90, "ADDITEMS"),
      Map.entry(0x91, "FROZENSET"),
      Map.entry((int) 'q', "BINPUT"),
      Map.entry((int) 'r', "LONG_BINPUT"),
      Map.entry(0x94, "MEMOIZE"),
      Map.entry((int) 'h', "BINGET"),
      Map.entry((int) 'j', "LONG_BINGET"),
      Map.entry((int) 'X', "BINUNICODE"),
      Map.entry(0x8c, "SHORT_BINUNICODE"),
      Map.entry(0x8d, "BINUNICODE8"),
      Map.entry(0x8a, "LONG1"),
      Map.entry(0x8b, "LONG4"),
      Map.entry(0x97, "NEXT_BUFFER"),
      Map.entry(0x98, "READONLY_BUFFER"));

  static String name(int opcode) {
    String name = NAMES.get(opcode);
    return name != null ? name : String.format(Locale.ROOT, "0x%02x", opcode);
  }

  static String reasonToRefuse(int opcode) {
    return switch (opcode) {
      case 'i', 'o', 0x81, 0x92 -> "it makes a Python object, which is not plain data;"
          + " nothing was run";
      case 0x82, 0x83, 0x84 -> "it uses an extension registry, which could name anything;"
          + " nothing was run";
      case 'P' -> "a storage is named in the old text form, which torch never writes";
      case 0x97, 0x98 -> "it needs buffers from outside the file";
      default -> "torch.save does not write this opcode";
    };
  }
}
