/**
 * Preprocessed cases, cascade inputs and probabilities on disk: our own format, which is mapped into
 * memory, and nnU-Net's npz and pkl files.
 */
package io.fiducia.nnunet.store;
