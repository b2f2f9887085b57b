package io.fiducia.nnunet.plan;

/** Foreground intensities of one channel over a dataset; the percentiles are 0.5 and 99.5. */
public record IntensityProperties(double mean, double median, double std, double min, double max,
    double percentile005, double percentile995) {}
