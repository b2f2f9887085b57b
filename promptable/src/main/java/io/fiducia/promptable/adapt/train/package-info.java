/** Training of models of the SAM family on slices of contoured cases. */
package io.fiducia.promptable.adapt.train;
