package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import org.bytedeco.javacpp.PointerScope;

/**
 * A named stretch of code whose tensors are freed when it ends. Every tensor made on the scope's
 * thread joins the innermost open scope; {@link #keep} lets one live on in the enclosing scope. For
 * what must outlive scopes (parameters, optimiser state) there is {@link TensorOwner}.
 *
 * <p>Use it with try-with-resources on one thread.
 */
public final class TorchScope implements AutoCloseable {
  private final String name;
  private final Thread thread = Thread.currentThread();
  private final PointerScope enclosing;
  private final PointerScope scope;
  private boolean closed;

  private TorchScope(String name) {
    this.name = name;
    this.enclosing = PointerScope.getInnerScope();
    this.scope = new PointerScope();
  }

  /** A new innermost scope of this thread. */
  public static TorchScope open(String name) {
    return new TorchScope(name);
  }

  /** The tensor itself, which from now on is freed with the enclosing scope instead of this one. */
  public Tensor keep(Tensor tensor) {
    check();
    if (enclosing == null) {
      throw FiduciaException.internal("a tensor cannot be kept", "scope " + name,
          "no scope encloses this one", "copy its values out, or give it to a TensorOwner");
    }
    enclosing.attach(tensor.handle());
    return tensor;
  }

  private void check() {
    if (closed) {
      throw FiduciaException.internal("a closed scope was used", "scope " + name, "", "");
    }
    if (Thread.currentThread() != thread) {
      throw FiduciaException.internal("a scope was used by another thread", "scope " + name,
          "opened by " + thread.getName() + ", used by " + Thread.currentThread().getName(), "");
    }
  }

  /** Frees this scope's tensors; closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      check();
      closed = true;
      scope.close();
    }
  }
}
