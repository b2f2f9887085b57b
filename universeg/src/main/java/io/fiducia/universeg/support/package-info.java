/** The contoured cases that an in-context network learns a structure from. */
package io.fiducia.universeg.support;
