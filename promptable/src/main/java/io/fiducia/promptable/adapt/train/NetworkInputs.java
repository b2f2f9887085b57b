package io.fiducia.promptable.adapt.train;

import io.fiducia.promptable.sam.DrawnPrompts;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.sam.picture.PictureFrame;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Optional;

/** Turns examples into what a network takes, and into what it should answer. */
record NetworkInputs(SamNetwork network, SamFamily family) {
  /** Places along each side of a mask's pixel that are looked at for its share of the structure. */
  private static final int SAMPLES = 3;

  private PictureFrame frame(Example example) {
    return new PictureFrame(family.preparation(), example.picture().width(),
        example.picture().height(),
        network.shape().encoder().imageSize());
  }

  /** The prepared pictures, (batch, 3, y, x). */
  Tensor pictures(List<Example> examples) {
    int side = network.shape().encoder().imageSize();
    int each = 3 * side * side;
    float[] all = new float[each * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      System.arraycopy(frame(examples.get(i)).input(examples.get(i).picture()), 0, all, i * each,
          each);
    }
    return Tensor.of(all, network.device(), examples.size(), 3, side, side);
  }

  /** The prompts of examples that have as many points each, and all a box or none. */
  SamPrompts prompts(List<Example> examples, Optional<Tensor> masks) {
    SlicePrompts first = examples.getFirst().prompts();
    int perExample = first.points().size();
    float[] points = new float[2 * perExample * examples.size()];
    int[] labels = new int[perExample * examples.size()];
    float[] boxes = new float[4 * first.boxes().size() * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      PictureFrame frame = frame(examples.get(i));
      SlicePrompts prompts = examples.get(i).prompts();
      for (int p = 0; p < perExample; p++) {
        SlicePrompts.Point point = prompts.points().get(p);
        points[2 * (i * perExample + p)] = frame.x(point.x());
        points[2 * (i * perExample + p) + 1] = frame.y(point.y());
        labels[i * perExample + p] = point.positive() ? 1 : 0;
      }
      for (PixelBox box : prompts.boxes()) {
        System.arraycopy(frame.box(box), 0, boxes, 4 * i, 4);
      }
    }
    return new SamPrompts(examples.size(), points, labels, boxes, masks);
  }

  /** Prompts as the network sees them. */
  SamPrompts seen(SamPrompts prompts) {
    return DrawnPrompts.seen(prompts, family, network);
  }

  /** Share of each pixel of the network's masks that a structure fills, (batch, 1, y, x). */
  Tensor target(List<Example> examples, String structure) {
    int side = network.shape().maskSide();
    float[] all = new float[side * side * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      boolean[] mask = examples.get(i).masks().get(structure);
      if (mask != null) {
        fill(all, i * side * side, mask, frame(examples.get(i)));
      }
    }
    return Tensor.of(all, network.device(), examples.size(), 1, side, side);
  }

  /** The same for examples of one structure each. */
  Tensor target(List<Example> examples) {
    int side = network.shape().maskSide();
    float[] all = new float[side * side * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      fill(all, i * side * side, examples.get(i).masks().values().iterator().next(),
          frame(examples.get(i)));
    }
    return Tensor.of(all, network.device(), examples.size(), 1, side, side);
  }

  private void fill(float[] out, int offset, boolean[] mask, PictureFrame frame) {
    int side = network.shape().maskSide();
    int[] columns = sources(side, frame.scaledWidth(), frame.width(), frame.side());
    int[] rows = sources(side, frame.scaledHeight(), frame.height(), frame.side());
    for (int y = 0; y < rows.length; y++) {
      if (rows[y] < 0) {
        continue;
      }
      for (int x = 0; x < columns.length; x++) {
        if (columns[x] >= 0 && mask[rows[y] * frame.width() + columns[x]]) {
          out[offset + y / SAMPLES * side + x / SAMPLES] += 1f / (SAMPLES * SAMPLES);
        }
      }
    }
  }

  /** For each place that is looked at, the picture's column or row; -1 beyond the picture. */
  private static int[] sources(int side, int scaled, int length, int square) {
    int[] out = new int[side * SAMPLES];
    for (int i = 0; i < out.length; i++) {
      double inSquare = (i + 0.5) / out.length * square;
      out[i] = inSquare < scaled
          ? Math.min(length - 1, (int) (inSquare * length / scaled))
          : -1;
    }
    return out;
  }
}
