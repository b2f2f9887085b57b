/**
 * Segmentation with a trained nnU-Net model.
 *
 * <p>{@link io.fiducia.nnunet.infer.ModelFolder} reads what nnU-Net stores, {@link
 * io.fiducia.nnunet.infer.LoadedModel} holds its networks and streams logits plane by plane, {@link
 * io.fiducia.nnunet.infer.LabelExport} takes them to the grid of the file, {@link
 * io.fiducia.nnunet.infer.NnunetSegmenter} is all of it for one case in memory, and {@link
 * io.fiducia.nnunet.infer.Predictor} for many cases in files.
 */
package io.fiducia.nnunet.infer;
