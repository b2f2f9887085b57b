package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.CadsLicence;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.Variant;
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
  private static final String CADS = "https://github.com/murong-xu/CADS/releases/tag/";
  /** The one open task of TotalSegmentator whose data set forbids commercial use. */
  private static final String NON_COMMERCIAL = "brain_aneurysm";

  /** Returns where the weights of a network come from. */
  public static WeightsOrigin of(TaskNetwork network) {
    return switch (network.task().tool()) {
      case TOTALSEGMENTATOR -> KnownNetworks.all().total().release(network.model().dataset())
          .map(release -> total(network, release)).orElseGet(() -> licensed(network));
      case CADS -> cads(network, KnownNetworks.all().cads());
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

  private static WeightsOrigin cads(TaskNetwork network, CadsTasks tasks) {
    String chosen = network.variant().equals(Variant.DEFAULT)
        ? CadsTasks.REFERENCE
        : network.variant();
    CadsLicence set = tasks.licenceOf(network.task(), chosen);
    Optional<String> file = tasks.url(network.task(), chosen);
    return new WeightsOrigin(WeightsLicence.of(set),
        file.or(() -> Optional.of(CADS + set.release())), "download " + file.orElseGet(
            () -> "the zip file of region " + network.task().name() + " from " + CADS
                + set.release()));
  }
}
