/**
 * Weights of one network put into another: which tensors are taken as they are, which are adapted,
 * which stay as they were initialised, and a report of all of them. Knows no network; a system names
 * its tensors and gives a {@link io.fiducia.learn.transfer.TensorRule} for each.
 */
package io.fiducia.learn.transfer;
