package io.fiducia.torch.checkpoint;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files; the same values give the same bytes. */
public final class SafetensorsWriter {
  private static final int MAX_HEADER = 100_000_000;

  private SafetensorsWriter() {}

  /**
   * Writes tensors and text entries; the file appears whole or not at all. Shared bytes are written
   * once per name, because the format has no sharing.
   *
   * @throws FiduciaException if a type has no place in the format or the file cannot be written
   */
  public static void write(
      Path file, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    List<Map.Entry<String, StoredTensor>> ordered = new ArrayList<>(tensors.entrySet());
    // Wide types first, so that every tensor is aligned to its own width.
    ordered.sort(
        Comparator.comparingInt((Map.Entry<String, StoredTensor> e) -> e.getValue().dtype().bytes())
            .reversed());
    Map<String, Long> begins = new HashMap<>();
    long at = 0;
    for (Map.Entry<String, StoredTensor> entry : ordered) {
      begins.put(entry.getKey(), at);
      at += entry.getValue().byteSize();
    }
    byte[] header = header(file, tensors, metadata, begins);
    AtomicFiles.write(file, out -> {
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      out.write(header);
      WritableByteChannel channel = Channels.newChannel(out);
      for (Map.Entry<String, StoredTensor> entry : ordered) {
        ByteBuffer content = entry.getValue().bytes();
        while (content.hasRemaining()) {
          channel.write(content);
        }
      }
    });
  }

  private static byte[] header(
      Path file,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata,
      Map<String, Long> begins) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append("\"__metadata__\":{");
      metadata.forEach((k, v) -> {
        StrictJson.quote(k, json);
        json.append(':');
        StrictJson.quote(v, json);
        json.append(',');
      });
      json.setCharAt(json.length() - 1, '}');
      json.append(',');
    }
    tensors.forEach((name, tensor) -> {
      if (tensor.dtype().safetensorsName().isEmpty() || name.equals("__metadata__")) {
        throw FiduciaException.badInput(
            "cannot write the safetensors file",
            file + ", tensor " + name,
            name.equals("__metadata__")
                ? "the format keeps this name for itself"
                : "the format has no type " + tensor.dtype().torchName(),
            "write a .pth file instead");
      }
      StrictJson.quote(name, json);
      long begin = begins.get(name);
      json.append(":{\"dtype\":\"").append(tensor.dtype().safetensorsName()).append("\",\"shape\":")
          .append(Arrays.toString(tensor.shape()).replace(" ", "")).append(",\"data_offsets\":[")
          .append(begin).append(',').append(begin + tensor.byteSize()).append("]},");
    });
    if (json.length() > 1) {
      json.setLength(json.length() - 1);
    }
    json.append('}');
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, 8) * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    if (padded.length > MAX_HEADER) {
      throw FiduciaException.badInput(
          "cannot write the safetensors file",
          file.toString(),
          "its header would have " + padded.length + " bytes, at most " + MAX_HEADER + " are read",
          "write a .pth file instead");
    }
    return padded;
  }
}
