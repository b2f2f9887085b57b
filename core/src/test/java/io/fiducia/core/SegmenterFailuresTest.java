package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FiduciaException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SegmenterFailuresTest {
  private static FiduciaException thrown(Throwable error) {
    return catchThrowableOfType(FiduciaException.class,
        () -> SegmenterFailures.translated("work on case_7", () -> {
          if (error instanceof Error e) {
            throw e;
          }
          throw (RuntimeException) error;
        }));
  }

  @Test
  void whateverIsThrownBecomesAFiduciaException() {
    FiduciaException own = FiduciaException.badInput("bad", "here", "", "");
    assertThat(thrown(own)).isSameAs(own);
    assertThat(thrown(new CompletionException(own))).isSameAs(own);
    assertThat(thrown(new OutOfMemoryError("heap")).kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
    assertThat(thrown(new UncheckedIOException(new IOException("gone"))).kind())
        .isEqualTo(Kind.BAD_INPUT);
    assertThat(thrown(new UnsatisfiedLinkError("no torch")).kind()).isEqualTo(Kind.INTERNAL);
    FiduciaException other = thrown(new IllegalStateException("a tensor without storage"));
    assertThat(other.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(other.getMessage()).contains("work on case_7", "IllegalStateException",
        "a tensor without storage");
    assertThat(other.getCause()).isInstanceOf(IllegalStateException.class);
  }

  /** A pool of threads wraps what its tasks throw. */
  @Test
  void theCauseDecidesTheKind() {
    FiduciaException memory = thrown(new CompletionException(new OutOfMemoryError("heap")));
    assertThat(memory.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
    assertThat(memory.why()).isEqualTo("heap");
    assertThat(thrown(new CompletionException(new UncheckedIOException(new IOException("gone"))))
        .kind()).isEqualTo(Kind.BAD_INPUT);
    assertThat(thrown(new CompletionException(new UnsatisfiedLinkError("no torch"))).what())
        .isEqualTo("a library cannot be loaded");
  }

  @Test
  void aFullDiskIsALackOfResources() {
    FiduciaException full = thrown(
        new UncheckedIOException(new IOException("No space left on device")));
    assertThat(full.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
    assertThat(full.what()).contains("the disk is full");
    assertThat(full.where()).isEqualTo("work on case_7");
  }

  @Test
  void errorsOfTheVirtualMachineAreTranslatedToo() {
    assertThat(thrown(new StackOverflowError()).kind()).isEqualTo(Kind.INTERNAL);
    assertThat(thrown(new InternalError("a fault in a mapped file")).kind())
        .isEqualTo(Kind.INTERNAL);
  }

  @Test
  void aRingOfCausesEnds() {
    RuntimeException inner = new RuntimeException("inner");
    RuntimeException outer = new RuntimeException("outer", inner);
    inner.initCause(outer);
    assertThat(thrown(outer).kind()).isEqualTo(Kind.INTERNAL);
  }

  @Test
  void aResultIsHandedOn() {
    assertThat(SegmenterFailures.translated("work", () -> 7)).isEqualTo(7);
  }
}
