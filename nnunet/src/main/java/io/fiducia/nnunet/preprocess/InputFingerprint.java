package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.Pictures;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.IntensityProperties;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.nnunet.store.PreprocessedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.stream.Stream;

/** Says whether a stored case still belongs to its plans and files. */
final class InputFingerprint {
  private InputFingerprint() {}

  /**
   * A hash of all that decides the result: what preprocessing uses of the plans, and name, size and
   * time of each file.
   */
  static String of(RawCase c, Plans plans, Configuration configuration,
      DatasetJson dataset) {
    StringBuilder text = new StringBuilder("version " + PreprocessedStore.FORMAT_VERSION);
    text.append('\n').append(plans.imageReaderWriter())
        .append('\n').append(plans.transposeForward())
        .append('\n').append(plans.foregroundIntensities().stream().map(InputFingerprint::text)
            .toList())
        .append('\n').append(configuration.spacing())
        .append('\n').append(configuration.normalizationSchemes())
        .append('\n').append(configuration.useMaskForNorm())
        .append('\n').append(text(configuration.data()))
        .append('\n').append(text(configuration.seg()))
        .append('\n').append(dataset.labelSet().byName());
    files(c, NnunetReader.named(plans.imageReaderWriter())).forEach(file -> {
      try {
        text.append('\n').append(file.getFileName())
            .append(' ').append(Files.size(file))
            .append(' ').append(Files.getLastModifiedTime(file).toMillis());
      } catch (IOException e) {
        throw missing(file, e);
      }
    });
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  // Both texts are part of the hash and must not change with the records: a stored case of an earlier
  // version would be taken for one of other plans.

  private static String text(IntensityProperties p) {
    return "IntensityProperties[mean=" + p.mean() + ", median=" + p.median() + ", std=" + p.std()
        + ", min=" + p.min() + ", max=" + p.max() + ", percentile005=" + p.percentile005()
        + ", percentile995=" + p.percentile995() + "]";
  }

  private static String text(ResamplingSettings r) {
    return "Resampling[function=" + r.function() + ", isSeg=" + r.isSeg() + ", order=" + r.order()
        + ", orderZ=" + r.orderZ() + ", forceSeparateZ=" + r.forceSeparateZ() + "]";
  }

  /** Images and label map, and the files with the spacings of stacks. */
  private static Stream<Path> files(RawCase c, NnunetReader reader) {
    return Stream.of(c.images().stream(), c.label().stream(),
        c.images().stream().flatMap(f -> Pictures.spacingFile(reader, f, true).stream()).distinct(),
        c.label().stream().flatMap(f -> Pictures.spacingFile(reader, f, false).stream()))
        .flatMap(Function.identity());
  }

  private static FiduciaException missing(Path file, IOException e) {
    return FiduciaException.badInput(
        "cannot read the file", file, String.valueOf(e.getMessage()),
        "check that it exists and may be read", e);
  }
}
