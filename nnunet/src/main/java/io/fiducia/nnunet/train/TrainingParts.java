package io.fiducia.nnunet.train;

import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.nnunet.network.UNet;

/**
 * What learns: the parts of a training that a checkpoint stores and restores.
 *
 * @param network the network
 * @param descent its optimiser, with the scaler of mixed precision
 * @param average its averaged weights, if weights are averaged
 */
record TrainingParts(UNet network, MixedPrecisionStep descent, AveragedWeights average) {}
