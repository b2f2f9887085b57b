/** Weights that find structures without prompts, slice by slice. */
package io.fiducia.promptable.automatic;
