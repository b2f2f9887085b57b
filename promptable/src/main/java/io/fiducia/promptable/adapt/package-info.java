/** Adaptation of models of the SAM family: what of a network trains, and the files that hold the result. */
package io.fiducia.promptable.adapt;
