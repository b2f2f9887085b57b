package io.fiducia.torch.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.fiducia.base.FiduciaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to harm: each is refused with an error that names the file and place. */
@Timeout(60)
class HostileCheckpointTest {
  @TempDir
  Path folder;

  /** Bytes of Latin-1 text, in which \x is written as the character itself. */
  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private Path zip(byte[] pickle, String... namesAndTexts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ZipWriter zip = new ZipWriter(out);
    zip.add("m/data.pkl", ByteBuffer.wrap(pickle));
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      zip.add(namesAndTexts[i], ByteBuffer.wrap(latin(namesAndTexts[i + 1])));
    }
    zip.add("m/version", ByteBuffer.wrap(latin("3\n")));
    zip.finish();
    return file(out.toByteArray());
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("hostile.pth"), bytes);
  }

  private void refused(Path file, String... reasons) {
    assertThatThrownBy(() -> CheckpointReader.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("hostile.pth").satisfies(e -> {
          for (String reason : reasons) {
            assertThat(e.getMessage()).contains(reason);
          }
          assertThat(((FiduciaException) e).kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
        });
  }

  // Letters are the opcodes of Python's pickletools; \u0080\u0002 is PROTO 2.
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
    "GLOBAL|cos~system~X#\u0004touch\u0085R.|'os.system'",
    "GLOBAL|cposix~system~.|'posix.system'", "GLOBAL|cbuiltins~eval~.|'builtins.eval'",
    "GLOBAL|ctorch~load~.|'torch.load'", "GLOBAL|ctorch._utils~_rebuild_tensor_v2.x~.|names",
    "STACK_GLOBAL|\u008c\u0002os\u008c\u0006system\u0093.|'os.system'",
    "STACK_GLOBAL|K\u0001K\u0001\u0093.|not text", "INST|(X#\u0001aios~system~.|Python object",
    "OBJ|(ccollections~OrderedDict~o.|Python object",
    "NEWOBJ|ccollections~OrderedDict~)\u0081.|Python object",
    "NEWOBJ_EX|ccollections~OrderedDict~)}\u0092.|Python object",
    "EXT1|\u0082\u0001.|extension registry", "EXT2|\u0083\u0001\u0001.|extension registry",
    "EXT4|\u0084\u0001\u0001\u0001\u0001.|extension registry",
    "BUILD|]}b.|inner state", "BUILD|X#\u0001a}b.|inner state", "PERSID|P0~.|text form",
    "BINPERSID|K\u0001Q.|storage reference", "BINPERSID|)Q.|storage reference",
    "REDUCE|K\u0001)R.|not a function", "REDUCE|ctorch~FloatStorage~)R.|not a function",
    "REDUCE|cnumpy~ndarray~)R.|not called", "REDUCE|ctorch~device~)R.|arguments",
    "REDUCE|ctorch~device~X#\u0002;;\u0085R.|device", "BINGET|h\u0007.|never remembered",
    "TUPLE|t.|no mark", "POP|0.|stack is empty", "STOP|.|stack is empty",
    "STOP|K\u0001K\u0002.|left over", "APPEND|K\u0001K\u0002a.|list",
    "SETITEM|}]K\u0001s.|key", "SETITEMS|}(K\u0001u.|no value", "PROTO|\u0080\u0006.|protocol 6",
    "PROTO|\u0080\u0001.|protocol 1", "0xff|\u00ff.|does not write",
    "NEXT_BUFFER|\u0097.|outside the file",
    "FRAME|\u0095\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001.|frame"})
  void picklesThatAreMoreThanDataAreRefused(String opcode, String program, String reason)
      throws IOException {
    // '#' stands for the high bytes 0 0 0 of a length that is written behind it here.
    String body = program.replace('~', '\n');
    int hash = body.indexOf('#');
    if (hash >= 0) {
      body = body.substring(0, hash) + body.charAt(hash + 1) + "\0\0\0" + body.substring(hash + 2);
    }
    refused(zip(join(latin("\u0080\u0002"), latin(body))), opcode, "at byte", reason);
  }

  @Test
  void anOsSystemPickleSaysThatNothingWasRun() throws IOException {
    Path file = zip(latin("\u0080\u0002cos\nsystem\nX\2\0\0\0id\u0085R."));
    refused(file, "'os.system'", "nothing was run", "data.pkl opcode GLOBAL at byte 2");
  }

  @Test
  void nestingIsBounded() throws IOException {
    byte[] opens = new byte[100_000];
    Arrays.fill(opens, (byte) ']');
    byte[] appends = new byte[99_999];
    Arrays.fill(appends, (byte) 'a');
    refused(zip(join(latin("\u0080\u0002"), opens, appends, latin("."))), "nested deeper");
    byte[] tuples = new byte[100_000];
    Arrays.fill(tuples, (byte) 0x85);
    refused(zip(join(latin("\u0080\u0002N"), tuples, latin("."))), "nested deeper");
  }

  @Test
  void aListOfItselfIsRefused() throws IOException {
    refused(zip(latin("\u0080\u0002]q\0h\0a.")), "holds itself");
  }

  @Test
  void sharedListsThatDoubleAreRefused() throws IOException {
    // Forty levels of [x, x] would be 2^40 values.
    StringBuilder program = new StringBuilder("\u0080\u0002]q\0");
    for (int i = 0; i < 40; i++) {
      program.append("(h").append((char) i).append('h').append((char) i).append("lq")
          .append((char) (i + 1));
    }
    program.insert(2, "(").append("t.");
    refused(zip(latin(program.toString())), "too long or too many");
  }

  /** A file of 600 bytes whose dictionaries share others, so that 2^17 paths read a.a.a. ... .a. */
  @Test
  void equalPathsCostNoMoreThanOthers() {
    int levels = 18;
    List<LinkedHashMap<Object, Object>> nodes = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      nodes.add(new LinkedHashMap<>());
    }
    for (int i = 0; i < levels; i++) {
      for (int j = i + 1; j <= levels; j++) {
        nodes.get(i).put(String.join(".", Collections.nCopies(j - i, "a")),
            j == levels ? Long.valueOf(7) : nodes.get(j));
      }
    }

    Map<String, Object> values = assertTimeoutPreemptively(Duration.ofSeconds(20),
        () -> new Checkpoint(folder, "test", nodes.getFirst(), 600).metadata());

    String path = String.join(".", Collections.nCopies(levels, "a"));
    assertThat(values).hasSize(1 << levels - 1)
        .containsKeys(path, path + "#2", path + "#" + (1 << levels - 1))
        .doesNotContainKey(path + "#1");
  }

  @Test
  void aNumberedPathThatTheFileHasItselfIsNotTaken() {
    LinkedHashMap<Object, Object> root = new LinkedHashMap<>();
    root.put("1", 10L);
    root.put("1#2", 11L);
    root.put(1L, 12L);
    root.put("1#4", 13L);
    root.put(BigInteger.ONE, 14L);
    assertThat(new Checkpoint(folder, "test", root, 600).metadata())
        .containsEntry("1", 10L).containsEntry("1#2", 11L).containsEntry("1#3", 12L)
        .containsEntry("1#4", 13L).containsEntry("1#5", 14L).hasSize(5);
  }

  @Test
  void lyingLengthsAllocateNothing() throws IOException {
    String max = "\u00ff\u00ff\u00ff\u007f";
    refused(zip(latin("\u0080\u0002\u008b" + max + ".")), "announced");
    refused(zip(latin("\u0080\u0002X" + max + ".")), "announced");
    refused(zip(latin("\u0080\u0002B" + max + ".")), "announced");
    refused(zip(latin("\u0080\u0002\u008d" + max + max + ".")), "announced");
    refused(zip(latin("\u0080\u0002\u008d\u00ff\u00ff\u00ff\u00ff" + "\u00ff\u00ff\u00ff\u00ff.")),
        "announced");
    refused(zip(latin("\u0080\u0002\u0096" + max + "\0\0\0\0.")), "announced");
  }

  @Test
  void textBuiltAgainAndAgainIsRefused() throws IOException {
    // One text of 60 000 characters, encoded a thousand times.
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(60_000);
    byte[] start = join(
        latin("\u0080\u0002c_codecs\nencode\nq\0X"), length.array(), new byte[60_000],
        latin("q\1X\6\0\0\0latin1q\2("));
    byte[] again = latin("h\0h\1h\2\u0086R".repeat(1000));
    refused(zip(join(start, again, latin("t."))), "more bytes are built");
  }

  @Test
  void memoOverflowIsRefused() throws IOException {
    byte[] memoise = new byte[1_100_000];
    Arrays.fill(memoise, (byte) 0x94);
    refused(zip(join(latin("\u0080\u0004N"), memoise, latin("."))), "remembered values");
  }

  private static String tensor(String storageSize, String offset, String shape, String strides) {
    return "\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\n"
        + "X\1\0\0\0" + "0X\3\0\0\0cpu" + storageSize + "tQ" + offset + shape + strides
        + "\u0089ccollections\nOrderedDict\n)RtR.";
  }

  @Test
  void tensorsOutsideOfTheirStorageAreRefused() throws IOException {
    String data = "0123456789abcdef";
    String negative = "J\u00ff\u00ff\u00ff\u00ff";
    String huge = "\u008a\u0008\0\0\0\0\0\0\0\u0040";
    assertThat(
        CheckpointReader
            .read(zip(latin(tensor("K\4", "K\0", "K\4\u0085", "K\1\u0085")), "m/data/0", data))
            .tensors())
        .hasSize(1);
    String[][] cases = {{"K\4", "K\1", "K\4\u0085", "K\1\u0085", "reaches"},
      {"K\4", "K\0", "K\4\u0085", "K\2\u0085", "reaches"},
      {"K\4", negative, "K\1\u0085", "K\1\u0085", "reaches"},
      {"K\4", "K\0", negative + "\u0085", "K\1\u0085", "-1"},
      {"K\4", "K\3", "K\4\u0085", negative + "\u0085", "-1"},
      {"K\4", "K\0", huge + huge + "\u0086", "K\0K\0\u0086", "too large"},
      {"K\4", "K\0", huge + "\u0085", huge + "\u0085", "too large"},
      {"K\4", "K\0", "J\u00ff\u00ff\u00ff\u003f\u0085", "K\0\u0085", "repeats"},
      {"K\4", "K\0", "K\4\u0085", "K\1K\1\u0086", "strides"},
      {"K\5", "K\0", "K\4\u0085", "K\1\u0085", "should have 5"},
      {huge, "K\0", "K\4\u0085", "K\1\u0085", "should have"},
      {negative, "K\0", "K\4\u0085", "K\1\u0085", "negative size"}};
    for (String[] c : cases) {
      refused(zip(latin(tensor(c[0], c[1], c[2], c[3])), "m/data/0", data), c[4]);
    }
    refused(zip(latin(tensor("K\4", "K\0", "K\4\u0085", "K\1\u0085"))), "has no record");
    String conjugated = tensor("K\4", "K\0", "K\4\u0085", "K\1\u0085")
        .replace(")RtR.", ")R}X\4\0\0\0conj\u0088stR.");
    refused(zip(latin(conjugated), "m/data/0", data), "conjugated");
  }

  @Test
  void ambiguousArchivesAreRefused() throws IOException {
    byte[] none = latin("\u0080\u0002N.");
    refused(zip(none, "m/x", "1", "m/x", "2"), "'m/x'", "occurs twice");
    refused(zip(none, "m/../x", "1"), "could lead out");
    refused(zip(none, "/etc/x", "1"), "could lead out");
    refused(zip(none, "m\\x", "1"), "could lead out");
    refused(zip(none, "n/data.pkl", "1"), "2 records FOLDER/data.pkl");
    refused(zip(none, "m/byteorder", "middle"), "byte order");
    refused(zip(none, "m/constants.pkl", ""), "TorchScript");
    refused(zip(latin("\u0080\u0002N.extra")), "5 bytes follow");
  }

  /** A zip with one deflated record m/data.pkl whose header claims {@code size} bytes. */
  private Path deflated(byte[] content, long size) throws IOException {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] packed = new byte[content.length + 100];
    int n = deflater.deflate(packed);
    deflater.end();
    CRC32 crc = new CRC32();
    crc.update(content);
    byte[] name = latin("m/data.pkl");
    ByteBuffer out = ByteBuffer.allocate(200 + n).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(ZipDirectory.LOCAL_HEADER).putShort((short) 20).putShort((short) 0)
        .putShort((short) 8).putInt(0).putInt((int) crc.getValue()).putInt(n).putInt((int) size)
        .putShort((short) name.length).putShort((short) 0).put(name).put(packed, 0, n);
    int start = out.position();
    out.putInt(0x02014b50).putShort((short) 20).putShort((short) 20).putShort((short) 0)
        .putShort((short) 8).putInt(0).putInt((int) crc.getValue()).putInt(n).putInt((int) size)
        .putShort((short) name.length).put(new byte[16]).put(name);
    int length = out.position() - start;
    out.putInt(ZipDirectory.END).putInt(0).putShort((short) 1).putShort((short) 1).putInt(length)
        .putInt(start).putShort((short) 0);
    return file(Arrays.copyOf(out.array(), out.position()));
  }

  @Test
  void compressedRecordsAreReadWithinBounds() throws IOException {
    byte[] pickle = latin("\u0080\u0002X\5\0\0\0hello.");
    assertThat(CheckpointReader.read(deflated(pickle, pickle.length)).root()).isEqualTo("hello");
    refused(deflated(pickle, pickle.length + 1), "announces");
    refused(deflated(pickle, pickle.length - 1), "announces");
    refused(deflated(pickle, 0x7fffffff), "claims");
    refused(deflated(new byte[100_000_000], 100_000_000), "would grow");
  }

  @Test
  void aFlippedBitInAStorageIsNoticed() throws IOException {
    Path file = zip(
        latin(tensor("K\4", "K\0", "K\4\u0085", "K\1\u0085")), "m/data/0", "0123456789abcdef");
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("89ab")] ^= 1;
    refused(file(bytes), "checksum");
  }

  private Path safetensors(String header, int dataBytes) throws IOException {
    byte[] text = latin(header);
    return file(
        join(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array(),
            text,
            new byte[dataBytes]));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}|occurs twice",
    "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}|overlap",
    "'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}|no tensor uses",
    "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}|the file holds 8",
    "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}|needs 8 bytes",
    "'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}|shape",
    "'a':{'dtype':'F32','shape':[9223372036854775807,4],'data_offsets':[0,8]}|too large",
    "'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}|outside",
    "'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}|outside",
    "'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}|'F31'",
    "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}|nothing else",
    "'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}|occurs twice",
    "'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}|shape",
    "'a':7|nothing else", "'__metadata__':{'a':1}|not text", "'__metadata__':7|not an object",
    "'a'|expected :"})
  void safetensorsWithTwoMeaningsAreRefused(String content, String reason) throws IOException {
    refused(safetensors("{" + content.replace('\'', '"') + "}", 8), reason);
  }

  @Test
  void safetensorsHeadersAreBounded() throws IOException {
    refused(file(join(latin("\u00ff\u00ff\u00ff\u00ff\0\0\0\0{}"), new byte[20])), "header");
    refused(safetensors("{\"a\":" + "[".repeat(100_000), 0), "nested too deep");
    refused(safetensors("{} x", 0), "follows the value");
  }

  @Test
  void otherFilesAreNamedAsSuch() throws IOException {
    refused(file(new byte[0]), "0 bytes");
    refused(file(new byte[100]), "none of");
    refused(file(latin("\u0080\u0002K\1.        ")), "not one that torch.save made");
    assertThatThrownBy(() -> CheckpointReader.read(folder)).hasMessageContaining("folder");
    assertThatThrownBy(() -> CheckpointReader.read(folder.resolve("absent.pth")))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"views_legacy.pt", "views.pth", "dtypes.safetensors"})
  void everyTruncationIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(CheckpointReaderTest.resource(name));
    // Every length around the start and the end, and every seventh between.
    for (int length = 0; length < whole.length; length++) {
      if (length > 300 && length < whole.length - 300 && length % 7 != 0) {
        continue;
      }
      refused(file(Arrays.copyOf(whole, length)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"views_legacy.pt", "nnunet_like_legacy.pt", "views.pth", "protocol5.pth",
    "dtypes.safetensors"})
  void damageNeverEscapesAsAnotherError(String name) throws IOException {
    byte[] whole = Files.readAllBytes(CheckpointReaderTest.resource(name));
    SplittableRandom random = new SplittableRandom(20260101);
    int accepted = 0;
    for (int round = 0; round < 500; round++) {
      byte[] bytes = whole.clone();
      for (int k = random.nextInt(1, 6); k > 0; k--) {
        int at = random.nextInt(bytes.length);
        bytes[at] = random.nextBoolean()
            ? (byte) random.nextInt(256)
            : (byte) (bytes[at] ^ 1 << random.nextInt(8));
      }
      accepted += tryToUse(file(bytes));
    }
    // Some damage hits only values; most must be noticed or harmless, none may crash.
    assertThat(accepted).isLessThan(500);
  }

  /** Damage inside the pickle of a zip would be caught by its checksum, so here the zip is written again. */
  @Test
  void damagedPicklesNeverEscapeAsAnotherError() throws IOException {
    Pickler pickler = new Pickler("test");
    byte[] pickle = pickler.pickle(
        CheckpointReader.read(CheckpointReaderTest.resource("nnunet_like.pth")).root());
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 800; round++) {
      byte[] bytes = pickle.clone();
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CheckpointWriter.write(out, 0xffffffffL, bytes, pickler.storages());
      tryToUse(file(out.toByteArray()));
    }
  }

  private static int tryToUse(Path file) {
    try {
      Checkpoint checkpoint = CheckpointReader.read(file);
      checkpoint.tensors().values().forEach(StoredTensor::sha256);
      checkpoint.metadata().values().forEach(String::valueOf);
      return 1;
    } catch (FiduciaException e) {
      assertThat(e.where()).isNotEmpty();
      assertThat(e.why()).isNotEmpty();
      return 0;
    }
  }
}
