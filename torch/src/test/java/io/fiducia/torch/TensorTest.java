package io.fiducia.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import org.junit.jupiter.api.Test;

/** Scopes, errors and the wrapper's own logic; expected numbers are arithmetic. */
class TensorTest {
  @Test
  void copiesValuesInAndOut() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor a = Tensor.of(new float[]{1, 2, 3, 4, 5, 6}, Device.CPU, 2, 3);
      assertThat(a.add(1).mul(2).toFloats()).containsExactly(4, 6, 8, 10, 12, 14);
      assertThat(a.permute(1, 0).toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(a.flip(1).toFloats()).containsExactly(3, 2, 1, 6, 5, 4);
      assertThat(a.argmax(1).toLongs()).containsExactly(2, 2);
      assertThat(a.narrow(1, 1, 2).sum(false, 0).toFloats()).containsExactly(7, 9);
      assertThat(Tensor.cat(java.util.List.of(a, a), 0).shape()).containsExactly(4, 3);
      assertThat(a.size(-1)).isEqualTo(3);
      assertThat(Tensor.ofBytes(a.toBytes(), DType.FLOAT32, Device.CPU, 3, 2).toFloats())
          .containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(Tensor.ofShorts(new short[]{-1, 7}, Device.CPU, 2).to(DType.INT64).toLongs())
          .containsExactly(-1, 7);
      assertThat(a.copy().lerp_(a.mul(0), 0.25).sum().item()).isEqualTo(15.75);
    }
  }

  @Test
  void gradientsOfAProduct() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor a = Tensor.of(new float[]{2, 3}, Device.CPU, 2).requiresGrad_(true);
      assertThat(a.hasGrad()).isFalse();
      assertThatThrownBy(a::grad).isInstanceOf(FiduciaException.class);
      a.mul(a).sum().backward();
      assertThat(a.grad().toFloats()).containsExactly(4, 6);
      a.clearGrad();
      assertThat(a.hasGrad()).isFalse();
      try (Autograd.Guard none = Autograd.noGrad()) {
        assertThat(a.mul(a).requiresGrad()).isFalse();
      }
      assertThat(a.mul(a).requiresGrad()).isTrue();
    }
  }

  @Test
  void keepsMovesToTheEnclosingScopeAndOwnersOutliveScopes() {
    TensorOwner owner = new TensorOwner("model");
    Tensor owned;
    Tensor kept;
    try (TorchScope outer = TorchScope.open("outer")) {
      Tensor lost;
      try (TorchScope inner = TorchScope.open("inner")) {
        lost = Tensor.of(new float[]{1}, Device.CPU, 1);
        kept = inner.keep(Tensor.of(new float[]{2}, Device.CPU, 1));
        owned = owner.adopt(Tensor.of(new float[]{3}, Device.CPU, 1));
      }
      assertThat(kept.item()).isEqualTo(2);
      Tensor gone = lost;
      assertThatThrownBy(gone::item).isInstanceOf(FiduciaException.class)
          .hasMessageContaining("after its scope closed");
    }
    assertThatThrownBy(kept::item).isInstanceOf(FiduciaException.class);
    assertThat(owned.item()).isEqualTo(3);
    assertThat(owner.bytes()).isEqualTo(4);
    owner.close();
    assertThatThrownBy(owned::item).isInstanceOf(FiduciaException.class);
  }

  @Test
  void saysWhatIsWrongInOneLine() {
    assertThatThrownBy(() -> Tensor.of(new float[1], Device.CPU, 1))
        .hasMessageContaining("outside every scope");
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor a = Tensor.zeros(Device.CPU, 2, 3);
      assertThatThrownBy(() -> a.add(Tensor.zeros(Device.CPU, 4)))
          .isInstanceOf(FiduciaException.class).hasMessageContaining("add [2, 3] [4]")
          .hasMessageNotContaining("\n").satisfies(
              e -> assertThat(((FiduciaException) e).kind())
                  .isEqualTo(FiduciaException.Kind.INTERNAL));
      assertThatThrownBy(() -> Tensor.zeros(Device.CPU, 1L << 46))
          .isInstanceOfSatisfying(FiduciaException.class, e -> assertThat(e.kind())
              .isEqualTo(FiduciaException.Kind.OUT_OF_RESOURCES));
      assertThatThrownBy(() -> Tensor.of(new float[5], Device.CPU, 2, 3))
          .hasMessageContaining("expected 6 values, found 5");
      assertThatThrownBy(() -> scope.keep(a)).hasMessageContaining("no scope encloses");
    }
    assertThatThrownBy(() -> Device.parse("gpu")).hasMessageContaining("expected auto, cpu")
        .satisfies(e -> assertThat(((FiduciaException) e).kind())
            .isEqualTo(FiduciaException.Kind.USAGE));
    assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
  }

  @Test
  void runtimeSettings() {
    int before = TorchRuntime.threads();
    TorchRuntime.setThreads(1);
    assertThat(TorchRuntime.threads()).isEqualTo(1);
    TorchRuntime.setThreads(before);
    TorchRuntime.setDeterministic(true);
    assertThat(TorchRuntime.version()).startsWith("2.");
    assertThat(TorchRuntime.physicalBytes()).isPositive();
  }

  @Test
  void leavesNoNativeObjectsBehind() {
    TensorOwner owner = new TensorOwner("parameters");
    try (TorchScope scope = TorchScope.open("setup")) {
      owner.adopt(Tensor.zeros(Device.CPU, 8)).requiresGrad_(true);
    }
    long before = 0;
    for (int i = 0; i < 50; i++) {
      try (TorchScope scope = TorchScope.open("step")) {
        Tensor a = Tensor.of(new float[64], Device.CPU, 8, 8);
        a.mul(2).add(a).softmax(1).sum().item();
        a.toShorts();
        a.clearGrad();
      }
      if (i == 4) {
        before = TorchRuntime.nativeObjects();
      }
    }
    assertThat(TorchRuntime.nativeObjects()).isEqualTo(before);
    owner.close();
  }
}
