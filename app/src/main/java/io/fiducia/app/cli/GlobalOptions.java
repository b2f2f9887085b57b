package io.fiducia.app.cli;

import java.util.OptionalLong;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The options that every command has, before or after the command's name. An option that was not
 * given holds null here and here only; {@link Context} holds the values in force.
 */
public final class GlobalOptions {
  @ArgGroup(validate = false, exclusive = false, order = 100, heading = "%nEverywhere:%n")
  private Values values = new Values();

  /** The options as picocli fills them. */
  static final class Values {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this text")
    boolean help;

    @Option(names = "--json", description = "one JSON document on standard output")
    boolean json;

    @Option(names = {"-q", "--quiet"}, description = "no progress and no notes")
    boolean quiet;

    @Option(names = {"-v", "--verbose"}, description = "report more")
    boolean verbose;

    @Option(names = "--debug", description = "report everything; errors with their stack trace")
    boolean debug;

    @Option(names = "--threads", paramLabel = "N", description = "processor threads (default: all cores)")
    Integer threads;

    @Option(names = {"--device",
      "-device"}, paramLabel = "auto|cpu|cuda[:i]", converter = DeviceConverter.class, description = "where networks run (default: auto)")
    DeviceChoice device;

    @Option(names = "--seed", paramLabel = "N", description = "seed of all random numbers (default: 0)")
    Long seed;
  }

  /** Reads {@code --device}. */
  static final class DeviceConverter implements ITypeConverter<DeviceChoice> {
    @Override
    public DeviceChoice convert(String value) {
      try {
        return DeviceChoice.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The options in force when {@code inner} stands nearer to the command than these do. */
  GlobalOptions overriddenBy(GlobalOptions inner) {
    GlobalOptions merged = new GlobalOptions();
    Values a = values;
    Values b = inner.values;
    Values m = merged.values;
    m.json = a.json || b.json;
    m.quiet = a.quiet || b.quiet;
    m.verbose = a.verbose || b.verbose;
    m.debug = a.debug || b.debug;
    m.threads = b.threads == null ? a.threads : b.threads;
    m.device = b.device == null ? a.device : b.device;
    m.seed = b.seed == null ? a.seed : b.seed;
    return merged;
  }

  boolean json() {
    return values.json;
  }

  boolean quiet() {
    return values.quiet;
  }

  boolean verbose() {
    return values.verbose;
  }

  boolean debug() {
    return values.debug;
  }

  /** The number of threads asked for, or all cores. */
  int threads() {
    return values.threads == null
        ? Runtime.getRuntime().availableProcessors()
        : values.threads;
  }

  boolean threadsGiven() {
    return values.threads != null;
  }

  DeviceChoice device() {
    return values.device == null ? DeviceChoice.auto() : values.device;
  }

  /** The seed, if one was given. */
  OptionalLong seed() {
    return values.seed == null ? OptionalLong.empty() : OptionalLong.of(values.seed);
  }
}
