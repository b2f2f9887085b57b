package io.fiducia.anatomy.cads;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import org.junit.jupiter.api.Test;

/** Expected numbers: CADS's table of the combined map, and the rules of merging by hand. */
class CombinedMapTest {
  private static final Geometry GRID = Geometry.of(new Size(6, 1, 1), new Vec3(1, 1, 1));

  private final CadsTasks table = CadsTasks.load();

  private LabelVolume labels(int... values) {
    short[] data = new short[6];
    for (int i = 0; i < values.length; i++) {
      data[i] = (short) values[i];
    }
    return new LabelVolume(GRID, data);
  }

  private AnatomyTask task(String name) {
    return table.find(name).orElseThrow();
  }

  private CombinedMap merged(boolean strict) {
    CombinedMap map = new CombinedMap(table, labels(), strict);
    // Aorta, two lung lobes.
    map.add(task("551"), labels(7, 13, 14, 0, 0, 0));
    // Iliac artery, brain (left out), bladder over a lung lobe.
    map.add(task("553"), labels(10, 0, 17, 9, 0, 0));
    // Subcutaneous tissue, thoracic cavity, muscle (left out).
    map.add(task("559"), labels(0, 4, 4, 4, 1, 2));
    return map;
  }

  @Test
  void laterTasksOverwriteAndTheThoracicCavityFillsOnly() {
    assertThat(merged(false).labels().data()).containsExactly(51, 13, 58, 161, 158, 0);
  }

  @Test
  void strictlyTheThoracicCavityOverwritesToo() {
    assertThat(merged(true).labels().data()).containsExactly(51, 161, 161, 161, 158, 0);
  }

  @Test
  void namesAreThoseThatMayBeInTheMap() {
    CombinedMap map = merged(false);
    assertThat(map.names()).hasSize(17 + 18 - 2 + 10 - 8).doesNotContainKey(50)
        .doesNotContainKey(159);
    assertThat(map.names()).containsEntry(161, "thoracic_cavity");
    assertThat(map.leftOut()).contains("brain", "face", "muscle");
  }
}
