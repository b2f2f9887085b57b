package io.fiducia.app.commands.universeg;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.ContouredCase;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.universeg.score.ScoreCase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The cases that {@code fiducia universeg score} works on.
 *
 * @param dataset the support's; its dataset.json speaks for the test cases too
 * @param unlabelled test images that have no label map
 */
record ScoreInputs(RawDataset dataset, List<ScoreCase> support, List<ScoreCase> test,
    List<String> unlabelled) {
  /**
   * Where the cases lie.
   *
   * @param support a raw dataset whose training cases are the support
   * @param images test images; empty: imagesTs and labelsTs of the dataset
   * @param labels their label maps
   * @param leaveOneOut whether the support's own cases are the test cases
   * @param cases the number of test cases to use; empty: all
   */
  record Source(Path support, Optional<Path> images, Optional<Path> labels, boolean leaveOneOut,
      OptionalInt cases) {}

  /**
   * Opens the datasets and hashes all files.
   *
   * @throws FiduciaException BAD_INPUT if a dataset is not usable or no test case has a label map
   */
  static ScoreInputs open(Source source) {
    RawDataset dataset = RawDataset.open(source.support());
    List<RawCase> all = test(dataset, source);
    List<RawCase> labelled = all.stream().filter(c -> c.label().isPresent()).toList();
    if (labelled.isEmpty()) {
      Path where = source.labels().orElse(dataset.folder().resolve("labelsTs"));
      throw FiduciaException.badInput("no test case has a label map", where,
          all.isEmpty()
              ? "there is no test image either"
              : "expected CASE" + dataset.json().fileEnding() + " for the " + all.size()
                  + " test images",
          "add the label maps, or score the support's own cases with --leave-one-out");
    }
    List<RawCase> chosen = labelled.stream()
        .limit(source.cases().orElse(Integer.MAX_VALUE)).toList();
    List<ScoreCase> support = hashed(dataset, dataset.training());
    List<ScoreCase> test = source.leaveOneOut()
        ? support.subList(0, chosen.size())
        : hashed(dataset, chosen);
    return new ScoreInputs(dataset, support, test,
        all.stream().filter(c -> c.label().isEmpty()).map(RawCase::id).toList());
  }

  private static List<RawCase> test(RawDataset dataset, Source source) {
    if (source.leaveOneOut()) {
      return dataset.training();
    }
    if (source.images().isEmpty()) {
      return dataset.test();
    }
    Path labels = source.labels().orElseThrow();
    return RawDataset.images(source.images().get(), dataset.json()).stream().map(c -> {
      Path label = labels.resolve(c.id() + dataset.json().fileEnding());
      return new RawCase(c.id(), c.images(),
          Files.isRegularFile(label) ? Optional.of(label) : Optional.empty());
    }).toList();
  }

  /** The format of label maps of the dataset. */
  LabelFiles labelFiles() {
    return new LabelFiles(dataset.json().reader(), dataset.json().fileEnding());
  }

  private static List<ScoreCase> hashed(RawDataset dataset, List<RawCase> cases) {
    List<ContouredCase> contoured = RawContouredCase.of(dataset, cases);
    return IntStream.range(0, cases.size()).parallel().mapToObj(i -> {
      String image = sha256(cases.get(i).images());
      List<Path> files = new ArrayList<>(cases.get(i).images());
      cases.get(i).label().ifPresent(files::add);
      return new ScoreCase(contoured.get(i), image, sha256(files));
    }).toList();
  }

  /** A hash of the contents of files, one after another. */
  static String sha256(List<Path> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        digest.update((Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read the files of a case", files.get(0),
          String.valueOf(e.getMessage()), "check that they exist and may be read", e);
    }
  }
}
