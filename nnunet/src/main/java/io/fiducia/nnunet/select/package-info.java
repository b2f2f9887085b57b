/**
 * After training: ensembles, cross-validation, post-processing, the choice of the best configuration,
 * and models as one file.
 */
package io.fiducia.nnunet.select;
