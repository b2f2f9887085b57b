/** The SAM family at work on one picture: embeddings, answers to prompts, all masks of a picture. */
package io.fiducia.promptable.sam;
