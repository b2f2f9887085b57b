package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Modality;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.cohort.Cohort;
import io.fiducia.phantom.cohort.CohortPlan;
import io.fiducia.phantom.cohort.Domain;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a cohort of synthetic patients as an nnU-Net dataset folder. */
@Command(name = "phantom", description = {
  "Makes a cohort of synthetic female pelves: images, contours and covariates as an nnU-Net dataset.",
  "It contains no patient data. The same options give the same bytes."}, footer = {"",
    "Example:", "  fiducia phantom Dataset900_Phantom --cases 20 --size small",
    "  fiducia phantom Dataset901_Target --cases 20 --size small --domain target"})
public final class PhantomCommand extends FiduciaCommand {
  /** Whose scanner, patients and habits. */
  enum Clinic {
    SOURCE,
    TARGET
  }

  @Parameters(index = "0", paramLabel = "OUT", description = "the dataset folder, new or empty (best named DatasetNNN_Name)")
  private Path out;

  @Option(names = "--cases", required = true, paramLabel = "N", description = "number of patients")
  private int cases;

  @Option(names = "--test", paramLabel = "N", description = "number of patients in imagesTs (default: a fifth)")
  private Optional<Integer> test = Optional.empty();

  @Option(names = "--modality", paramLabel = "ct|mr", defaultValue = "ct", description = "default: ct")
  private Modality modality;

  @Option(names = "--domain", paramLabel = "source|target", defaultValue = "source", description = "one of two clinics that differ in scanners, patients and habits (default: source)")
  private Clinic domain;

  @Option(names = "--size", paramLabel = "small|full", defaultValue = "full", description = "small: 96x96x48 voxels; full: as in a clinic (default: full)")
  private Domain.Resolution size;

  @Option(names = "--readers", paramLabel = "1|2", defaultValue = "1", description = "2: a second reader also contours every case")
  private int readers;

  @Option(names = "--hysterectomy", paramLabel = "SHARE", description = "share of patients without a uterus, 0 to 1 (default: the domain's)")
  private Optional<Double> hysterectomy = Optional.empty();

  @Option(names = "--prosthesis", paramLabel = "SHARE", description = "share of patients with an artificial hip, 0 to 1")
  private Optional<Double> prosthesis = Optional.empty();

  @Option(names = "--spacer", paramLabel = "SHARE", description = "share of patients with gel between vagina and rectum, 0 to 1")
  private Optional<Double> spacer = Optional.empty();

  @Override
  protected int run(Context context) {
    Domain usual = Domain.of(modality, domain == Clinic.TARGET);
    Patient.Options people = usual.population();
    Domain clinic = usual.with(people.withShares(
        share("--hysterectomy", hysterectomy, people.hysterectomy()),
        share("--prosthesis", prosthesis, people.prosthesis()),
        share("--spacer", spacer, people.spacer())));
    CohortPlan plan = plan(clinic, context.seed());
    Cohort.write(plan, out, context.threads(), context.progress(), context.cancellation());
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("folder", out.toString());
      document.put("synthetic", true);
      document.put("training", plan.cases() - plan.testCases());
      document.put("test", plan.testCases());
      context.console().json(document);
    } else {
      context.console().note("wrote " + out + ": " + (plan.cases() - plan.testCases())
          + " training and " + plan.testCases() + " test cases, all synthetic");
    }
    return 0;
  }

  private CohortPlan plan(Domain clinic, long seed) {
    try {
      return new CohortPlan(clinic, size, cases, test.orElse(CohortPlan.usualTestCases(cases)),
          readers, seed);
    } catch (FiduciaException e) {
      String advice = e.advice().isEmpty() ? option(e.where()) : e.advice();
      throw new FiduciaException(e.kind(), e.what(), "", e.why(), advice, e);
    }
  }

  /** How to give a number that a plan refused. */
  private static String option(String number) {
    return switch (number) {
      case CohortPlan.CASES -> "give --cases 20";
      case CohortPlan.TEST_CASES -> "give fewer with --test";
      case CohortPlan.READERS -> "give --readers 1 or 2";
      default -> "";
    };
  }

  private double share(String option, Optional<Double> given, double usual) {
    double share = given.orElse(usual);
    if (!(share >= 0 && share <= 1)) {
      throw usageError(option + " is a share from 0 to 1, found " + share);
    }
    return share;
  }
}
