package io.fiducia.nnunet.cases;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A case of an nnU-Net raw dataset with its contours, for systems of any kind. Files are read at each
 * call, by the reader that the dataset names. Structures that the case was not contoured for, as {@link
 * AnnotatedStructures} says, are left out.
 */
public final class RawContouredCase implements ContouredCase {
  private final RawCase files;
  private final CaseReader reader;
  private final Labels labels;
  private final Optional<Set<Integer>> annotated;

  private RawContouredCase(RawCase files, CaseReader reader, Labels labels,
      Optional<Set<Integer>> annotated) {
    this.files = files;
    this.reader = reader;
    this.labels = labels;
    this.annotated = annotated;
  }

  /** The training cases of a dataset. @throws FiduciaException BAD_INPUT if they are not usable */
  public static List<ContouredCase> training(RawDataset dataset) {
    return of(dataset, dataset.training());
  }

  /** The test cases of a dataset that have a label map; errors as {@link #training}. */
  public static List<ContouredCase> test(RawDataset dataset) {
    return of(dataset, dataset.test().stream().filter(c -> c.label().isPresent()).toList());
  }

  /** Cases with label maps that have the dataset's form, wherever they lie; errors as {@link #training}. */
  public static List<ContouredCase> of(RawDataset dataset, List<RawCase> cases) {
    CaseReader reader = new CaseReader(dataset.json().reader());
    Labels labels = dataset.json().labelSet();
    Path partial = dataset.folder().resolve(AnnotatedStructures.FILE);
    AnnotatedStructures annotated = Files.isRegularFile(partial)
        ? AnnotatedStructures.read(partial, labels)
        : AnnotatedStructures.complete();
    return cases.stream()
        .<ContouredCase>map(c -> new RawContouredCase(c, reader, labels, annotated.of(c.id())))
        .toList();
  }

  @Override
  public String id() {
    return files.id();
  }

  @Override
  public Case images() {
    CaseImages read = reader.readImages(files);
    return new Case(files.id(), Arrays.stream(read.channels())
        .map(channel -> new FloatVolume(read.grid().array(), channel)).toList());
  }

  @Override
  public Segmentation contours() {
    CaseImages read = reader.read(files);
    StructureSet contoured = new StructureSet(labels.structures().stream()
        .filter(this::isContoured).toList());
    return new Segmentation(files.id(),
        List.of(new Segmentation.Layer(contoured,
            new LabelVolume(read.grid().array(), read.labels().orElseThrow()))),
        Map.of(), new Provenance("contours of the dataset", Map.of()));
  }

  private boolean isContoured(Structure structure) {
    return annotated.isEmpty() || labels.classNumber(structure.name()).stream()
        .allMatch(number -> annotated.get().contains(number));
  }
}
