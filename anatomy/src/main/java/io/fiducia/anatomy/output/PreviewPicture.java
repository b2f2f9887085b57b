package io.fiducia.anatomy.output;

import io.fiducia.core.Modality;
import io.fiducia.raster.LabelPalette;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A picture of a segmentation for a quick look: a coronal slice of the image, the same slice with
 * the structures, and their surfaces seen from the front in several groups. The patient's right is on
 * the left of the picture. Structures that others of their group hide are drawn once more behind
 * them.
 *
 * <p>TotalSegmentator's picture has the same purpose and another layout (a sagittal slice, surfaces by
 * VTK in fixed groups for each task); it needs a display, this one does not.
 *
 * @param image on any grid; empty if there is none to show
 * @param modality how the image is windowed
 * @param labels at the resolution of the model or of the image
 * @param names the structures to draw, by label
 */
public record PreviewPicture(Optional<FloatVolume> image, Modality modality, LabelVolume labels,
    Map<Integer, String> names) {
  private static final int CELL_WIDTH = 420;
  private static final int CELL_HEIGHT = 560;
  private static final int LEAST_CELL = 110;
  private static final int MOST_PANELS = 8;
  /** A structure of which a smaller share is seen is drawn once more. */
  private static final double HIDDEN = 0.3;
  /** A structure of a smaller share of the columns of voxels is not drawn once more. */
  private static final double FEW_COLUMNS = 0.001;
  private static final int MOST_IN_LEGEND = 6;
  /** Free space around the structures, as a share of their extent. */
  private static final double MARGIN = 0.12;

  public PreviewPicture {
    names = Map.copyOf(names);
  }

  /** Structures that are drawn together: a layer of what is seen from the front. */
  private record Panel(String title, List<Integer> labels, FirstHits hits, int layer) {
    /** The structures that others hide. */
    List<Integer> hidden() {
      return labels.stream().filter(l -> hits.visibleShare(l) < HIDDEN
          && hits.covered(l) >= FEW_COLUMNS * hits.labels(layer).length).toList();
    }
  }

  /**
   * Draws the picture into a PNG file.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the place cannot be written;
   *     OUT_OF_RESOURCES if the disk is full
   */
  public void write(Path file) {
    PatientGrid grid = PatientGrid.of(labels);
    List<Panel> panels = panels(grid);
    int slices = image.isPresent() ? 2 : 0;
    double wide = grid.size().x() * grid.spacingMm().x();
    double high = grid.size().z() * grid.spacingMm().z();
    double scale = Math.min(CELL_WIDTH / wide, CELL_HEIGHT / high);
    PreviewCanvas canvas = new PreviewCanvas(slices + Math.max(1, panels.size()),
        Math.max(LEAST_CELL, (int) Math.round(wide * scale)),
        Math.max(LEAST_CELL, (int) Math.round(high * scale)));
    image.ifPresent(i -> drawSlices(grid, i, canvas));
    if (panels.isEmpty()) {
      canvas.cell(slices, "no structures", wide, high).sides();
    } else {
      drawSurfaces(grid, panels, slices, canvas);
    }
    canvas.write(file);
  }

  private void drawSlices(PatientGrid grid, FloatVolume shown, PreviewCanvas canvas) {
    int slice = SlicePanel.fullest(grid);
    SlicePanel panel = modality == Modality.CT
        ? SlicePanel.ofCt(grid, shown, slice)
        : SlicePanel.ofMr(grid, shown, slice);
    double wide = grid.size().x() * grid.spacingMm().x();
    double high = grid.size().z() * grid.spacingMm().z();
    for (int n = 0; n < 2; n++) {
      PreviewCanvas.Cell cell = canvas
          .cell(n, n == 0 ? modality.name() : modality.name() + " and structures", wide, high);
      panel.draw(n == 1, cell.width(), cell.height(), cell::set);
      cell.sides();
    }
  }

  private void drawSurfaces(PatientGrid grid, List<Panel> panels, int first,
      PreviewCanvas canvas) {
    SurfaceRenderer.Window window = window(grid, panels);
    double wide = window.width() * grid.spacingMm().x();
    double high = window.height() * grid.spacingMm().z();
    for (int n = 0; n < panels.size(); n++) {
      Panel panel = panels.get(n);
      PreviewCanvas.Cell cell = canvas.cell(first + n, panel.title(), wide, high);
      new SurfaceRenderer(grid, panel.hits.labels(panel.layer), panel.hits.depths(panel.layer))
          .draw(window, cell.width(), cell.height(), PreviewCanvas.BACKGROUND, cell::set);
      cell.sides();
      for (int line = 0; panel.labels.size() <= MOST_IN_LEGEND
          && line < panel.labels.size(); line++) {
        int label = panel.labels.get(panel.labels.size() - 1 - line);
        cell.legend(line, names.get(label), LabelPalette.rgb(label));
      }
    }
  }

  /** The groups with at least one voxel, followed by the structures that others hide in them. */
  private List<Panel> panels(PatientGrid grid) {
    LabelBoxes boxes = LabelBoxes.of(labels);
    Map<PreviewGroup, List<Integer>> groups = new EnumMap<>(PreviewGroup.class);
    new TreeMap<>(names).forEach((label, name) -> {
      if (boxes.box(label).isPresent()) {
        groups.computeIfAbsent(PreviewGroup.of(name), g -> new ArrayList<>()).add(label);
      }
    });
    List<Panel> panels = new ArrayList<>();
    List<Panel> last = groups.isEmpty()
        ? List.of()
        : layers(grid, groups.entrySet().stream()
            .map(g -> Map.entry(g.getKey().title(), g.getValue())).toList());
    while (!last.isEmpty()) {
      panels.addAll(last);
      List<Integer> hidden = last.stream().flatMap(p -> p.hidden().stream()).sorted().toList();
      last = hidden.isEmpty() || panels.size() >= MOST_PANELS
          ? List.of()
          : layers(grid, List.of(Map.entry("hidden behind others", hidden)));
    }
    return panels;
  }

  /** Panels of titles and labels, all seen in one pass over the voxels. */
  private static List<Panel> layers(PatientGrid grid,
      List<Map.Entry<String, List<Integer>>> groups) {
    int most = groups.stream().flatMap(g -> g.getValue().stream()).mapToInt(l -> l).max()
        .orElse(0);
    int[] layerOf = new int[most + 1];
    Arrays.fill(layerOf, -1);
    for (int layer = 0; layer < groups.size(); layer++) {
      for (int label : groups.get(layer).getValue()) {
        layerOf[label] = layer;
      }
    }
    FirstHits hits = FirstHits.of(grid, layerOf, groups.size());
    return IntStream.range(0, groups.size()).mapToObj(
        n -> new Panel(groups.get(n).getKey(), groups.get(n).getValue(), hits, n)).toList();
  }

  /** What all panels show: the structures with a margin, or the whole grid if they nearly fill it. */
  private static SurfaceRenderer.Window window(PatientGrid grid, List<Panel> panels) {
    int nx = grid.size().x();
    int nz = grid.size().z();
    int[] low = {nx, nz};
    int[] high = {0, 0};
    for (Panel panel : panels) {
      short[] seen = panel.hits.labels(panel.layer);
      for (int c = 0; c < seen.length; c++) {
        if (seen[c] != 0) {
          int[] place = {c % nx, c / nx};
          for (int a = 0; a < 2; a++) {
            low[a] = Math.min(low[a], place[a]);
            high[a] = Math.max(high[a], place[a] + 1);
          }
        }
      }
    }
    if (high[0] - low[0] > 0.6 * nx || high[1] - low[1] > 0.9 * nz) {
      return new SurfaceRenderer.Window(0, 0, nx, nz);
    }
    double marginX = Math.max(2, MARGIN * (high[0] - low[0]));
    double marginZ = Math.max(2, MARGIN * (high[1] - low[1]));
    double x0 = Math.max(0, low[0] - marginX);
    double z0 = Math.max(0, low[1] - marginZ);
    return new SurfaceRenderer.Window(x0, z0, Math.min(nx, high[0] + marginX) - x0,
        Math.min(nz, high[1] + marginZ) - z0);
  }
}
