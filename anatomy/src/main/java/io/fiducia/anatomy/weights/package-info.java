/** Weights of public tools on disk: where they lie, which are there, how a zip is imported. */
package io.fiducia.anatomy.weights;
