/** The networks UniverSeg and MultiverSeg, and their weights. */
package io.fiducia.universeg.network;
