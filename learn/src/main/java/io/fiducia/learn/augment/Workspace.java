package io.fiducia.learn.augment;

/**
 * The arrays that one worker reuses; each grows to the largest size requested. The content of an array
 * is undefined when it is returned. Not thread-safe: each worker has its own.
 */
final class Workspace {
  private float[] region = {};
  private short[] regionSeg = {};
  private float[] patch = {};
  private short[] patchSeg = {};
  private short[] previous = {};
  private float[] scratch = {};
  private float[] coarse = {};

  /** What was read of the case, all channels. */
  float[] region(int length) {
    return region = grown(region, length);
  }

  short[] regionSeg(int length) {
    return regionSeg = grown(regionSeg, length);
  }

  /** The patch after the spatial transform, all channels. */
  float[] patch(int length) {
    return patch = grown(patch, length);
  }

  short[] patchSeg(int length) {
    return patchSeg = grown(patchSeg, length);
  }

  /** The previous stage's labels after the spatial transform. */
  short[] previous(int length) {
    return previous = grown(previous, length);
  }

  /** A transform's working rows or planes. */
  float[] scratch(int length) {
    return scratch = grown(scratch, length);
  }

  /** A transform's coarse copy of the patch. */
  float[] coarse(int length) {
    return coarse = grown(coarse, length);
  }

  private static float[] grown(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  private static short[] grown(short[] array, int length) {
    return array.length >= length ? array : new short[length];
  }
}
