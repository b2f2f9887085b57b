package io.fiducia.anatomy.output;

import io.fiducia.raster.PixelFont;
import io.fiducia.raster.PngWriter;
import java.nio.file.Path;
import java.util.Arrays;

/** A picture made of equal cells in rows, each with a caption above it. */
final class PreviewCanvas {
  static final int BACKGROUND = 0x14161b;
  private static final int TEXT = 0xd8dbe0;
  private static final int CAPTION = 24;
  private static final int GAP = 10;
  private static final int BIG = 2;

  private final int columns;
  private final int cellWidth;
  private final int cellHeight;
  private final int width;
  private final int height;
  private final int[] rgb;

  /** An empty picture with room for a number of cells. */
  PreviewCanvas(int cells, int cellWidth, int cellHeight) {
    this.cellWidth = cellWidth;
    this.cellHeight = cellHeight;
    this.columns = columns(cells, cellWidth + GAP, cellHeight + CAPTION + GAP);
    int rows = (cells + columns - 1) / columns;
    this.width = columns * (cellWidth + GAP) + GAP;
    this.height = rows * (cellHeight + CAPTION + GAP) + GAP;
    this.rgb = new int[width * height];
    Arrays.fill(rgb, BACKGROUND);
  }

  /** The number of columns that makes the picture's shape like that of a screen. */
  private static int columns(int cells, int wide, int high) {
    int best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 1; c <= cells; c++) {
      int rows = (cells + c - 1) / c;
      double shape = (double) (c * wide) / (rows * high);
      double cost = Math.abs(Math.log(shape / 1.6)) + 0.15 * (rows * c - cells);
      if (cost < least) {
        least = cost;
        best = c;
      }
    }
    return best;
  }

  /**
   * A cell's drawing area, which has the shape of what is drawn and lies in the cell's middle.
   *
   * @param index counted row by row
   * @param title the caption
   * @param wide width of what is drawn, in any unit
   * @param high height in the same unit
   */
  Cell cell(int index, String title, double wide, double high) {
    int left = GAP + index % columns * (cellWidth + GAP);
    int top = GAP + CAPTION + index / columns * (cellHeight + CAPTION + GAP);
    text(title, left, top - CAPTION + 4, BIG, TEXT);
    double scale = Math.min(cellWidth / wide, cellHeight / high);
    int w = Math.clamp(Math.round(wide * scale), 1, cellWidth);
    int h = Math.clamp(Math.round(high * scale), 1, cellHeight);
    return new Cell(left, top, w, h);
  }

  /** Where one panel is drawn. */
  final class Cell {
    private final int cellLeft;
    private final int cellTop;
    private final int left;
    private final int top;
    private final int width;
    private final int height;

    private Cell(int cellLeft, int cellTop, int width, int height) {
      this.cellLeft = cellLeft;
      this.cellTop = cellTop;
      this.left = cellLeft + (cellWidth - width) / 2;
      this.top = cellTop + (cellHeight - height) / 2;
      this.width = width;
      this.height = height;
    }

    int width() {
      return width;
    }

    int height() {
      return height;
    }

    /** Sets a pixel of the drawing area, counted from its upper left. */
    void set(int x, int y, int colour) {
      rgb[(top + y) * PreviewCanvas.this.width + left + x] = colour;
    }

    /** Writes the patient's sides into the upper corners, seen from the front. */
    void sides() {
      text("R", cellLeft + 4, cellTop + 4, BIG, TEXT);
      text("L", cellLeft + cellWidth - 2 * PixelFont.ADVANCE - 2, cellTop + 4, BIG, TEXT);
    }

    /** Writes a name beside its colour; line 0 is the lowest. */
    void legend(int line, String name, int colour) {
      int y = cellTop + cellHeight - 11 - line * 11;
      for (int dy = 0; dy < PixelFont.HEIGHT; dy++) {
        for (int dx = 0; dx < PixelFont.HEIGHT; dx++) {
          point(cellLeft + 4 + dx, y + dy, colour);
        }
      }
      int room = (cellWidth - 20) / PixelFont.ADVANCE;
      String text = name.replace('_', ' ');
      text(text.length() > room ? text.substring(0, room) : text, cellLeft + 15, y, 1, TEXT);
    }
  }

  private void text(String text, int left, int top, int scale, int colour) {
    PixelFont.draw(text, (x, y) -> {
      for (int n = 0; n < scale * scale; n++) {
        point(left + x * scale + n % scale, top + y * scale + n / scale, colour);
      }
    });
  }

  private void point(int x, int y, int colour) {
    if (x >= 0 && x < width && y >= 0 && y < height) {
      rgb[y * width + x] = colour;
    }
  }

  void write(Path file) {
    PngWriter.write(file, width, height, rgb);
  }
}
