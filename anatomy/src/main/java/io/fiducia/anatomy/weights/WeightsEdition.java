package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.Tool;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The published sets of weights. CADS has several, which differ in training data and licence. */
public enum WeightsEdition {
  TOTALSEGMENTATOR(Tool.TOTALSEGMENTATOR, "", "", WeightsLicence.TOTAL_OPEN),
  CADS_REFERENCE(Tool.CADS, "reference", "cads-model_v1.0.0", WeightsLicence.CADS_CUSTOM),
  CADS_RESEARCH(Tool.CADS, "research", "cads-model-research_v1.0.0", WeightsLicence.CADS_RESEARCH),
  CADS_OPEN(Tool.CADS, "open", "cads-model-open_v1.0.0", WeightsLicence.CADS_OPEN),
  /** CADS's networks of body regions, which exist once, whatever is chosen for the other networks. */
  CADS_REGION(Tool.CADS, "region", "cads-model-region_v1.0.0", WeightsLicence.CADS_CUSTOM);

  /** Dataset numbers of CADS's networks of body regions. */
  private static final int FIRST_REGION = 601;
  private static final int LAST_REGION = 613;

  private final Tool tool;
  private final String word;
  private final String release;
  private final WeightsLicence licence;

  WeightsEdition(Tool tool, String word, String release, WeightsLicence licence) {
    this.tool = tool;
    this.word = word;
    this.release = release;
    this.licence = licence;
  }

  /** The edition of CADS of that name: reference, research or open. */
  public static Optional<WeightsEdition> ofCads(String word) {
    return cads().stream().filter(e -> e.word.equals(word.toLowerCase(Locale.ROOT))).findFirst();
  }

  /** The editions of CADS among which a user chooses. */
  public static List<WeightsEdition> cads() {
    return Arrays.stream(values()).filter(e -> e.tool == Tool.CADS && e != CADS_REGION).toList();
  }

  /** Whether a dataset of CADS is one of the networks of body regions. */
  static boolean isRegion(int dataset) {
    return dataset >= FIRST_REGION && dataset <= LAST_REGION;
  }

  public Tool tool() {
    return tool;
  }

  /** Name of the edition and of its folder; empty for TotalSegmentator, which has no such folder. */
  public String word() {
    return word;
  }

  /** Release of the weights on CADS's page; empty for TotalSegmentator, where it depends on the task. */
  public String release() {
    return release;
  }

  /** The licence; at TotalSegmentator that of the tasks that are open to all. */
  public WeightsLicence licence() {
    return licence;
  }
}
