/**
 * nnU-Net's preprocessing: cropping, normalization and resampling of one case or a whole dataset, and the
 * measurements that a plan is made from.
 */
package io.fiducia.nnunet.preprocess;
