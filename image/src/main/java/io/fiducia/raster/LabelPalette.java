package io.fiducia.raster;

/**
 * Colours for labels: one fixed colour for every label, those of neighbouring labels clearly
 * different. Hues are spread by the golden angle in the OKLCH colour space (B. Ottosson, 2020), where
 * equal steps look equally large; lightness alternates among three values.
 */
public final class LabelPalette {
  private static final double GOLDEN = (StrictMath.sqrt(5) - 1) / 2;
  private static final double[] LIGHTNESS = {0.74, 0.63, 0.82};
  private static final double CHROMA = 0.145;

  private LabelPalette() {}

  /** The colour of a label as 0xRRGGBB (sRGB). */
  public static int rgb(int label) {
    double hue = 2 * StrictMath.PI * (label * GOLDEN % 1);
    double lightness = LIGHTNESS[Math.floorMod(label, LIGHTNESS.length)];
    for (double chroma = CHROMA; chroma > 0; chroma -= 0.005) {
      double[] rgb = linear(lightness, chroma * StrictMath.cos(hue),
          chroma * StrictMath.sin(hue));
      if (Math.min(rgb[0], Math.min(rgb[1], rgb[2])) >= 0
          && Math.max(rgb[0], Math.max(rgb[1], rgb[2])) <= 1) {
        return encoded(rgb[0]) << 16 | encoded(rgb[1]) << 8 | encoded(rgb[2]);
      }
    }
    int grey = encoded(lightness * lightness * lightness);
    return grey << 16 | grey << 8 | grey;
  }

  /** Linear sRGB of an OKLab colour; outside 0 to 1 where sRGB does not have it. */
  private static double[] linear(double lightness, double a, double b) {
    double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    return new double[]{
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    };
  }

  private static double cube(double x) {
    return x * x * x;
  }

  private static int encoded(double linear) {
    double x = linear <= 0.0031308
        ? 12.92 * linear
        : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
    return (int) Math.round(255 * x);
  }
}
