package io.fiducia.learn.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FiduciaException.Kind;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stops the making of a file of sums, the file does not stay. */
class ScratchFolderTest {
  private static final long[] SHAPE = {3, 1 << 20};

  @TempDir
  Path folder;

  /** A disk that is full after so many writes. */
  private record SmallDisk(int writes, String type) implements ScratchFolder.Disk {
    @Override
    public OutputStream create(Path file) throws IOException {
      int[] left = {writes};
      return new FilterOutputStream(Files.newOutputStream(file)) {
        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          if (left[0]-- == 0) {
            throw new IOException("No space left on device");
          }
          out.write(bytes, from, count);
        }
      };
    }

    @Override
    public String type(Path at) {
      return type;
    }
  }

  private SumMemory memory(ScratchFolder.Disk disk) {
    return new SumMemory(Device.CPU, 100, new ScratchFolder(folder, disk), text -> {});
  }

  private SumMemory.Place place(SumMemory memory, int count, Cancellation cancellation) {
    return memory.place(new SumMemory.Request(DType.FLOAT32, count, SHAPE), cancellation);
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** Each file takes twelve writes of which three succeed. */
  @Test
  void aFullDiskIsNamedAndNothingStays() throws IOException {
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> place(memory(new SmallDisk(3, "ext4")), 2, new Cancellation()))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
            assertThat(e.what()).contains("the disk is full");
          });
    }
    assertNothingLeft();
  }

  /** libtorch cannot map a folder. */
  @Test
  void aFailureOfLibtorchLeavesNothing() throws IOException {
    ScratchFolder.Disk folders = new ScratchFolder.Disk() {
      @Override
      public OutputStream create(Path file) throws IOException {
        Files.createDirectory(file);
        return OutputStream.nullOutputStream();
      }

      @Override
      public String type(Path at) {
        return "ext4";
      }
    };
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> place(memory(folders), 1, new Cancellation()))
          .isInstanceOf(RuntimeException.class).hasMessageContaining("from_file");
    }
    assertNothingLeft();
  }

  /** A folder that is not empty cannot be deleted. */
  private static void createUndeletable(Path file) throws IOException {
    Files.createDirectories(file.resolve("child"));
  }

  @Test
  void theErrorIsNotHiddenByAFileThatCannotBeDeleted() {
    ScratchFolder.Disk full = new ScratchFolder.Disk() {
      @Override
      public OutputStream create(Path file) throws IOException {
        createUndeletable(file);
        throw new IOException("No space left on device");
      }

      @Override
      public String type(Path at) {
        return "ext4";
      }
    };
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> place(memory(full), 1, new Cancellation()))
          .isInstanceOfSatisfying(FiduciaException.class, ScratchFolderTest::assertFullDisk);
    }
  }

  @Test
  void libtorchsErrorIsNotHiddenByAFileThatCannotBeDeleted() {
    ScratchFolder.Disk folders = new ScratchFolder.Disk() {
      @Override
      public OutputStream create(Path file) throws IOException {
        createUndeletable(file);
        return OutputStream.nullOutputStream();
      }

      @Override
      public String type(Path at) {
        return "ext4";
      }
    };
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> place(memory(folders), 1, new Cancellation()))
          .isInstanceOf(RuntimeException.class).hasMessageContaining("from_file");
    }
  }

  /** The first file is complete when the disk is full, and its name cannot be deleted any more. */
  @Test
  void theErrorIsNotHiddenByAnEarlierFileThatCannotBeDeleted() {
    SmallDisk disk = new SmallDisk(100, "ext4");
    List<Path> created = new ArrayList<>();
    ScratchFolder.Disk full = new ScratchFolder.Disk() {
      @Override
      public OutputStream create(Path file) throws IOException {
        created.add(file);
        if (created.size() == 1) {
          return disk.create(file);
        }
        Files.deleteIfExists(created.getFirst());
        createUndeletable(created.getFirst());
        throw new IOException("No space left on device");
      }

      @Override
      public String type(Path at) {
        return "ext4";
      }
    };
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> place(memory(full), 2, new Cancellation()))
          .isInstanceOfSatisfying(FiduciaException.class, ScratchFolderTest::assertFullDisk);
    }
  }

  private static void assertFullDisk(FiduciaException e) {
    assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
    assertThat(e.what()).contains("the disk is full");
    assertThat(Stream.of(e, e.getCause()).flatMap(t -> Stream.of(t.getSuppressed())))
        .singleElement().satisfies(s -> assertThat(s instanceof FiduciaException f
            ? f.getCause()
            : s).isInstanceOf(DirectoryNotEmptyException.class));
  }

  @Test
  void aRequestToStopIsNoticedWhileTheFileIsWritten() throws IOException {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(
          () -> place(memory(new SmallDisk(100, "ext4")), 1, cancellation))
          .isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    }
    assertNothingLeft();
  }

  /** A file in memory, made because memory does not suffice, would get the process killed. */
  @Test
  void aFolderInMemoryIsRefused() throws IOException {
    try (TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(
          () -> place(memory(new SmallDisk(100, "tmpfs")), 1, new Cancellation()))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
            assertThat(e.getMessage()).contains("lie in memory");
          });
    }
    assertNothingLeft();
  }

  /** The name goes as soon as the file is mapped: a killed process leaves no file. */
  @Test
  void theFileHasNoNameWhileItIsUsed() throws IOException {
    try (TorchScope scope = TorchScope.open("test");
        SumMemory.Place place = place(memory(new SmallDisk(100, "ext4")), 2,
            new Cancellation())) {
      if (!System.getProperty("os.name").startsWith("Windows")) {
        assertNothingLeft();
      }
      assertThat(place.sums()).hasSize(2);
      place.sums().get(1).add_(place.sums().get(0).add(2));
      assertThat(place.sums().get(1).sum().item()).isEqualTo(2.0 * 3 * (1 << 20));
    }
    assertNothingLeft();
  }
}
