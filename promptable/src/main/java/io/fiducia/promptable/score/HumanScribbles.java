package io.fiducia.promptable.score;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.metrics.MetricSet;
import io.fiducia.morphology.Masks;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.user.InteractionSeconds;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images of one slice with a label and the scribbles of several people, as MedScribble (Wong et al., 2024)
 * stores them: {@code TASK/NAME_image.nii.gz}, {@code NAME_label.nii.gz}, {@code NAME_scribble0.nii.gz} and so
 * on; 1 was scribbled on the structure, 2 on the background.
 *
 * @param images in the order of their names
 */
public record HumanScribbles(List<Scribbled> images) {
  private static final String IMAGE = "_image.nii.gz";
  private static final short INSIDE = 1;
  private static final short OUTSIDE = 2;

  /** An image, the structure in it, and each person's scribbles. */
  public record Scribbled(String task, String name, FloatVolume image, LabelVolume label,
      List<LabelVolume> scribbles) {
    private boolean[] reference() {
      return Masks.equalTo(label.data(), INSIDE);
    }
  }

  public HumanScribbles {
    images = List.copyOf(images);
  }

  /**
   * Reads a folder of tasks.
   *
   * @throws FiduciaException BAD_INPUT if there is no image, or if a file is missing or on another grid
   */
  public static HumanScribbles read(Path folder) {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder, 2)) {
      files = all.filter(f -> f.getFileName().toString().endsWith(IMAGE)).sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("the scribbled images cannot be read", folder,
          String.valueOf(e.getMessage()), "check the path", e);
    }
    if (files.isEmpty()) {
      throw FiduciaException.badInput("there are no scribbled images", folder,
          "expected files TASK/NAME" + IMAGE, "check the path");
    }
    return new HumanScribbles(files.stream().map(HumanScribbles::one).toList());
  }

  private static Scribbled one(Path file) {
    String name = file.getFileName().toString().replace(IMAGE, "");
    FloatVolume image = NiftiReader.read(file).toFloatVolume(0);
    List<LabelVolume> scribbles = new ArrayList<>();
    Path next = file.resolveSibling(name + "_scribble0.nii.gz");
    while (Files.exists(next)) {
      scribbles.add(labels(next, image.geometry()));
      next = file.resolveSibling(name + "_scribble" + scribbles.size() + ".nii.gz");
    }
    return new Scribbled(file.toAbsolutePath().getParent().getFileName().toString(), name, image,
        labels(file.resolveSibling(name + "_label.nii.gz"), image.geometry()),
        List.copyOf(scribbles));
  }

  private static LabelVolume labels(Path file, Geometry grid) {
    LabelVolume labels = NiftiReader.read(file).toLabelVolume();
    if (!labels.geometry().sameGrid(grid)) {
      throw FiduciaException.badInput("a drawing lies on another grid than its image", file,
          "expected " + grid + ", found " + labels.geometry(), "draw it on the image");
    }
    return labels;
  }

  /**
   * Scores a system on the people's scribbles: the positive one is given first, then the negative one.
   *
   * @return two scores for each person and image; the structure's name is the task's, the case is the image
   *     and the person
   */
  public List<PromptScore> scoreScribbles(InteractiveSystem system, InteractionSeconds seconds,
      double toleranceMm) {
    List<PromptScore> scores = new ArrayList<>();
    for (Scribbled s : images) {
      for (int person = 0; person < s.scribbles().size(); person++) {
        LabelVolume drawn = s.scribbles().get(person);
        scores.addAll(score(system, s, "_person" + person,
            List.of(scribble(drawn, INSIDE), scribble(drawn, OUTSIDE)), seconds, toleranceMm));
      }
    }
    return scores;
  }

  private static Prompt scribble(LabelVolume drawn, short value) {
    return new Prompt.Scribble(new LabelVolume(drawn.geometry(),
        MaskScores.labels(Masks.equalTo(drawn.data(), value))), value == INSIDE);
  }

  /**
   * Scores a system on boxes around the structures.
   *
   * @param margin voxels between the structure and the box on each side
   */
  public List<PromptScore> scoreBoxes(InteractiveSystem system, int margin,
      InteractionSeconds seconds, double toleranceMm) {
    List<PromptScore> scores = new ArrayList<>();
    for (Scribbled s : images) {
      scores.addAll(score(system, s, "", List.of(box(s, margin)), seconds, toleranceMm));
    }
    return scores;
  }

  private static Prompt box(Scribbled s, int margin) {
    SliceAxes axes = SliceAxes.of(s.image().geometry(), SlicePlane.AXIAL);
    PixelBox box = SliceMask.box(axes.cut(s.reference(), 0), axes.columns())
        .orElseThrow(() -> FiduciaException.badInput("a label is empty", s.name(),
            "no voxel is " + INSIDE, "leave the image out"));
    return new Prompt.Box(new Region((int) box.x0(), (int) box.y0(), 0,
        new Size((int) (box.x1() - box.x0()) + 1,
            (int) (box.y1() - box.y0()) + 1, 1))
        .grown(margin, margin, 0).clippedTo(s.image().geometry().size()));
  }

  private static List<PromptScore> score(InteractiveSystem system, Scribbled s, String suffix,
      List<Prompt> prompts, InteractionSeconds seconds, double toleranceMm) {
    MetricSet metrics = MaskScores.metrics(toleranceMm);
    List<PromptScore> scores = new ArrayList<>();
    double spent = 0;
    try (InteractiveSystem.Work work = system.start(s.image(), s.task())) {
      for (Prompt prompt : prompts) {
        boolean[] found = work.give(prompt);
        spent += seconds.of(prompt);
        scores.add(new PromptScore(system.name(), s.name() + suffix, s.task(), scores.size() + 1,
            spent, MaskScores.of(s.image().geometry(), s.reference(), found, metrics)));
      }
    }
    return scores;
  }
}
