package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.StructureSet;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A trained nnU-Net model as a {@link Segmenter} of images in memory. */
public final class NnunetSegmenter implements Segmenter {
  private final ModelFolder model;
  private final LoadedModel loaded;

  /** Loads the model's network; see {@link Predictor.Options}. */
  public NnunetSegmenter(ModelFolder model, Predictor.Options options) {
    this.model = model;
    this.loaded = new LoadedModel(model, options);
  }

  @Override
  public StructureSet structures() {
    return model.dataset().labelSet().structures();
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    List<CaseImages.Named<FloatVolume>> channels = new ArrayList<>();
    for (int c = 0; c < images.channels().size(); c++) {
      channels.add(new CaseImages.Named<>(images.id() + ", channel " + c,
          images.channels().get(c)));
    }
    PreprocessedCase ready = loaded.preprocessor().run(CaseImages.of(images.id(),
        model.plans().imageReaderWriter(), channels, Optional.empty()));
    String task = "Segment " + images.id();
    progress.started(task, loaded.patches(ready), "patch");
    try {
      return new Segmentation(images.id(), structures(),
          loaded.segment(ready, Optional.empty(), Path.of(System.getProperty("java.io.tmpdir")),
              progress::warning, done -> progress.advanced(task, done, ""), cancellation),
          provenance());
    } finally {
      progress.finished(task);
    }
  }

  private Provenance provenance() {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("dataset", model.plans().datasetName());
    details.put("plans", model.plans().plansName());
    details.put("configuration", loaded.folds().get(0).configuration());
    details.put("trainer", loaded.folds().get(0).trainer());
    details.put("weights", loaded.folds().stream()
        .map(f -> f.file().getParent().getFileName() + "/" + f.file().getFileName())
        .collect(Collectors.joining(", ")));
    return new Provenance("nnU-Net", details);
  }

  @Override
  public void close() {
    loaded.close();
  }
}
