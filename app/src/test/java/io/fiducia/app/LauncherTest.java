package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    Path table = Path.of(System.getProperty("fiducia.root"), "config", "launch.tsv");
    Files.createDirectories(release.resolve("config"));
    if (Files.exists(table)) {
      Files.copy(table, release.resolve("config").resolve("launch.tsv"));
    }
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

  /** Separated by |: what stands on the command line, and an option of the JVM that it must get. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--json nnunet predict -i x | -XX:+UseSerialGC",
    "--threads 2 nnunet predict | -XX:+UseSerialGC",
    "--threads=2 nnunet predict | -XX:+UseSerialGC",
    "--device cpu --seed 1 nnunet predict | -XX:+UseSerialGC",
    "nnunet -device cpu -v predict | -XX:+UseSerialGC",
    "--quiet nnunet --seed 1 predict --precision bf16 | -XX:+UseSerialGC",
    "-q evaluate -r a -p b | -XX:TieredStopAtLevel=1",
    "--seed 7 phantom out | -Xmx1600m",
    "--json --version | -XX:TieredStopAtLevel=1",
    "-q | -XX:TieredStopAtLevel=1",
    "--device phantom nnunet train | -XX:MaxRAMPercentage=40"})
  void findsTheCommandWhereverOptionsStand(String words, String option) throws Exception {
    Map<String, String> java = Map.of("JAVA_HOME", java("jdk", "21.0.2").toString());
    List<String> out = run(release.resolve("fiducia"), java, words.split(" ")).out().lines()
        .toList();
    assertThat(out).contains(option);
    // A word is still passed on once, and in its place.
    assertThat(out.subList(out.indexOf("-jar") + 2, out.size())).containsExactly(words.split(" "));
  }

  @Test
  void theMapsOfBfloat16AreKeptWhereverOptionsStand() throws Exception {
    Map<String, String> java = Map.of("JAVA_HOME", java("jdk", "21.0.2").toString());
    assertThat(run(release.resolve("fiducia"), java, "--json", "nnunet", "--threads", "1",
        "predict", "-i", "x", "--precision=bf16").out().lines())
        .contains("MALLOC_MMAP_THRESHOLD_=167772160");
  }

  @Test
  void whatTheUserSetStays() throws Exception {
    Result result = run(release.resolve("fiducia"), Map.of("JAVA_HOME",
        java("jdk", "21.0.2").toString(), "MALLOC_ARENA_MAX", "4", "MALLOC_MMAP_THRESHOLD_", "1"),
        "nnunet", "predict");
    assertThat(result.out().lines()).contains("MALLOC_ARENA_MAX=4", "MALLOC_MMAP_THRESHOLD_=1",
        "MALLOC_TRIM_THRESHOLD_=4294967296");
  }

  /** Set to nothing is how a user keeps a default from being set. */
  @Test
  void whatTheUserSetToNothingStays() throws Exception {
    Result result = run(release.resolve("fiducia"), Map.of("JAVA_HOME",
        java("jdk", "21.0.2").toString(), "MALLOC_ARENA_MAX", "", "MALLOC_MMAP_THRESHOLD_", ""),
        "nnunet", "predict");
    assertThat(result.out().lines()).contains("MALLOC_ARENA_MAX=", "MALLOC_MMAP_THRESHOLD_=",
        "MALLOC_TRIM_THRESHOLD_=4294967296");
  }

  @Test
  void saysThatTheTableIsMissing() throws Exception {
    Files.delete(release.resolve("config").resolve("launch.tsv"));
    Result result = run(release.resolve("fiducia"),
        Map.of("JAVA_HOME", java("jdk", "21.0.2").toString()));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("error: the table of start options is missing", "try: ");
  }

  /** Separated by |: /proc/self/cgroup, the folder with the limit, its file. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "0::/slurm/job_1/step_0 | sys/fs/cgroup/slurm/job_1 | memory.max",
    "0::/a.slice/b.service | sys/fs/cgroup/a.slice | memory.max",
    "0::/ | sys/fs/cgroup | memory.max",
    "4:memory:/slurm/job_1/step_0 | sys/fs/cgroup/memory/slurm/job_1 | memory.limit_in_bytes",
    "9:cpu,memory:/docker/0123 | sys/fs/cgroup/memory | memory.limit_in_bytes",
    "0::/job | sys/fs/cgroup/unified/job | memory.max"})
  void anOlderJavaIsGivenTheLimitOfAnOuterGroup(String group, String place, String file)
      throws Exception {
    Path system = folder.resolve("system");
    Path own = Files.createDirectories(system.resolve("proc").resolve("self"));
    Files.writeString(own.resolve("cgroup"), "8:pids:/other\n" + group + "\n");
    Files.writeString(system.resolve("proc").resolve("meminfo"), "MemTotal:  8000000 kB\n");
    Path limited = Files.createDirectories(system.resolve(place));
    Files.writeString(limited.resolve(file), "2147483648\n");
    Path inner = Files.createDirectories(limited.resolve("step_0"));
    Files.writeString(inner.resolve(file),
        file.equals("memory.max") ? "max\n" : "9223372036854771712\n");
    Map<String, String> java21 = Map.of("JAVA_HOME", java("jdk", "21.0.2").toString(),
        "FIDUCIA_SYSTEM_ROOT", system.toString());
    assertThat(run(release.resolve("fiducia"), java21, "evaluate").out().lines())
        .contains("-XX:MaxRAM=2147483648", "-XX:MaxRAMPercentage=40");
    // More than the machine has is no limit.
    Files.writeString(limited.resolve(file), "9000000000\n");
    assertThat(run(release.resolve("fiducia"), java21, "evaluate").out())
        .doesNotContain("-XX:MaxRAM=");
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

  /** Whoever waits when a build was killed builds once, alone, whichever kind of lock there is. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKilledBuildIsTakenOverByOneOfThoseThatWait(boolean flock) throws Exception {
    Path log = sourceTree(flock);
    Files.createFile(release.resolve("hang"));
    Process killed = start(release.resolve("fiducia"), building(), "--version");
    awaits(() -> Files.exists(release.resolve("mvn.pid")));
    killed.destroyForcibly();
    killed.waitFor();
    ProcessHandle maven = ProcessHandle
        .of(Long.parseLong(Files.readString(release.resolve("mvn.pid")).strip())).orElseThrow();
    maven.destroyForcibly();
    maven.onExit().get();
    // The first that removes the lock of the killed one is slow, so that it could hit a fresh one.
    Files.createFile(release.resolve("slow-rm"));
    buildTogether(4);
    assertThat(Files.readAllLines(log)).containsExactly("hang", "start", "end");
  }

  /** Killed between taking the lock and whatever it does next. */
  @ParameterizedTest
  @CsvSource({"true,mkdir", "false,mkdir", "false,ln"})
  void aLauncherKilledWhileItTakesTheLockBlocksNobody(boolean flock, String tool)
      throws Exception {
    Path log = sourceTree(flock);
    Files.createFile(release.resolve("crash-" + tool));
    assertThat(start(release.resolve("fiducia"), building(), "--version").waitFor())
        .isEqualTo(137);
    buildTogether(2);
    assertThat(Files.readAllLines(log)).containsExactly("start", "end");
  }

  private void buildTogether(int launchers) throws Exception {
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < launchers; i++) {
      all.add(start(release.resolve("fiducia"), building(), "--version"));
    }
    for (Process process : all) {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("ended by itself").isTrue();
      assertThat(process.exitValue()).isZero();
    }
  }

  private Map<String, String> building() throws IOException {
    Path jdk = java("jdk", "21.0.2");
    Files.copy(jdk.resolve("bin").resolve("java"), jdk.resolve("bin").resolve("javac"),
        StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    return Map.of("PATH", folder.resolve("tools").toString(), "JAVA_HOME", jdk.toString(),
        "TMPDIR", folder.toString());
  }

  /** A tree to build, with a Maven that takes two seconds; returns the log of what that did. */
  private Path sourceTree(boolean flock) throws IOException {
    Files.delete(release.resolve("fiducia.jar"));
    Files.createFile(release.resolve("pom.xml"));
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String name : List.of("sh", "dirname", "readlink", "find", "head", "sed", "mkdir", "ln",
        "rm", "rmdir", "sleep", "id", "cksum", "cut", "cat", "ps", "env", "grep", "flock",
        "kill")) {
      if (flock || !name.equals("flock")) {
        script(tools.resolve(name), "exec " + program(name) + " \"$@\"\n");
      }
    }
    for (String name : List.of("mkdir", "ln")) {
      script(tools.resolve(name), program(name) + " \"$@\"\nresult=$?\nif [ -e '"
          + release.resolve("crash-" + name) + "' ]; then rm '" + release.resolve("crash-" + name)
          + "'; kill -9 $PPID; fi\nexit $result\n");
    }
    script(tools.resolve("rm"), "if " + program("rm") + " '" + release.resolve("slow-rm")
        + "' 2>/dev/null; then sleep 1; fi\nexec " + program("rm") + " \"$@\"\n");
    // It starts in the tree that it builds.
    script(tools.resolve("mvn"), "if [ -e hang ]; then rm hang; echo hang >> mvn.log;"
        + " echo $$ > mvn.part; ln mvn.part mvn.pid; exec sleep 60; fi\necho start >> mvn.log\n"
        + "sleep 2\nmkdir -p app/target\n: > app/target/fiducia.jar\necho end >> mvn.log\n");
    return release.resolve("mvn.log");
  }

  private static Path program(String name) {
    Path usr = Path.of("/usr/bin", name);
    return Files.exists(usr) ? usr : Path.of("/bin", name);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void awaits(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
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
    Process process = builder(launcher, environment, args).redirectOutput(out.toFile())
        .redirectError(err.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Process start(Path launcher, Map<String, String> environment, String... args)
      throws IOException {
    return builder(launcher, environment, args)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()))
        .start();
  }

  private ProcessBuilder builder(Path launcher, Map<String, String> environment, String... args) {
    ProcessBuilder builder = new ProcessBuilder(
        Stream.concat(Stream.of("/bin/sh", launcher.toString()), Arrays.stream(args)).toList());
    builder.environment().keySet().removeIf(
        key -> key.startsWith("MALLOC_") || key.startsWith("FIDUCIA_") || key.equals("JAVA_HOME"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    return builder.directory(Path.of("/").toFile());
  }
}
