package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one pickle, protocols 2 to 5, as data: numbers, text, containers and the few names of
 * {@link PickleGlobals}. Whatever could run code in Python is refused. Written from the opcode
 * descriptions of Python's {@code pickletools}.
 */
final class PickleMachine {
  static final int MAX_TEXT = 64 << 20;
  private static final int MAX_NAME = 512;
  private static final int MAX_LONG = 1024;
  private static final int MAX_MEMO = 1_000_000;
  private static final int MAX_KEY_ITEMS = 16;

  private final PickleInput in;
  private final PickleCalls calls;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final Budget budget;
  private int opcode;
  private long opcodeAt;

  /** A mark on the stack. */
  private enum Mark {
    MARK
  }

  /** What one pickle may cost. Copying an already built value is paid for, so it cannot multiply. */
  static final class Budget {
    private long items = 4_000_000;
    private long bytes;

    Budget(long pickleBytes) {
      bytes = 2 * pickleBytes + (1 << 16);
    }
  }

  /** Finds the bytes of a storage that the pickle names. */
  interface Storages {
    PickleCalls.TypedStorage find(
        PickleGlobals.StorageType type, String key, long elements, Object view);
  }

  /** A refusal without its place, which the machine adds. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  PickleMachine(PickleInput in, Storages storages, boolean bigEndian) {
    this.in = in;
    this.budget = new Budget(in.remaining());
    this.calls = new PickleCalls(this, storages, bigEndian);
  }

  /** The pickled value; the input stands behind the STOP opcode. */
  Object read() {
    try {
      while (true) {
        opcodeAt = in.position();
        opcode = in.u1();
        spend(1);
        if (opcode == '.') {
          Object result = pop();
          if (!stack.isEmpty()) {
            throw new Refused(stack.size() + " values are left over at the end");
          }
          return result;
        }
        step();
      }
    } catch (Refused e) {
      throw Refusal.of(
          in.file().path(),
          in.name() + " opcode " + PickleOpcodes.name(opcode) + " at byte " + opcodeAt,
          e.getMessage(),
          "nothing in the file was run; if you trust where it comes from, open it in Python and"
              + " save its state_dict alone");
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources(
          "not enough memory for the checkpoint",
          in.file().path() + ", " + in.name() + " byte " + opcodeAt,
          "the values around the tensors do not fit",
          "give Java more memory with -Xmx", e);
    }
  }

  void spend(long items) {
    budget.items -= items;
    if (budget.items < 0) {
      throw new Refused("more values than a checkpoint has");
    }
  }

  void spendBytes(long bytes) {
    budget.bytes -= bytes;
    if (budget.bytes < 0) {
      throw new Refused("more bytes are built than the pickle holds");
    }
  }

  private void step() {
    switch (opcode) {
      case 0x80 -> protocol(in.u1());
      case 0x95 -> {
        long length = in.i8();
        if (length < 0 || length > in.remaining()) {
          throw new Refused("a frame of " + length + " bytes, " + in.remaining() + " are left");
        }
      }
      case '(' -> stack.add(Mark.MARK);
      case '0' -> {
        if (stack.isEmpty()) {
          throw new Refused("the stack is empty");
        }
        stack.removeLast();
      }
      case '1' -> popMark();
      case '2' -> push(peek());
      case 'N' -> push(PyNone.NONE);
      case 0x88 -> push(Boolean.TRUE);
      case 0x89 -> push(Boolean.FALSE);
      case 'K' -> push((long) in.u1());
      case 'M' -> push((long) in.u2());
      case 'J' -> push((long) in.i4());
      case 0x8a -> push(integer(in.bytes(in.u1(), MAX_LONG)));
      case 0x8b -> push(integer(in.bytes(in.i4(), MAX_LONG)));
      case 'G' -> push(in.bigEndianDouble());
      case 'X' -> push(text(in.bytes(in.u4(), MAX_TEXT)));
      case 0x8c -> push(text(in.bytes(in.u1(), MAX_TEXT)));
      case 0x8d -> push(text(in.bytes(in.i8(), MAX_TEXT)));
      case 'U' -> push(text(in.bytes(in.u1(), MAX_TEXT)));
      case 'T' -> push(text(in.bytes(in.i4(), MAX_TEXT)));
      case 'C' -> push(in.bytes(in.u1(), MAX_TEXT));
      case 'B' -> push(in.bytes(in.u4(), MAX_TEXT));
      case 0x8e, 0x96 -> push(in.bytes(in.i8(), MAX_TEXT));
      case ')' -> push(PyTuple.of());
      case 't' -> push(PyTuple.copyOf(popMark()));
      case 0x85 -> push(PyTuple.of(pop()));
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case ']' -> push(new ArrayList<Object>(0));
      case 'l' -> push(new ArrayList<>(popMark()));
      case 'a' -> {
        Object value = pop();
        list().add(value);
      }
      case 'e' -> {
        List<Object> values = popMark();
        list().addAll(values);
      }
      case '}' -> push(new LinkedHashMap<Object, Object>());
      case 'd' -> {
        LinkedHashMap<Object, Object> map = new LinkedHashMap<>();
        putAll(map, popMark());
        push(map);
      }
      case 's' -> {
        Object value = pop();
        Object key = pop();
        map().put(key(key), value);
      }
      case 'u' -> {
        List<Object> values = popMark();
        putAll(map(), values);
      }
      case 0x8f -> push(new LinkedHashSet<Object>());
      case 0x90 -> {
        List<Object> values = popMark();
        if (!(peek() instanceof LinkedHashSet<?>)) {
          throw new Refused("the values do not go into a set");
        }
        Set<Object> set = set();
        values.forEach(v -> set.add(key(v)));
      }
      case 0x91 -> {
        Set<Object> set = new LinkedHashSet<>();
        popMark().forEach(v -> set.add(key(v)));
        push(set);
      }
      case 'q' -> remember(in.u1());
      case 'r' -> remember(in.u4());
      case 0x94 -> remember(memo.size());
      case 'h' -> push(recall(in.u1()));
      case 'j' -> push(recall(in.u4()));
      case 'c' -> push(global(text(in.line(MAX_NAME)), text(in.line(MAX_NAME))));
      case 0x93 -> {
        Object name = pop();
        Object module = pop();
        if (!(name instanceof String n && module instanceof String m)) {
          throw new Refused("the name of a global is not text");
        }
        push(global(m, n));
      }
      case 'R' -> {
        Object arguments = pop();
        Object function = pop();
        if (!(arguments instanceof PyTuple tuple)) {
          throw new Refused("the arguments of a call are not a tuple");
        }
        push(calls.call(function, tuple));
      }
      case 'b' -> {
        Object state = pop();
        calls.build(peek(), state);
      }
      case 'Q' -> push(calls.storage(pop()));
      default -> throw new Refused(PickleOpcodes.reasonToRefuse(opcode));
    }
  }

  private void protocol(int version) {
    if (version < 2 || version > 5) {
      throw new Refused("pickle protocol " + version + "; 2 to 5 are read");
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() {
    if (stack.isEmpty()) {
      throw new Refused("the stack is empty");
    }
    Object top = stack.getLast();
    if (top == Mark.MARK) {
      throw new Refused("a mark stands where a value is needed");
    }
    return top;
  }

  private Object pop() {
    Object top = peek();
    stack.removeLast();
    return top;
  }

  private void tuple(int n) {
    Object[] values = new Object[n];
    for (int i = n - 1; i >= 0; i--) {
      values[i] = pop();
    }
    push(PyTuple.of(values));
  }

  /** The values above the last mark, taken off with it. */
  private List<Object> popMark() {
    int at = stack.lastIndexOf(Mark.MARK);
    if (at < 0) {
      throw new Refused("there is no mark on the stack");
    }
    List<Object> tail = stack.subList(at, stack.size());
    List<Object> values = new ArrayList<>(tail.subList(1, tail.size()));
    tail.clear();
    return values;
  }

  @SuppressWarnings("unchecked")
  private List<Object> list() {
    if (peek() instanceof ArrayList<?> list) {
      return (List<Object>) list;
    }
    throw new Refused("the value does not go into a list");
  }

  @SuppressWarnings("unchecked")
  private Map<Object, Object> map() {
    if (peek() instanceof LinkedHashMap<?, ?> map) {
      return (Map<Object, Object>) map;
    }
    throw new Refused("the value does not go into a dictionary");
  }

  @SuppressWarnings("unchecked")
  private Set<Object> set() {
    return (Set<Object>) peek();
  }

  private void putAll(Map<Object, Object> map, List<Object> keysAndValues) {
    if (keysAndValues.size() % 2 != 0) {
      throw new Refused("a dictionary's key has no value");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
  }

  /** Checks that a value may be a key: deep keys would make hashing them deep or endless. */
  Object key(Object value) {
    boolean ok = isScalar(value) || value instanceof PyTuple tuple && tuple.size() <= MAX_KEY_ITEMS
        && tuple.stream().allMatch(PickleMachine::isScalar);
    if (!ok) {
      throw new Refused("a key or set member is neither text, a number nor a short tuple of them");
    }
    return value;
  }

  static boolean isScalar(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean
        || value == PyNone.NONE || value instanceof PyDevice || value instanceof StoredType
        || value instanceof PyComplex;
  }

  private void remember(long index) {
    if (memo.size() >= MAX_MEMO) {
      throw new Refused("more than " + MAX_MEMO + " remembered values");
    }
    memo.put(index, peek());
  }

  private Object recall(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new Refused("value " + index + " was never remembered");
    }
    return value;
  }

  private Object global(String module, String name) {
    PickleGlobals.Global global = PickleGlobals.find(module, name).orElseThrow(
        () -> new Refused(
            "it names " + Refusal.quote(module + "." + name)
                + ", which is not plain data; nothing was run"));
    return global instanceof PickleGlobals.Constant constant ? constant.value() : global;
  }

  private static Object integer(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    if (bigEndian.length == 0) {
      return 0L;
    }
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private static String text(byte[] bytes) {
    try {
      return decode(bytes);
    } catch (CharacterCodingException e) {
      throw new Refused("text that is not UTF-8");
    }
  }

  static String decode(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }
}
