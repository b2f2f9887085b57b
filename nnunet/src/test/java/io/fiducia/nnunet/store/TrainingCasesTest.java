package io.fiducia.nnunet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.preprocess.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCasesTest {
  @TempDir
  private Path folder;

  /** A case that nnU-Net 2.8.1 wrote (make_fixtures.py). */
  private Path peers() throws IOException {
    Path cases = Files.createDirectories(folder.resolve("nnUNetPlans_3d_fullres"));
    for (String name : new String[]{"case.npz", "case.pkl"}) {
      Files.copy(Fixture.path("expected").resolve("3d_fullres").resolve(name), cases.resolve(name));
    }
    return cases;
  }

  @Test
  void casesOfUpstreamAreCutAsTheyAre() throws IOException {
    Path cases = peers();
    TrainingCases found = TrainingCases.in(cases, "preprocess");
    assertThat(found.ids()).containsExactly("case");
    PatchSource source = found.open("case");
    NpzStore.Arrays whole = new NpzStore(cases).read("case");
    int[] shape = whole.shape();
    assertThat(source.shape()).isEqualTo(shape);
    assertThat(source.channels()).isEqualTo(whole.data().length);
    assertThat(source.classLocations().keySet()).isNotEmpty();

    int voxels = shape[0] * shape[1] * shape[2];
    float[] data = new float[source.channels() * voxels];
    short[] seg = new short[voxels];
    source.readPatch(new int[3], shape, data, seg);
    assertThat(seg).isEqualTo(whole.seg());
    for (int c = 0; c < source.channels(); c++) {
      assertThat(java.util.Arrays.copyOfRange(data, c * voxels, (c + 1) * voxels))
          .isEqualTo(whole.data()[c]);
    }
    source.readPatch(new int[]{-1, 0, 0}, new int[]{1, 1, 2}, data, seg);
    assertThat(seg[0]).isEqualTo((short) -1);
    // Upstream takes no other files in its folder, so what is unpacked lies beside it.
    try (var files = Files.list(cases)) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("case.npz",
          "case.pkl");
    }
  }

  @Test
  void labelsOfAFirstStageJoinTheirCase() throws IOException {
    PatchSource source = TrainingCases.in(peers(), "preprocess").open("case");
    NextStageStore store = NextStageStore.of(folder.resolve("model"), "3d_cascade_fullres");
    assertThatThrownBy(() -> store.join(source)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("first stage");
    int[] shape = source.shape();
    short[] labels = new short[shape[0] * shape[1] * shape[2]];
    labels[0] = 2;
    labels[labels.length - 1] = 300;
    store.write("case", shape, labels);
    short[] read = new short[labels.length];
    store.join(source).readPreviousStage(new int[3], shape, read);
    assertThat(read).isEqualTo(labels);
    assertThat(store.labels("case", shape)).isEqualTo(labels);
    assertThatThrownBy(() -> store.labels("case", new int[]{1, 2, 3}))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.why()).contains("[1, 2, 3]"));
  }

  @Test
  void foldersWithoutCasesSayWhatToDo() throws IOException {
    assertThatThrownBy(() -> TrainingCases.in(folder, "run this"))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.advice()).contains("run this");
        });
    Files.createFile(folder.resolve("case.b2nd"));
    assertThatThrownBy(() -> TrainingCases.in(folder, "run this"))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.what()).contains("blosc2"));
  }
}
