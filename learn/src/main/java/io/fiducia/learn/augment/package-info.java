/**
 * Training batches: which case and place to cut, how to augment it, and the threads that prepare
 * batches ahead of the network. Arrays are row-major (channel, z, y, x); everything is a function of (seed, epoch,
 * iteration, sample), never of the number of threads.
 */
package io.fiducia.learn.augment;
