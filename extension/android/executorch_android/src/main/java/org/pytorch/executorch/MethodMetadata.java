// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

/** What is known of a method without loading it. */
public final class MethodMetadata {
  private final String name;
  private final String[] backends;

  MethodMetadata(String name, String[] backends) {
    this.name = name;
    this.backends = backends;
  }

  public String getName() {
    return name;
  }

  /** @return the names of the backends that it uses. */
  public String[] getBackends() {
    return backends.clone();
  }
}
