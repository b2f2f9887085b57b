package io.fiducia.raster;

import java.util.Locale;

/** A font of 5x7 pixels for captions in pictures: capitals, digits and a few marks. */
public final class PixelFont {
  /** Rows of a letter. */
  public static final int HEIGHT = 7;
  /** A letter and the gap after it. */
  public static final int ADVANCE = 6;

  /** A letter and its seven rows from the top, each a digit of base 32 whose bits are pixels. */
  private static final String GLYPHS = "Aehhvhhh Buhhuhhu Cehggghe Duhhhhhu Evgguggv Fvgguggg "
      + "Gehgnhhf Hhhhvhhh Ie44444e J72222ic Khikokih Lggggggv Mhrllhhh Nhhpljhh Oehhhhhe Puhhuggg "
      + "Qehhhlid Ruhhukih Sfgge11u Tv444444 Uhhhhhhe Vhhhhha4 Whhhllla Xhha4ahh Yhhha444 Zv1248gv "
      + "0ehjlphe 14c4444e 2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c "
      + "-000e000 .00000cc /01248g0 (2488842 )8422248 +044v440 ,0000448 :0cc0cc0";
  private static final int GLYPH = 9;

  private PixelFont() {}

  /** Receives the pixels of a text, counted from its upper left corner. */
  @FunctionalInterface
  public interface Pixels {
    void set(int x, int y);
  }

  /** Draws a text; small letters become capitals, and what is not in the font a gap. */
  public static void draw(String text, Pixels pixels) {
    String capitals = text.toUpperCase(Locale.ROOT);
    for (int c = 0; c < capitals.length(); c++) {
      int at = 0;
      while (at < GLYPHS.length() && GLYPHS.charAt(at) != capitals.charAt(c)) {
        at += GLYPH;
      }
      for (int y = 0; y < HEIGHT && at < GLYPHS.length(); y++) {
        int bits = Character.digit(GLYPHS.charAt(at + 1 + y), 32);
        for (int x = 0; x < 5; x++) {
          if ((bits >> 4 - x & 1) != 0) {
            pixels.set(c * ADVANCE + x, y);
          }
        }
      }
    }
  }
}
