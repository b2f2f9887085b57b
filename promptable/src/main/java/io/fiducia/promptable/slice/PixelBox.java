package io.fiducia.promptable.slice;

/**
 * A box in a picture. Its corners are pixels inside the box: {@code (x0, y0)} is the pixel at its upper left,
 * {@code (x1, y1)} the one at its lower right, counted from 0.
 *
 * @param x0 smallest column
 * @param y0 smallest row
 * @param x1 largest column
 * @param y1 largest row
 */
public record PixelBox(double x0, double y0, double x1, double y1) {}
