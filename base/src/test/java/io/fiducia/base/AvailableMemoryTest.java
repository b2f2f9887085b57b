package io.fiducia.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Available memory on made file systems of the kernel's form. What must come out follows from the
 * kernel's documents: each group's limit, less what it uses, plus its inactive file pages.
 */
class AvailableMemoryTest {
  private static final String UNLIMITED_FIRST = "9223372036854771712";
  private static final String SECOND = "cgroup2 cgroup2 rw,nsdelegate";
  private static final String FIRST = "cgroup cgroup rw,memory";

  @TempDir
  Path root;

  @Test
  void readsWhatTheKernelSays() throws IOException {
    Path file = root.resolve("meminfo");
    Files.writeString(file,
        "MemTotal:       24689764 kB\nMemFree:  1 kB\nMemAvailable:  2048 kB\n");
    assertThat(AvailableMemory.machine(file)).isEqualTo(2048L << 10);
    assertThat(AvailableMemory.machine(root.resolve("none"))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theMachineCountsWhereNoGroupIsNearer() throws IOException {
    write("proc/meminfo", "MemAvailable:  2 kB\n");
    assertThat(AvailableMemory.bytes(root)).isEqualTo(2048);
    process("0::/", mount("/", "/sys/fs/cgroup", SECOND));
    second("sys/fs/cgroup", "1000", 700, 0);
    assertThat(AvailableMemory.bytes(root)).isEqualTo(300);
    second("sys/fs/cgroup", "10000", 700, 0);
    assertThat(AvailableMemory.bytes(root)).isEqualTo(2048);
  }

  @Test
  void aContainersLimitCountsLessWhatItsFilesHold() throws IOException {
    process("0::/", mount("/", "/sys/fs/cgroup", SECOND));
    second("sys/fs/cgroup", "1000", 700, 0);
    assertThat(groups().remaining()).isEqualTo(300);
    second("sys/fs/cgroup", "1000", 700, 250);
    assertThat(groups().remaining()).isEqualTo(550);
    assertThat(groups().limit()).isEqualTo(1000);
    second("sys/fs/cgroup", "max", 700, 250);
    assertThat(groups().remaining()).isEqualTo(Long.MAX_VALUE);
    assertThat(groups().limit()).isEqualTo(Long.MAX_VALUE);
  }

  /** SLURM: system.slice/slurmstepd.scope/job_1/step_0, the limit on the job. */
  @Test
  void theLimitOfAnOuterGroupOfVersionTwoCounts() throws IOException {
    process("0::/slurm/job_1/step_0", mount("/", "/sys/fs/cgroup", SECOND));
    second("sys/fs/cgroup/slurm", "max", 9000, 0);
    second("sys/fs/cgroup/slurm/job_1", "4000", 1500, 100);
    second("sys/fs/cgroup/slurm/job_1/step_0", "max", 800, 0);
    assertThat(groups().remaining()).isEqualTo(2600);
    assertThat(groups().limit()).isEqualTo(4000);
    // The smallest rest, not the smallest limit, is what can be taken.
    second("sys/fs/cgroup/slurm", "9500", 9000, 0);
    assertThat(groups().remaining()).isEqualTo(500);
    assertThat(groups().limit()).isEqualTo(4000);
  }

  @Test
  void memoryHighCountsAsALimit() throws IOException {
    process("0::/a.slice/b.service", mount("/", "/sys/fs/cgroup", SECOND));
    second("sys/fs/cgroup/a.slice/b.service", "max", 100, 0);
    second("sys/fs/cgroup/a.slice", "5000", 1000, 0);
    write("sys/fs/cgroup/a.slice/memory.high", "3000\n");
    assertThat(groups().remaining()).isEqualTo(2000);
  }

  @Test
  void theLimitOfAnOuterGroupOfVersionOneCounts() throws IOException {
    process("9:pids:/other\n4:memory:/slurm/uid_0/job_1\n1:name=systemd:/",
        mount("/", "/sys/fs/cgroup/pids", "cgroup cgroup rw,pids"),
        mount("/", "/sys/fs/cgroup/memory", FIRST));
    first("sys/fs/cgroup/memory", UNLIMITED_FIRST, 90_000, 0);
    first("sys/fs/cgroup/memory/slurm", UNLIMITED_FIRST, 9000, 0);
    first("sys/fs/cgroup/memory/slurm/uid_0", "8000", 3000, 500);
    first("sys/fs/cgroup/memory/slurm/uid_0/job_1", UNLIMITED_FIRST, 3000, 500);
    assertThat(groups().remaining()).isEqualTo(5500);
    assertThat(groups().limit()).isEqualTo(8000);
    // A group that does not count what is below it does not limit it either.
    write("sys/fs/cgroup/memory/slurm/uid_0/memory.use_hierarchy", "0\n");
    assertThat(groups().remaining()).isEqualTo(Long.MAX_VALUE);
  }

  /** The path is the host's, the mount shows the container's group only. */
  @Test
  void aContainerWithoutANamespaceFindsItsGroup() throws IOException {
    process("4:cpu,memory:/docker/0123/worker",
        mount("/docker/0123", "/sys/fs/cgroup/memory", "cgroup cgroup rw,cpu,memory"));
    first("sys/fs/cgroup/memory", "6000", 1000, 0);
    first("sys/fs/cgroup/memory/worker", "4000", 900, 0);
    assertThat(groups().remaining()).isEqualTo(3100);
    process("4:memory:/elsewhere", mount("/docker/0123", "/sys/fs/cgroup/memory", FIRST));
    assertThat(groups().remaining()).isEqualTo(5000);
    process("4:memory:/../../elsewhere", mount("/", "/sys/fs/cgroup/memory", FIRST));
    assertThat(groups().remaining()).isEqualTo(5000);
  }

  /** The kernel tells the smallest limit of all outer groups, also of those that are not mounted. */
  @Test
  void aGroupOfVersionOneKnowsLimitsThatAreNotSeen() throws IOException {
    process("4:memory:/", mount("/", "/sys/fs/cgroup/memory", FIRST));
    first("sys/fs/cgroup/memory", UNLIMITED_FIRST, 1000, 200);
    write("sys/fs/cgroup/memory/memory.stat",
        "total_inactive_file 200\nhierarchical_memory_limit 2000\n");
    assertThat(groups().remaining()).isEqualTo(1200);
  }

  @Test
  void bothVersionsSideBySideCount() throws IOException {
    process("4:memory:/job\n0::/user.slice", mount("/", "/sys/fs/cgroup/memory", FIRST),
        mount("/", "/sys/fs/cgroup/my\\040groups", SECOND));
    first("sys/fs/cgroup/memory/job", "5000", 1000, 0);
    assertThat(groups().remaining()).isEqualTo(4000);
    second("sys/fs/cgroup/my groups/user.slice", "1500", 1000, 0);
    assertThat(groups().remaining()).isEqualTo(500);
  }

  @Test
  void usageAboveTheLimitLeavesNothing() throws IOException {
    process("0::/", mount("/", "/sys/fs/cgroup", SECOND));
    second("sys/fs/cgroup", "1000", 1200, 0);
    assertThat(groups().remaining()).isZero();
    // More droppable pages than use, read at another moment, leave no more than the limit.
    second("sys/fs/cgroup", "1000", 100, 5000);
    assertThat(groups().remaining()).isEqualTo(1000);
  }

  @Test
  void theUsualPlacesAreTakenWithoutMountinfo() throws IOException {
    write("proc/self/cgroup", "0::/job\n");
    second("sys/fs/cgroup/job", "1000", 100, 0);
    assertThat(groups().remaining()).isEqualTo(900);
  }

  /** What is true on any machine that runs this test. */
  @Test
  void thisMachineHasMemory() {
    assertThat(AvailableMemory.bytes()).isPositive();
    assertThat(AvailableMemory.limit()).isPositive();
  }

  private ControlGroups groups() {
    return new ControlGroups(root);
  }

  private void process(String groups, String... mounts) throws IOException {
    write("proc/self/cgroup", groups + "\n");
    write("proc/self/mountinfo",
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n" + String.join("\n", mounts)
            + "\n");
  }

  private static String mount(String top, String place, String hierarchy) {
    return "35 31 0:32 " + top + " " + place + " rw,nosuid shared:9 - " + hierarchy;
  }

  private void second(String folder, String limit, long used, long droppable) throws IOException {
    write(folder + "/memory.max", limit + "\n");
    write(folder + "/memory.high", "max\n");
    write(folder + "/memory.current", used + "\n");
    write(folder + "/memory.stat", "anon 5\ninactive_file " + droppable + "\nactive_file 1\n");
  }

  private void first(String folder, String limit, long used, long droppable) throws IOException {
    write(folder + "/memory.limit_in_bytes", limit + "\n");
    write(folder + "/memory.usage_in_bytes", used + "\n");
    write(folder + "/memory.use_hierarchy", "1\n");
    write(folder + "/memory.stat", "inactive_file 7\nhierarchical_memory_limit " + limit
        + "\ntotal_inactive_file " + droppable + "\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
