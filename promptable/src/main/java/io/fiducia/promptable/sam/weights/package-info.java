/** Weights of the SAM family: which model they belong to, and under which licence they stand. */
package io.fiducia.promptable.sam.weights;
