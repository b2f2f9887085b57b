/** How well systems that learn from a few cases do against the number of these cases. */
package io.fiducia.universeg.score;
