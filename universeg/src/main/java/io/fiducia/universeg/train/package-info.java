/** Training of in-context networks: tasks, episodes, augmentation, the step, checkpoints, the card. */
package io.fiducia.universeg.train;
