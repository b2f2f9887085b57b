package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.BudgetOptions;
import io.fiducia.app.commands.DatasetModality;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.adapt.CompactSam;
import io.fiducia.promptable.adapt.PictureSize;
import io.fiducia.promptable.adapt.train.AdaptData;
import io.fiducia.promptable.adapt.train.AdaptTrainer;
import io.fiducia.promptable.adapt.train.AdaptTraining;
import io.fiducia.promptable.adapt.train.MadeUpShares;
import io.fiducia.promptable.adapt.train.PromptShares;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia sam train}: trains a small promptable network from random weights. */
@Command(name = "train", description = {
  "Trains a small network of the SAM family from random weights, on slices of any datasets and on",
  "made-up structures. Writes DIR/weights.safetensors, DIR/weights.pth, DIR/card.json and",
  "DIR/training_log.csv. After a stop, the same command continues."}, footer = {"", "Example:",
    "  fiducia sam train --dataset Dataset910_PhantomCT Dataset911_PhantomMR --minutes 90 -o model"})
public final class SamTrainCommand extends FiduciaCommand {
  private static final double AVERAGING = 0.998;
  private static final double RATE = 5e-4;
  private static final int BATCH = 4;
  private static final int LEAST_PIXELS = 30;
  private static final int MOST_SLICES = 12;
  private static final int PER_PICTURE = 4;

  @Option(names = "--dataset", required = true, arity = "1..*", paramLabel = "DIR", description = "nnU-Net raw datasets whose training cases are used; of several channels the first")
  private List<Path> datasets;

  @Mixin
  private BudgetOptions budget;

  @Option(names = "--init", paramLabel = "FILE", description = "weights of such a training to go on from, also of another --size (default: random weights)")
  private Optional<Path> init = Optional.empty();

  @Option(names = "--size", paramLabel = "N", description = "pixels along each side of the network's pictures, a multiple of 32 (default: "
      + CompactSam.USUAL_SIZE + "); small ones train fast")
  private int size = CompactSam.USUAL_SIZE;

  @Option(names = "--label-maps", paramLabel = "SHARE", description = "share of labels of random label maps, 0 to 1 (default: 0.25)")
  private double labelMaps = MadeUpShares.USUAL.labelMaps();

  @Option(names = "--superpixels", paramLabel = "SHARE", description = "share of superpixels of slices, 0 to 1 (default: 0.25)")
  private double superpixels = MadeUpShares.USUAL.superpixels();

  @Option(names = "--batch", paramLabel = "N", description = "pictures of a step, each with four structures (default: "
      + BATCH + ")")
  private int batch = BATCH;

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "highest learning rate (default: "
      + RATE + ")")
  private double rate = RATE;

  @Option(names = "--name", paramLabel = "NAME", description = "what the weights are called (default: the output folder's name)")
  private Optional<String> name = Optional.empty();

  @Option(names = "--licence", paramLabel = "TEXT", description = "the terms of the weights, for the card (default: not stated)")
  private String licence = "not stated";

  @Option(names = "--overwrite", description = "start again, replacing what the folder holds")
  private boolean overwrite;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Override
  protected int run(Context context) {
    if (!(labelMaps >= 0 && superpixels >= 0 && labelMaps + superpixels <= 1)) {
      throw usageError(
          "--label-maps and --superpixels are shares from 0 to 1, and at most 1 together");
    }
    if (batch < 1 || !(rate > 0 && rate <= 1)) {
      throw usageError("--batch must be at least 1, and --learning-rate above 0 and at most 1");
    }
    if (size < 64 || size > 512 || size % 32 != 0) {
      throw usageError("--size must be a multiple of 32 from 64 to 512, found " + size);
    }
    AdaptTraining.Length length = AdaptTraining.Length
        .usual(budget.budget(), AdaptMethod.FULL, context.seed()).withBatch(batch)
        .withRate(rate).withAveraging(AVERAGING);
    List<AdaptData> data = new ArrayList<>();
    for (Path folder : datasets) {
      RawDataset d = RawDataset.open(folder);
      data.add(new AdaptData(d.name(), DatasetModality.of(d), RawContouredCase.training(d),
          List.of(),
          new AdaptData.Choice(List.of(SlicePlane.values()), LEAST_PIXELS, MOST_SLICES)));
    }
    AdaptTraining training = new AdaptTraining(output, data,
        start(), new AdaptTraining.Goal.Prompted(PromptShares.ALL.withPerPicture(PER_PICTURE),
            Optional.of(new MadeUpShares(labelMaps, superpixels))),
        length,
        new AdaptTraining.Label(
            name.orElse(output.toAbsolutePath().normalize().getFileName().toString()), licence,
            Version.text(), true));
    AdaptTrainer.Outcome outcome = new AdaptTrainer(training, context.torchDevice(),
        context.progress(), context.cancellation()).run(overwrite);
    context.console().result(String.format(Locale.ROOT,
        "%d steps, loss %.3f at first and %.3f at last; Dice with a box: %s", outcome.steps(),
        outcome.firstLoss(), outcome.lastLoss(), outcome.dice()));
    return 0;
  }

  private AdaptTraining.Start start() {
    return init.<AdaptTraining.Start>map(file -> new AdaptTraining.Start.From(
        PictureSize.of(SamWeights.read(file, Optional.of(SamFamily.COMPACT)), size),
        AdaptedNetwork.Choice.everything()))
        .orElseGet(
            () -> new AdaptTraining.Start.Random(CompactSam.shape(size), SamFamily.COMPACT));
  }
}
