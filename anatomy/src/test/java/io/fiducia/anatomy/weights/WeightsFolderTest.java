package io.fiducia.anatomy.weights;

import static io.fiducia.anatomy.weights.WeightsFixture.cads;
import static io.fiducia.anatomy.weights.WeightsFixture.labels;
import static io.fiducia.anatomy.weights.WeightsFixture.network;
import static io.fiducia.anatomy.weights.WeightsFixture.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders, environment variables and addresses are those of TotalSegmentator 2.18 (its config.py and
 * map_tasks_config.py); label names are its class maps.
 */
class WeightsFolderTest {
  private static final Path HOME = Path.of("/home/user");
  private static final TaskNetwork FAST = network("total", "fast", 0);

  @TempDir
  Path root;

  private WeightsFolder weights() {
    return new WeightsFolder(root);
  }

  private WeightsStatus.Wrong wrong(TaskNetwork network) {
    return (WeightsStatus.Wrong) weights().status(network);
  }

  // Where weights lie

  @Test
  void theFolderIsWhereTotalSegmentatorPutsIt() {
    assertThat(WeightsFolder.totalSegmentator(Map.of(), HOME).root())
        .isEqualTo(Path.of("/home/user/.totalsegmentator/nnunet/results"));
    assertThat(WeightsFolder.totalSegmentator(Map.of(), Path.of("/")).root())
        .isEqualTo(Path.of("/tmp/.totalsegmentator/nnunet/results"));
    assertThat(WeightsFolder.totalSegmentator(Map.of("HOME", "/"), HOME).root())
        .isEqualTo(Path.of("/tmp/.totalsegmentator/nnunet/results"));
    assertThat(WeightsFolder.totalSegmentator(Map.of("HOME", "/data/me"), HOME).root())
        .isEqualTo(Path.of("/data/me/.totalsegmentator/nnunet/results"));
    Map<String, String> home = Map.of("TOTALSEG_HOME_DIR", "/data/ts");
    assertThat(WeightsFolder.totalSegmentator(home, HOME).root())
        .isEqualTo(Path.of("/data/ts/nnunet/results"));
    Map<String, String> both = new TreeMap<>(home);
    both.put("TOTALSEG_WEIGHTS_PATH", "/data/weights");
    assertThat(WeightsFolder.totalSegmentator(both, HOME).root())
        .isEqualTo(Path.of("/data/weights"));
    both.put("TOTALSEG_WEIGHTS_PATH", "");
    assertThat(WeightsFolder.totalSegmentator(both, HOME).root())
        .isEqualTo(Path.of("/data/ts/nnunet/results"));
  }

  @Test
  void cadsHasItsOwnVariableAndNoFolderWithoutIt() {
    assertThat(WeightsFolder.cads(Map.of())).isEmpty();
    assertThat(WeightsFolder.cads(Map.of("CADS_WEIGHTS_PATH", "/data/cads")))
        .contains(new WeightsFolder(Path.of("/data/cads")));
  }

  // Found

  @Test
  void theModelFolderIsFoundAndItsCheckpointIsNotRead() throws IOException {
    Path folder = WeightsFixture.write(root, FAST);
    assertThat(weights().status(FAST)).isEqualTo(new WeightsStatus.Found(folder, List.of()));
    assertThat(weights().require(FAST.task(), FAST.part())).isEqualTo(folder);
    assertThat(weights().find(FAST.model())).contains(folder);
  }

  @Test
  void everyTaskOfTheTableIsFoundInItsOwnFolder() throws IOException {
    for (AnatomyTask task : Stream.concat(TotalTasks.load().all().stream(),
        CadsTasks.load().all().stream()).toList()) {
      for (TaskNetwork network : TaskNetwork.of(task)) {
        Path folder = WeightsFixture.write(root, network);
        assertThat(weights().status(network)).as(network.title())
            .isEqualTo(new WeightsStatus.Found(folder, List.of()));
      }
    }
  }

  @Test
  void aFolderOfTheNumberWillDoWhateverFollows() throws IOException {
    Path folder = WeightsFixture.write(root.resolve("Dataset297_renamed"), FAST.model(),
        labels(FAST), FAST.spacing());
    Files.createDirectories(root.resolve("Dataset2970_other"));
    assertThat(weights().find(FAST.model())).contains(folder);
  }

  @Test
  void ofTwoFoldersOfOneNumberThatOfTheTableIsTaken() throws IOException {
    WeightsFixture.write(root.resolve("Dataset297_a"), FAST.model(), labels(FAST), FAST.spacing());
    Files.createDirectories(root.resolve("Dataset297_b"));
    assertThat(wrong(FAST).problem()).contains("several folders have the number 297",
        "Dataset297_a, Dataset297_b", FAST.model().folder());
    Path folder = WeightsFixture.write(root, FAST);
    assertThat(weights().find(FAST.model())).contains(folder);
  }

  @Test
  void allNumberedFoldsWillDoWhereTheTableNamesNone() throws IOException {
    TaskNetwork effusion = network("pleural_pericard_effusion", "default", 0);
    assertThat(effusion.model().folds()).isEmpty();
    Path folder = WeightsFixture.write(root, effusion);
    Files.delete(folder.resolve("fold_1/checkpoint_final.pth"));
    assertThat(weights().find(effusion.model())).contains(folder);
    Files.delete(folder.resolve("fold_0/checkpoint_final.pth"));
    assertThat(wrong(effusion).problem()).contains("fold_N/checkpoint_final.pth",
        "no such checkpoint");
  }

  @Test
  void cadsHasAFolderForEachSetOfWeights() throws IOException {
    TaskNetwork open = cads("556", "open");
    Path folder = WeightsFixture.write(root, open);
    assertThat(folder).isEqualTo(root.resolve("open/Dataset556_GC256/"
        + "nnUNetTrainerNoMirroring__nnUNetResEncUNetLPlans__3d_fullres"));
    assertThat(folder.resolve("fold_all/checkpoint_final.pth")).exists();
    assertThat(weights().find(open.model())).contains(folder);
    TaskNetwork reference = cads("556", "default");
    assertThat(weights().find(reference.model())).isEmpty();
    FiduciaException e = thrown(
        () -> weights().require(reference.task(), reference.part()));
    assertThat(e.why()).contains("lies in " + root.resolve("open"), "reference", "EXACT09");
    assertThat(e.advice()).contains("https://github.com/murong-xu/CADS/releases/download/"
        + "cads-model_v1.0.0/Dataset556_GC256.zip", "cads weights import ZIP");
    Files.move(root.resolve("open/Dataset556_GC256"), root.resolve("Dataset556_GC256"));
    assertThat(thrown(() -> weights().require(open.task(), open.part())).why())
        .contains("lies directly in " + root, "CC BY-SA 4.0");
  }

  /** The names of the folders of CADS's models by region are not public. */
  @Test
  void aModelByRegionIsFoundByItsNumber() throws IOException {
    TaskNetwork pelvis = cads("607", "default");
    Path folder = WeightsFixture.write(root.resolve("region/Dataset607_Pelvis"), pelvis.model(),
        labels(pelvis), pelvis.spacing());
    assertThat(weights().find(pelvis.model())).contains(folder);
    Path other = Files.move(folder,
        folder.resolveSibling("nnUNetTrainer__nnUNetPlans__3d_fullres"));
    assertThat(weights().find(pelvis.model())).contains(other);
    Files.createDirectories(root.resolve("region/Dataset607_Copy"));
    assertThat(wrong(pelvis).problem()).contains("Dataset607_Copy, Dataset607_Pelvis");
    TaskNetwork spine = cads("608", "default");
    FiduciaException e = thrown(() -> weights().require(spine.task(), spine.part()));
    assertThat(e.advice()).contains("region 608",
        "https://github.com/murong-xu/CADS/releases/tag/cads-model-region_v1.0.0");
    assertThat(e.why()).doesNotContain("*");
  }

  // Wrong

  @Test
  void anotherTrainerIsNamed() throws IOException {
    Path folder = WeightsFixture.write(root, FAST);
    Files.move(folder, folder.resolveSibling("nnUNetTrainer__nnUNetPlans__3d_fullres"));
    assertThat(wrong(FAST).problem()).contains(
        "expected the folder nnUNetTrainer_4000epochs_NoMirroring__nnUNetPlans__3d_fullres",
        "found nnUNetTrainer__nnUNetPlans__3d_fullres");
  }

  @Test
  void anEmptyDatasetFolderIsNotTakenForWeights() throws IOException {
    Files.createDirectories(root.resolve(FAST.model().folder()));
    assertThat(wrong(FAST).problem()).contains("found no model folder");
    assertThat(weights().find(FAST.model())).isEmpty();
  }

  @Test
  void aMissingOrEmptyCheckpointIsNoticed() throws IOException {
    Path folder = WeightsFixture.write(root, FAST);
    Path checkpoint = folder.resolve("fold_0/checkpoint_final.pth");
    Files.writeString(checkpoint, "");
    assertThat(wrong(FAST).problem()).contains("expected fold_0/checkpoint_final.pth");
    Files.delete(checkpoint);
    Files.createDirectories(folder.resolve("fold_3"));
    Files.writeString(folder.resolve("fold_3/checkpoint_final.pth"), "x");
    assertThat(wrong(FAST).problem()).contains("found it in folds 3");
  }

  @Test
  void damagedAndMissingDescriptionsAreNoticed() throws IOException {
    Path folder = WeightsFixture.write(root, FAST);
    Path plans = folder.resolve("plans.json");
    String text = Files.readString(plans);
    Files.writeString(plans, text.substring(0, text.length() / 2));
    assertThat(wrong(FAST).problem()).contains("plans.json cannot be read");
    Files.writeString(plans, text.replace("3d_fullres", "3d_lowres"));
    assertThat(wrong(FAST).problem()).contains("3d_fullres");
    Files.writeString(plans, text);
    Files.delete(folder.resolve("dataset.json"));
    assertThat(wrong(FAST).problem()).contains("dataset.json is missing");
    assertThatThrownBy(() -> weights().require(FAST.task(), FAST.part()))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).contains("TotalSegmentator task total (fast)", "297");
          assertThat(e.where()).isEqualTo(folder.toString());
        });
  }

  // Weights of another network

  /** CADS and TotalSegmentator use the number 552 both; a folder made for both holds only one. */
  @Test
  void anotherToolsNetworkOfTheSameNumberIsNoticed() throws IOException {
    TaskNetwork ventricles = network("ventricle_parts", "default", 0);
    WeightsFixture.write(root.resolve("Dataset552_Totalseg252"), ventricles.model(),
        labels(cads("552", "default")), List.of(1.5, 1.5, 1.5));
    assertThat(wrong(ventricles).problem()).contains("24 structures", "has 12 structures",
        "those of CADS task 552");
  }

  @Test
  void weightsOfAnotherPartAreNoticedAndNamed() throws IOException {
    TaskNetwork vertebrae = network("total", "default", 1);
    TaskNetwork ribs = network("total", "default", 4);
    assertThat(ribs.labels()).hasSameSizeAs(vertebrae.labels());
    WeightsFixture.write(root.resolve(vertebrae.model().folder()), vertebrae.model(),
        labels(ribs), ribs.spacing());
    assertThat(wrong(vertebrae).problem()).contains("label 1 is rib_left_1, expected sacrum",
        "those of TotalSegmentator task total, part ribs", "dataset 295");
    TaskNetwork organs = network("total", "default", 0);
    WeightsFixture.write(root.resolve(organs.model().folder()), organs.model(), labels(ribs),
        ribs.spacing());
    assertThat(wrong(organs).problem()).contains("26 structures", "24 structures", "dataset 295");
  }

  @Test
  void structuresAtOtherLabelsAreNoticed() throws IOException {
    TaskNetwork organs = network("total", "default", 0);
    Map<Integer, String> shifted = new TreeMap<>();
    labels(organs).forEach((label, name) -> shifted.put(label % 24 + 1, name));
    WeightsFixture.write(root.resolve(organs.model().folder()), organs.model(), shifted,
        organs.spacing());
    assertThat(wrong(organs).problem()).contains("label 1 is", "expected spleen");
  }

  @Test
  void theNetworkForLargerVoxelsIsNoticedInTheFolderOfTheOther() throws IOException {
    TaskNetwork fastest = network("total", "fastest", 0);
    WeightsFixture.write(root.resolve(FAST.model().folder()), FAST.model(), labels(fastest),
        fastest.spacing());
    assertThat(wrong(FAST).problem()).contains("[6.0, 6.0, 6.0] mm", "[3.0, 3.0, 3.0] mm",
        "task total (fastest), dataset 298");
  }

  /** Dataset 8 is Task 8 of the Medical Segmentation Decathlon, whose labels are vessel and tumour. */
  @Test
  void otherNamesAloneAreOnlyARemark() throws IOException {
    TaskNetwork vessels = network("liver_vessels", "default", 0);
    Path folder = WeightsFixture.write(root.resolve(vessels.model().folder()), vessels.model(),
        Map.of(1, "vessel", 2, "tumour"), List.of(1.5, 0.8, 0.8));
    WeightsStatus.Found found = (WeightsStatus.Found) weights().status(vessels);
    assertThat(found.folder()).isEqualTo(folder);
    assertThat(found.remarks()).singleElement().asString()
        .contains("2 of 2", "label 1 is vessel, expected liver_vessels");
  }

  @Test
  void labelsBeyondTheTableAreARemarkIfTheOthersAgree() throws IOException {
    TaskNetwork organs = network("total", "default", 0);
    Map<Integer, String> more = new TreeMap<>(labels(organs));
    more.put(25, "helper");
    WeightsFixture.write(root.resolve(organs.model().folder()), organs.model(), more,
        organs.spacing());
    assertThat(((WeightsStatus.Found) weights().status(organs)).remarks()).singleElement()
        .asString().contains("[25]");
    more.remove(3);
    more.replaceAll((label, name) -> label > 3 ? name + "x" : name);
    more.put(3, "another");
    more.remove(25);
    more.remove(24);
    WeightsFixture.write(root.resolve(organs.model().folder()), organs.model(), more,
        organs.spacing());
    assertThat(wrong(organs).problem()).contains("23 structures");
  }

  // Missing

  private static FiduciaException thrown(org.assertj.core.api.ThrowableAssert.ThrowingCallable c) {
    return (FiduciaException) org.assertj.core.api.Assertions.catchThrowable(c);
  }

  @Test
  void missingWeightsAreAllNamedWithLicenceAndAddress() throws IOException {
    AnatomyTask total = task("total");
    WeightsFixture.write(root, network("total", "default", 2));
    FiduciaException e = thrown(
        () -> weights().require(TaskNetwork.of(total, "default"), "total"));
    assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
    assertThat(e.what()).contains("no weights for TotalSegmentator task total");
    assertThat(e.where()).isEqualTo(root.toString());
    assertThat(e.why()).contains(
        root.resolve("Dataset291_TotalSegmentator_part1_organs_1559subj")
            .resolve("nnUNetTrainerNoMirroring__nnUNetPlans__3d_fullres").toString(),
        "dataset 291, part organs", "Dataset295", "licence", "#490").doesNotContain("Dataset293");
    assertThat(e.advice()).contains(
        "https://github.com/wasserth/TotalSegmentator/releases/download/v2.0.0-weights/"
            + "Dataset291_TotalSegmentator_part1_organs_1559subj.zip",
        "totalsegmentator weights import ZIP").doesNotContain("--");
  }

  @Test
  void licensedAndNonCommercialWeightsSaySo() {
    AnatomyTask heart = task("heartchambers_highres");
    FiduciaException e = thrown(() -> weights().require(heart, heart.standard().parts().get(0)));
    assertThat(e.why()).contains("licence number", "non-commercial");
    assertThat(e.advice()).contains("https://backend.totalsegmentator.com/license-academic/",
        "totalseg_download_weights -t heartchambers_highres");
    AnatomyTask aneurysm = task("brain_aneurysm");
    assertThat(thrown(() -> weights().require(aneurysm, aneurysm.standard().parts().get(0))).why())
        .contains("CC BY-NC");
  }

  @Test
  void networksForCroppingAreSaidToBelongToAnotherTask() {
    FiduciaException e = thrown(() -> weights().require(
        List.of(network("total", "fast", 0), network("lung_vessels", "default", 0)),
        "lung_vessels"));
    assertThat(e.why()).contains("lung_vessels needs TotalSegmentator task total (fast) too");
  }

  @Test
  void usualMistakesAboutTheFolderAreExplained() throws IOException {
    assertThat(hintFor(root.resolve("absent"))).contains("there is no folder");
    Files.createDirectories(root.resolve("home/nnunet/results"));
    assertThat(hintFor(root.resolve("home"))).contains("name that folder");
    WeightsFixture.write(root, FAST);
    assertThat(hintFor(root.resolve(FAST.model().folder()))).contains("folder above it");
    Files.createDirectories(root.resolve("old/nnUNet/3d_fullres/Task251_TotalSegmentator"));
    assertThat(hintFor(root.resolve("old"))).contains("TotalSegmentator 1");
  }

  private static String hintFor(Path folder) {
    return thrown(() -> new WeightsFolder(folder).require(task("total_mr"),
        task("total_mr").standard().parts().get(0))).why();
  }
}
