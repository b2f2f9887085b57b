/** Scores of promptable systems against the number of interactions, beside simple rules. */
package io.fiducia.promptable.score;
