/** A simulated user of promptable models, in two or three dimensions, and what the user's time costs. */
package io.fiducia.promptable.user;
