// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import java.io.File;

/** The runtime of this process: what is registered in it. */
public final class ExecuTorchRuntime {
  static {
    System.loadLibrary("executorch_jni");
  }

  private static final ExecuTorchRuntime INSTANCE = new ExecuTorchRuntime();

  private ExecuTorchRuntime() {}

  public static ExecuTorchRuntime getRuntime() {
    return INSTANCE;
  }

  /**
   * @param path of a model.
   * @param description of the file, for the message.
   * @throws IllegalArgumentException if it is no file that can be read.
   */
  public static void validateFilePath(String path, String description) {
    if (path == null || path.isEmpty()) {
      throw new IllegalArgumentException("The path of the " + description + " is empty");
    }
    File file = new File(path);
    String fault = !file.exists() ? "does not exist" : !file.isFile() ? "is not a file" : !file.canRead() ? "cannot be read" : null;
    if (fault != null) {
      throw new IllegalArgumentException("The " + description + " " + path + " " + fault);
    }
  }

  /** @return the names of all operators that have a kernel. */
  public static native String[] getRegisteredOps();

  /** @return the names of all backends that are linked. */
  public static native String[] getRegisteredBackends();
}
