package io.fiducia.anatomy.weights;

import java.util.Optional;

/**
 * Where a user gets the weights of a network, and under which licence. Nothing here is fetched.
 *
 * @param download address of a zip file or of a page with zip files; empty where only the tool's own
 *     program gets them
 * @param how what the user does, in words
 */
public record WeightsOrigin(WeightsLicence licence, Optional<String> download, String how) {
  private static final String TOTAL = "https://github.com/wasserth/TotalSegmentator/releases/download/";
  private static final String CADS = "https://github.com/murong-xu/CADS/releases/";
  /** The one open task of TotalSegmentator whose data set forbids commercial use. */
  private static final String NON_COMMERCIAL = "brain_aneurysm";

  /** Returns where the weights of a network come from. */
  static WeightsOrigin of(WeightsEdition edition, TaskNetwork network) {
    int dataset = network.model().dataset();
    return switch (edition) {
      case TOTALSEGMENTATOR -> KnownNetworks.all().release(dataset)
          .map(release -> total(network, release)).orElseGet(() -> licensed(network));
      case CADS_REFERENCE, CADS_RESEARCH, CADS_OPEN, CADS_REGION ->
        WeightsEdition.isRegion(dataset) ? region() : cads(edition, network);
    };
  }

  private static WeightsOrigin total(TaskNetwork network, String release) {
    String url = TOTAL + release + "/" + network.model().folder() + ".zip";
    return new WeightsOrigin(network.task().name().equals(NON_COMMERCIAL)
        ? WeightsLicence.TOTAL_NON_COMMERCIAL
        : WeightsLicence.TOTAL_OPEN, Optional.of(url), "download " + url);
  }

  private static WeightsOrigin licensed(TaskNetwork network) {
    return new WeightsOrigin(WeightsLicence.TOTAL_LICENSED, Optional.empty(),
        "ask the authors for a licence number at " + WeightsLicence.TOTAL_LICENSED.source()
            + " (free for non-commercial use), then let TotalSegmentator's own program fetch the"
            + " weights: totalseg_set_license -l NUMBER, totalseg_download_weights -t "
            + network.task().name());
  }

  private static WeightsOrigin cads(WeightsEdition edition, TaskNetwork network) {
    String url = CADS + "download/" + edition.release() + "/" + network.model().folder() + ".zip";
    return new WeightsOrigin(edition.licence(), Optional.of(url), "download " + url);
  }

  private static WeightsOrigin region() {
    String url = CADS + "tag/" + WeightsEdition.CADS_REGION.release();
    return new WeightsOrigin(WeightsEdition.CADS_REGION.licence(), Optional.of(url),
        "download the zip file of the region from " + url);
  }
}
