package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.cache.EmbeddingCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where encoded slices are kept, so that the next prompt does not wait for them. */
public final class SamCacheOptions {
  private static final double GIGABYTE = 1e9;
  private static final double USUAL = 4;
  /** In the output folder, while several objects of one image are segmented. */
  private static final String SCRATCH = "embeddings.tmp";

  @Option(names = "--cache", paramLabel = "DIR", description = "keep encoded slices in this folder: further prompts in the same image then take no time for encoding. They are made from the patient's image, so treat the folder like the image (default: nothing is kept)")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--cache-size", paramLabel = "GB", description = "largest size of that folder in gigabytes; what was not used for the longest time is deleted (default: 4)")
  private double gigabytes = USUAL;

  /**
   * What is wrong with the options, if anything.
   *
   * @throws FiduciaException BAD_INPUT if the folder is a file
   */
  Optional<String> fault() {
    if (!(gigabytes > 0) || !Double.isFinite(gigabytes)) {
      return Optional.of("--cache-size must be above 0, found " + gigabytes);
    }
    folder.filter(f -> Files.exists(f) && !Files.isDirectory(f)).ifPresent(f -> {
      throw FiduciaException.badInput("the cache is not a folder", f, "there is a file",
          "give the name of a folder with --cache");
    });
    return Optional.empty();
  }

  /** The cache that the user asked for. */
  Optional<EmbeddingCache> kept(Context context) {
    return folder.map(f -> open(f, context));
  }

  /** Whether the user asked for a cache. */
  boolean given() {
    return folder.isPresent();
  }

  /** A cache for the time of one command, below its output; the caller clears it. */
  EmbeddingCache scratch(Path output, Context context) {
    return open(output.resolve(SCRATCH), context);
  }

  private EmbeddingCache open(Path f, Context context) {
    return new EmbeddingCache(f, (long) (gigabytes * GIGABYTE), context.progress());
  }
}
