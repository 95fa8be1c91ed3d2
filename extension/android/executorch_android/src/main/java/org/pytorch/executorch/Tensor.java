// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import java.nio.Buffer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * Elements of one type in a shape, row by row, in a direct buffer.
 *
 * <p>Arrays are copied. Buffers are not: they must be direct, in the machine's byte order, and what is written to them
 * later changes the tensor.
 */
public final class Tensor {
  // Read by the native side.
  private final Buffer buffer;
  private final long[] shape;
  private final DType dtype;

  private Tensor(Buffer buffer, long[] shape, DType dtype) {
    this.buffer = buffer;
    this.shape = shape;
    this.dtype = dtype;
  }

  // --- Memory -------------------------------------------------------------------------------------------------------

  /** @return a buffer with room for as many elements, that tensors can use in place. */
  public static ByteBuffer allocateByteBuffer(int numElements) {
    return ByteBuffer.allocateDirect(numElements).order(ByteOrder.nativeOrder());
  }

  public static IntBuffer allocateIntBuffer(int numElements) {
    return allocateByteBuffer(Math.multiplyExact(numElements, Integer.BYTES)).asIntBuffer();
  }

  public static FloatBuffer allocateFloatBuffer(int numElements) {
    return allocateByteBuffer(Math.multiplyExact(numElements, Float.BYTES)).asFloatBuffer();
  }

  public static LongBuffer allocateLongBuffer(int numElements) {
    return allocateByteBuffer(Math.multiplyExact(numElements, Long.BYTES)).asLongBuffer();
  }

  public static DoubleBuffer allocateDoubleBuffer(int numElements) {
    return allocateByteBuffer(Math.multiplyExact(numElements, Double.BYTES)).asDoubleBuffer();
  }

  /** For numbers of 16 bits: halves. */
  public static ShortBuffer allocateHalfBuffer(int numElements) {
    return allocateByteBuffer(Math.multiplyExact(numElements, Short.BYTES)).asShortBuffer();
  }

  // --- From arrays, which are copied --------------------------------------------------------------------------------

  /** @param data unsigned numbers. */
  public static Tensor fromBlobUnsigned(byte[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlobUnsigned(allocateByteBuffer(data.length).put(data), shape);
  }

  public static Tensor fromBlob(byte[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateByteBuffer(data.length).put(data), shape);
  }

  /** @param data the 16 bits of halves. */
  public static Tensor fromBlob(short[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateHalfBuffer(data.length).put(data), shape);
  }

  public static Tensor fromBlob(int[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateIntBuffer(data.length).put(data), shape);
  }

  public static Tensor fromBlob(long[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateLongBuffer(data.length).put(data), shape);
  }

  public static Tensor fromBlob(float[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateFloatBuffer(data.length).put(data), shape);
  }

  public static Tensor fromBlob(double[] data, long[] shape) {
    require(data != null, "The data is null");
    return fromBlob(allocateDoubleBuffer(data.length).put(data), shape);
  }

  // --- From buffers, which are used in place ------------------------------------------------------------------------

  /** @param data unsigned numbers. */
  public static Tensor fromBlobUnsigned(ByteBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.UINT8);
  }

  public static Tensor fromBlob(ByteBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.INT8);
  }

  /** @param data the 16 bits of halves. */
  public static Tensor fromBlob(ShortBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.HALF);
  }

  public static Tensor fromBlob(IntBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.INT32);
  }

  public static Tensor fromBlob(LongBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.INT64);
  }

  public static Tensor fromBlob(FloatBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.FLOAT);
  }

  public static Tensor fromBlob(DoubleBuffer data, long[] shape) {
    return of(data, data == null ? null : data.order(), shape, DType.DOUBLE);
  }

  /**
   * A tensor of any type.
   *
   * @param data its elements; for types of more than one byte in the machine's byte order.
   */
  public static Tensor fromBlob(ByteBuffer data, long[] shape, DType dtype) {
    require(dtype != null, "The element type is null");
    require(data != null, "The data is null");
    long needed = Math.multiplyExact(numel(shape), (long) dtype.elementSize);
    require(
        data.capacity() == needed,
        "A tensor of type %s and shape %s needs %d bytes, the data has %d",
        dtype, Arrays.toString(shape), needed, data.capacity());
    require(data.isDirect(), "The buffer is not direct: see Tensor.allocateByteBuffer()");
    return new Tensor(data.duplicate().order(ByteOrder.nativeOrder()), shape.clone(), dtype);
  }

  private static Tensor of(Buffer data, ByteOrder order, long[] shape, DType dtype) {
    require(data != null, "The data is null");
    long needed = numel(shape);
    require(
        data.capacity() == needed,
        "A tensor of shape %s has %d elements, the data has %d",
        Arrays.toString(shape), needed, data.capacity());
    require(data.isDirect(), "The buffer is not direct: see Tensor.allocate*Buffer()");
    require(
        dtype.elementSize == 1 || order == ByteOrder.nativeOrder(),
        "The buffer's byte order is %s, the machine's is %s", order, ByteOrder.nativeOrder());
    return new Tensor(data, shape.clone(), dtype);
  }

  /** @throws IllegalArgumentException for element types that have no ones. */
  public static Tensor ones(long[] shape, DType dtype) {
    Tensor tensor = zeros(shape, dtype);
    ByteBuffer bytes = (ByteBuffer) tensor.buffer;
    for (int i = 0; i < bytes.capacity(); i += dtype.elementSize) {
      switch (dtype) {
        case UINT8:
        case INT8:
        case BOOL:
          bytes.put(i, (byte) 1);
          break;
        case INT16:
          bytes.putShort(i, (short) 1);
          break;
        case HALF:
          bytes.putShort(i, (short) 0x3c00);
          break;
        case BFLOAT16:
          bytes.putShort(i, (short) 0x3f80);
          break;
        case INT32:
          bytes.putInt(i, 1);
          break;
        case INT64:
          bytes.putLong(i, 1);
          break;
        case FLOAT:
          bytes.putFloat(i, 1);
          break;
        case DOUBLE:
          bytes.putDouble(i, 1);
          break;
        default:
          throw new IllegalArgumentException("ones() has no elements of type " + dtype);
      }
    }
    return tensor;
  }

  public static Tensor zeros(long[] shape, DType dtype) {
    require(dtype != null, "The element type is null");
    long nbytes = Math.multiplyExact(numel(shape), (long) dtype.elementSize);
    require(nbytes <= Integer.MAX_VALUE, "A tensor of %d bytes is larger than a buffer can be", nbytes);
    return new Tensor(allocateByteBuffer((int) nbytes), shape.clone(), dtype);
  }

  // Called by the native side, for results.
  private static Tensor nativeNewTensor(int jniCode, long[] shape) {
    return zeros(shape, DType.fromJniCode(jniCode));
  }

  // --- Looking into it ----------------------------------------------------------------------------------------------

  /** @return how many elements a tensor of that shape has. */
  public static long numel(long[] shape) {
    require(shape != null, "The shape is null");
    long result = 1;
    for (long size : shape) {
      require(size >= 0, "A size in the shape %s is negative", Arrays.toString(shape));
      result = Math.multiplyExact(result, size);
    }
    return result;
  }

  public long numel() {
    return numel(shape);
  }

  public long[] shape() {
    return shape.clone();
  }

  public DType dtype() {
    return dtype;
  }

  // Read by the native side.
  private int dtypeJniCode() {
    return dtype.jniCode;
  }

  /** Of INT8 or BOOL tensors. Any other type is an IllegalStateException; the same holds for the other getters. */
  public byte[] getDataAsByteArray() {
    return bytes("byte", DType.INT8, DType.BOOL);
  }

  /** Of UINT8 tensors. */
  public byte[] getDataAsUnsignedByteArray() {
    return bytes("unsigned byte", DType.UINT8);
  }

  /** Of INT16, HALF or BFLOAT16 tensors: their 16 bits. */
  public short[] getDataAsShortArray() {
    expect("short", DType.INT16, DType.HALF, DType.BFLOAT16);
    short[] result = new short[buffer.capacity() / unit(Short.BYTES)];
    (buffer instanceof ShortBuffer ? rewound((ShortBuffer) buffer) : allBytes().asShortBuffer()).get(result);
    return result;
  }

  /** Of INT32 tensors. */
  public int[] getDataAsIntArray() {
    expect("int", DType.INT32);
    int[] result = new int[buffer.capacity() / unit(Integer.BYTES)];
    (buffer instanceof IntBuffer ? rewound((IntBuffer) buffer) : allBytes().asIntBuffer()).get(result);
    return result;
  }

  /** Of INT64 tensors. */
  public long[] getDataAsLongArray() {
    expect("long", DType.INT64);
    long[] result = new long[buffer.capacity() / unit(Long.BYTES)];
    (buffer instanceof LongBuffer ? rewound((LongBuffer) buffer) : allBytes().asLongBuffer()).get(result);
    return result;
  }

  /** Of FLOAT tensors, and of HALF and BFLOAT16 tensors, whose elements are converted. */
  public float[] getDataAsFloatArray() {
    if (dtype == DType.HALF || dtype == DType.BFLOAT16) {
      short[] bits = getDataAsShortArray();
      float[] result = new float[bits.length];
      for (int i = 0; i < bits.length; i++) {
        result[i] = dtype == DType.HALF ? halfToFloat(bits[i]) : Float.intBitsToFloat(bits[i] << 16);
      }
      return result;
    }
    expect("float", DType.FLOAT);
    float[] result = new float[buffer.capacity() / unit(Float.BYTES)];
    (buffer instanceof FloatBuffer ? rewound((FloatBuffer) buffer) : allBytes().asFloatBuffer()).get(result);
    return result;
  }

  /** Of DOUBLE tensors. */
  public double[] getDataAsDoubleArray() {
    expect("double", DType.DOUBLE);
    double[] result = new double[buffer.capacity() / unit(Double.BYTES)];
    (buffer instanceof DoubleBuffer ? rewound((DoubleBuffer) buffer) : allBytes().asDoubleBuffer()).get(result);
    return result;
  }

  private byte[] bytes(String name, DType... dtypes) {
    expect(name, dtypes);
    byte[] result = new byte[buffer.capacity()];
    allBytes().get(result);
    return result;
  }

  // How many of the buffer's elements one element of the tensor takes.
  private int unit(int elementSize) {
    return buffer instanceof ByteBuffer ? elementSize : 1;
  }

  private ByteBuffer allBytes() {
    ByteBuffer view = ((ByteBuffer) buffer).duplicate().order(ByteOrder.nativeOrder());
    view.clear();
    return view;
  }

  // A view from the first to the last element, whatever the position and the limit of the original.
  private static ShortBuffer rewound(ShortBuffer original) {
    ShortBuffer view = original.duplicate();
    view.clear();
    return view;
  }

  private static IntBuffer rewound(IntBuffer original) {
    IntBuffer view = original.duplicate();
    view.clear();
    return view;
  }

  private static LongBuffer rewound(LongBuffer original) {
    LongBuffer view = original.duplicate();
    view.clear();
    return view;
  }

  private static FloatBuffer rewound(FloatBuffer original) {
    FloatBuffer view = original.duplicate();
    view.clear();
    return view;
  }

  private static DoubleBuffer rewound(DoubleBuffer original) {
    DoubleBuffer view = original.duplicate();
    view.clear();
    return view;
  }

  private void expect(String name, DType... dtypes) {
    if (!Arrays.asList(dtypes).contains(dtype)) {
      throw new IllegalStateException("Tensor of type " + dtype + " cannot return data as " + name + " array.");
    }
  }

  // IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction.
  private static float halfToFloat(short half) {
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, -24);
    } else {
      magnitude = Math.scalb((float) (fraction | 0x400), exponent - 25);
    }
    return half < 0 ? -magnitude : magnitude;
  }

  // --- To and from bytes --------------------------------------------------------------------------------------------

  /** @return type and rank (a byte each), the sizes (8 bytes each) and the elements, all big-endian. */
  public byte[] toByteArray() {
    int unit = buffer instanceof ByteBuffer ? 1 : dtype.elementSize;
    ByteBuffer result =
        ByteBuffer.allocate(2 + Long.BYTES * shape.length + Math.multiplyExact(buffer.capacity(), unit));
    result.put((byte) dtype.jniCode).put((byte) shape.length);
    for (long size : shape) {
      result.putLong(size);
    }
    if (buffer instanceof ShortBuffer) {
      result.asShortBuffer().put(rewound((ShortBuffer) buffer));
    } else if (buffer instanceof IntBuffer) {
      result.asIntBuffer().put(rewound((IntBuffer) buffer));
    } else if (buffer instanceof LongBuffer) {
      result.asLongBuffer().put(rewound((LongBuffer) buffer));
    } else if (buffer instanceof FloatBuffer) {
      result.asFloatBuffer().put(rewound((FloatBuffer) buffer));
    } else if (buffer instanceof DoubleBuffer) {
      result.asDoubleBuffer().put(rewound((DoubleBuffer) buffer));
    } else {
      copyReordered(allBytes(), ByteOrder.nativeOrder(), result, ByteOrder.BIG_ENDIAN, swappedSize());
    }
    return result.array();
  }

  /**
   * The inverse of toByteArray().
   *
   * @throws IllegalArgumentException if the bytes are no tensor.
   */
  public static Tensor fromByteArray(byte[] bytes) {
    require(bytes != null, "The bytes are null");
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try {
      DType dtype = DType.fromJniCode(source.get());
      long[] shape = new long[source.get() & 0xff];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = source.getLong();
      }
      long needed = Math.multiplyExact(numel(shape), (long) dtype.elementSize);
      require(
          needed == source.remaining(),
          "A tensor of type %s and shape %s needs %d bytes, got %d",
          dtype, Arrays.toString(shape), needed, source.remaining());
      Tensor tensor = zeros(shape, dtype);
      copyReordered(
          source, ByteOrder.BIG_ENDIAN, tensor.allBytes(), ByteOrder.nativeOrder(), tensor.swappedSize());
      return tensor;
    } catch (BufferUnderflowException | ArithmeticException error) {
      throw new IllegalArgumentException(bytes.length + " bytes are not what a tensor has", error);
    }
  }

  // A complex number is two numbers.
  private int swappedSize() {
    switch (dtype) {
      case COMPLEX_HALF:
      case COMPLEX_FLOAT:
      case COMPLEX_DOUBLE:
        return dtype.elementSize / 2;
      default:
        return dtype.elementSize;
    }
  }

  private static void copyReordered(ByteBuffer from, ByteOrder fromOrder, ByteBuffer to, ByteOrder toOrder, int size) {
    from.order(fromOrder);
    to.order(toOrder);
    while (from.hasRemaining()) {
      switch (size) {
        case 2:
          to.putShort(from.getShort());
          break;
        case 4:
          to.putInt(from.getInt());
          break;
        case 8:
          to.putLong(from.getLong());
          break;
        default:
          to.put(from.get());
      }
    }
  }

  @Override
  public String toString() {
    return "Tensor(" + Arrays.toString(shape) + ", dtype=" + dtype + ")";
  }

  private static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(message, values));
    }
  }
}
