package io.fiducia.app.commands;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that {@link DoctorCommand} looked at.
 *
 * @param found what is there, one line
 * @param advice what to do, empty where nothing needs doing
 */
record Finding(String name, Status status, String found, String advice) {
  /** How it stands. */
  enum Status {
    OK,
    /** Works, but less well, or only some commands do. */
    WARNING,
    /** Work is not possible. */
    PROBLEM
  }

  static Finding ok(String name, String found) {
    return new Finding(name, Status.OK, found, "");
  }

  static Finding warning(String name, String found, String advice) {
    return new Finding(name, Status.WARNING, found, advice);
  }

  static Finding problem(String name, String found, String advice) {
    return new Finding(name, Status.PROBLEM, found, advice);
  }

  Map<String, Object> toJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("status", status.name().toLowerCase(java.util.Locale.ROOT));
    map.put("found", found);
    map.put("advice", advice);
    return map;
  }
}
