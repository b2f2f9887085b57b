package io.fiducia.universeg.train;

import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import java.util.List;

/**
 * Contoured cases that belong together: one institution, one kind of image, one naming of structures.
 *
 * @param name unique among the datasets of a training
 * @param modality of the first channel, the only one that is used
 * @param cases one case per patient; no patient may occur twice
 */
public record InContextDataset(String name, Modality modality, List<ContouredCase> cases) {
  public InContextDataset {
    cases = List.copyOf(cases);
  }
}
