package io.fiducia.app.demo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a demonstration is asked for.
 *
 * @param dataset an nnU-Net raw dataset folder; without one a phantom cohort is made
 * @param minutes training time
 * @param output folder for everything that is made
 * @param overwrite whether a finished demonstration there may be replaced
 * @param commandLine how it was called, for the report
 */
public record DemoOptions(Optional<Path> dataset, double minutes, Path output, boolean overwrite,
    String commandLine) {}
