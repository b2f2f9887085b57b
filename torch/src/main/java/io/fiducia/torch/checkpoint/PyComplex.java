package io.fiducia.torch.checkpoint;

/** A Python complex number. */
public record PyComplex(double real, double imaginary) {}
