/** A person's session with a model on one image: objects, steps, undo, results. */
package io.fiducia.promptable.session;
