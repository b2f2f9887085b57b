package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plans equal those that nnU-Net 2.8.1's planners made of the same fingerprints: planner_cases.json and
 * planner_expected.txt.
 */
class PlannerOracleTest {
  private static final Pattern LINE = Pattern.compile("(\\S+) (\\S+) (2d|3d_lowres|3d_fullres) "
      + "bs (\\d+) patch (.+) sp (.+) med (.+) strides (.+) k (.*) feat (.+) bd (True|False)");
  private static final Pattern CASCADE = Pattern.compile("(\\S+) (\\S+) 3d_cascade_fullres .*");

  @TestFactory
  Stream<DynamicTest> equalUpstream() throws IOException {
    JsonNode cases = JsonMapper.shared().readTree(resource("planner_cases.json")).get("cases");
    List<DynamicTest> tests = new ArrayList<>();
    Map<String, List<String>> lowresPlans = new LinkedHashMap<>();
    String dataset = "";
    for (String line : resource("planner_expected.txt").lines().toList()) {
      Matcher m = LINE.matcher(line);
      if (m.matches()) {
        dataset = m.group(1);
        Plans plans = plan(cases.get(dataset), m.group(2));
        tests.add(DynamicTest.dynamicTest(
            m.group(1) + " " + m.group(2) + " " + m.group(3), () -> check(m, plans)));
        lowresPlans.computeIfAbsent(m.group(1) + " " + m.group(2), k -> new ArrayList<>())
            .add(m.group(3));
      } else if (CASCADE.matcher(line).matches()) {
        Matcher c = CASCADE.matcher(line);
        assertThat(c.matches()).isTrue();
        lowresPlans.get(c.group(1) + " " + c.group(2)).add("3d_cascade_fullres");
      } else {
        assertThat(line).startsWith("   tf ");
        Plans plans = plan(cases.get(dataset), "ExperimentPlanner");
        tests.add(DynamicTest.dynamicTest(dataset + line,
            () -> assertThat("   tf " + plans.transposeForward() + " " + plans.transposeBackward())
                .isEqualTo(line)));
      }
    }
    lowresPlans.forEach((key, names) -> tests.add(DynamicTest.dynamicTest(key + " names",
        () -> assertThat(plan(cases.get(key.split(" ")[0]), key.split(" ")[1])
            .configurationNames()).containsExactlyInAnyOrderElementsOf(names))));
    assertThat(tests).hasSizeGreaterThan(60);
    return tests.stream();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = PlannerOracleTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void check(Matcher m, Plans plans) {
    Configuration c = plans.configuration(m.group(3));
    assertThat(c.batchSize()).isEqualTo(Integer.parseInt(m.group(4)));
    assertThat(c.patchSize()).hasToString(m.group(5));
    assertThat(c.spacing().stream().map(s -> Math.rint(s * 1e4) / 1e4).toList())
        .hasToString(m.group(6));
    assertThat(c.medianImageSizeInVoxels()).hasToString(m.group(7));
    assertThat(tuple(c.architecture().strides())).isEqualTo(m.group(8));
    if (!m.group(9).isEmpty()) {
      assertThat(tuple(c.architecture().kernelSizes())).isEqualTo(m.group(9));
    }
    assertThat(tuple(c.architecture().featuresPerStage())).isEqualTo(m.group(10));
    assertThat(c.batchDice()).isEqualTo(m.group(11).equals("True"));
  }

  private static String tuple(List<?> list) {
    return list.toString().replace('[', '(').replace(']', ')');
  }

  private static JsonKeys keys(JsonNode c) {
    return JsonKeys.ofPlans("case", c);
  }

  private static Plans plan(JsonNode c, String planner) {
    List<List<Double>> spacings = new ArrayList<>();
    List<List<Integer>> shapes = new ArrayList<>();
    int kinds = c.get("spacings_zyx").size();
    for (int i = 0; i < 10; i++) {
      int kind = kinds == 2 && i >= 8 ? 1 : 0;
      spacings.add(keys(c).numberLists("spacings_zyx").get(kind));
      shapes.add(keys(c).wholeLists("shapes_after_crop_zyx").get(kind));
    }
    int channels = c.get("channels").asInt();
    Map<String, List<Integer>> labels = new LinkedHashMap<>();
    for (int l = 0; l < c.get("labels_including_background").asInt(); l++) {
      labels.put(l == 0 ? "background" : "l" + l, List.of(l));
    }
    ObjectNode tree = JsonMapper.shared().createObjectNode();
    tree.put("numTraining", c.get("num_training").asInt());
    DatasetJson json = new DatasetJson(Path.of("dataset.json"),
        Collections.nCopies(channels, c.get("channel_name").asString()),
        new Labels(labels, List.of(), OptionalInt.empty()), ".nii.gz", Optional.empty(), tree,
        List.of());
    Fingerprint fingerprint = new Fingerprint(spacings, shapes,
        Collections.nCopies(channels,
            new IntensityProperties(0, 1, new IntensityProperties.Order(0, 0, 0, 0, 0))),
        c.get("median_relative_size_after_cropping").asDouble());
    return ExperimentPlanner.plan(fingerprint, json, "Dataset", PlannerProfile.named(planner),
        Optional.empty());
  }
}
