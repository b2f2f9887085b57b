package io.fiducia.app.commands.universeg;

import io.fiducia.app.commands.DatasetModality;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The support: an nnU-Net raw dataset, and what of it is used. */
public final class SupportOptions {
  @Option(names = "--support", paramLabel = "DIR", description = "contoured cases as an nnU-Net raw dataset: imagesTr, labelsTr, dataset.json")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--structures", arity = "1..*", paramLabel = "NAME", description = "structures to segment (default: all of the dataset)")
  private List<String> names = new ArrayList<>();

  @Option(names = "--cases", arity = "1..*", paramLabel = "NAME", description = "cases to use (default: all)")
  private List<String> cases = new ArrayList<>();

  @Option(names = "--modality", paramLabel = "ct|mr", description = "of all images (default: ct if dataset.json names the channel CT, else mr)")
  private Optional<Modality> given = Optional.empty();

  /** What the options say. */
  record Chosen(List<ContouredCase> cases, StructureSet structures, Modality modality) {}

  /** What the options say, without cases where there is no support. */
  Chosen readIfGiven() {
    return folder.isPresent()
        ? read()
        : new Chosen(List.of(), StructureSet.of(), given.orElse(Modality.MR));
  }

  /** @throws FiduciaException BAD_INPUT if the dataset is not usable; USAGE for unknown names */
  Chosen read() {
    RawDataset dataset = RawDataset.open(folder.orElseThrow(() -> FiduciaException.usage(
        "no support was given", "in-context segmentation needs contoured examples",
        "give a dataset folder with --support, or contoured slices of the image with --annotated")));
    StructureSet all = dataset.json().labelSet().structures();
    List<Structure> structures = new ArrayList<>();
    for (String name : names) {
      structures.add(all.find(name)
          .orElseThrow(() -> unknown("no such structure", name, all.names())));
    }
    List<ContouredCase> training = RawContouredCase.training(dataset);
    List<String> ids = training.stream().map(ContouredCase::id).toList();
    cases.stream().filter(c -> !ids.contains(c)).findFirst().ifPresent(c -> {
      throw unknown("no such case", c, ids);
    });
    return new Chosen(
        training.stream().filter(c -> cases.isEmpty() || cases.contains(c.id())).toList(),
        structures.isEmpty() ? all : new StructureSet(structures),
        given.orElseGet(() -> DatasetModality.of(dataset)));
  }

  private FiduciaException unknown(String what, String name, List<String> known) {
    return FiduciaException.usage(what, name + " in " + folder.orElseThrow(),
        Suggestions.nearest(name, known).map(s -> "did you mean " + s + "?")
            .orElse("it has " + String.join(", ", known)));
  }
}
