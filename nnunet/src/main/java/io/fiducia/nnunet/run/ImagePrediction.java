package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.ImageInputs;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.Predictor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Segments a folder of images with a trained model, as nnUNetv2_predict does. */
public final class ImagePrediction {
  /** What happens to label maps that exist in the output folder. */
  public enum Existing {
    /** They are an error. */
    REFUSE,
    /** They are kept, and only the other cases are segmented. */
    KEEP,
    /** They are replaced. */
    REPLACE
  }

  /**
   * A share of the cases, for several calls that work in parallel.
   *
   * @param parts number of calls
   * @param part which of them this is, from 0
   */
  public record Share(int parts, int part) {
    /** All cases. */
    public static Share all() {
      return new Share(1, 0);
    }
  }

  /**
   * What is written.
   *
   * @param folder where label maps go
   * @param probabilities whether probabilities are written too, as ensembles need them
   */
  public record Output(Path folder, Existing existing, boolean probabilities) {}

  /**
   * What to segment.
   *
   * @param input a folder, an image or a list, as {@link ImageInputs} takes them
   * @param previousStage label maps that the first stage of a cascade predicted
   */
  public record Request(Path input, Share share, Output output, Optional<Path> previousStage) {}

  /**
   * What came of it.
   *
   * @param cases how many cases there were
   * @param failures those that could not be segmented
   */
  public record Result(int cases, List<Predictor.Failure> failures) {
    public Result {
      failures = List.copyOf(failures);
    }
  }

  private final ModelFolder model;
  private final Request request;
  private final List<RawCase> cases;
  private final Progress progress;

  private ImagePrediction(ModelFolder model, Request request, List<RawCase> cases,
      Progress progress) {
    this.model = model;
    this.request = request;
    this.cases = cases;
    this.progress = progress;
  }

  /**
   * Opens a model folder and finds the cases; nothing is computed or written.
   *
   * @throws FiduciaException BAD_INPUT if the folder holds no model, there is no image, or a label map
   *     exists and is to be kept from being overwritten
   */
  public static ImagePrediction open(Path modelFolder, Request request, Progress progress) {
    ModelFolder model = ModelFolder.open(modelFolder);
    PlansFiles.warn(model.plans(), progress);
    List<RawCase> all = ImageInputs.of(request.input(), model.dataset(), progress);
    Share share = request.share();
    List<RawCase> cases = IntStream.range(0, all.size())
        .filter(i -> i % share.parts() == share.part()).mapToObj(all::get).toList();
    if (request.output().existing() == Existing.REFUSE) {
      new PredictionFolder(request.output().folder()).requireAbsent(
          cases.stream().map(c -> c.id() + model.dataset().fileEnding()).toList(),
          "give --continue_prediction to make the others only, or --overwrite");
    }
    return new ImagePrediction(model, request, cases, progress);
  }

  /**
   * Segments the cases.
   *
   * @param how which weights compute, and how
   * @throws FiduciaException the first failure if no case could be segmented; CANCELLED;
   *     OUT_OF_RESOURCES; BAD_INPUT about the model, or if the output folder cannot hold two cases
   */
  public Result run(ModelOptions how, Cancellation cancellation) {
    Output output = request.output();
    Predictor predictor = new Predictor(model,
        new Predictor.Options(how, output.existing() == Existing.REPLACE, output.probabilities(),
            request.previousStage()),
        progress, cancellation);
    describe();
    List<Predictor.Failure> failures = predictor.predict(cases, output.folder());
    failures.forEach(
        f -> progress.warning("case " + f.caseId() + " failed: " + f.error().getMessage()));
    if (failures.size() == cases.size() && !failures.isEmpty()) {
      throw failures.get(0).error();
    }
    return new Result(cases.size(), failures);
  }

  /** Writes what nnU-Net leaves beside its label maps. */
  private void describe() {
    Path folder = request.output().folder();
    new PredictionFolder(folder).describe(model.dataset(), model.plans());
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("list_of_lists_or_source_folder", request.input().toString());
    arguments.put("output_folder_or_list_of_truncated_output_files", folder.toString());
    arguments.put("save_probabilities", request.output().probabilities());
    arguments.put("overwrite", request.output().existing() != Existing.KEEP);
    arguments.put("folder_with_segs_from_prev_stage",
        request.previousStage().map(Path::toString).orElse(null));
    arguments.put("num_parts", request.share().parts());
    arguments.put("part_id", request.share().part());
    AtomicFiles.writeString(folder.resolve("predict_from_raw_data_args.json"),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(arguments) + "\n");
  }
}
