package io.fiducia.metrics;

import io.fiducia.core.Structure;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Arrays;
import java.util.Optional;

/** One side of a case, ready to give the masks of its structures. */
sealed interface LoadedContours {
  /**
   * The voxels of a structure; empty if these contours do not say where it is.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if its file cannot be read
   */
  Optional<Mask> mask(Structure structure);

  /**
   * A structure's voxels: those of the volume whose label is a member.
   *
   * @param members by label, 0 to 32767
   * @param box a box that holds them all; empty if there are none
   */
  record Mask(LabelVolume volume, boolean[] members, Optional<Region> box) {}

  /** Reads a label map; the files of single structures are read when they are asked for. */
  static LoadedContours load(CaseContours contours, LabelMapFormat format) {
    return switch (contours) {
      case CaseContours.LabelMap map -> new FromMap(format.read(map.path()));
      case CaseContours.StructureFiles files -> new FromFiles(files, format);
    };
  }

  /** Structures that are labels of one map. */
  record FromMap(LabelVolume volume, LabelBoxes boxes) implements LoadedContours {
    FromMap(LabelVolume volume) {
      this(volume, LabelBoxes.of(volume));
    }

    @Override
    public Optional<Mask> mask(Structure structure) {
      if (structure.labels().isEmpty()) {
        return Optional.empty();
      }
      boolean[] members = new boolean[Short.MAX_VALUE + 1];
      structure.labels().forEach(label -> members[label] = true);
      // The box of the background is not known.
      Optional<Region> box = members[0]
          ? Optional.of(Region.whole(volume.geometry().size()))
          : boxes.box(structure.labels());
      return Optional.of(new Mask(volume, members, box));
    }
  }

  /** Structures that have a file each. */
  record FromFiles(CaseContours.StructureFiles files, LabelMapFormat format)
      implements
        LoadedContours {
    @Override
    public Optional<Mask> mask(Structure structure) {
      return NameMatcher.find(structure.name(), files.files().keySet()).map(name -> {
        LabelVolume volume = format.read(files.files().get(name));
        boolean[] members = new boolean[Short.MAX_VALUE + 1];
        Arrays.fill(members, true);
        members[0] = false;
        LabelBoxes boxes = LabelBoxes.of(volume);
        return new Mask(volume, members, boxes.box(boxes.labels()));
      });
    }
  }
}
