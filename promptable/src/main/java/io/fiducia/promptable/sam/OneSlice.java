package io.fiducia.promptable.sam;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.cache.ContentHash;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.cache.EmbeddingKey;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.List;

/**
 * One slice of an image along its third axis, as it lies in the file: columns are the first axis, rows the second.
 *
 * @param image the image
 * @param index of the slice, counted from 0
 */
public record OneSlice(FloatVolume image, int index) {
  /**
   * Checks the index and the slice's values.
   *
   * @throws FiduciaException BAD_INPUT for a slice that the image does not have, or one whose values are not
   *     numbers or all the same
   */
  public OneSlice {
    int slices = image.geometry().size().z();
    if (index < 0 || index >= slices) {
      throw FiduciaException.badInput("the image has no such slice", "slice " + index,
          "expected 0 to " + (slices - 1) + ", found " + index,
          "slices are counted from 0 along the third axis of the file");
    }
    int pixels = image.geometry().size().x() * image.geometry().size().y();
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = index * pixels; i < (index + 1) * pixels; i++) {
      float v = image.data()[i];
      if (!Float.isFinite(v)) {
        throw FiduciaException.badInput("intensities are not numbers", "slice " + index,
            "voxel " + i % image.geometry().size().x() + ", "
                + i % pixels / image.geometry().size().x() + " is " + v,
            "replace such voxels by the value of the background");
      }
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    if (low == high) {
      throw FiduciaException.badInput("there is nothing to see in the slice", "slice " + index,
          "all its values are " + low, "choose another slice");
    }
  }

  private int width() {
    return image.geometry().size().x();
  }

  private int height() {
    return image.geometry().size().y();
  }

  /** Its picture in a window, rounded to whole grey values as in a file of 8 bit. */
  public SlicePicture picture(GreyWindow window) {
    float[] grey = new float[width() * height()];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (float) Math.rint(window.grey(image.data()[index * grey.length + i]));
    }
    return new SlicePicture(width(), height(), grey);
  }

  /**
   * The picture as a model encodes it, from a cache if it is there. Its key is not that of a volume's slice,
   * whose grey values are not rounded.
   */
  public SliceEmbedding embedding(GreyWindow window, SliceModel model, EmbeddingCache cache) {
    EmbeddingKey key = new EmbeddingKey(ContentHash.of("rounded " + ContentHash.of(image)), 2,
        index, new EmbeddingKey.Range(window.low(), window.high()), width(), height(),
        model.identity());
    return cache.get(key, () -> model.embed(picture(window)));
  }

  /** An answer's mask on the image's grid: 1 inside, 0 elsewhere and in all other slices. */
  public LabelVolume mask(SliceAnswer answer) {
    byte[] mask = answer.mask();
    short[] out = new short[image.data().length];
    for (int i = 0; i < mask.length; i++) {
      out[index * mask.length + i] = mask[i];
    }
    return new LabelVolume(image.geometry(), out);
  }

  /** The probabilities of answers on the image's grid, 0 in all other slices. */
  public List<FloatVolume> probabilities(List<SliceAnswer> answers) {
    return answers.stream().map(a -> {
      float[] out = new float[image.data().length];
      System.arraycopy(a.probabilities(), 0, out, index * a.probabilities().length,
          a.probabilities().length);
      return new FloatVolume(image.geometry(), out);
    }).toList();
  }
}
