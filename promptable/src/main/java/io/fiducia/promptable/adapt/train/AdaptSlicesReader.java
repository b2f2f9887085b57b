package io.fiducia.promptable.adapt.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.Suggestions;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.Segmentation;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.promptable.volume.StructureWindows;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Cuts the slices of contoured cases. Each case is read once; its slices stay in memory as 8-bit pictures. */
final class AdaptSlicesReader {
  private static final String TASK = "Cut slices";
  private static final double VALIDATION_SHARE = 0.2;
  /** Fewest patients of which some are set aside to validate. */
  private static final int LEAST_TO_VALIDATE = 3;

  private final AdaptData data;
  private final boolean oneWindow;
  private final StructureWindows windows = new StructureWindows(StructureVocabulary.load());
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * A reader.
   *
   * @param oneWindow whether a slice is shown in one window for all structures, as a model without prompts sees
   *     it; otherwise each structure in its own
   */
  AdaptSlicesReader(AdaptData data, boolean oneWindow, Progress progress,
      Cancellation cancellation) {
    this.data = data;
    this.oneWindow = oneWindow;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Reads all cases.
   *
   * @throws FiduciaException BAD_INPUT if a case cannot be used, or no slice shows a structure
   */
  AdaptSlices read() {
    List<List<TrainingPicture>> cases = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    progress.started(TASK, data.cases().size(), "cases");
    try {
      for (ContouredCase c : data.cases()) {
        cancellation.check("cutting slices to train on");
        List<TrainingPicture> pictures = named(c, known);
        if (pictures.isEmpty()) {
          progress.warning(c.id() + ": no slice shows a structure of at least "
              + data.choice().leastPixels() + " pixels, left out");
        } else {
          cases.add(pictures);
        }
        progress.advanced(TASK, cases.size(), c.id());
      }
    } finally {
      progress.finished(TASK);
    }
    requireKnown(known);
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("there is nothing to learn from", data.name(),
          "no slice of " + data.cases().size() + " cases shows a structure"
              + (data.structures().isEmpty() ? "" : " of " + data.structures()),
          "check the contours and the names of the structures");
    }
    int aside = cases.size() < LEAST_TO_VALIDATE
        ? 0
        : (int) Math.max(1, Math.rint(VALIDATION_SHARE * cases.size()));
    List<TrainingPicture> training = flat(cases.subList(0, cases.size() - aside));
    List<TrainingPicture> validation = aside == 0
        ? training
        : flat(cases.subList(cases.size() - aside, cases.size()));
    Set<String> structures = new TreeSet<>();
    training.forEach(p -> structures.addAll(p.structures()));
    known.stream().filter(name -> data.structures().isEmpty() || data.structures().contains(name))
        .filter(name -> !structures.contains(name))
        .forEach(name -> progress.warning(name + ": no slice to learn from shows at least "
            + data.choice().leastPixels() + " pixels of it, it is not learned"));
    return new AdaptSlices(List.copyOf(structures), training, validation);
  }

  private static List<TrainingPicture> flat(List<List<TrainingPicture>> cases) {
    return cases.stream().flatMap(List::stream).toList();
  }

  /** Each structure that was asked for must be contoured in some case. */
  private void requireKnown(Set<String> known) {
    for (String name : data.structures()) {
      if (!known.contains(name)) {
        throw FiduciaException.badInput("no case has a structure of this name", data.name(),
            name + " is not among " + known, Suggestions.nearest(name, known)
                .map(n -> "did you mean " + n + "?").orElse("check the names of the structures"));
      }
    }
  }

  /**
   * The slices of a case; what is wrong with it names the case.
   *
   * @param known gets the names of all structures that the case was contoured for
   */
  private List<TrainingPicture> named(ContouredCase c, Set<String> known) {
    try {
      return cut(c, known);
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
        throw e;
      }
      throw FiduciaException.badInput(e.what(), c.id(), e.why(), e.advice(), e);
    }
  }

  private List<TrainingPicture> cut(ContouredCase c, Set<String> known) {
    FloatVolume image = c.images().channels().getFirst();
    Segmentation contours = c.contours();
    if (!contours.geometry().sameGrid(image.geometry())) {
      throw FiduciaException.badInput("the contours lie on another grid than the image", c.id(),
          "image " + image.geometry() + ", contours " + contours.geometry(),
          "contour this image");
    }
    Map<String, boolean[]> masks = new LinkedHashMap<>();
    known.addAll(contours.structures().names());
    for (String name : contours.structures().names()) {
      if (data.structures().isEmpty() || data.structures().contains(name)) {
        masks.put(name, contours.mask(name));
      }
    }
    requireFinite(image, c.id());
    Map<GreyWindow, Set<String>> byWindow = byWindow(masks.keySet(), image);
    List<TrainingPicture> out = new ArrayList<>();
    for (SlicePlane plane : data.choice().planes()) {
      byWindow.forEach((window, names) -> out.addAll(
          cut(c.id(), PlaneStack.of(image, plane, window), names, masks)));
    }
    return out;
  }

  /** Before percentiles are taken: those of an image with NaN mean nothing. */
  private static void requireFinite(FloatVolume image, String caseId) {
    for (float v : image.data()) {
      if (!Float.isFinite(v)) {
        throw FiduciaException.badInput("the image has voxels that are NaN or infinite", caseId,
            "found " + v, "replace them, for example by the value of air or 0");
      }
    }
  }

  /** The structures that are seen in each window. In MR all share one, whose percentiles are costly. */
  private Map<GreyWindow, Set<String>> byWindow(Set<String> names, FloatVolume image) {
    Map<GreyWindow, Set<String>> out = new LinkedHashMap<>();
    if (names.isEmpty()) {
      return out;
    }
    if (oneWindow || data.modality() != Modality.CT) {
      out.put(StructureWindows.common(data.modality(), image), new LinkedHashSet<>(names));
      return out;
    }
    names.forEach(name -> out
        .computeIfAbsent(windows.of(name, data.modality(), image), key -> new LinkedHashSet<>())
        .add(name));
    return out;
  }

  private List<TrainingPicture> cut(String caseId, PlaneStack stack, Set<String> names,
      Map<String, boolean[]> masks) {
    Map<Integer, TrainingPicture> slices = new TreeMap<>();
    Set<Integer> chosen = new TreeSet<>();
    for (String name : names) {
      List<Integer> with = new ArrayList<>();
      for (int s = 0; s < stack.axes().slices(); s++) {
        if (SliceMask.area(stack.axes().cut(masks.get(name), s)) >= data.choice().leastPixels()
            && !stack.isBlank(s)) {
          with.add(s);
        }
      }
      chosen.addAll(spread(with, data.choice().mostSlices()));
    }
    for (int s : chosen) {
      TrainingPicture picture = new TrainingPicture(caseId,
          new SlicePicture(stack.width(), stack.height(), stack.grey(s)), names);
      for (String name : names) {
        boolean[] mask = SliceMask
            .of(stack.toPicture(SliceMask.certain(stack.axes().cut(masks.get(name), s))));
        if (SliceMask.area(mask) >= data.choice().leastPixels()
            || oneWindow && SliceMask.area(mask) > 0) {
          picture.add(name, mask);
        }
      }
      if (!picture.structures().isEmpty()) {
        slices.put(s, picture);
      }
    }
    return List.copyOf(slices.values());
  }

  private static List<Integer> spread(List<Integer> all, int most) {
    if (all.size() <= most) {
      return all;
    }
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      out.add(all.get((int) ((i + 0.5) * all.size() / most)));
    }
    return out;
  }
}
