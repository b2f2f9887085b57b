/** Objects of an image segmented in the whole volume, from prompts or from another system's result. */
package io.fiducia.promptable.segment;
