/** All masks of a picture ("segment everything"): a grid of points, filters, and the choice among duplicates. */
package io.fiducia.promptable.everything;
