package io.fiducia.app.demo;

import io.fiducia.base.SeededRandom;
import io.fiducia.nnunet.dataset.RawCase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits cases so that no patient stands on both sides. */
final class HeldOut {
  /** Repeated scans of one patient, as datasets commonly name them: PATIENT_t1, PATIENT_visit2. */
  private static final Pattern REPEATED = Pattern.compile("(.+)[_-](?:t|tp|visit|scan|time)\\d+");

  /** The two sides, each in the order of names. */
  record Split(List<RawCase> kept, List<RawCase> heldOut) {}

  private HeldOut() {}

  /** The patient whom a case belongs to. */
  static String patient(String caseId) {
    Matcher m = REPEATED.matcher(caseId);
    return m.matches() ? m.group(1) : caseId;
  }

  /** Holds out a share of the patients, at least one, and keeps at least one. */
  static Split split(List<RawCase> cases, double share, long seed, String purpose) {
    Map<String, List<RawCase>> byPatient = new TreeMap<>();
    cases.forEach(c -> byPatient.computeIfAbsent(patient(c.id()), p -> new ArrayList<>()).add(c));
    List<String> patients = new ArrayList<>(byPatient.keySet());
    SeededRandom random = SeededRandom.of(seed, purpose);
    for (int i = patients.size() - 1; i > 0; i--) {
      Collections.swap(patients, i, random.nextInt(i + 1));
    }
    int n = Math.min(Math.max(1, (int) Math.rint(patients.size() * share)), patients.size() - 1);
    List<String> held = patients.subList(0, Math.max(n, 0));
    List<RawCase> kept = new ArrayList<>();
    List<RawCase> heldOut = new ArrayList<>();
    byPatient.forEach((p, c) -> (held.contains(p) ? heldOut : kept).addAll(c));
    return new Split(List.copyOf(kept), List.copyOf(heldOut));
  }
}
