package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.segment.SegmentSettings;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.Region;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia universeg segment}: a new structure from a handful of examples. */
@Command(name = "segment", description = {
  "Segments images after the example of contoured cases. Nothing is trained.",
  "Writes DIR/NAME.nii.gz for each image, and DIR/NAME.json with where and how surely each",
  "structure was found."}, footer = {"", "Example:",
    "  fiducia universeg segment --support Dataset004_Hippocampus --image mr.nii.gz -o out",
    "  fiducia universeg segment --support Dataset901_HeadNeckOAR --structures Parotid_L"
        + " --image ct.nii.gz -o out --planes axial coronal sagittal",
    "  fiducia universeg segment --image mr.nii.gz --annotated slices.nii.gz -o out"})
public final class UniversegSegmentCommand extends FiduciaCommand {
  @Mixin
  private SupportOptions support;

  @Option(names = "--image", required = true, arity = "1..*", paramLabel = "FILE", description = "images to segment, as NIfTI")
  private List<Path> images;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Mixin
  private NetworkOptions network;

  @Option(names = "--model", paramLabel = "universeg|multiverseg", description = "what the weights must belong to (default: either)")
  private Optional<NetworkShape.Form> model = Optional.empty();

  @Option(names = "--box", arity = "6", paramLabel = "X0 Y0 Z0 X1 Y1 Z1", description = "where the structure lies, voxel indices of the image, both ends included (default: found from the support's images)")
  private List<Integer> box = List.of();

  @Option(names = "--overlap", description = "structures may overlap: writes DIR/NAME/STRUCTURE.nii.gz")
  private boolean overlap;

  @Option(names = "--keep-parts", description = "do not remove stray parts")
  private boolean keepParts;

  @Option(names = "--plain", description = "the bare network: all support slices at once, each slice from its smallest to its largest intensity, no region, no gate, no draws, no clean-up")
  private boolean plain;

  @Option(names = "--save-probabilities", description = "also write DIR/NAME_probabilities.nii.gz, structures on the fourth axis")
  private boolean probabilities;

  @Option(names = "--save-uncertainty", description = "also write DIR/NAME_uncertainty.nii.gz: standard deviation of the probability over draws and planes")
  private boolean uncertainty;

  @Mixin
  private CascadeOptions own;

  @Mixin
  private OutputOption outputOption;

  @Override
  protected int run(Context context) {
    network.check();
    if (!box.isEmpty() && images.size() > 1) {
      throw usageError("--box belongs to one image, found " + images.size());
    }
    if (plain && (uncertainty || !box.isEmpty())) {
      throw usageError(
          "--plain has no draws and no region: leave out --save-uncertainty and --box");
    }
    if (own.given() && (images.size() > 1 || plain)) {
      throw usageError("--annotated and --prompts belong to one image, and exclude --plain");
    }
    List<SegmentOutput> outputs = SegmentOutput.of(images, output,
        new SegmentOutput.Kinds(overlap, probabilities, uncertainty), outputOption);
    SupportOptions.Chosen chosen = own.given() ? support.readIfGiven() : support.read();
    InContextWeights read = network.weights();
    model.filter(m -> m != read.shape().form()).ifPresent(m -> {
      throw FiduciaException.badInput("the weights belong to another model", read.name(),
          "expected " + m.title() + ", found " + read.shape().form().title(),
          "give the file of " + m.title());
    });
    context.console().note(read.licenceNote());
    List<Map<String, Object>> documents = new ArrayList<>();
    SegmentSettings settings = settings(context, outputs.getFirst());
    try (InContextNetwork loaded = read.load(context.torchDevice())) {
      SegmentRun run = new SegmentRun(read, chosen, settings, method(loaded, chosen, settings,
          context), context);
      for (SegmentOutput out : outputs) {
        documents.add(run.segment(out));
      }
    }
    if (context.json()) {
      context.console().json(Map.of("images", documents));
    }
    return 0;
  }

  private SegmentMethod method(InContextNetwork network, SupportOptions.Chosen chosen,
      SegmentSettings settings, Context context) {
    return own.given()
        ? SegmentMethod
            .cascade(new CascadeRun(network, own, chosen.structures(), settings, context))
        : plain
            ? SegmentMethod.plain(network, chosen, settings, context)
            : SegmentMethod.volume(network, chosen, settings, context);
  }

  private SegmentSettings settings(Context context, SegmentOutput first) {
    SegmentSettings usual = network.settings(context.seed());
    return new SegmentSettings(usual.supportSize(), usual.draws(), usual.planes(),
        box.isEmpty() ? Optional.empty() : Optional.of(region(first.grid())), overlap, !keepParts,
        usual.seed());
  }

  private BoxMm region(Geometry grid) {
    int[] low = new int[3];
    int[] high = new int[3];
    for (int a = 0; a < 3; a++) {
      low[a] = Math.min(box.get(a), box.get(a + 3));
      high[a] = Math.max(box.get(a), box.get(a + 3)) + 1;
      if (low[a] < 0 || high[a] > grid.size().get(a)) {
        throw FiduciaException.badInput("the box lies outside of the image",
            images.getFirst(), "expected indices within " + grid.size() + ", found " + box,
            "give voxel indices, counted from 0");
      }
    }
    return BoxMm.of(grid, Region.between(low[0], low[1], low[2], high[0], high[1], high[2]));
  }
}
