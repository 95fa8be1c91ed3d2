// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import java.io.Closeable;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A program, and its methods once they are loaded. Calls from several threads run one after another.
 *
 * <p>The memory is not the garbage collector's: call {@link #destroy()} or {@link #close()}. Every failure of the
 * runtime is an {@link ExecutorchRuntimeException}, every use after that an {@link IllegalStateException}.
 */
public class Module implements Closeable {
  /** The file is read into memory. */
  public static final int LOAD_MODE_FILE = 0;
  /** The file is mapped. */
  public static final int LOAD_MODE_MMAP = 1;
  /** The file is mapped and locked in memory. */
  public static final int LOAD_MODE_MMAP_USE_MLOCK = 2;
  /** The same, but without a lock if the system refuses it. */
  public static final int LOAD_MODE_MMAP_USE_MLOCK_IGNORE_ERRORS = 3;

  static {
    // Loads the library, once for both classes.
    ExecuTorchRuntime.getRuntime();
  }

  private final Lock lock = new ReentrantLock();
  private long handle;

  private Module(long handle) {
    this.handle = handle;
  }

  /** Loads a program that is read into memory. */
  public static Module load(String modelPath) {
    return load(modelPath, LOAD_MODE_FILE);
  }

  /** @param loadMode one of LOAD_MODE_*. */
  public static Module load(String modelPath, int loadMode) {
    return load(modelPath, loadMode, 0);
  }

  /**
   * Loads a program. Its methods are loaded when they are first used.
   *
   * @param modelPath of a .pte file.
   * @param loadMode one of LOAD_MODE_*.
   * @param numThreads that kernels and backends of this process use; 0: as many as the processor has fast cores.
   */
  public static Module load(String modelPath, int loadMode, int numThreads) {
    ExecuTorchRuntime.validateFilePath(modelPath, "model");
    if (loadMode < LOAD_MODE_FILE || loadMode > LOAD_MODE_MMAP_USE_MLOCK_IGNORE_ERRORS) {
      throw new IllegalArgumentException("Expected one of Module.LOAD_MODE_*, got " + loadMode);
    }
    if (numThreads < 0) {
      throw new IllegalArgumentException("Expected a number of threads of at least 0, got " + numThreads);
    }
    return new Module(nativeLoad(modelPath, loadMode, numThreads));
  }

  /** Runs the method "forward". */
  public EValue[] forward(EValue... inputs) {
    return execute("forward", inputs);
  }

  /**
   * Runs a method, and loads it before if need be.
   *
   * @param inputs all that the method takes. Tensors are not copied.
   * @return its results, whose memory is their own.
   */
  public EValue[] execute(String methodName, EValue... inputs) {
    lock.lock();
    try {
      return nativeExecute(opened(), named(methodName), inputs);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Loads a method ahead of its first use.
   *
   * @return 0, or the error code of what went wrong (see {@link ExecutorchRuntimeException}).
   */
  public int loadMethod(String methodName) {
    lock.lock();
    try {
      return nativeLoadMethod(opened(), named(methodName));
    } finally {
      lock.unlock();
    }
  }

  /** @return the names of the program's methods. */
  public String[] getMethods() {
    lock.lock();
    try {
      return nativeGetMethods(opened());
    } finally {
      lock.unlock();
    }
  }

  /** @throws ExecutorchRuntimeException if the program has no such method. */
  public MethodMetadata getMethodMetadata(String name) {
    lock.lock();
    try {
      return new MethodMetadata(name, nativeGetBackends(opened(), named(name)));
    } finally {
      lock.unlock();
    }
  }

  /** @return what the runtime logged lately, oldest first. */
  public String[] readLogBuffer() {
    return readLogBufferStatic();
  }

  /** @return what the runtime logged lately, oldest first, for all modules. */
  public static native String[] readLogBufferStatic();

  /**
   * Writes the times of all executions since the last call to /data/local/tmp/result.etdump.
   *
   * @return whether that worked; false also if the library was built without the event tracer.
   */
  public boolean etdump() {
    return etdump("/data/local/tmp/result.etdump");
  }

  /** The same, to a file of your choice. */
  public boolean etdump(String path) {
    lock.lock();
    try {
      return nativeEtdump(opened(), path);
    } finally {
      lock.unlock();
    }
  }

  /** Frees the memory, after the method that runs, if one does. A second call does nothing. */
  public void destroy() {
    lock.lock();
    try {
      if (handle != 0) {
        nativeDestroy(handle);
        handle = 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The same as destroy(). */
  @Override
  public void close() {
    destroy();
  }

  private long opened() {
    if (handle == 0) {
      throw new IllegalStateException("The module has been destroyed");
    }
    return handle;
  }

  private static String named(String methodName) {
    if (methodName == null) {
      throw new IllegalArgumentException("The name of the method is null");
    }
    return methodName;
  }

  private static native long nativeLoad(String modelPath, int loadMode, int numThreads);

  private static native void nativeDestroy(long handle);

  private static native EValue[] nativeExecute(long handle, String methodName, EValue[] inputs);

  private static native int nativeLoadMethod(long handle, String methodName);

  private static native String[] nativeGetMethods(long handle);

  private static native String[] nativeGetBackends(long handle, String methodName);

  private static native boolean nativeEtdump(long handle, String path);
}
