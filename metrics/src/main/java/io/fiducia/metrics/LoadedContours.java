package io.fiducia.metrics;

import io.fiducia.core.Structure;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Arrays;
import java.util.List;
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
   * @param plane whether the volume has two dimensions, and so one slice
   * @param members by label, 0 to 32767
   * @param box a box that holds them all; empty if there are none
   * @param warnings about the file of the structure, if it has its own
   */
  record Mask(LabelVolume volume, boolean plane, boolean[] members, Optional<Region> box,
      List<String> warnings) {
    /** No voxel of a volume. */
    Mask none() {
      return new Mask(volume, plane, new boolean[Short.MAX_VALUE + 1], Optional.empty(), List.of());
    }
  }

  /** What the user should know about the one file, if there is one. */
  List<String> warnings();

  /** Reads a label map; the files of single structures are read when they are asked for. */
  static LoadedContours load(CaseContours contours, LabelMapFormat format) {
    return switch (contours) {
      case CaseContours.LabelMap map -> new FromMap(format.read(map.path()));
      case CaseContours.StructureFiles files -> new FromFiles(files, format);
    };
  }

  /** Structures that are labels of one map. */
  record FromMap(LabelMapContent content, LabelBoxes boxes) implements LoadedContours {
    FromMap(LabelMapContent content) {
      this(content, LabelBoxes.of(content.labels()));
    }

    LabelVolume volume() {
      return content.labels();
    }

    @Override
    public List<String> warnings() {
      return content.warnings();
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
          ? Optional.of(Region.whole(volume().geometry().size()))
          : boxes.box(structure.labels());
      return Optional.of(new Mask(volume(), content.plane(), members, box, List.of()));
    }
  }

  /** Structures that have a file each. */
  record FromFiles(CaseContours.StructureFiles files, LabelMapFormat format)
      implements
        LoadedContours {
    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public Optional<Mask> mask(Structure structure) {
      return NameMatcher.find(structure.name(), files.files().keySet()).map(name -> {
        LabelMapContent content = format.read(files.files().get(name));
        boolean[] members = new boolean[Short.MAX_VALUE + 1];
        Arrays.fill(members, true);
        members[0] = false;
        LabelBoxes boxes = LabelBoxes.of(content.labels());
        return new Mask(content.labels(), content.plane(), members, boxes.box(boxes.labels()),
            content.warnings());
      });
    }
  }
}
