// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

/** The element types of tensors. The numbers are those of torch's ScalarType. */
public enum DType {
  UINT8(0, 1),
  INT8(1, 1),
  INT16(2, 2),
  INT32(3, 4),
  INT64(4, 8),
  HALF(5, 2),
  FLOAT(6, 4),
  DOUBLE(7, 8),
  COMPLEX_HALF(8, 4),
  COMPLEX_FLOAT(9, 8),
  COMPLEX_DOUBLE(10, 16),
  BOOL(11, 1),
  QINT8(12, 1),
  QUINT8(13, 1),
  QINT32(14, 4),
  BFLOAT16(15, 2),
  QINT4X2(16, 1),
  QINT2X4(17, 1),
  BITS1X8(18, 1),
  BITS2X4(19, 1),
  BITS4X2(20, 1),
  BITS8(21, 1),
  BITS16(22, 2);

  final int jniCode;
  final int elementSize;

  DType(int jniCode, int elementSize) {
    this.jniCode = jniCode;
    this.elementSize = elementSize;
  }

  /**
   * @return the type of that number.
   * @throws IllegalArgumentException if there is none.
   */
  public static DType fromJniCode(int jniCode) {
    for (DType dtype : values()) {
      if (dtype.jniCode == jniCode) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("No element type has the number " + jniCode);
  }
}
