/**
 * Prediction of a whole image by a network that sees patches: where the patches lie, what they weigh,
 * in what precision they are computed, and where their sums are held. What the network is does not
 * matter here.
 */
package io.fiducia.learn.window;
