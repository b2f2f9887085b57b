package io.fiducia.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of structures: those of the public tools beside those of the radiotherapy nomenclature
 * AAPM TG-263 (C. Mayo et al., Int J Radiat Oncol Biol Phys 100, 2018).
 *
 * <p>Each term has one TG-263 name, and no two have the same. Where tools draw one structure with
 * different limits (CADS's carotid artery reaches further up than TotalSegmentator's), they share the
 * term. The table is {@code vocabulary.tsv}; its names of the standard were compared with the
 * worksheet of 2017-08-15, without that worksheet's misspellings.
 */
public final class StructureVocabulary {
  private static final String FILE = "vocabulary.tsv";
  private static final int COLUMNS = 6;

  private final List<StructureTerm> terms;
  private final Map<String, StructureTerm> exact = new HashMap<>();
  private final Map<String, StructureTerm> loose = new HashMap<>();

  private StructureVocabulary(List<StructureTerm> terms) {
    this.terms = List.copyOf(terms);
    Set<String> ambiguous = new HashSet<>();
    for (StructureTerm term : terms) {
      for (String name : names(term)) {
        StructureTerm other = exact.put(name, term);
        if (other != null && other != term) {
          throw new IllegalStateException(FILE + ": " + name + " stands for two structures");
        }
        other = loose.put(simple(name), term);
        if (other != null && other != term) {
          ambiguous.add(simple(name));
        }
      }
    }
    loose.keySet().removeAll(ambiguous);
  }

  /** Reads the table. */
  public static StructureVocabulary load() {
    try (InputStream in = StructureVocabulary.class.getResourceAsStream(FILE);
        BufferedReader lines = new BufferedReader(
            new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return new StructureVocabulary(
          lines.lines().skip(1).map(StructureVocabulary::term).toList());
    } catch (IOException e) {
      throw new UncheckedIOException("the program's table " + FILE, e);
    }
  }

  private static StructureTerm term(String line) {
    String[] f = line.split("\t", -1);
    if (f.length != COLUMNS) {
      throw new IllegalStateException(FILE + ": " + f.length + " columns in: " + line);
    }
    return new StructureTerm(f[0], f[1],
        StructureTerm.Listing.valueOf(f[2].toUpperCase(Locale.ROOT)),
        f[3].equals("any")
            ? Optional.empty()
            : Optional.of(Sex.valueOf(f[3].toUpperCase(Locale.ROOT))),
        list(f[4]), list(f[5]));
  }

  private static List<String> list(String field) {
    return field.isEmpty() ? List.of() : List.of(field.split("\\|"));
  }

  private static Set<String> names(StructureTerm term) {
    return Stream.of(List.of(term.key(), term.tg263()), term.toolNames(), term.synonyms())
        .flatMap(List::stream).collect(Collectors.toSet());
  }

  /** A name without case, spaces and marks. */
  private static String simple(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** All terms, those of the tools first. */
  public List<StructureTerm> terms() {
    return terms;
  }

  /**
   * The term of a name: a tool's, a TG-263 name, our key or a synonym. A name that is not known as it
   * is written is compared without case, spaces and marks, unless that fits two terms.
   */
  public Optional<StructureTerm> find(String name) {
    return Optional.ofNullable(exact.get(name))
        .or(() -> Optional.ofNullable(loose.get(simple(name))));
  }

  /** The TG-263 name of a structure; the name itself where the vocabulary does not have it. */
  public String tg263(String name) {
    return find(name).map(StructureTerm::tg263).orElse(name);
  }

  /**
   * The TG-263 names of the structures of one label map, by label. Where two structures would get the
   * same name, both keep their own.
   */
  public Map<Integer, String> tg263(Map<Integer, String> names) {
    Map<String, Long> counts = names.values().stream()
        .collect(Collectors.groupingBy(this::tg263, Collectors.counting()));
    Map<Integer, String> renamed = new LinkedHashMap<>();
    names.forEach((label, name) -> renamed.put(label,
        counts.get(tg263(name)) == 1 ? tg263(name) : name));
    return Collections.unmodifiableMap(renamed);
  }

  /** Those of several structures that a patient of a sex cannot have, in their order. */
  public List<String> impossibleIn(Sex sex, List<String> names) {
    List<String> impossible = new ArrayList<>(names);
    impossible.removeIf(n -> find(n).map(t -> t.isPossibleIn(sex)).orElse(true));
    return List.copyOf(impossible);
  }
}
