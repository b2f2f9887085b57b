package io.fiducia.morphology;

/** Which neighbours of a voxel count as touching it: those sharing a face, an edge or a corner. */
public enum Connectivity {
  /** Six neighbours that share a face. */
  FACES(1),
  /** Eighteen neighbours that share a face or an edge. */
  EDGES(2),
  /** Twenty-six neighbours that share a face, an edge or a corner. */
  CORNERS(3);

  private final int maxSteps;

  Connectivity(int maxSteps) {
    this.maxSteps = maxSteps;
  }

  /** Whether a voxel touches the one at this offset (each of -1, 0, 1, not all 0). */
  boolean joins(int dz, int dy, int dx) {
    int steps = Math.abs(dz) + Math.abs(dy) + Math.abs(dx);
    return steps > 0 && steps <= maxSteps;
  }
}
