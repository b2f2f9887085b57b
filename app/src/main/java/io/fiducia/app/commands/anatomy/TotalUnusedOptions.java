package io.fiducia.app.commands.anatomy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of TotalSegmentator that have no effect here, and those that are not offered. */
public final class TotalUnusedOptions {
  @Option(names = {"-nr", "--nr_thr_resamp", "-ns", "--nr_thr_saving", "-t", "--nora_tag", "-cp",
    "--crop_path", "-l",
    "--license_number"}, paramLabel = "X", description = "accepted for compatibility with TotalSegmentator; no effect")
  private List<String> ignored = new ArrayList<>();

  @Option(names = "--test", hidden = true, paramLabel = "N")
  private String test;

  @Option(names = {"-r", "--radiomics"}, hidden = true)
  private boolean radiomics;

  @Option(names = {"-sp", "--save_probabilities"}, hidden = true, paramLabel = "FILE")
  private String probabilities;

  @Option(names = {"-ot",
    "--output_type"}, arity = "1..*", split = ",", paramLabel = "TYPE", description = "nifti, which is the default and the only one so far")
  private List<String> types = new ArrayList<>();

  /** Refuses what is not offered. */
  void check(Function<String, ParameterException> usageError) {
    if (radiomics) {
      throw usageError.apply("--radiomics is not offered: run pyradiomics on the written masks");
    }
    if (probabilities != null) {
      throw usageError.apply("--save_probabilities is not offered: fiducia nnunet predict"
          + " --save_probabilities writes them for one network");
    }
    if (test != null && !test.equals("0")) {
      throw usageError.apply("--test is for TotalSegmentator's own tests");
    }
    types.stream().filter(t -> !t.equals("nifti")).findFirst().ifPresent(t -> {
      throw usageError.apply("--output_type " + t + " is not offered yet, only nifti");
    });
  }
}
