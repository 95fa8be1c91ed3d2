// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

/** A failure of the runtime: its code and a sentence about what went wrong. */
public class ExecutorchRuntimeException extends RuntimeException {
  // The numbers of executorch::runtime::Error.
  public static final int OK = 0x00;
  public static final int INTERNAL = 0x01;
  public static final int INVALID_STATE = 0x02;
  public static final int END_OF_METHOD = 0x03;
  public static final int ALREADY_LOADED = 0x04;
  public static final int NOT_SUPPORTED = 0x10;
  public static final int NOT_IMPLEMENTED = 0x11;
  public static final int INVALID_ARGUMENT = 0x12;
  public static final int INVALID_TYPE = 0x13;
  public static final int OPERATOR_MISSING = 0x14;
  public static final int REGISTRATION_EXCEEDING_MAX_KERNELS = 0x15;
  public static final int REGISTRATION_ALREADY_REGISTERED = 0x16;
  public static final int NOT_FOUND = 0x20;
  public static final int MEMORY_ALLOCATION_FAILED = 0x21;
  public static final int ACCESS_FAILED = 0x22;
  public static final int INVALID_PROGRAM = 0x23;
  public static final int INVALID_EXTERNAL_DATA = 0x24;
  public static final int OUT_OF_RESOURCES = 0x25;
  public static final int DELEGATE_INVALID_COMPATIBILITY = 0x30;
  public static final int DELEGATE_MEMORY_ALLOCATION_FAILED = 0x31;
  public static final int DELEGATE_INVALID_HANDLE = 0x32;

  private static final long serialVersionUID = 1L;

  private final int errorCode;
  private final String details;

  public ExecutorchRuntimeException(int errorCode, String details) {
    super(String.format("Error 0x%02x: %s", errorCode, details));
    this.errorCode = errorCode;
    this.details = details;
  }

  /** @return the number of executorch::runtime::Error. */
  public int getErrorCode() {
    return errorCode;
  }

  /** @return the sentence, without the code. */
  public String getDetailedError() {
    return details;
  }
}
