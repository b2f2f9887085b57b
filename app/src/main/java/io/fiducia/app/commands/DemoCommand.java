package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.demo.Demo;
import io.fiducia.app.demo.DemoOptions;
import io.fiducia.app.demo.PhantomCohort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fiducia demo}: from contoured images to an honest report in one command. */
@Command(name = "demo", description = {
  "Plans, trains, segments held-out cases, scores and reports: on your dataset, or without one on",
  "synthetic pelves. After a stop with Ctrl-C, the same command continues."}, footer = {"",
    "Example:",
    "  fiducia demo -o demo-out",
    "  fiducia demo --dataset Dataset004_Hippocampus --minutes 10 -o demo-out"})
public final class DemoCommand extends FiduciaCommand {
  private static final double MINUTES = 10;

  @Option(names = "--dataset", paramLabel = "DIR", description = "an nnU-Net raw dataset: imagesTr, labelsTr, dataset.json; test cases from imagesTs and labelsTs, or a fifth held out (default: a cohort of synthetic pelves is made)")
  private Optional<Path> dataset = Optional.empty();

  @Option(names = "--minutes", paramLabel = "N", description = "training time (default: 10, or "
      + PhantomCohort.MINUTES + " without a dataset)")
  private Optional<Double> minutesAsked = Optional.empty();

  @Option(names = {"-o",
    "--output"}, paramLabel = "DIR", defaultValue = "fiducia-demo", description = "folder for model, predictions and report (default: fiducia-demo)")
  private Path output;

  @Option(names = "--overwrite", description = "replace a finished demonstration in that folder")
  private boolean overwrite;

  @Override
  protected int run(Context context) {
    double minutes = minutesAsked.orElse(dataset.isPresent() ? MINUTES : PhantomCohort.MINUTES);
    if (!(minutes > 0) || minutes > 60 * 24 * 30) {
      throw usageError("--minutes must be above 0, found " + minutes);
    }
    String line = String.format(Locale.ROOT, "fiducia demo %s--minutes %s --seed %d -o %s",
        dataset.map(d -> "--dataset " + d.getFileName() + " ").orElse(""), minutes, context.seed(),
        output.getFileName());
    Demo.Result result = Demo.run(new DemoOptions(dataset, minutes, output, overwrite, line),
        context);
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("mean_dice", result.meanDice());
      document.put("report", result.report().toString());
      context.console().json(document);
    } else {
      EvaluationTable.print(result.evaluation(), context);
      context.console().note("report: " + result.report());
      whatNext(context);
    }
    return result.evaluation().problems().isEmpty() ? 0 : 4;
  }

  /** Commands to try on one's own images, with the model at hand where it was trained on them. */
  private void whatNext(Context context) {
    Path model = dataset.isEmpty() ? Path.of("mine", "model") : output.resolve("model");
    List<String> next = new ArrayList<>();
    if (dataset.isEmpty()) {
      next.add("train on your contoured cases (imagesTr, labelsTr, dataset.json as in nnU-Net):"
          + " fiducia demo --dataset DatasetNNN_Name --minutes 30 -o mine");
    }
    next.add("contour new images with that model: fiducia nnunet predict -m " + model
        + " -i IMAGES -o CONTOURS");
    next.add("score contours against references: fiducia evaluate -r REFERENCES -p CONTOURS"
        + " -o SCORES");
    context.console().note("to try next, on your own images:");
    for (int i = 0; i < next.size(); i++) {
      context.console().note(i + 1 + ". " + next.get(i));
    }
  }
}
