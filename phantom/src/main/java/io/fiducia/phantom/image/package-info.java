/** Scanners that look at the synthetic body: CT and MR, each as two clinics would set it up. */
package io.fiducia.phantom.image;
