package io.fiducia.promptable.slice;

/**
 * Which model made an embedding: one of another family or with other weights cannot read it.
 *
 * @param family name of the model's family, such as {@code vit_b} or {@code medsam}; families differ in
 *     their preprocessing even where their networks are alike
 * @param weights SHA-256 of the weights' names, shapes and values, in lower case: the same whatever the
 *     file's format
 */
public record ModelIdentity(String family, String weights) {
  public ModelIdentity {
    if (!family.matches("[a-z0-9_]{1,40}") || !weights.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("model " + family + " with weights " + weights);
    }
  }

  @Override
  public String toString() {
    return family + " (weights " + weights.substring(0, 12) + ")";
  }
}
