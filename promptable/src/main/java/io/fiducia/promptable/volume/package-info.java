/** Pictures of a volume, and volumes from the answers in some of its slices. */
package io.fiducia.promptable.volume;
