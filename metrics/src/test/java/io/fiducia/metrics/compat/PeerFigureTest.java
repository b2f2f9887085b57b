package io.fiducia.metrics.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiducia.core.Structure;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.MetricSet;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Spheres, ellipsoids, tori, sheets, single voxels, corners, blobs, specks, full and empty masks on
 * anisotropic grids, against the tools themselves: recorded figures of 150 pairs, of 80 planes and of
 * 40 pairs on sheared grids (the first lines of peers/*.jsonl.gz name the versions), and 500 fresh ones
 * of the first and 200 of the other kinds where the system property fiducia.peer.python, or the
 * environment variable FIDUCIA_PEER_PYTHON, names a Python that has the tools, with torch 2.10:
 * MONAI's percentiles are torch.quantile's, whose last digits later versions compute in another way.
 */
class PeerFigureTest {
  private static final List<Double> TOLERANCES = List.of(0.0, 1.0, 2.0, 3.5);
  private static final List<Double> PERCENTILES = List.of(50.0, 95.0, 99.0);

  @ParameterizedTest
  @EnumSource
  void figuresAgreeWithTheTool(CompatTool tool) throws IOException {
    List<PeerPair> pairs = recorded("pairs");
    assertThat(pairs).hasSize(150);
    assertThat(differences(tool, pairs)).isEmpty();
  }

  /** plastimatch is left out: it knows three dimensions only. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLASTIMATCH")
  void figuresOfPlanesAgreeWithTheTool(CompatTool tool) throws IOException {
    List<PeerPair> planes = recorded("planes");
    assertThat(planes).hasSize(80).allMatch(PeerPair::plane)
        .allMatch(p -> p.figures().containsKey(tool.id()));
    assertThat(differences(tool, planes)).isEmpty();
  }

  /** Our own metrics, where another tool defines the same. */
  @Test
  void ourMetricsAgreeWithTheToolsThatDefineThemAlike() throws IOException {
    assertThat(ownDifferences(recorded("pairs"))).isEmpty();
    assertThat(ownDifferences(recorded("planes"))).isEmpty();
  }

  /** SciPy's distances between positions in the patient, and surface-distance's faces, sheared. */
  @Test
  void ourMetricsOfShearedGridsAreThoseInThePatient() throws IOException {
    List<PeerPair> sheared = recorded("sheared");
    assertThat(sheared).hasSize(40).allMatch(p -> !p.grid().isOrthogonal());
    assertThat(patientDifferences(sheared)).isEmpty();
  }

  @Test
  @Tag("long")
  void freshPairsAgree(@TempDir Path folder) throws Exception {
    Optional<String> python = Optional.ofNullable(System.getProperty("fiducia.peer.python"))
        .or(() -> Optional.ofNullable(System.getenv("FIDUCIA_PEER_PYTHON")));
    assumeTrue(python.isPresent(), "fiducia.peer.python names no Python with the tools");
    List<PeerPair> pairs = fresh(python.get(), folder, "volume", 500);
    List<PeerPair> planes = fresh(python.get(), folder, "plane", 200);
    for (CompatTool tool : CompatTool.values()) {
      assertThat(differences(tool, pairs)).as(tool.id()).isEmpty();
      assertThat(differences(tool, planes)).as("planes, " + tool.id()).isEmpty();
    }
    assertThat(ownDifferences(pairs)).isEmpty();
    assertThat(ownDifferences(planes)).isEmpty();
    assertThat(patientDifferences(fresh(python.get(), folder, "sheared", 200))).isEmpty();
  }

  private static List<PeerPair> fresh(String python, Path folder, String kind, int count)
      throws IOException, InterruptedException {
    Path out = folder.resolve(kind + ".jsonl.gz");
    Process peer = new ProcessBuilder(python, "src/test/peers/peer_figures.py", out.toString(),
        Integer.toString(count), "2", kind)
        .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    assertThat(peer.waitFor()).as(() -> log(folder)).isZero();
    try (InputStream in = Files.newInputStream(out)) {
      List<PeerPair> pairs = PeerPair.read(in);
      assertThat(pairs).hasSize(count);
      return pairs;
    }
  }

  private static String log(Path folder) {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<PeerPair> recorded(String kind) throws IOException {
    try (InputStream in = PeerFigureTest.class
        .getResourceAsStream("/peers/" + kind + ".jsonl.gz")) {
      return PeerPair.read(in);
    }
  }

  private static List<String> differences(CompatTool tool, List<PeerPair> pairs) {
    List<String> differences = new ArrayList<>();
    for (PeerPair pair : pairs) {
      if (tool == CompatTool.PLASTIMATCH && isOneVoxelOfOneSlice(pair)) {
        continue;
      }
      Map<String, Double> theirs = pair.figures().getOrDefault(tool.id(), Map.of());
      Map<String, Double> ours = tool.scores(pair.masks(), TOLERANCES, PERCENTILES);
      theirs.forEach((name, value) -> {
        double mine = ours.getOrDefault(name, -1.0);
        if (tool == CompatTool.SURFACE_DISTANCE && isAtTie(pair, name, value)) {
          mine = value;
        }
        compare(pair, name, mine, value, relative(tool), absolute(tool), differences);
      });
    }
    return differences;
  }

  /**
   * Where exactly the wanted share of the area is reached between two distances, rounding in the
   * tool's sums decides between them: then it gave what a percentile next to the wanted one gives.
   */
  private static boolean isAtTie(PeerPair pair, String name, double theirs) {
    return PERCENTILES.stream().filter(p -> FigureNames.hausdorff(p).equals(name))
        .anyMatch(p -> CompatTool.SURFACE_DISTANCE
            .scores(pair.masks(), List.of(), List.of(p - 1e-9, p + 1e-9)).entrySet().stream()
            .filter(e -> e.getKey().matches("HD[0-9.]+_mm"))
            .anyMatch(e -> Math.abs(e.getValue() - theirs) <= 1e-9 * theirs));
  }

  /** plastimatch crops a lone voxel of a single slice to nothing, and then measures 0. */
  private static boolean isOneVoxelOfOneSlice(PeerPair pair) {
    MaskPair masks = pair.masks();
    return masks.voxels(Side.REFERENCE) + masks.voxels(Side.PREDICTION) == 1
        && Math.min(Math.min(pair.size().x(), pair.size().y()), pair.size().z()) == 1;
  }

  private static List<String> ownDifferences(List<PeerPair> pairs) {
    List<String> differences = new ArrayList<>();
    for (PeerPair pair : pairs) {
      Map<String, Double> ours = own(pair);
      Map<String, Double> elements = pair.figures().get(CompatTool.SURFACE_DISTANCE.id());
      Map<String, Double> voxels = pair.figures().get(CompatTool.METRICS_RELOADED.id());
      if (ours.get("n_ref") == 0 || ours.get("n_pred") == 0) {
        continue;
      }
      elements.forEach((name, value) -> {
        if (name.startsWith("NSD@") || name.equals("Dice")) {
          compare(pair, name, ours.get(name), value, 1e-9, 0, differences);
        }
      });
      Optional.ofNullable(voxels).ifPresent(figures -> figures.forEach((name, value) -> compare(
          pair, name, ours.get(name), value, 1e-9, 0, differences)));
    }
    return differences;
  }

  private static List<String> patientDifferences(List<PeerPair> pairs) {
    List<String> differences = new ArrayList<>();
    for (PeerPair pair : pairs) {
      Map<String, Double> ours = own(pair);
      pair.figures().get(PeerPair.PATIENT).forEach(
          (name, value) -> compare(pair, name, ours.get(name), value, 1e-9, 1e-12, differences));
    }
    return differences;
  }

  private static Map<String, Double> own(PeerPair pair) {
    Structure one = Structure.ofLabel(1);
    return FolderEvaluator.score(pair.labels(pair.reference()), pair.labels(pair.prediction()),
        List.of(one), OptionalInt.empty(), MetricSet.all(TOLERANCES, PERCENTILES)).get(one.key());
  }

  private static void compare(PeerPair pair, String name, double ours, double theirs,
      double relative, double absolute, List<String> differences) {
    boolean alike = Double.isNaN(ours) && Double.isNaN(theirs) || ours == theirs
        || Math.abs(ours - theirs) <= relative * Math.abs(theirs) + absolute;
    if (!alike) {
      differences.add("pair " + pair.number() + " " + name + ": " + ours + ", the tool " + theirs);
    }
  }

  /** MONAI and plastimatch compute in single precision. */
  private static double relative(CompatTool tool) {
    return switch (tool) {
      case SURFACE_DISTANCE, SIMPLEITK, METRICS_RELOADED -> 1e-9;
      case MONAI, PLASTIMATCH -> 1e-6;
    };
  }

  /** plastimatch prints six decimals. */
  private static double absolute(CompatTool tool) {
    return tool == CompatTool.PLASTIMATCH ? 1e-6 : 0;
  }
}
