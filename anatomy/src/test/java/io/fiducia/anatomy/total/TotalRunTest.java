package io.fiducia.anatomy.total;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.statistics.Aggregation;
import io.fiducia.anatomy.statistics.StatisticsOptions;
import io.fiducia.anatomy.total.TotalOutput.Form;
import io.fiducia.anatomy.total.TotalRequest.Cropping;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.ProgressEvent;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way from files to files; expected label maps: TotalSegmentator 2.18, see the fixture. */
class TotalRunTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @CsvSource({"total, lsp, STANDARD, total", "total_fast, pir, FAST, total",
    "liver_vessels, lsp, STANDARD, liver_vessels"})
  void labelMapsAreThoseOfTotalSegmentator(String run, String scan, Speed speed, String task) {
    TotalRequest request = TotalFixture.request(task);
    Path file = folder.resolve("seg.nii.gz");
    TotalFixture.run(speed == Speed.STANDARD ? request : request.at(speed),
        TotalFixture.scan(scan), TotalOutput.into(file).as(Form.LABEL_MAP));
    TotalFixture.assertEqual(NiftiReader.read(file).toLabelVolume(),
        TotalFixture.expected(run, "seg"));
  }

  @Test
  void aSubsetRunsTheNetworksThatKnowItAndWritesOneFilePerStructure() throws IOException {
    TotalFixture.run(TotalFixture.request("total").only(Set.of("liver", "aorta")),
        TotalFixture.scan("pir"), TotalOutput.into(folder));
    for (String name : List.of("liver", "aorta")) {
      TotalFixture.assertEqual(NiftiReader.read(folder.resolve(name + ".nii.gz")).toLabelVolume(),
          TotalFixture.expected("total_roi", name));
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void theBodyTaskCleansItsResultAndDerivesBodyAndSkin() {
    TotalFixture.run(TotalFixture.request("body"), TotalFixture.scan("pir"),
        TotalOutput.into(folder));
    for (String name : List.of("body", "body_extremities", "body_trunc", "skin")) {
      TotalFixture.assertEqual(NiftiReader.read(folder.resolve(name + ".nii.gz")).toLabelVolume(),
          TotalFixture.expected("body", name));
    }
  }

  @Test
  void statisticsOfTheFastVariantAreThoseOfTheNetworksGrid() throws IOException {
    Path file = folder.resolve("seg.nii.gz");
    TotalFixture.run(TotalFixture.request("total").at(Speed.FAST), TotalFixture.scan("lsp"),
        TotalOutput.into(file).as(Form.LABEL_MAP).with(new TotalOutput.Statistics(
            new StatisticsOptions(false, Aggregation.MEAN, false, false), Optional.empty())));
    JsonNode found = JsonMapper.shared()
        .readTree(Files.readAllBytes(folder.resolve("statistics.json")));
    JsonNode expected = JsonMapper.shared().readTree(Files.readAllBytes(TotalFixture.folder()
        .resolve("expected/total_fast_statistics/statistics.json")));
    assertThat(found.propertyNames()).containsExactlyElementsOf(expected.propertyNames());
    expected.properties().forEach(e -> {
      assertThat(found.path(e.getKey()).path("volume").asDouble()).as(e.getKey())
          .isEqualTo(e.getValue().path("volume").asDouble());
      assertThat(found.path(e.getKey()).path("intensity").asDouble()).as(e.getKey())
          .isEqualTo(e.getValue().path("intensity").asDouble());
    });
  }

  @Test
  void aFolderOfImagesIsSegmentedWithoutTheOnesThatFail() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Files.copy(TotalFixture.scan("pir"), images.resolve("one.nii.gz"));
    Files.writeString(images.resolve("two.nii.gz"), "no image");
    Files.copy(TotalFixture.scan("lsp"), images.resolve("three.nii.gz"));
    Path out = folder.resolve("out");
    TotalRun.Result result = TotalFixture.run(TotalFixture.request("total").at(Speed.FAST), images,
        TotalOutput.into(out).as(Form.LABEL_MAP));
    assertThat(result.done()).extracting(TotalRun.Done::name).containsExactly("one", "three");
    assertThat(result.failed()).extracting(TotalRun.Failed::name).containsExactly("two");
    TotalFixture.assertEqual(NiftiReader.read(out.resolve("one.nii.gz")).toLabelVolume(),
        TotalFixture.expected("total_fast", "seg"));
  }

  @Test
  void twoImagesOfOneNameAreRefused() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Files.copy(TotalFixture.scan("pir"), images.resolve("one.nii.gz"));
    Files.writeString(images.resolve("one.nii"), "another file");
    assertThatThrownBy(() -> TotalFixture.run(TotalFixture.request("total").at(Speed.FAST), images,
        TotalOutput.into(folder.resolve("out"))))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("two images have one name");
  }

  @Test
  void existingResultsAreNotReplacedUnlessAskedFor() throws IOException {
    Path file = folder.resolve("seg.nii.gz");
    Files.writeString(file, "mine");
    TotalRequest request = TotalFixture.request("total").at(Speed.FAST);
    TotalOutput output = TotalOutput.into(file).as(Form.LABEL_MAP);
    assertThatThrownBy(() -> TotalFixture.run(request, TotalFixture.scan("pir"), output))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("exists already");
    assertThat(file).hasContent("mine");
    TotalFixture.run(request, TotalFixture.scan("pir"), output.withOverwrite(true));
    assertThat(NiftiReader.read(file).toLabelVolume().geometry().size())
        .isEqualTo(TotalFixture.expected("total_fast", "seg").geometry().size());
  }

  @Test
  void namesMayBeOthersAndStructuresMayBeLeftOut() throws IOException {
    TotalFixture.run(TotalFixture.request("total").only(Set.of("liver", "aorta")),
        TotalFixture.scan("pir"), TotalOutput.into(folder)
            .named(n -> n.equals("liver") ? Optional.of("Liver") : Optional.empty()));
    try (var files = Files.list(folder)) {
      assertThat(files).extracting(f -> f.getFileName().toString())
          .containsExactly("Liver.nii.gz");
    }
    TotalFixture.assertEqual(NiftiReader.read(folder.resolve("Liver.nii.gz")).toLabelVolume(),
        TotalFixture.expected("total_roi", "liver"));
  }

  @Test
  void missingWeightsAreNamedBeforeAnythingIsComputed() {
    assertThatThrownBy(() -> TotalFixture.run(TotalFixture.request("lung_vessels"),
        TotalFixture.scan("pir"), TotalOutput.into(folder)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("lung_vessels")
        .satisfies(e -> assertThat(((FiduciaException) e).kind())
            .isEqualTo(FiduciaException.Kind.BAD_INPUT));
  }

  @Test
  void anImageInTheRangeOfOneIsRefusedWhereTotalSegmentatorFindsNothing() {
    FloatVolume scan = NiftiReader.read(TotalFixture.scan("pir")).toFloatVolume(0);
    float[] small = scan.data().clone();
    for (int i = 0; i < small.length; i++) {
      small[i] = (small[i] + 1024) / 3000;
    }
    assertRefused(new FloatVolume(scan.geometry(), small), "normalised");
  }

  @Test
  void constantAndNonFiniteImagesAreRefused() {
    FloatVolume scan = NiftiReader.read(TotalFixture.scan("pir")).toFloatVolume(0);
    float[] flat = new float[scan.data().length];
    assertRefused(new FloatVolume(scan.geometry(), flat), "constant");
    float[] broken = scan.data().clone();
    broken[7] = Float.NaN;
    assertRefused(new FloatVolume(scan.geometry(), broken), "NaN");
  }

  @Test
  void anImageThatResamplingLeavesNothingOfIsRefused() {
    Geometry tiny = Geometry.of(new Size(4, 4, 4), new Vec3(0.1, 0.1, 0.1));
    float[] data = new float[64];
    data[0] = 500;
    assertRefused(new FloatVolume(tiny, data), "too small");
  }

  private void assertRefused(FloatVolume image, String why) {
    Path file = folder.resolve("image.nii.gz");
    NiftiWriter.writeFloats(file, image);
    assertThatThrownBy(() -> TotalFixture.run(TotalFixture.request("total").at(Speed.FAST), file,
        TotalOutput.into(folder.resolve("out"))))
        .isInstanceOf(FiduciaException.class).hasMessageContaining(why);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void withoutTheOrganToCropToTheResultIsEmptyAndSaysSo() {
    FloatVolume scan = NiftiReader.read(TotalFixture.scan("pir")).toFloatVolume(0);
    // The tiny network finds no liver in water; that with one other voxel is no constant image.
    float[] water = new float[scan.data().length];
    water[0] = 100;
    Path image = folder.resolve("water.nii.gz");
    NiftiWriter.writeFloats(image, new FloatVolume(scan.geometry(), water));
    Path file = folder.resolve("seg.nii.gz");
    List<String> warnings = new ArrayList<>();
    TotalFixture.run(TotalFixture.request("liver_vessels"), image,
        TotalOutput.into(file).as(Form.LABEL_MAP), event -> {
          if (event instanceof ProgressEvent.Warning w) {
            warnings.add(w.text());
          }
        });
    assertThat(NiftiReader.read(file).toLabelVolume().data()).containsOnly((short) 0);
    assertThat(warnings).anyMatch(w -> w.contains("nothing was found to crop to"));
  }

  @Test
  void anImageTooThinToBeDividedIsNotDivided() {
    Path whole = folder.resolve("whole.nii.gz");
    Path thirds = folder.resolve("thirds.nii.gz");
    TotalRequest request = TotalFixture.request("total").at(Speed.FAST);
    TotalFixture.run(request, TotalFixture.scan("pir"),
        TotalOutput.into(whole).as(Form.LABEL_MAP));
    TotalFixture.run(request.with(new Cropping(false, false, true)), TotalFixture.scan("pir"),
        TotalOutput.into(thirds).as(Form.LABEL_MAP));
    TotalFixture.assertEqual(NiftiReader.read(thirds).toLabelVolume(),
        NiftiReader.read(whole).toLabelVolume());
  }
}
