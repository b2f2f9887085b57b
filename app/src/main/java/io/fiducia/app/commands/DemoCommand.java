package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.demo.Demo;
import io.fiducia.app.demo.DemoOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fiducia demo}: from contoured images to an honest report in one command. */
@Command(name = "demo", description = {
  "Plans, trains, segments held-out cases, scores and reports.",
  "Stopped with Ctrl-C, the same command goes on."}, footer = {"", "Example:",
    "  fiducia demo --dataset Dataset004_Hippocampus --minutes 10 -o demo-out"})
public final class DemoCommand extends FiduciaCommand {
  @Option(names = "--dataset", required = true, paramLabel = "DIR", description = "an nnU-Net raw dataset: imagesTr, labelsTr, dataset.json; test cases from imagesTs and labelsTs, or a fifth held out")
  private Path dataset;

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "10", description = "training time (default: 10)")
  private double minutes;

  @Option(names = {"-o",
    "--output"}, paramLabel = "DIR", defaultValue = "fiducia-demo", description = "folder for model, predictions and report (default: fiducia-demo)")
  private Path output;

  @Option(names = "--overwrite", description = "replace a finished demonstration in that folder")
  private boolean overwrite;

  @Override
  protected int run(Context context) {
    if (!(minutes > 0) || minutes > 60 * 24 * 30) {
      throw usageError("--minutes must be above 0, found " + minutes);
    }
    String line = String.format(Locale.ROOT,
        "fiducia demo --dataset %s --minutes %s --seed %d -o %s",
        dataset.getFileName(), minutes, context.seed(), output.getFileName());
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
    }
    return result.evaluation().problems().isEmpty() ? 0 : 4;
  }
}
