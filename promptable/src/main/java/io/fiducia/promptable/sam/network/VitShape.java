package io.fiducia.promptable.sam.network;

import java.util.List;

/**
 * Size of SAM's vision transformer (Kirillov et al., ICCV 2023; Li et al., ECCV 2022).
 *
 * @param imageSize pixels along each side, a multiple of {@code patch}
 * @param dim features of each place, a multiple of {@code heads}
 * @param depth number of blocks
 * @param heads heads of attention
 * @param window places along each side of a window in which blocks attend
 * @param globalBlocks blocks, counted from 0, that attend to the whole picture instead
 * @param mlp features of the hidden layer of each block
 * @param globalTable length of the tables of relative positions in global blocks: 2 grid − 1, or that of
 *     another picture size, from which it is then interpolated
 * @param patch pixels along each side of a place: {@link #PATCH} in all released ones
 */
public record VitShape(int imageSize, int dim, int depth, int heads, int window,
    List<Integer> globalBlocks, int mlp, int globalTable,
    int patch) implements EncoderShape {
  /** Pixels along each side of a place in all released networks. */
  public static final int PATCH = 16;

  private static final int SIZE = 1024;

  public VitShape {
    globalBlocks = List.copyOf(globalBlocks);
    if (patch < 1 || imageSize < patch || imageSize % patch != 0 || depth < 1 || heads < 1
        || dim % heads != 0
        || dim < heads || window < 1 || mlp < 1 || globalTable < 1) {
      throw new IllegalArgumentException("picture " + imageSize + ", dim " + dim + ", depth "
          + depth + ", heads " + heads + ", window " + window + ", mlp " + mlp);
    }
  }

  /** One whose global tables fit its picture size. */
  public static VitShape of(int imageSize, int dim, int depth, int heads, int window,
      List<Integer> globalBlocks, int mlp) {
    return new VitShape(imageSize, dim, depth, heads, window, globalBlocks, mlp,
        2 * (imageSize / PATCH) - 1, PATCH);
  }

  /** The released ViT-B. */
  public static VitShape base() {
    return of(SIZE, 768, 12, 12, 14, List.of(2, 5, 8, 11), 3072);
  }

  /** The released ViT-L. */
  public static VitShape large() {
    return of(SIZE, 1024, 24, 16, 14, List.of(5, 11, 17, 23), 4096);
  }

  /** The released ViT-H. */
  public static VitShape huge() {
    return of(SIZE, 1280, 32, 16, 14, List.of(7, 15, 23, 31), 5120);
  }

  @Override
  public int grid() {
    return imageSize / patch;
  }

  /** Features of one head. */
  public int headDim() {
    return dim / heads;
  }

  /** Whether a block attends to the whole picture. */
  public boolean isGlobal(int block) {
    return globalBlocks.contains(block);
  }

  /** The same network for pictures of another size; its tables of relative positions stay as they are. */
  public VitShape withImageSize(int size) {
    return new VitShape(size, dim, depth, heads, window, globalBlocks, mlp, globalTable, patch);
  }

  /** The same with places of another size, and tables that fit. */
  public VitShape withPatch(int pixels) {
    return new VitShape(imageSize, dim, depth, heads, window, globalBlocks, mlp,
        2 * (imageSize / pixels) - 1, pixels);
  }
}
