package io.fiducia.metrics.stats;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A table of text: RFC 4180 with a header, separated by commas, or by semicolons or tabs where the
 * header has no comma (as spreadsheets write it in half of Europe).
 *
 * @param header the columns' names, trimmed
 * @param rows as many fields each as there are columns, trimmed; empty lines left out
 */
record CsvTable(Path file, List<String> header, List<Row> rows) {
  /** One row and the line of the file where it begins. */
  record Row(int line, List<String> fields) {}

  /**
   * Reads a table.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read, is empty, is not UTF-8, names a
   *     column twice, or has a row of another length
   */
  static CsvTable read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw FiduciaException.badInput("cannot read the table", file, "expected text in UTF-8",
          "save it as CSV in UTF-8", e);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read the table", file,
          Files.exists(file) ? String.valueOf(e.getMessage()) : "there is no such file",
          "check the path", e);
    }
    List<Row> all = parse(file, text.startsWith("\ufeff") ? text.substring(1) : text);
    if (all.isEmpty()) {
      throw FiduciaException.badInput("the table is empty", file, "expected a line of column names",
          "write the columns' names into the first line");
    }
    List<String> header = all.get(0).fields();
    if (new HashSet<>(header).size() < header.size()) {
      throw FiduciaException.badInput("a column is named twice", file + ", line 1",
          String.join(", ", header), "give every column a name of its own");
    }
    List<Row> rows = all.subList(1, all.size());
    for (Row row : rows) {
      if (row.fields().size() != header.size()) {
        throw FiduciaException.badInput("a row has another length", file + ", line " + row.line(),
            "expected " + header.size() + " fields, found " + row.fields().size(),
            "quote fields that hold the separator");
      }
    }
    return new CsvTable(file, List.copyOf(header), List.copyOf(rows));
  }

  private static List<Row> parse(Path file, String text) {
    char separator = separator(text);
    List<Row> rows = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int line = 1;
    int began = 1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '\n';
      if (quoted && i == text.length()) {
        throw FiduciaException.badInput("a quoted field does not end", file + ", line " + began,
            "expected a closing quotation mark", "check the quotation marks from there on");
      }
      line += c == '\n' ? 1 : 0;
      if (quoted) {
        boolean mark = c == '"';
        boolean doubled = mark && i + 1 < text.length() && text.charAt(i + 1) == '"';
        quoted = !mark || doubled;
        if (quoted) {
          field.append(c);
        }
        i += doubled ? 1 : 0;
      } else if (c == '"' && field.toString().isBlank()) {
        field.setLength(0);
        quoted = true;
      } else if (c == separator || c == '\n') {
        fields.add(field.toString().strip());
        field.setLength(0);
        if (c == '\n') {
          if (fields.size() > 1 || !fields.get(0).isEmpty()) {
            rows.add(new Row(began, List.copyOf(fields)));
          }
          fields.clear();
          began = line;
        }
      } else {
        field.append(c);
      }
    }
    return rows;
  }

  private static char separator(String text) {
    String first = text.lines().findFirst().orElse("");
    if (first.indexOf(',') >= 0) {
      return ',';
    }
    return first.indexOf(';') >= 0 ? ';' : first.indexOf('\t') >= 0 ? '\t' : ',';
  }
}
