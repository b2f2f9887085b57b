/** Embeddings of slices on disk, so that a slice is encoded once. */
package io.fiducia.promptable.cache;
