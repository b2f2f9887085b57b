/** Slices of volumes, as in-context networks look at them. */
package io.fiducia.universeg.slice;
