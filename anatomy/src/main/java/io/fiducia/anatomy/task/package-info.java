/**
 * The tasks of the public anatomy tools as tables: which networks a task needs, what their labels
 * mean, at which spacing they work. Nothing here reads weights or images.
 */
package io.fiducia.anatomy.task;
