/** Layers that are added to a network of the SAM family: low-rank additions and adapters. */
package io.fiducia.promptable.adapt.layer;
