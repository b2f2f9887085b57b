/** Cohorts of synthetic patients: clinics, plans, and the dataset folders they become. */
package io.fiducia.phantom.cohort;
