package io.fiducia.report;

/**
 * A part of a run.
 *
 * @param seconds it took, over interruptions
 * @param peakMemoryMb most resident memory of the whole process during it; 0 if unknown
 */
public record Phase(String name, double seconds, long peakMemoryMb) {}
