/**
 * A generator of synthetic female pelves: anatomy, CT and MR images, contours, cohorts. Nothing in
 * it comes from a patient.
 */
package io.fiducia.phantom;
