// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An argument or a result of a method: nothing, a tensor, a string or a number. It does not change. */
public final class EValue {
  // The numbers of executorch::runtime::Tag.
  private static final int TYPE_CODE_NONE = 0;
  private static final int TYPE_CODE_TENSOR = 1;
  private static final int TYPE_CODE_STRING = 2;
  private static final int TYPE_CODE_DOUBLE = 3;
  private static final int TYPE_CODE_INT = 4;
  private static final int TYPE_CODE_BOOL = 5;
  private static final String[] TYPE_NAMES = {"None", "Tensor", "String", "Double", "Int", "Bool"};

  private final int mTypeCode; // read by the native side
  private final Object mData; // read by the native side

  private EValue(int typeCode, Object data) {
    mTypeCode = typeCode;
    mData = data;
  }

  public static EValue optionalNone() {
    return new EValue(TYPE_CODE_NONE, null);
  }

  /** @param tensor not copied. */
  public static EValue from(Tensor tensor) {
    return of(TYPE_CODE_TENSOR, tensor);
  }

  public static EValue from(boolean value) {
    return new EValue(TYPE_CODE_BOOL, value);
  }

  public static EValue from(long value) {
    return new EValue(TYPE_CODE_INT, value);
  }

  public static EValue from(double value) {
    return new EValue(TYPE_CODE_DOUBLE, value);
  }

  public static EValue from(String value) {
    return of(TYPE_CODE_STRING, value);
  }

  private static EValue of(int typeCode, Object data) {
    if (data == null) {
      throw new IllegalArgumentException(
          "A " + TYPE_NAMES[typeCode] + " must not be null; optionalNone() is the value that is nothing");
    }
    return new EValue(typeCode, data);
  }

  public boolean isNone() {
    return mTypeCode == TYPE_CODE_NONE;
  }

  public boolean isTensor() {
    return mTypeCode == TYPE_CODE_TENSOR;
  }

  public boolean isBool() {
    return mTypeCode == TYPE_CODE_BOOL;
  }

  public boolean isInt() {
    return mTypeCode == TYPE_CODE_INT;
  }

  public boolean isDouble() {
    return mTypeCode == TYPE_CODE_DOUBLE;
  }

  public boolean isString() {
    return mTypeCode == TYPE_CODE_STRING;
  }

  /** @throws IllegalStateException if it is none; the same holds for the other conversions. */
  public Tensor toTensor() {
    return (Tensor) data(TYPE_CODE_TENSOR);
  }

  public boolean toBool() {
    return (Boolean) data(TYPE_CODE_BOOL);
  }

  public long toInt() {
    return (Long) data(TYPE_CODE_INT);
  }

  public double toDouble() {
    return (Double) data(TYPE_CODE_DOUBLE);
  }

  public String toStr() {
    return (String) data(TYPE_CODE_STRING);
  }

  private Object data(int typeCode) {
    if (mTypeCode != typeCode) {
      throw new IllegalStateException(
          "Expected a value of type " + TYPE_NAMES[typeCode] + ", got one of type " + TYPE_NAMES[mTypeCode]);
    }
    return mData;
  }

  /** @return the type's number in a byte, and what it holds in big-endian bytes. */
  public byte[] toByteArray() {
    ByteBuffer buffer;
    switch (mTypeCode) {
      case TYPE_CODE_TENSOR:
        return prefixed(toTensor().toByteArray());
      case TYPE_CODE_STRING:
        return prefixed(toStr().getBytes(StandardCharsets.UTF_8));
      case TYPE_CODE_BOOL:
        return prefixed(new byte[] {(byte) (toBool() ? 1 : 0)});
      case TYPE_CODE_INT:
        buffer = ByteBuffer.allocate(Long.BYTES).putLong(toInt());
        return prefixed(buffer.array());
      case TYPE_CODE_DOUBLE:
        buffer = ByteBuffer.allocate(Double.BYTES).putDouble(toDouble());
        return prefixed(buffer.array());
      default:
        return prefixed(new byte[0]);
    }
  }

  private byte[] prefixed(byte[] payload) {
    return ByteBuffer.allocate(1 + payload.length).put((byte) mTypeCode).put(payload).array();
  }

  /**
   * The inverse of toByteArray().
   *
   * @throws IllegalArgumentException if the bytes are no value.
   */
  public static EValue fromByteArray(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      int typeCode = buffer.get();
      switch (typeCode) {
        case TYPE_CODE_NONE:
          return optionalNone();
        case TYPE_CODE_TENSOR:
          return from(Tensor.fromByteArray(rest(buffer)));
        case TYPE_CODE_STRING:
          return from(new String(rest(buffer), StandardCharsets.UTF_8));
        case TYPE_CODE_DOUBLE:
          return from(buffer.getDouble());
        case TYPE_CODE_INT:
          return from(buffer.getLong());
        case TYPE_CODE_BOOL:
          return from(buffer.get() != 0);
        default:
          throw new IllegalArgumentException("No value has the type number " + typeCode);
      }
    } catch (BufferUnderflowException error) {
      throw new IllegalArgumentException("A value of " + bytes.length + " bytes is too short", error);
    }
  }

  private static byte[] rest(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
