/**
 * What a run leaves on disk: label maps and masks with the header of the image, names of labels, and
 * a preview picture.
 */
package io.fiducia.anatomy.output;
