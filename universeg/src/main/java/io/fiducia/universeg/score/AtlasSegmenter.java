package io.fiducia.universeg.score;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.GridSampler;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The mean label of some cases, as {@link AtlasVote} describes it. */
final class AtlasSegmenter implements Segmenter {
  private static final float HALF = 0.5f;
  /** Means that differ by less are equal: sums of products of single precision. */
  private static final float ROUNDING = 1e-5f;

  private final List<AtlasVote.Voter> voters;
  private final StructureSet structures;
  private final boolean overlapping;

  AtlasSegmenter(List<AtlasVote.Voter> voters, List<String> names, boolean overlapping) {
    this.voters = List.copyOf(voters);
    this.overlapping = overlapping;
    List<Structure> numbered = new ArrayList<>();
    for (String name : names) {
      numbered.add(Structure.of(name, numbered.size() + 1));
    }
    this.structures = new StructureSet(numbered);
  }

  @Override
  public StructureSet structures() {
    return structures;
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("atlas, segmentation of " + images.id(), () -> {
      Geometry grid = images.geometry();
      List<Segmentation.Layer> layers = new ArrayList<>();
      Winner together = new Winner(grid);
      for (Structure structure : structures) {
        cancellation.check("atlas");
        Winner winner = overlapping ? new Winner(grid) : together;
        mean(structure.name(), grid).ifPresent(m -> winner.offer(structure.labels().get(0), m));
        if (overlapping) {
          layers.add(new Segmentation.Layer(StructureSet.of(structure), winner.labels()));
        }
      }
      if (!overlapping) {
        layers.add(new Segmentation.Layer(structures, together.labels()));
      }
      return new Segmentation(images.id(), layers, Map.of(), new Provenance("atlas vote",
          Map.of("cases", Integer.toString(voters.size()))));
    });
  }

  @Override
  public void close() {
    // Everything lies on the heap.
  }

  /** The mean of a structure's masks where it is not 0. */
  private record Mean(Region region, float[] values) {}

  /** The label of the largest mean so far. */
  private static final class Winner {
    private final Geometry grid;
    private final short[] labels;
    private final float[] best;

    Winner(Geometry grid) {
      this.grid = grid;
      labels = new short[grid.size().voxels()];
      best = new float[labels.length];
    }

    void offer(int label, Mean mean) {
      Size size = mean.region().size();
      IntStream.range(0, size.z()).parallel().forEach(k -> {
        for (int j = 0; j < size.y(); j++) {
          int to = grid.size().index(mean.region().startX(), mean.region().startY() + j,
              mean.region().startZ() + k);
          int from = size.index(0, j, k);
          for (int i = 0; i < size.x(); i++) {
            float value = mean.values()[from + i];
            if (value >= HALF - ROUNDING && value > best[to + i] + ROUNDING) {
              best[to + i] = value;
              labels[to + i] = (short) label;
            }
          }
        }
      });
    }

    LabelVolume labels() {
      return new LabelVolume(grid, labels);
    }
  }

  /** The mean of a structure over the cases that were contoured for it; empty if none has a voxel. */
  private Optional<Mean> mean(String structure, Geometry grid) {
    BoxMm box = BoxMm.of(grid);
    List<Placed> placed = new ArrayList<>();
    int count = 0;
    for (AtlasVote.Voter voter : voters) {
      if (voter.contoured().contains(structure)) {
        count++;
        Optional.ofNullable(voter.masks().get(structure))
            .flatMap(mask -> Placed.of(mask, voter.box(), grid, box)).ifPresent(placed::add);
      }
    }
    if (placed.isEmpty()) {
      return Optional.empty();
    }
    Region all = placed.stream().map(Placed::region).reduce(Region::union).orElseThrow();
    float[] sum = new float[all.size().voxels()];
    placed.forEach(p -> p.addTo(sum, all));
    int cases = count;
    IntStream.range(0, sum.length).parallel().forEach(i -> sum[i] /= cases);
    return Optional.of(new Mean(all, sum));
  }

  /**
   * A mask and the part of the target where it may count.
   *
   * @param grid the region's voxels in the patient that the mask is of
   */
  private record Placed(FloatVolume mask, Region region, Geometry grid) {
    /** Places a mask; empty if it lies outside of the target's grid, as in a corner of a tilted one. */
    static Optional<Placed> of(FloatVolume mask, BoxMm from, Geometry target, BoxMm to) {
      Geometry moved = relative(target, to, from);
      return covering(mask.geometry(), moved)
          .map(region -> new Placed(mask, region, region.of(moved)));
    }

    void addTo(float[] sum, Region all) {
      float[] values = GridSampler.sample(mask, grid, 1, 0).data();
      Size size = region.size();
      IntStream.range(0, size.z()).parallel().forEach(k -> {
        for (int j = 0; j < size.y(); j++) {
          int to = all.size().index(region.startX() - all.startX(),
              region.startY() - all.startY() + j, region.startZ() - all.startZ() + k);
          int at = size.index(0, j, k);
          for (int i = 0; i < size.x(); i++) {
            sum[to + i] += values[at + i];
          }
        }
      });
    }
  }

  /**
   * A grid as it lies in another patient: each point at the same share of the way through that patient's
   * box. This scales the axes of the patient, so that the grid of a tilted image becomes a sheared one.
   */
  static Geometry relative(Geometry grid, BoxMm from, BoxMm to) {
    Vec3 scale = new Vec3(to.extent(0) / from.extent(0), to.extent(1) / from.extent(1),
        to.extent(2) / from.extent(2));
    Vec3[] columns = new Vec3[3];
    double[] spacing = new double[3];
    for (int a = 0; a < 3; a++) {
      Vec3 step = times(grid.direction().column(a).times(grid.spacingMm().get(a)), scale);
      spacing[a] = step.norm();
      columns[a] = step.times(1 / spacing[a]);
    }
    Vec3 origin = to.low().plus(times(grid.originMm().minus(from.low()), scale));
    return new Geometry(grid.size(), new Vec3(spacing[0], spacing[1], spacing[2]), origin,
        new Mat3(columns[0], columns[1], columns[2]));
  }

  private static Vec3 times(Vec3 a, Vec3 b) {
    return new Vec3(a.x() * b.x(), a.y() * b.y(), a.z() * b.z());
  }

  /** The voxels of a grid that another grid's cells may hold; empty if there is none. */
  private static Optional<Region> covering(Geometry held, Geometry grid) {
    int[] start = new int[3];
    int[] end = new int[3];
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    for (int corner = 0; corner < 8; corner++) {
      Vec3 at = grid.toIndex(held.toPhysical(
          (corner & 1) == 0 ? -0.5 : held.size().x() - 0.5,
          (corner & 2) == 0 ? -0.5 : held.size().y() - 0.5,
          (corner & 4) == 0 ? -0.5 : held.size().z() - 0.5));
      for (int a = 0; a < 3; a++) {
        low[a] = Math.min(low[a], at.get(a));
        high[a] = Math.max(high[a], at.get(a));
      }
    }
    for (int a = 0; a < 3; a++) {
      start[a] = Math.max(0, (int) Math.floor(low[a]));
      end[a] = Math.min(grid.size().get(a), (int) Math.ceil(high[a]) + 1);
      if (end[a] <= start[a]) {
        return Optional.empty();
      }
    }
    return Optional.of(Region.between(start[0], start[1], start[2], end[0], end[1], end[2]));
  }
}
