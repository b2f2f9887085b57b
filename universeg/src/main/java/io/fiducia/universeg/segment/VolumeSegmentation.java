package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Modality;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.Masks;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.support.PlaceFinder;
import io.fiducia.universeg.support.StructureSupport;
import io.fiducia.universeg.support.SupportSet;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;

/** Finds all structures of a support set in one image. */
public final class VolumeSegmentation {
  private static final String TASK = "Segment";
  /** Intensities below this occur in CT alone: air is at -1000 HU. */
  private static final float HOUNSFIELD = -500;

  private final InContextNetwork network;
  private final SupportSet support;
  private final SegmentSettings settings;

  /** Uses a network, which stays the caller's. */
  public VolumeSegmentation(InContextNetwork network, SupportSet support,
      SegmentSettings settings) {
    this.network = network;
    this.support = support;
    this.settings = settings;
  }

  /** What was found: a result per structure, and the layers of label maps made of them. */
  public record Found(List<StructureResult> structures, List<Segmentation.Layer> layers) {
    /** The volume of a structure in the label maps. */
    public double volumeCm3(StructureResult of) {
      Segmentation.Layer layer = layers.size() == 1
          ? layers.getFirst()
          : layers.get(structures.indexOf(of));
      int value = layer.structures().find(of.structure().name()).orElseThrow().labels().getFirst();
      long voxels = 0;
      for (short label : layer.labels().data()) {
        voxels += label == value ? 1 : 0;
      }
      return voxels * layer.labels().geometry().voxelVolumeMm3() / 1000;
    }
  }

  /**
   * Segments an image.
   *
   * @param name of the image, for messages
   * @throws FiduciaException BAD_INPUT for intensities that are not numbers, or one intensity alone;
   *     CANCELLED on request
   */
  public Found run(String name, FloatVolume image, Progress progress, Cancellation cancellation) {
    check(name, image, progress);
    List<StructureResult> results = new ArrayList<>();
    PlaceFinder places = new PlaceFinder(image);
    progress.started(TASK, support.structures().size(), "structures");
    try {
      for (StructureSupport s : support.structures()) {
        cancellation.check("segmenting " + name);
        results.add(new StructureSegmentation(network, settings, support.modality(), s,
            cancellation).of(image, places));
        progress.advanced(TASK, results.size(), s.structure().name());
      }
    } finally {
      progress.finished(TASK);
    }
    List<Segmentation.Layer> layers = layers(image.geometry(), results, settings.overlap());
    if (settings.cleanUp()) {
      for (int i = 0; i < results.size(); i++) {
        keepLargest(layers.get(layers.size() == 1 ? 0 : i), results.get(i).structure());
      }
    }
    return new Found(results, layers);
  }

  /** Checks an image. @throws FiduciaException BAD_INPUT naming it for intensities that are not numbers */
  public static void requireFinite(Object name, FloatVolume image) {
    for (float v : image.data()) {
      if (!Float.isFinite(v)) {
        throw FiduciaException.badInput("the image has voxels that are NaN or infinite", name,
            "expected finite numbers only", "replace them, for example by the value of air or 0");
      }
    }
  }

  private void check(String name, FloatVolume image, Progress progress) {
    float min = Float.MAX_VALUE;
    float max = -Float.MAX_VALUE;
    requireFinite(name, image);
    for (float v : image.data()) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    if (min == max) {
      throw FiduciaException.badInput("the image shows nothing", name,
          "all voxels have the intensity " + min, "check the file");
    }
    if (support.modality() == Modality.CT != min < HOUNSFIELD) {
      progress.warning("image " + name + " has intensities from " + min + " to " + max
          + (support.modality() == Modality.CT
              ? ", unlike the CT of the support"
              : ", like a CT, unlike the support")
          + ": the support should be of the same modality");
    }
  }

  /**
   * Label maps of results: one in which each voxel has the likeliest structure, or one for each structure
   * if they may overlap or the dataset declares them as regions. Background is where every probability is
   * at most one half.
   */
  public static List<Segmentation.Layer> layers(Geometry grid, List<StructureResult> results,
      boolean overlap) {
    boolean each = overlap || results.stream().anyMatch(r -> r.structure().labels().size() != 1);
    return each
        ? results.stream().map(r -> layer(grid, List.of(r))).toList()
        : List.of(layer(grid, results));
  }

  private static Segmentation.Layer layer(Geometry grid, List<StructureResult> results) {
    Size size = grid.size();
    short[] labels = new short[size.voxels()];
    float[] best = new float[labels.length];
    List<Structure> structures = new ArrayList<>();
    for (StructureResult r : results) {
      Structure s = r.structure().labels().size() == 1
          ? r.structure()
          : Structure.of(r.structure().name(), 1);
      structures.add(s);
      short value = s.labels().getFirst().shortValue();
      Size part = r.region().size();
      for (int k = 0; k < part.z(); k++) {
        for (int j = 0; j < part.y(); j++) {
          int row = size.index(r.region().startX(), j + r.region().startY(),
              k + r.region().startZ());
          for (int i = 0; i < part.x(); i++) {
            float p = r.probability()[part.index(i, j, k)];
            if (p > 0.5f && p > best[row + i]) {
              best[row + i] = p;
              labels[row + i] = value;
            }
          }
        }
      }
    }
    return new Segmentation.Layer(new StructureSet(structures), new LabelVolume(grid, labels));
  }

  /** Removes all but the largest piece of a structure that is one piece in the support. */
  private void keepLargest(Segmentation.Layer layer, Structure structure) {
    boolean connected = support.structures().stream()
        .filter(s -> s.structure().equals(structure)).findFirst().orElseThrow().connected();
    if (!connected) {
      return;
    }
    short[] labels = layer.labels().data();
    Size size = layer.labels().geometry().size();
    int value = layer.structures().find(structure.name()).orElseThrow().labels().getFirst();
    boolean[] mask = Masks.equalTo(labels, value);
    Components parts = Components.of(mask, new int[]{size.z(), size.y(), size.x()},
        Connectivity.CORNERS);
    if (parts.count() > 1) {
      boolean[] largest = parts.largest();
      for (int i = 0; i < mask.length; i++) {
        if (mask[i] && !largest[i]) {
          labels[i] = 0;
        }
      }
    }
  }
}
