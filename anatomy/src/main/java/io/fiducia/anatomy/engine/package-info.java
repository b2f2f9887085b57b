/**
 * What all tools need: networks that stay in memory between scans, several of them on one image,
 * merged into one label map, and the way to the network's grid and back.
 */
package io.fiducia.anatomy.engine;
