package io.fiducia.app.commands.anatomy;

import io.fiducia.app.cli.Context;
import io.fiducia.core.Sex;
import io.fiducia.core.StructureVocabulary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Under which names structures are written, and which are left out. */
public final class StructureNaming {
  @Option(names = "--names", paramLabel = "tool|tg263", defaultValue = "tool", description = "names of structures: the tool's own, or those of AAPM TG-263 (default: tool)")
  private Names names;

  @Option(names = "--sex", paramLabel = "female|male", description = "leave out the structures that the patient cannot have")
  private Sex sex;

  /** Whose names. */
  enum Names {
    TOOL,
    TG263
  }

  /**
   * The name of each of some structures; empty if it is left out, which a note says.
   *
   * @param classes the tool's names by label
   */
  Function<String, Optional<String>> of(Map<Integer, String> classes, Context context) {
    StructureVocabulary vocabulary = StructureVocabulary.load();
    List<String> all = List.copyOf(classes.values());
    Set<String> impossible = sex == null
        ? Set.of()
        : new HashSet<>(vocabulary.impossibleIn(sex, all));
    if (!impossible.isEmpty()) {
      context.console().note("left out for a patient of this sex: "
          + String.join(", ", all.stream().filter(impossible::contains).toList()));
    }
    Map<String, String> renamed = new HashMap<>();
    Map<Integer, String> standard = vocabulary.tg263(classes);
    classes.forEach((label, own) -> renamed.put(own,
        names == Names.TG263 ? standard.get(label) : own));
    return own -> impossible.contains(own)
        ? Optional.empty()
        : Optional.of(renamed.getOrDefault(own, own));
  }
}
