package io.fiducia.core;

import java.util.List;
import java.util.Optional;

/**
 * One structure of the vocabulary and its names.
 *
 * @param key our own name: snake case, left and right spelled out
 * @param tg263 the name in the style of AAPM TG-263, at most 16 characters
 * @param listing whether the standard has that name
 * @param only the sex in which alone the structure exists; empty for all others
 * @param toolNames what TotalSegmentator and CADS call it; tools may draw it with different limits
 * @param synonyms other names that are accepted on input
 */
public record StructureTerm(String key, String tg263, Listing listing, Optional<Sex> only,
    List<String> toolNames, List<String> synonyms) {
  /** Where a TG-263 name comes from. */
  public enum Listing {
    /** The standard's list of names (version of 2017-08-15) has it. */
    LISTED,
    /** A target volume whose name the standard's grammar allows. */
    GRAMMAR,
    /** The list has no name for it; this one is built by the standard's rules. */
    BUILT
  }

  public StructureTerm {
    toolNames = List.copyOf(toolNames);
    synonyms = List.copyOf(synonyms);
  }

  /** Whether the TG-263 name is the standard's own. */
  public boolean isStandard() {
    return listing != Listing.BUILT;
  }

  /** Whether a patient of that sex can have the structure. */
  public boolean isPossibleIn(Sex sex) {
    return only.isEmpty() || only.get() == sex;
  }
}
