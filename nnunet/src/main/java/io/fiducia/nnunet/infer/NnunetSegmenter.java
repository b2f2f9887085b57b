package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.StructureSet;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A trained nnU-Net model as a {@link Segmenter}. Both stages of a cascade run, one after
 * the other.
 *
 * <p>A case may be prepared once and segmented several times, also by several models: {@link #prepare}
 * and {@link #labels}.
 */
public final class NnunetSegmenter implements Segmenter {
  /** Voxels of a case whose preparation leaves more garbage than a collection of 0.1 s is worth. */
  private static final int LARGE_CASE = 10_000_000;

  private final LoadedModel model;
  private final Optional<NnunetSegmenter> firstStage;
  private final CascadeStages stages;
  private final Path scratch;

  private NnunetSegmenter(LoadedModel model, Optional<NnunetSegmenter> firstStage,
      CascadeStages stages, Path scratch) {
    this.model = model;
    this.firstStage = firstStage;
    this.stages = stages;
    this.scratch = scratch;
  }

  /**
   * Loads a model's networks. The first stage of a cascade is expected beside the model's folder, where
   * nnU-Net trains it: TRAINER__PLANS__3d_lowres beside TRAINER__PLANS__3d_cascade_fullres. Both stages
   * use the same options.
   *
   * @param scratch folder for files where memory does not suffice; they hold intermediate results of a
   *     patient's case, so it must lie beside the output; created when needed
   * @throws FiduciaException as {@link LoadedModel#open}; BAD_INPUT if a first stage is missing
   *     or needs a first stage itself
   */
  public static NnunetSegmenter open(ModelFolder model, ModelOptions options, Path scratch) {
    return SegmenterFailures.translated("loading of a model", () -> {
      options.precision().check(options.device());
      ChosenFolds chosen = ChosenFolds.read(model, options.weights());
      Optional<NnunetSegmenter> firstStage = chosen.configuration().previousStage()
          .map(name -> open(firstStage(chosen, name, options), options, Optional.empty(),
              CascadeStages.none(), scratch));
      return open(chosen, options, firstStage, CascadeStages.none(), scratch);
    });
  }

  /** A segmenter of cases that come with what a first stage found, if the model needs it. */
  static NnunetSegmenter ofPreparedStages(ChosenFolds chosen, ModelOptions options,
      CascadeStages stages, Path scratch) {
    return open(chosen, options, Optional.empty(), stages, scratch);
  }

  private static NnunetSegmenter open(ChosenFolds chosen, ModelOptions options,
      Optional<NnunetSegmenter> firstStage, CascadeStages stages, Path scratch) {
    boolean complete = false;
    try {
      NnunetSegmenter result = new NnunetSegmenter(LoadedModel.open(chosen, options), firstStage,
          stages, scratch);
      complete = true;
      return result;
    } finally {
      if (!complete) {
        firstStage.ifPresent(NnunetSegmenter::close);
      }
    }
  }

  private static ChosenFolds firstStage(ChosenFolds chosen, String name, ModelOptions options) {
    ChosenFolds first = ChosenFolds.read(firstStageFolder(chosen, name), options.weights());
    first.configuration().previousStage().ifPresent(another -> {
      throw FiduciaException.badInput("the first stage of a cascade needs a first stage itself",
          first.model().folder().resolve("plans.json") + ", key previous_stage",
          chosen.configuration().name() + " needs " + first.configuration().name()
              + ", which needs " + another + "; a cascade has two stages",
          "restore the original plans.json");
    });
    return first;
  }

  private static ModelFolder firstStageFolder(ChosenFolds chosen, String configuration) {
    String name = FileNames.check(configuration,
        chosen.model().folder().resolve("plans.json") + ", key previous_stage");
    Path folder = chosen.model().folder().toAbsolutePath().normalize();
    String own = folder.getFileName().toString();
    String ending = "__" + chosen.configuration().name();
    Path first = folder.resolveSibling(own.endsWith(ending)
        ? own.substring(0, own.length() - ending.length()) + "__" + name
        : name);
    try {
      return ModelFolder.open(first);
    } catch (FiduciaException e) {
      throw FiduciaException.badInput("the first stage of a cascade is missing", first,
          chosen.configuration().name() + " needs what " + configuration + " predicts; "
              + e.getMessage(),
          "put the model folder of " + configuration + " there", e);
    }
  }

  @Override
  public StructureSet structures() {
    return model.labels().structures();
  }

  /** The networks. */
  public LoadedModel model() {
    return model;
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    PreprocessedCase ready = prepare(images, progress, cancellation);
    return Segmentation.of(images.id(), structures(), labels(ready, progress, cancellation),
        provenance());
  }

  /**
   * Prepares images in memory for this model's networks; in a cascade, the first stage runs. The arrays
   * of the images are not changed.
   *
   * @throws FiduciaException as {@link #segment}
   */
  public PreprocessedCase prepare(Case images, Progress progress, Cancellation cancellation) {
    return prepare(images, model.folder().plans().imageReaderWriter(), progress, cancellation);
  }

  /**
   * As the other method, but with the axes that another reader gives: some programs read images for a
   * model with a reader that its plans do not name.
   *
   * @param reader nnU-Net's name of the reader
   * @throws FiduciaException as {@link #segment}; BAD_INPUT for an unknown reader
   */
  public PreprocessedCase prepare(Case images, String reader, Progress progress,
      Cancellation cancellation) {
    return SegmenterFailures.translated("preparation of " + images.id(), () -> {
      List<CaseImages.Named<FloatVolume>> channels = new ArrayList<>();
      for (int c = 0; c < images.channels().size(); c++) {
        channels.add(new CaseImages.Named<>(images.id() + ", channel " + c,
            images.channels().get(c)));
      }
      Optional<CaseImages.Named<LabelVolume>> previous = firstStage.map(first -> {
        LabelVolume found = first.labels(
            first.prepare(images, reader, progress, cancellation), progress, cancellation);
        return new CaseImages.Named<>(images.id() + ", first stage", found);
      });
      return model.preprocessor().run(CaseImages.of(images.id(), reader, channels, previous),
          cancellation);
    });
  }

  /**
   * The label map of a prepared case on the grid of its file or its images. The case is not changed.
   *
   * @throws FiduciaException as {@link #segment}
   */
  public LabelVolume labels(PreprocessedCase c, Progress progress, Cancellation cancellation) {
    return labels(c, Optional.empty(), progress, cancellation);
  }

  /** The label map of a prepared case; also writes its probabilities if a file for them is given. */
  LabelVolume labels(PreprocessedCase c, Optional<ProbabilityFile> probabilities,
      Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("segmentation of " + c.id(), () -> {
      try (Scratch waiting = new Scratch(probabilities.map(file -> waiting(c)))) {
        LabelExport.Rules rules = new LabelExport.Rules(model.labels(),
            model.configuration().probabilities(),
            model.options().tiling().accumulation() == SlidingWindow.Accumulation.HALF);
        LabelExport export = new LabelExport(c.shape(), rules, c.properties(), waiting.file());
        List<LabelExport> next = stages.exports(c, rules);
        collectGarbageOf(c);
        model.logits(c, (z, logits) -> {
          export.accept(z, logits);
          next.forEach(n -> n.accept(z, logits));
        }, new LoadedModel.Work(scratch, progress, cancellation));
        stages.write(c, next);
        probabilities.ifPresent(file -> waiting.file().orElseThrow().finish(file, c.properties(),
            model.labels().hasRegions(), cancellation));
        cancellation.check("segmentation of " + c.id());
        return CaseExport.toFile(export.labels(), c.properties());
      }
    });
  }

  /** Probabilities that wait on disk, if they are wanted. */
  private record Scratch(Optional<ProbabilityScratch> file) implements AutoCloseable {
    @Override
    public void close() {
      file.ifPresent(ProbabilityScratch::close);
    }
  }

  private ProbabilityScratch waiting(PreprocessedCase c) {
    return new ProbabilityScratch(
        scratch.resolve(".probabilities-" + Long.toHexString(System.nanoTime()) + ".part"),
        model.labels().outputs(), c.properties().shapeAfterCropping());
  }

  /** The arrays that a large case was read into are garbage now and must not occupy memory further. */
  private static void collectGarbageOf(PreprocessedCase c) {
    if (c.data()[0].length > LARGE_CASE) {
      System.gc();
    }
  }

  private Provenance provenance() {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("dataset", model.folder().plans().datasetName());
    details.put("plans", model.folder().plans().plansName());
    details.put("configuration", model.folds().get(0).configuration());
    details.put("trainer", model.folds().get(0).trainer());
    details.put("weights", model.folds().stream()
        .map(f -> f.file().getParent().getFileName() + "/" + f.file().getFileName())
        .collect(Collectors.joining(", ")));
    return new Provenance("nnU-Net", details);
  }

  @Override
  public void close() {
    model.close();
    firstStage.ifPresent(NnunetSegmenter::close);
  }
}
