package io.fiducia.nnunet.preprocess;

import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Plans;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The small data set that nnunetv2 2.8.1 preprocessed; make_fixtures.py among the resources. */
public final class Fixture {
  private Fixture() {}

  public static Path path(String name) {
    try {
      return Path.of(Fixture.class.getResource("make_fixtures.py").toURI()).resolveSibling(name);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static RawDataset dataset() {
    return RawDataset.open(path("Dataset905_Made"));
  }

  public static Plans plans() {
    return Plans.read(path("nnUNetPlans.json"));
  }

  public static Preprocessor preprocessor(String configuration) {
    return new Preprocessor(plans(), plans().configuration(configuration), dataset().json());
  }
}
