/** Volumes segmented slice by slice after the example of support cases. */
package io.fiducia.universeg.segment;
