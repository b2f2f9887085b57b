/** How each family of the SAM models prepares a picture and places prompts in it. */
package io.fiducia.promptable.sam.picture;
