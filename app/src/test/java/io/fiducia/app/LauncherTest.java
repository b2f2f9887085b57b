package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in the layout of a release, with a stand-in for Java that prints what it was given.
 */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
  @TempDir
  private Path folder;

  private Path release;

  @BeforeEach
  void unpack() throws IOException {
    release = Files.createDirectories(folder.resolve("a release"));
    Files.copy(Path.of(System.getProperty("fiducia.root"), "fiducia"), release.resolve("fiducia"));
    assertThat(release.resolve("fiducia").toFile().setExecutable(true)).isTrue();
    Files.createFile(release.resolve("fiducia.jar"));
  }

  @Test
  void startsThroughLinksAndSpacesAndKeepsArguments() throws Exception {
    Path java = java("jdk", "21.0.2");
    Path link = Files.createSymbolicLink(folder.resolve("link"), release.resolve("fiducia"));
    Result result = run(link, Map.of("JAVA_HOME", java.toString()), "image", "show", "a b.nii.gz");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .contains("MALLOC_ARENA_MAX=1", "MALLOC_TRIM_THRESHOLD_=4294967296")
        .containsSubsequence(
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-jar",
            release.toRealPath().resolve("fiducia.jar").toString(),
            "image",
            "show",
            "a b.nii.gz");
  }

  @Test
  void prefersTheJavaTheUserNamed() throws Exception {
    Path old = java("old", "17.0.9");
    Path named = java("named", "21.0.2");
    Result result = run(
        release.resolve("fiducia"),
        Map.of("JAVA_HOME", old.toString(), "FIDUCIA_JAVA_HOME", named.toString()));
    assertThat(result.out()).contains("I am " + named + "/bin/java");
  }

  @Test
  void userOptionsComeAfterOurs() throws Exception {
    Path java = java("jdk", "22");
    Result result = run(
        release.resolve("fiducia"),
        Map.of("JAVA_HOME", java.toString(), "FIDUCIA_JAVA_OPTS", "-Xmx1g -Dx=y"));
    assertThat(result.out().lines()).containsSubsequence("-XX:MaxRAMPercentage=40", "-Xmx1g",
        "-Dx=y", "-jar");
  }

  /** A cache that is older than the jar was made for another one. */
  @Test
  void takesACacheOnlyWithAJavaAndAJarThatItFits() throws Exception {
    Path launcher = release.resolve("fiducia");
    Path cache = Files.createFile(release.resolve("fiducia.aot"));
    String option = "-XX:AOTCache=" + release.toRealPath().resolve("fiducia.aot");
    Map<String, String> java25 = Map.of("JAVA_HOME", java("new", "25.0.1").toString());
    Map<String, String> java21 = Map.of("JAVA_HOME", java("old", "21.0.2").toString());
    FileTime now = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(release.resolve("fiducia.jar"), now);

    Files.setLastModifiedTime(cache, FileTime.fromMillis(2_000_000));
    assertThat(run(launcher, java25).out().lines()).containsSubsequence(option, "-jar");
    assertThat(run(launcher, java21).out().lines()).doesNotContain(option);
    Files.setLastModifiedTime(cache, FileTime.fromMillis(500_000));
    assertThat(run(launcher, java25).out().lines()).doesNotContain(option);
  }

  @Test
  void predictionGivesMemoryBackAndOthersKeepTheParallelCollector() throws Exception {
    Map<String, String> java = Map.of("JAVA_HOME", java("jdk", "21.0.2").toString());
    Path launcher = release.resolve("fiducia");
    assertThat(run(launcher, java, "nnunet", "predict", "-h").out().lines())
        .contains("-XX:+UseSerialGC", "-XX:-ShrinkHeapInSteps")
        .doesNotContain("-XX:+UseParallelGC");
    assertThat(run(launcher, java, "nnunet", "train", "-h").out().lines())
        .contains("-XX:+UseParallelGC").doesNotContain("-XX:+UseSerialGC");
  }

  /** 134,217,744 bytes are the largest maps of the standard plan in bfloat16, with malloc's header. */
  @Test
  void theMapsOfBfloat16AndOfTrainingAreKept() throws Exception {
    Map<String, String> java = Map.of("JAVA_HOME", java("jdk", "21.0.2").toString());
    Path launcher = release.resolve("fiducia");
    assertThat(run(launcher, java, "nnunet", "predict", "--precision", "bf16").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=167772160");
    assertThat(run(launcher, java, "nnunet", "predict", "--precision=bf16").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=167772160");
    assertThat(run(launcher, java, "nnunet", "predict", "--precision", "BF16").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=167772160");
    assertThat(run(launcher, java, "nnunet", "predict", "-o", "like_bf16").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=67108864");
    assertThat(run(launcher, java, "nnunet", "train").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=134217728");
  }

  @Test
  void saysWhatIsMissingFromARelease() throws Exception {
    Files.delete(release.resolve("fiducia.jar"));
    Result result = run(release.resolve("fiducia"), Map.of());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("error: fiducia.jar is missing", "where: ", "try: ");
  }

  @Test
  void saysThatMavenIsMissingFromASourceTree() throws Exception {
    Files.createFile(release.resolve("pom.xml"));
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : List.of("dirname", "readlink", "find", "head", "sed")) {
      Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin", tool));
    }
    Result result = run(release.resolve("fiducia"), Map.of("PATH", bin.toString()));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("Maven (mvn) is not installed", "try: ");
  }

  private Path java(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"I am $0\"\nenv | grep ^MALLOC_\nfor a in \"$@\"; do echo \"$a\"; done\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private record Result(int exitCode, String out, String err) {}

  private Result run(Path launcher, Map<String, String> environment, String... args)
      throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder = new ProcessBuilder(
        java.util.stream.Stream.concat(
            java.util.stream.Stream.of("/bin/sh", launcher.toString()),
            java.util.Arrays.stream(args)).toList());
    builder.environment().keySet().removeIf(
        key -> key.startsWith("MALLOC_") || key.startsWith("FIDUCIA_") || key.equals("JAVA_HOME"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    builder.directory(Path.of("/").toFile());
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
