package io.fiducia.app.commands.universeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** On a tiny network with weights by chance: what it segments does not matter here. */
class UniversegScoreCommandTest {
  @TempDir
  private static Path shared;

  @TempDir
  private Path folder;

  private Path dataset;

  @BeforeAll
  static void makeWeights() {
    try (InContextNetwork network = InContextNetwork.create(NetworkShape.universeg(4), Device.CPU,
        1)) {
      SafetensorsWriter.write(shared.resolve("w.safetensors"),
          StoredTensors.toStored(network.state()), Map.of());
    }
  }

  /** Three training cases and the test cases ball_0 and ball_1 with a moved ball. */
  @BeforeEach
  void makeDataset() throws IOException {
    dataset = SyntheticDataset.write(folder.resolve("Dataset001_Balls"), 3);
    Files.createDirectories(dataset.resolve("imagesTs"));
    Files.createDirectories(dataset.resolve("labelsTs"));
    for (int c = 0; c < 2; c++) {
      short[] labels = SyntheticDataset.labels(c);
      NiftiWriter.writeFloats(dataset.resolve("imagesTs/test_" + c + "_0000.nii.gz"),
          new FloatVolume(SyntheticDataset.grid(SyntheticDataset.SIZE),
              SyntheticDataset.image(labels, c + 10)));
      NiftiWriter.writeLabels(dataset.resolve("labelsTs/test_" + c + ".nii.gz"),
          new LabelVolume(SyntheticDataset.grid(SyntheticDataset.SIZE), labels));
    }
  }

  private CommandLineFixture score(String... more) {
    List<String> args = new ArrayList<>(List.of("universeg", "score", "-o",
        folder.resolve("out").toString(), "--support-size", "2", "--draws", "1", "--device",
        "cpu"));
    args.addAll(List.of(more));
    if (!args.contains("--weights")) {
      args.addAll(List.of("--weights", shared.resolve("w.safetensors").toString()));
    }
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  private CommandLineFixture ofDataset(String... more) {
    List<String> args = new ArrayList<>(List.of("--dataset", dataset.toString()));
    args.addAll(List.of(more));
    return score(args.toArray(String[]::new));
  }

  private JsonNode curve() throws IOException {
    return tools.jackson.databind.json.JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("out/curve.json")));
  }

  @Test
  void writesTableCurveAndReport() throws IOException {
    CommandLineFixture result = ofDataset("--sizes", "1", "3", "--repeats", "2");
    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> table = Files.readAllLines(folder.resolve("out/metrics.csv"));
    assertThat(table.get(0)).startsWith("system,n,repeat,case,structure,Dice,HD95_mm,NSD@2mm,");
    // Two systems, two sizes, two draws, two cases, two structures.
    assertThat(table).hasSize(1 + 2 * 2 * 2 * 2 * 2);
    // With all three cases as support the draw cannot matter to the vote, and its Dice is that of the
    // majority of the support's labels: the ball of case 0 (and 3 k) is that of no other case.
    List<String> votes = table.stream().filter(l -> l.startsWith("atlas,3,")).toList();
    assertThat(votes).hasSize(8);
    double expected = majorityDice(0);
    votes.stream().filter(l -> l.contains(",test_0,ball,")).forEach(l -> assertThat(
        Double.parseDouble(l.split(",")[5])).isCloseTo(expected, within(1e-12)));
    JsonNode json = curve();
    assertThat(json.path("systems").toString()).isEqualTo("[\"universeg\",\"atlas\"]");
    assertThat(json.path("sizes").toString()).isEqualTo("[1,3]");
    assertThat(json.path("dataset").asString()).isEqualTo("Dataset001_Balls");
    assertThat(json.path("support_cases").asInt()).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("out/curve.svg"))).startsWith("<svg")
        .contains("ball", "cube", "universeg", "atlas");
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("How many examples? Dataset001_Balls", "<svg")
        .doesNotContain(folder.toString());
    assertThat(result.out()).contains("support", "Dice universeg", "Dice atlas");

    // Again: refused, or with --overwrite nothing is computed a second time.
    assertThat(ofDataset("--sizes", "1", "3", "--repeats", "2").exitCode()).isEqualTo(3);
    String csv = Files.readString(folder.resolve("out/metrics.csv"));
    String svg = Files.readString(folder.resolve("out/curve.svg"));
    String page = Files.readString(folder.resolve("out/report.html"));
    Path cell = folder.resolve("out/cells/universeg_n1_r1/test_0.json");
    var written = Files.getLastModifiedTime(cell);
    assertThat(ofDataset("--sizes", "1", "3", "--repeats", "2", "--overwrite").exitCode())
        .isZero();
    assertThat(Files.readString(folder.resolve("out/metrics.csv"))).isEqualTo(csv);
    assertThat(Files.readString(folder.resolve("out/curve.svg"))).isEqualTo(svg);
    assertThat(Files.readString(folder.resolve("out/report.html"))).isEqualTo(page);
    assertThat(Files.getLastModifiedTime(cell)).isEqualTo(written);
  }

  /** Dice of the majority of the three training cases' balls against the ball of a test case. */
  private static double majorityDice(int test) {
    short[][] support = {SyntheticDataset.labels(0), SyntheticDataset.labels(1),
      SyntheticDataset.labels(2)};
    short[] reference = SyntheticDataset.labels(test);
    int found = 0;
    int wanted = 0;
    int both = 0;
    for (int i = 0; i < reference.length; i++) {
      int votes = 0;
      for (short[] s : support) {
        votes += s[i] == 1 ? 1 : 0;
      }
      found += votes >= 2 ? 1 : 0;
      wanted += reference[i] == 1 ? 1 : 0;
      both += votes >= 2 && reference[i] == 1 ? 1 : 0;
    }
    return 2.0 * both / (found + wanted);
  }

  @Test
  void theSupportsOwnCasesAndOtherSystemsCanBeScored() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    for (int c = 0; c < 3; c++) {
      Files.copy(SyntheticDataset.label(dataset, c), elsewhere.resolve("ball_" + c + ".nii.gz"));
    }
    CommandLineFixture result = ofDataset("--leave-one-out", "--repeats", "1", "--structures",
        "cube", "--json", "--other", "perfect net@2=" + elsewhere);
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode json = result.json();
    assertThat(json.path("leave_one_out").asBoolean()).isTrue();
    assertThat(json.path("sizes").toString()).as("as far as there are cases").isEqualTo("[1,2]");
    assertThat(json.path("structures").toString()).isEqualTo("[\"cube\"]");
    for (JsonNode p : json.path("points")) {
      if (p.path("system").asString().equals("perfect net")
          && p.path("metric").asString().equals("Dice")) {
        assertThat(p.path("size").asInt()).isEqualTo(2);
        assertThat(p.path("mean").asDouble()).isEqualTo(1);
        assertThat(p.path("n").asInt()).isEqualTo(3);
      }
    }
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("perfect net", "never with itself", "One draw of support cases only");
  }

  @Test
  void imagesAndLabelsMayLieElsewhere() throws IOException {
    Files.delete(dataset.resolve("labelsTs/test_1.nii.gz"));
    CommandLineFixture result = score("--support", dataset.toString(), "--images",
        dataset.resolve("imagesTs").toString(), "--labels", dataset.resolve("labelsTs").toString(),
        "--sizes", "2", "--repeats", "1", "--baseline", "none", "--structures", "ball");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("test images without a label map are left out: test_1");
    assertThat(Files.readAllLines(folder.resolve("out/metrics.csv"))).hasSize(2);
  }

  @Test
  void badInputIsNamed() throws IOException {
    assertThat(ofDataset("--structures", "bal").err()).contains("did you mean ball?");
    assertThat(ofDataset("--structures", "bal").exitCode()).isEqualTo(2);
    CommandLineFixture large = ofDataset("--sizes", "1", "4");
    assertThat(large.exitCode()).isEqualTo(3);
    assertThat(large.err()).contains("a support size is larger than the number of cases",
        "expected at most 3");
    CommandLineFixture same = score("--support", dataset.toString(), "--images",
        dataset.resolve("imagesTr").toString(), "--labels", dataset.resolve("labelsTr").toString());
    assertThat(same.exitCode()).isEqualTo(3);
    assertThat(same.err()).contains("a test case is a support case, too");
    CommandLineFixture other = ofDataset("--other", "net=" + folder.resolve("nowhere"));
    assertThat(other.exitCode()).isEqualTo(3);
    assertThat(other.err()).contains("no such folder of label maps");
    for (Path label : List.of(dataset.resolve("labelsTs/test_0.nii.gz"),
        dataset.resolve("labelsTs/test_1.nii.gz"))) {
      Files.delete(label);
    }
    CommandLineFixture none = ofDataset();
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("no test case has a label map", "labelsTs",
        "--leave-one-out");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void weightsThatDoNotFitAreReportedBeforeAnythingIsScored() {
    try (InContextNetwork network = InContextNetwork.create(NetworkShape.universeg(4), Device.CPU,
        1)) {
      Map<String, StoredTensor> damaged = new LinkedHashMap<>(
          StoredTensors.toStored(network.state()));
      String name = damaged.keySet().stream().filter(n -> n.startsWith("dec_blocks.1.cross"))
          .findFirst().orElseThrow();
      damaged.put(name, StoredTensor.ofFloats(new float[3], 3));
      SafetensorsWriter.write(folder.resolve("damaged.safetensors"), damaged, Map.of());
    }
    CommandLineFixture result = ofDataset("--weights",
        folder.resolve("damaged.safetensors").toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("weights do not fit the network");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void optionsThatDoNotFitAreUsageErrors() {
    for (List<String> wrong : List.of(List.<String>of(),
        List.of("--dataset", "a", "--support", "b"), List.of("--support", "b"),
        List.of("--support", "b", "--images", "c"),
        List.of("--dataset", "a", "--images", "c", "--labels", "d"),
        List.of("--dataset", "a", "--sizes", "0"), List.of("--dataset", "a", "--repeats", "0"),
        List.of("--dataset", "a", "--baseline", "altas"),
        List.of("--dataset", "a", "--other", "net"))) {
      assertThat(score(wrong.toArray(String[]::new)).exitCode()).as(wrong.toString())
          .isEqualTo(2);
    }
  }
}
