package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Size;
import io.fiducia.nnunet.select.PostprocessingFile;
import io.fiducia.nnunet.select.PostprocessingStep;
import io.fiducia.nnunet.select.PostprocessingStep.Group;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.raster.RasterWriter;
import io.fiducia.testing.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Datasets of pictures from the plan to post-processing. Label maps are read with the JDK alone and
 * scores counted here.
 */
class PicturesWorkflowTest {
  private static final String NAME = "Dataset906_Pictures";
  private static final Size SIZE = SyntheticDataset.SIZE;
  private static final int CASES = 5;
  private static final String TEST_CASE = "ball_5";
  private static final String SPACING = "{\"spacing\":[1.5,1.0,1.0]}\n";

  @TempDir
  private Path folder;

  private String ending = "";
  private int slices;

  @Test
  void picturesWithRegionsInTwoFolds() throws IOException {
    dataset(".png", 1, "{\"background\": 0, \"any\": [1, 2], \"cube\": [2]},"
        + " \"regions_class_order\": [1, 2]");
    Map<String, List<Integer>> structures = Map.of("(1, 2)", List.of(1, 2), "(2,)", List.of(2));
    prepare("2d");
    List<String> trainers = List.of("nnUNetTrainer", "nnUNetTrainerNoMirroring");
    List<Path> models = new ArrayList<>();
    for (String trainer : trainers) {
      Path model = results().resolve(trainer + "__nnUNetPlans__2d");
      for (String fold : List.of("0", "1")) {
        train("2d", fold, "-tr", trainer);
        checkSummary(model.resolve("fold_" + fold).resolve("validation"), structures);
      }
      models.add(model);
    }
    ensembleOfTheTestCase(models, "0", structures);
    nnunet("find-best-configuration", "906", "-c", "2d", "-tr", trainers.get(0), trainers.get(1),
        "-f", "0", "1");
    checkChoice(models, "0_1", structures);
    applyPostprocessing(models.get(0), new Group(List.of(2), true));
    evaluateWithoutNames();
  }

  @Test
  void stacksInTwoConfigurations() throws IOException {
    dataset(".tif", 18, "{\"background\": 0, \"ball\": 1, \"cube\": 2}");
    Map<String, List<Integer>> structures = Map.of("1", List.of(1), "2", List.of(2));
    prepare("2d", "3d_fullres");
    assertThat(folder.resolve("preprocessed").resolve(NAME).resolve("gt_segmentations/ball_0.json"))
        .hasContent(SPACING);
    List<Path> models = new ArrayList<>();
    for (String configuration : List.of("2d", "3d_fullres")) {
      Path model = results().resolve("nnUNetTrainer__nnUNetPlans__" + configuration);
      train(configuration, "0");
      checkSummary(model.resolve("fold_0").resolve("validation"), structures);
      models.add(model);
    }
    ensembleOfTheTestCase(models, "0", structures);
    assertThat(folder.resolve("mean").resolve(TEST_CASE + ".json")).hasContent(SPACING);
    nnunet("find-best-configuration", "906", "-c", "2d", "3d_fullres", "-f", "0");
    checkChoice(models, "0", structures);
    for (Path gathered : List.of(models.get(0).resolve("crossval_results_folds_0"),
        models.get(1).resolve("crossval_results_folds_0"))) {
      assertThat(gathered).isDirectoryContaining("glob:**ball_*.json");
    }
    applyPostprocessing(models.get(0), new Group(List.of(2), false));
    assertThat(folder.resolve("clean").resolve(TEST_CASE + ".json")).hasContent(SPACING);
  }

  /** Writes five cases to train on and one to test, a bright ball and a brighter cube. */
  private void dataset(String fileEnding, int pages, String labels) throws IOException {
    ending = fileEnding;
    slices = pages;
    for (int c = 0; c <= CASES; c++) {
      short[] map = SyntheticDataset.labels(c);
      float[] values = SyntheticDataset.image(map, c);
      short[] image = new short[values.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = (short) values[i];
      }
      String part = c == CASES ? "Ts" : "Tr";
      write(raw().resolve("images" + part).resolve("ball_" + c + "_0000" + ending), image);
      write(raw().resolve("labels" + part).resolve("ball_" + c + ending), map);
      if (slices > 1) {
        for (String kind : List.of("images", "labels")) {
          Files.writeString(raw().resolve(kind + part).resolve("ball_" + c + ".json"), SPACING);
        }
      }
    }
    Files.writeString(raw().resolve("dataset.json"), "{\"channel_names\": {\"0\": \"light\"},"
        + " \"labels\": " + labels + ", \"file_ending\": \"" + ending + "\"}\n");
  }

  /** Writes a volume's middle slice, or as many pages as it has slices. */
  private void write(Path file, short[] volume) {
    int plane = SIZE.x() * SIZE.y();
    short[] data = slices > 1
        ? volume
        : Arrays.copyOfRange(volume, 9 * plane, 10 * plane);
    RasterWriter.writeLabels(file, SIZE.x(), SIZE.y(), slices, data);
  }

  /** Plans networks that train within a moment, and preprocesses. */
  private void prepare(String... configurations) throws IOException {
    nnunet("plan", "-d", "906");
    Path plans = folder.resolve("preprocessed").resolve(NAME).resolve("nnUNetPlans.json");
    JsonNode tree = json(plans);
    for (String configuration : configurations) {
      ObjectNode c = (ObjectNode) tree.path("configurations").path(configuration);
      c.put("batch_size", 2);
      ArrayNode features = (ArrayNode) c.at("/architecture/arch_kwargs/features_per_stage");
      for (int i = 0; i < features.size(); i++) {
        features.set(i, 4);
      }
    }
    Files.writeString(plans, tree.toString());
    String[] args = {"preprocess", "-d", "906", "-c"};
    nnunet(Stream.concat(Arrays.stream(args), Arrays.stream(configurations))
        .toArray(String[]::new));
  }

  private void train(String configuration, String fold, String... more) {
    String[] args = {"train", "906", configuration, fold, "--epochs", "1", "--iterations", "2",
      "--npz", "-device", "cpu"};
    nnunet(Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new));
  }

  /** Every Dice in summary.json is that of the two files; returns the mean over the structures. */
  private double checkSummary(Path scores, Map<String, List<Integer>> structures)
      throws IOException {
    JsonNode summary = json(scores.resolve("summary.json"));
    assertThat(summary.path("problems")).isEmpty();
    Map<String, Double> sums = new LinkedHashMap<>();
    for (JsonNode c : summary.path("metric_per_case")) {
      short[] reference = read(Path.of(c.path("reference_file").asString()));
      short[] prediction = read(Path.of(c.path("prediction_file").asString()));
      assertThat(c.path("metrics").propertyNames()).containsExactlyInAnyOrderElementsOf(
          structures.keySet());
      structures.forEach((key, labels) -> {
        double dice = dice(reference, prediction, labels);
        assertThat(c.at("/metrics").path(key).path("Dice").asDouble())
            .isCloseTo(dice, within(1e-12));
        sums.merge(key, dice, Double::sum);
      });
    }
    int cases = summary.path("metric_per_case").size();
    assertThat(cases).isPositive();
    double mean = sums.values().stream().mapToDouble(s -> s / cases).average().orElseThrow();
    assertThat(summary.at("/foreground_mean/Dice").asDouble()).isCloseTo(mean, within(1e-12));
    return mean;
  }

  private static double dice(short[] reference, short[] prediction, List<Integer> labels) {
    int both = 0;
    int sum = 0;
    for (int i = 0; i < reference.length; i++) {
      int r = labels.contains((int) reference[i]) ? 1 : 0;
      int p = labels.contains((int) prediction[i]) ? 1 : 0;
      both += r * p;
      sum += r + p;
    }
    return 2.0 * both / sum;
  }

  /** Predicts the test case with each model, averages, and scores the average. */
  private void ensembleOfTheTestCase(List<Path> models, String fold,
      Map<String, List<Integer>> structures) throws IOException {
    List<Path> outs = new ArrayList<>();
    for (Path model : models) {
      Path out = folder.resolve("out_" + outs.size());
      nnunet("predict", "-i", raw().resolve("imagesTs").toString(), "-o", out.toString(), "-m",
          model.toString(), "-f", fold, "--save_probabilities", "-device", "cpu");
      outs.add(out);
    }
    Path mean = folder.resolve("mean");
    nnunet("ensemble", "-i", outs.get(0).toString(), outs.get(1).toString(), "-o",
        mean.toString());
    Path map = mean.resolve(TEST_CASE + ending);
    assertThat(read(map)).isEqualTo(vote(outs, structures.containsKey("(2,)")));
    Path labels = raw().resolve("labelsTs");
    nnunet("evaluate", labels.toString(), mean.toString(), "-djfile",
        mean.resolve("dataset.json").toString(), "-pfile", mean.resolve("plans.json").toString());
    double dice = checkSummary(mean, structures);
    CommandLineFixture own = run("evaluate", "-r", labels.toString(), "-p", mean.toString(), "-o",
        folder.resolve("scores").toString());
    assertThat(own.exitCode()).as(own.err()).isZero();
    assertThat(own.err()).contains("how large a pixel is");
    assertThat(checkSummary(folder.resolve("scores"), structures)).isEqualTo(dice);
  }

  /** Labels by the mean of two probabilities. */
  private short[] vote(List<Path> outs, boolean regions) {
    List<float[]> means = new ArrayList<>();
    try (ProbabilityFile.Reading a = new ProbabilityFile(outs.get(0), TEST_CASE).open();
        ProbabilityFile.Reading b = new ProbabilityFile(outs.get(1), TEST_CASE).open()) {
      for (int c = 0; c < a.classes(); c++) {
        float[] mean = a.next();
        float[] other = b.next();
        for (int i = 0; i < mean.length; i++) {
          mean[i] = (mean[i] + other[i]) / 2;
        }
        means.add(mean);
      }
    }
    short[] labels = new short[means.get(0).length];
    for (int i = 0; i < labels.length; i++) {
      int best = 0;
      for (int c = 0; c < means.size(); c++) {
        float p = means.get(c)[i];
        if (regions ? p > 0.5 : p > means.get(best)[i]) {
          best = regions ? c + 1 : c;
        }
      }
      labels[i] = (short) best;
    }
    return labels;
  }

  /** The scores of both models and of their mean are those of their label maps, and one is chosen. */
  private void checkChoice(List<Path> models, String folds,
      Map<String, List<Integer>> structures) throws IOException {
    Map<String, Path> folders = new LinkedHashMap<>();
    models.forEach(m -> folders.put(m.getFileName().toString(),
        m.resolve("crossval_results_folds_" + folds)));
    String pair = "ensemble___" + String.join("___", folders.keySet()) + "___" + folds;
    folders.put(pair, results().resolve("ensembles").resolve(pair));
    JsonNode information = json(results().resolve("inference_information.json"));
    double best = 0;
    for (Map.Entry<String, Path> e : folders.entrySet()) {
      double dice = checkSummary(e.getValue(), structures);
      assertThat(information.at("/all_results").path(e.getKey()).asDouble())
          .isCloseTo(dice, within(1e-12));
      best = Math.max(best, dice);
    }
    JsonNode choice = information.path("best_model_or_ensemble");
    assertThat(choice.path("result_on_crossval_pre_pp").asDouble()).isCloseTo(best, within(1e-12));
    Path chosen = Path.of(choice.path("postprocessing_file").asString()).getParent();
    assertThat(folders.values()).contains(chosen);
    double after = checkSummary(chosen.resolve("postprocessed"), structures);
    assertThat(choice.path("result_on_crossval_post_pp").asDouble())
        .isCloseTo(after, within(1e-12));
    assertThat(json(chosen.resolve("postprocessing.json")).at("/input_folder/mean")
        .propertyNames()).containsExactlyInAnyOrderElementsOf(structures.keySet());
  }

  /** Of label 2 the smaller part is removed; of label 1 none. */
  private void applyPostprocessing(Path model, Group two) throws IOException {
    short[] map = SyntheticDataset.labels(CASES);
    short[] spotted = map.clone();
    for (int z = 0; z < SIZE.z(); z++) {
      spotted[SIZE.index(0, SIZE.y() - 1, z)] = 2;
      spotted[SIZE.index(SIZE.x() - 1, 0, z)] = 1;
      map[SIZE.index(SIZE.x() - 1, 0, z)] = 1;
    }
    Path in = folder.resolve("spotted");
    write(in.resolve(TEST_CASE + ending), spotted);
    if (slices > 1) {
      Files.writeString(in.resolve(TEST_CASE + ".json"), SPACING);
    }
    Path steps = folder.resolve("postprocessing.pkl");
    PostprocessingFile.write(steps, List.of(new PostprocessingStep(List.of(two), false)));
    Path out = folder.resolve("clean");
    nnunet("apply-postprocessing", "-i", in.toString(), "-o", out.toString(), "-pp_pkl_file",
        steps.toString(), "-plans_json", model.resolve("plans.json").toString(), "-dataset_json",
        model.resolve("dataset.json").toString());
    Path expected = folder.resolve("expected" + ending);
    write(expected, map);
    assertThat(read(out.resolve(TEST_CASE + ending))).isEqualTo(read(expected));
  }

  /** Without a dataset.json nothing tells what the files are. */
  private void evaluateWithoutNames() throws IOException {
    Path lonely = Files.createDirectories(folder.resolve("lonely/maps"));
    Files.copy(raw().resolve("labelsTs").resolve(TEST_CASE + ending),
        lonely.resolve(TEST_CASE + ending));
    CommandLineFixture lost = run("evaluate", "-r", lonely.toString(), "-p", lonely.toString(),
        "-o", folder.resolve("lost").toString());
    assertThat(lost.exitCode()).isEqualTo(3);
    assertThat(lost.err()).contains(".nii.gz or .nii", "file_ending");
  }

  /** The numbers of a file that is of its ending's format, grey, and of the dataset's size. */
  private short[] read(Path file) throws IOException {
    assertThat(file.toString()).endsWith(ending);
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      ImageReader reader = ImageIO.getImageReaders(in).next();
      assertThat(reader.getFormatName()).isEqualToIgnoringCase(ending.substring(1));
      reader.setInput(in);
      assertThat(reader.getNumImages(true)).isEqualTo(slices);
      int plane = SIZE.x() * SIZE.y();
      short[] labels = new short[plane * slices];
      for (int k = 0; k < slices; k++) {
        var raster = reader.read(k).getRaster();
        assertThat(raster.getNumBands()).isEqualTo(1);
        int[] page = raster.getSamples(0, 0, SIZE.x(), SIZE.y(), 0, (int[]) null);
        assertThat(raster.getWidth() * raster.getHeight()).isEqualTo(plane);
        assertThat(Arrays.stream(page).allMatch(v -> v >= 0 && v <= 2)).isTrue();
        for (int i = 0; i < plane; i++) {
          labels[k * plane + i] = (short) page[i];
        }
      }
      reader.dispose();
      return labels;
    }
  }

  private Path raw() {
    return folder.resolve("raw").resolve(NAME);
  }

  private Path results() {
    return folder.resolve("results").resolve(NAME);
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build()
        .readTree(Files.readString(file));
  }

  private void nnunet(String... args) {
    CommandLineFixture run = run(
        Stream.concat(Stream.of("nnunet"), Arrays.stream(args)).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private CommandLineFixture run(String... args) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String kind : List.of("raw", "preprocessed", "results")) {
      variables.put("nnUNet_" + kind, folder.resolve(kind).toString());
    }
    return CommandLineFixture.run(variables, args);
  }
}
