/** TotalSegmentator's flow: from an image to its label map, in the order of the original. */
package io.fiducia.anatomy.total;
