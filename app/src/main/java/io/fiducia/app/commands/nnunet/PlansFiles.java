package io.fiducia.app.commands.nnunet;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The plans in a dataset's preprocessed folder. */
final class PlansFiles {
  private PlansFiles() {}

  /** Reads plans by name. @throws FiduciaException BAD_INPUT naming the plans that there are */
  static Plans read(Path folder, String plansName) {
    Path file = folder.resolve(plansName + ".json");
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("no such plans", file, "found plans " + names(folder),
          "run 'fiducia nnunet plan' first, or name other plans");
    }
    return Plans.read(file);
  }

  /**
   * A configuration to train.
   *
   * @throws FiduciaException BAD_INPUT if the plans lack it
   */
  static Configuration trainable(Plans plans, String name, Path file) {
    if (!plans.configurationNames().contains(name)) {
      throw FiduciaException.badInput("the plans have no such configuration", file,
          "expected one of " + plans.configurationNames() + ", found " + name,
          "name one of these");
    }
    return plans.configuration(name);
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith("Plans.json"))
          .map(n -> n.substring(0, n.length() - ".json".length())).sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }
}
