/** The networks of the SAM family: image encoders, prompt encoder, mask decoder. */
package io.fiducia.promptable.sam.network;
