package io.fiducia.nifti;

import io.fiducia.raster.LabelPalette;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The names of labels in a header extension of a label map: the label table of Caret, an XML text
 * that TotalSegmentator, Connectome Workbench and some viewers read and write.
 */
public final class NiftiLabelTable {
  /** TotalSegmentator gives its extension no code. */
  private static final int NO_CODE = 0;
  /** The registered code of Caret's extension. */
  private static final int CARET = 30;

  private static final int MOST_LABELS = 1 << 16;
  private static final int LONGEST_NAME = 1000;

  private NiftiLabelTable() {}

  /**
   * The extension that names labels.
   *
   * @param names by label value; none is blank. Characters that XML cannot hold become U+FFFD, line
   *     breaks become spaces
   */
  public static NiftiExtension extension(Map<Integer, String> names) {
    StringBuilder xml = new StringBuilder(128 * names.size() + 512)
        .append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CaretExtension>\n")
        .append("<VolumeInformation Index=\"0\">\n<LabelTable>\n");
    new TreeMap<>(names).forEach((label, name) -> {
      int rgb = LabelPalette.rgb(label);
      xml.append(String.format(Locale.ROOT,
          "<Label Key=\"%d\" Red=\"%.4f\" Green=\"%.4f\" Blue=\"%.4f\" Alpha=\"1\">", label,
          (rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0))
          .append("<![CDATA[").append(text(name)).append("]]></Label>\n");
    });
    xml.append("</LabelTable>\n<StudyMetaDataLinkSet></StudyMetaDataLinkSet>\n")
        .append("<VolumeType><![CDATA[Label]]></VolumeType>\n")
        .append("</VolumeInformation>\n</CaretExtension>\n");
    return new NiftiExtension(NO_CODE, xml.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A name as the content of a CDATA section, which must not hold its own end. */
  private static String text(String name) {
    StringBuilder legal = new StringBuilder();
    name.codePoints().forEach(c -> {
      boolean space = c == '\n' || c == '\r' || c == '\t';
      boolean allowed = c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000;
      legal.appendCodePoint(space ? ' ' : allowed ? c : 0xfffd);
    });
    return legal.toString().replace("]]>", "]]]]><![CDATA[>");
  }

  /**
   * The names of the labels of a label map file, by label value. Empty if the file has none, or if
   * its table is damaged or has entities or a document type, which are never expanded.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT as {@link NiftiReader#read(Path)}, as far as
   *     the header shows
   */
  public static SortedMap<Integer, String> read(Path file) {
    return NiftiReader.readExtensions(file).stream()
        .filter(e -> e.code() == NO_CODE || e.code() == CARET)
        .map(NiftiLabelTable::parse).flatMap(Optional::stream)
        .filter(names -> !names.isEmpty()).findFirst().orElse(Collections.emptySortedMap());
  }

  /** The names in an extension; empty if it is no label table that can be read safely. */
  static Optional<SortedMap<Integer, String>> parse(NiftiExtension extension) {
    byte[] xml = extension.content();
    int length = xml.length;
    while (length > 0 && xml[length - 1] == 0) {
      length--;
    }
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory
          .createXMLStreamReader(new ByteArrayInputStream(xml, 0, length));
      try {
        return names(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException | RuntimeException e) {
      // Whatever is wrong with it: an image can be used without names of its labels.
      return Optional.empty();
    }
  }

  private static Optional<SortedMap<Integer, String>> names(XMLStreamReader reader)
      throws XMLStreamException {
    SortedMap<Integer, String> names = new TreeMap<>();
    boolean inTable = false;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.DTD) {
        return Optional.empty();
      }
      boolean start = event == XMLStreamConstants.START_ELEMENT;
      if ((start || event == XMLStreamConstants.END_ELEMENT)
          && reader.getLocalName().equals("LabelTable")) {
        inTable = start;
      } else if (start && inTable && reader.getLocalName().equals("Label")) {
        Optional<Integer> key = key(reader.getAttributeValue(null, "Key"));
        String name = reader.getElementText().strip();
        if (key.isPresent() && !name.isEmpty() && name.length() <= LONGEST_NAME
            && names.size() < MOST_LABELS) {
          names.put(key.get(), name);
        }
      }
    }
    return Optional.of(names);
  }

  private static Optional<Integer> key(String text) {
    try {
      return Optional.of(Integer.valueOf(String.valueOf(text).strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
