package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.DatasetModality;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.core.Adaptable;
import io.fiducia.core.Modality;
import io.fiducia.core.StructureSet;
import io.fiducia.core.TrainingBudget;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.metrics.stats.LearningCurve;
import io.fiducia.report.LearningCurvePage;
import io.fiducia.torch.Device;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.score.AtlasVote;
import io.fiducia.universeg.score.ChosenStructures;
import io.fiducia.universeg.score.KnownStructures;
import io.fiducia.universeg.score.ScoreRequest;
import io.fiducia.universeg.score.SupportScoring;
import io.fiducia.universeg.segment.InContextSystem;
import io.fiducia.universeg.segment.SegmentSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia universeg score}: does a larger support help, and does it beat honest baselines? */
@Command(name = "score", description = {
  "Scores in-context segmentation against the number of support cases: does a larger support help,",
  "and does it beat the mean label of the support?",
  "Writes metrics.csv, curve.json, curve.svg and report.html. After a stop with Ctrl-C, the same",
  "command continues."}, footer = {"", "Example:",
    "  fiducia universeg score --dataset Dataset004_Hippocampus -o curve",
    "  fiducia universeg score --support Dataset901_HeadNeckOAR --images imagesTs --labels labelsTs"
        + " --sizes 1 4 16 -o curve",
    "  fiducia universeg score --dataset Dataset920_ACDC --leave-one-out --sizes 1 2 4 -o curve",
    "  fiducia universeg score --dataset Dataset004_Hippocampus --other nnU-Net@8=predictions"
        + " -o curve"})
public final class UniversegScoreCommand extends FiduciaCommand {
  private static final String SYSTEM = "universeg";
  private static final List<Integer> SIZES = List.of(1, 2, 4, 8, 16, 32);
  private static final int REPEATS = 3;
  /** NAME@N=DIR, or NAME=DIR. */
  private static final Pattern OTHER = Pattern.compile("([^@=]+)(?:@(\\d{1,6}))?=(.+)");

  @Option(names = "--dataset", paramLabel = "DIR", description = "an nnU-Net raw dataset: its training cases are the support, imagesTs and labelsTs the test cases")
  private Optional<Path> dataset = Optional.empty();

  @Option(names = "--support", paramLabel = "DIR", description = "an nnU-Net raw dataset whose training cases are the support, with --images and --labels")
  private Optional<Path> support = Optional.empty();

  @Option(names = "--images", paramLabel = "DIR", description = "test images CASE_0000.nii.gz")
  private Optional<Path> images = Optional.empty();

  @Option(names = "--labels", paramLabel = "DIR", description = "label maps CASE.nii.gz of the test images, with the label numbers of the support")
  private Optional<Path> labels = Optional.empty();

  @Option(names = "--leave-one-out", description = "score the support's own cases, each with the others as support")
  private boolean leaveOneOut;

  @Option(names = "--sizes", arity = "1..*", split = ",", paramLabel = "N", description = "numbers of support cases (default: 1 2 4 8 16 32, as far as there are cases)")
  private List<Integer> sizes = new ArrayList<>();

  @Option(names = "--structures", arity = "1..*", paramLabel = "NAME", description = "structures to segment (default: all of the dataset)")
  private List<String> structures = new ArrayList<>();

  @Option(names = "--repeats", paramLabel = "N", description = "draws of support cases for each number (default: "
      + REPEATS + ")")
  private int repeats = REPEATS;

  @Option(names = "--cases", paramLabel = "N", description = "score the first N test cases only")
  private Optional<Integer> cases = Optional.empty();

  @Option(names = "--baseline", paramLabel = "atlas|none", description = "what to compare with on the same support cases: atlas, the mean label of the support by relative position in the image (default: atlas)")
  private String baseline = AtlasVote.NAME;

  @Option(names = "--other", arity = "1..*", paramLabel = "NAME@N=DIR", description = "another system's label maps CASE.nii.gz of the test cases, and how many cases it learned from (without @N: all support cases)")
  private List<String> others = new ArrayList<>();

  @Option(names = "--modality", paramLabel = "ct|mr", description = "of all images (default: ct if dataset.json names the channel CT, else mr)")
  private Optional<Modality> modality = Optional.empty();

  @Mixin
  private NetworkOptions network;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Mixin
  private OutputOption overwrite;

  @Override
  protected int run(Context context) {
    checkOptions();
    ScoreReport.Files files = ScoreReport.Files.in(output);
    files.all().forEach(overwrite::check);
    List<Other> elsewhere = others.stream().map(this::other).toList();
    ScoreInputs inputs = ScoreInputs.open(new ScoreInputs.Source(dataset.or(() -> support)
        .orElseThrow(), images, labels, leaveOneOut,
        cases.map(OptionalInt::of)
            .orElse(OptionalInt.empty())));
    warn(inputs, context);
    InContextWeights read = network.weights();
    context.console().note(read.licenceNote());
    ScoreRequest request = request(inputs, read, elsewhere, context);
    SupportScoring.Result result;
    try (FolderLock lock = FolderLock.take(request.folder(), "this scoring is running already")) {
      result = SupportScoring.run(request, context.progress(), context.cancellation());
    }
    LearningCurve curve = LearningCurve.of(result.scores(), new LearningCurve.Options(
        SupportScoring.metrics(), Bootstrap.DRAWS, context.seed()));
    ScoreReport report = new ScoreReport(curve, result, about(inputs, request, read, result),
        settings(inputs, request));
    report.write(files);
    result.problems().forEach(context.console()::warning);
    if (context.json()) {
      context.console().result(report.document().toPrettyString());
    } else {
      report.print(context.console());
      context.console().note("report: " + files.page());
    }
    return result.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  private void checkOptions() {
    network.check();
    if (dataset.isPresent() == support.isPresent()) {
      throw usageError("expected either --dataset or --support");
    }
    if (images.isPresent() != labels.isPresent()) {
      throw usageError("--images and --labels belong together");
    }
    if (images.isPresent() && (dataset.isPresent() || leaveOneOut)) {
      throw usageError("--images needs --support, without --dataset and --leave-one-out");
    }
    if (support.isPresent() && images.isEmpty() && !leaveOneOut) {
      throw usageError("--support needs test cases: --images and --labels, or --leave-one-out");
    }
    if (!List.of(AtlasVote.NAME, "none").contains(baseline)) {
      throw usageError("--baseline must be atlas or none, found " + baseline);
    }
    if (repeats < 1 || repeats > 1000 || cases.filter(n -> n < 1).isPresent()) {
      throw usageError("--repeats must be 1 to 1000 and --cases at least 1");
    }
    sizes.stream().filter(n -> n < 1).findFirst().ifPresent(n -> {
      throw usageError("--sizes must be at least 1, found " + n);
    });
  }

  /** One {@code --other}. */
  private record Other(String name, OptionalInt size, Path folder) {}

  private Other other(String text) {
    Matcher m = OTHER.matcher(text);
    if (!m.matches()) {
      throw usageError("--other: expected NAME@N=DIR, found " + text);
    }
    Path folder = Path.of(m.group(3));
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such folder of label maps", folder, "--other " + text,
          "check the path");
    }
    return new Other(m.group(1), m.group(2) == null
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(m.group(2))), folder);
  }

  private void warn(ScoreInputs inputs, Context context) {
    inputs.dataset().json().warnings().forEach(context.console()::warning);
    if (!inputs.unlabelled().isEmpty()) {
      context.console().warning("test images without a label map are left out: "
          + String.join(", ", inputs.unlabelled()));
    }
    if (inputs.dataset().json().labelSet().ignore().isPresent()) {
      context.console().warning("the ignore label counts as background here");
    }
  }

  private ScoreRequest request(ScoreInputs inputs, InContextWeights read, List<Other> elsewhere,
      Context context) {
    StructureSet all = inputs.dataset().json().labelSet().structures();
    List<String> names = ChosenStructures.named(structures, all.names());
    StructureSet chosen = new StructureSet(
        names.stream().map(n -> all.find(n).orElseThrow()).toList());
    SegmentSettings settings = network.settings(context.seed());
    Modality kind = modality.orElseGet(() -> DatasetModality.of(inputs.dataset()));
    Device device = context.torchDevice();
    // Weights that do not fit are reported now, not after the baseline has been scored.
    read.load(device).close();
    Adaptable system = new KnownStructures(chosen,
        some -> new InContextSystem(read, kind, some, settings, device));
    List<ScoreRequest.Entrant> systems = new ArrayList<>();
    systems.add(new ScoreRequest.Entrant(SYSTEM,
        identity(read) + "\n" + settings + "\n" + kind + "\n" + Version.text(), system));
    if (baseline.equals(AtlasVote.NAME)) {
      systems.add(new ScoreRequest.Entrant(AtlasVote.NAME, Version.text(), new AtlasVote()));
    }
    return new ScoreRequest(inputs.support(), inputs.test(), leaveOneOut, names,
        sizes(inputs.support().size()), repeats, context.seed(), systems,
        elsewhere.stream().map(o -> new ScoreRequest.Elsewhere(o.name(),
            o.size().orElse(inputs.support().size()), o.folder(), inputs.labelFiles().format()))
            .toList(),
        // In-context networks train nothing.
        new TrainingBudget.Iterations(1), output.resolve("cells"));
  }

  /** The sizes asked for; else the usual ones that the number of cases allows. */
  private List<Integer> sizes(int supportCases) {
    List<Integer> wanted = List.copyOf(new TreeSet<>(sizes));
    return wanted.isEmpty()
        ? SIZES.stream()
            .filter(n -> n == 1 || n <= ScoreRequest.most(supportCases, leaveOneOut)).toList()
        : wanted;
  }

  /** What decides the network's results. */
  private static String identity(InContextWeights read) {
    StringBuilder text = new StringBuilder();
    read.tensors().forEach((name, t) -> text.append(name).append(' ').append(t.sha256())
        .append('\n'));
    return text.toString();
  }

  private Map<String, Object> settings(ScoreInputs inputs, ScoreRequest request) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("dataset", inputs.dataset().name());
    settings.put("support_cases", inputs.support().size());
    settings.put("test_cases", inputs.test().size());
    settings.put("leave_one_out", leaveOneOut);
    settings.put("repeats", repeats);
    settings.put("seed", request.seed());
    settings.put("bootstrap_draws", Bootstrap.DRAWS);
    return settings;
  }

  private LearningCurvePage.About about(ScoreInputs inputs, ScoreRequest request,
      InContextWeights read, SupportScoring.Result result) {
    List<String> notes = new ArrayList<>();
    if (repeats == 1) {
      notes.add("One draw of support cases only: each point depends on which cases were drawn, and"
          + " the intervals do not show how much.");
    }
    if (leaveOneOut) {
      notes.add("Each case was segmented with others of the same dataset as support, never with"
          + " itself. The scores depend on each other through the shared support cases, so the"
          + " intervals are somewhat too narrow.");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Dataset", inputs.dataset().name());
    facts.put("Support cases to draw from", Integer.toString(inputs.support().size()));
    facts.put("Test cases", Integer.toString(inputs.test().size()));
    facts.put("Draws of support cases", Integer.toString(repeats));
    facts.put("Weights", read.name() + read.licence().map(l -> ", " + l).orElse(""));
    facts.put("Network", read.shape().form().title() + ", width " + read.shape().width());
    facts.put("Settings of the network", network.text().strip());
    facts.put("Seed", Long.toString(request.seed()));
    facts.put("Version", Version.text());
    return new LearningCurvePage.About("How many examples? " + inputs.dataset().name(),
        // fiducia phantom leaves this file beside its images.
        Files.isRegularFile(inputs.dataset().folder().resolve("phantom.json")), notes,
        result.problems(), facts, command(request));
  }

  private String command(ScoreRequest request) {
    StringBuilder text = new StringBuilder("fiducia universeg score ");
    dataset.ifPresent(d -> text.append("--dataset ").append(d.getFileName()));
    support.ifPresent(s -> text.append("--support ").append(s.getFileName()));
    images.ifPresent(i -> text.append(" --images ").append(i.getFileName()));
    labels.ifPresent(l -> text.append(" --labels ").append(l.getFileName()));
    text.append(leaveOneOut ? " --leave-one-out" : "").append(" --sizes");
    request.sizes().forEach(n -> text.append(' ').append(n));
    if (!structures.isEmpty()) {
      text.append(" --structures ").append(String.join(" ", structures));
    }
    cases.ifPresent(n -> text.append(" --cases ").append(n));
    return text.append(" --repeats ").append(repeats).append(" --baseline ").append(baseline)
        .append(network.text()).append(" --seed ")
        .append(request.seed()).append(" -o ").append(output.getFileName()).toString();
  }
}
