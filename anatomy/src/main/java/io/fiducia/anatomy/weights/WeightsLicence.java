package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.CadsLicence;

/**
 * The terms of published weights, as their authors state them. This is information for the user, not
 * legal advice.
 *
 * @param name the licence, in few words
 * @param allows what may be done with the weights
 * @param derived what holds for weights that are trained from them
 * @param source address of the page that says so
 */
public record WeightsLicence(String name, String allows, String derived, String source) {
  private static final String TOTALSEGMENTATOR = "https://github.com/wasserth/TotalSegmentator";
  private static final String CADS = "https://github.com/murong-xu/CADS/blob/main/cads/LICENSE_MODEL";

  /** TotalSegmentator's weights that anyone can download. */
  static final WeightsLicence TOTAL_OPEN = new WeightsLicence(
      "not stated separately from the code's Apache-2.0 (issue #490)",
      "the authors list the task as openly available for any usage",
      "not stated: ask the authors before you pass on weights that were trained from these",
      TOTALSEGMENTATOR + "/issues/490");
  /** TotalSegmentator's weights for aneurysms, from a data set of others. */
  static final WeightsLicence TOTAL_NON_COMMERCIAL = new WeightsLicence("CC BY-NC",
      "non-commercial use, with attribution",
      "non-commercial use only, with attribution",
      TOTALSEGMENTATOR);
  /** TotalSegmentator's weights for holders of a licence number. */
  static final WeightsLicence TOTAL_LICENSED = new WeightsLicence(
      "licence number of TotalSegmentator",
      "non-commercial use with a free academic licence; commercial use by agreement",
      "your licence decides: ask the authors before you pass on weights trained from these",
      "https://backend.totalsegmentator.com/license-academic/");

  /** The terms of a set of weights of CADS. */
  static WeightsLicence of(CadsLicence set) {
    return switch (set.name()) {
      case "research" -> new WeightsLicence("CC BY-NC-SA 4.0",
          "non-commercial use, with attribution",
          "allowed for non-commercial use, under the same licence, with attribution", CADS);
      case "open" -> new WeightsLicence("CC BY-SA 4.0",
          "any use, commercial too, with attribution",
          "allowed, for commercial use too, under the same licence, with attribution", CADS);
      default -> new WeightsLicence(set.terms(), "read these terms",
          "read these terms before you pass on weights that were trained from these", CADS);
    };
  }
}
