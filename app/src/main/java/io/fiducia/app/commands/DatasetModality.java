package io.fiducia.app.commands;

import io.fiducia.core.Modality;
import io.fiducia.nnunet.dataset.RawDataset;

/** What kind of images a raw dataset holds. */
public final class DatasetModality {
  private DatasetModality() {}

  /** CT if dataset.json names the first channel CT, as nnU-Net decides too, else MR. */
  public static Modality of(RawDataset dataset) {
    return dataset.json().channels().getFirst().equalsIgnoreCase(Modality.CT.channel())
        ? Modality.CT
        : Modality.MR;
  }
}
