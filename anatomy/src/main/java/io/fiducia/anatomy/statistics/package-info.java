/** Volume and intensity of each structure of a label map, in TotalSegmentator's file format. */
package io.fiducia.anatomy.statistics;
