// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.Test;

public class TensorTest {
  private static final long[] SHAPE = {2, 2};

  @Test
  public void arraysOfEachTypeComeBack() {
    byte[] bytes = {1, -2, 3, -4};
    assertEquals(DType.INT8, Tensor.fromBlob(bytes, SHAPE).dtype());
    assertArrayEquals(bytes, Tensor.fromBlob(bytes, SHAPE).getDataAsByteArray());
    assertEquals(DType.UINT8, Tensor.fromBlobUnsigned(bytes, SHAPE).dtype());
    assertArrayEquals(bytes, Tensor.fromBlobUnsigned(bytes, SHAPE).getDataAsUnsignedByteArray());
    int[] ints = {1, -2, 3, 1 << 30};
    assertArrayEquals(ints, Tensor.fromBlob(ints, SHAPE).getDataAsIntArray());
    long[] longs = {1, -2, 3, 1L << 60};
    assertArrayEquals(longs, Tensor.fromBlob(longs, SHAPE).getDataAsLongArray());
    float[] floats = {1.5f, -2, 3, Float.NaN};
    assertArrayEquals(floats, Tensor.fromBlob(floats, SHAPE).getDataAsFloatArray(), 0);
    double[] doubles = {1.5, -2, 3, 1e300};
    assertArrayEquals(doubles, Tensor.fromBlob(doubles, SHAPE).getDataAsDoubleArray(), 0);
    short[] halves = {0x3c00, (short) 0xc000, 0x0001, 0x7c00};
    Tensor tensor = Tensor.fromBlob(halves, SHAPE);
    assertEquals(DType.HALF, tensor.dtype());
    assertArrayEquals(halves, tensor.getDataAsShortArray());
    assertArrayEquals(
        new float[] {1, -2, (float) Math.pow(2, -24), Float.POSITIVE_INFINITY}, tensor.getDataAsFloatArray(), 0);
    assertEquals(4, tensor.numel());
    assertArrayEquals(SHAPE, tensor.shape());
  }

  @Test
  public void buffersAreSharedAndArraysAreNot() {
    FloatBuffer buffer = Tensor.allocateFloatBuffer(4);
    Tensor tensor = Tensor.fromBlob(buffer, SHAPE);
    buffer.put(3, 7);
    buffer.position(2);
    assertArrayEquals(new float[] {0, 0, 0, 7}, tensor.getDataAsFloatArray(), 0);
    long[] shape = {4};
    float[] array = new float[4];
    Tensor copy = Tensor.fromBlob(array, shape);
    array[0] = 1;
    shape[0] = 5;
    copy.shape()[0] = 6;
    assertArrayEquals(new float[4], copy.getDataAsFloatArray(), 0);
    assertArrayEquals(new long[] {4}, copy.shape());
  }

  @Test
  public void onesAndZeros() {
    assertArrayEquals(new float[] {1, 1, 1, 1}, Tensor.ones(SHAPE, DType.FLOAT).getDataAsFloatArray(), 0);
    assertArrayEquals(new float[] {1, 1, 1, 1}, Tensor.ones(SHAPE, DType.BFLOAT16).getDataAsFloatArray(), 0);
    assertArrayEquals(new float[] {1, 1, 1, 1}, Tensor.ones(SHAPE, DType.HALF).getDataAsFloatArray(), 0);
    assertArrayEquals(new long[] {1, 1, 1, 1}, Tensor.ones(SHAPE, DType.INT64).getDataAsLongArray());
    assertArrayEquals(new byte[] {1, 1, 1, 1}, Tensor.ones(SHAPE, DType.BOOL).getDataAsByteArray());
    assertArrayEquals(new double[4], Tensor.zeros(SHAPE, DType.DOUBLE).getDataAsDoubleArray(), 0);
    assertEquals(1, Tensor.zeros(new long[0], DType.FLOAT).numel());
    assertEquals(0, Tensor.zeros(new long[] {3, 0}, DType.FLOAT).numel());
    assertThrows(IllegalArgumentException.class, () -> Tensor.ones(SHAPE, DType.COMPLEX_FLOAT));
  }

  @Test
  public void bytesComeBack() {
    for (Tensor tensor :
        new Tensor[] {
          Tensor.fromBlob(new float[] {1.5f, -2, 3, 4}, SHAPE),
          Tensor.fromBlob(new long[] {1, -2, 3, 1L << 60}, SHAPE),
          Tensor.ones(SHAPE, DType.INT16),
          Tensor.ones(SHAPE, DType.BOOL),
          Tensor.zeros(SHAPE, DType.COMPLEX_FLOAT),
          Tensor.zeros(new long[] {0, 3}, DType.DOUBLE),
        }) {
      Tensor copy = Tensor.fromByteArray(tensor.toByteArray());
      assertEquals(tensor.dtype(), copy.dtype());
      assertArrayEquals(tensor.shape(), copy.shape());
      assertArrayEquals(tensor.toByteArray(), copy.toByteArray());
    }
    byte[] bytes = Tensor.fromBlob(new float[] {1, 2, 3, 4}, SHAPE).toByteArray();
    assertArrayEquals(new float[] {1, 2, 3, 4}, Tensor.fromByteArray(bytes).getDataAsFloatArray(), 0);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThrows(IllegalArgumentException.class, () -> Tensor.fromByteArray(cut));
    }
  }

  @Test
  public void badArgumentsAreRefusedInWords() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob(new float[3], SHAPE)).getMessage();
    assertTrue(message, message.contains("[2, 2] has 4 elements, the data has 3"));
    assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob(new float[1], new long[] {-1}));
    assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob(new float[1], null));
    assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob((float[]) null, SHAPE));
    assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob(FloatBuffer.allocate(4), SHAPE));
    FloatBuffer swapped =
        ByteBuffer.allocateDirect(16)
            .order(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
            .asFloatBuffer();
    assertThrows(IllegalArgumentException.class, () -> Tensor.fromBlob(swapped, SHAPE));
    assertThrows(ArithmeticException.class, () -> Tensor.numel(new long[] {1L << 40, 1L << 40}));
    message =
        assertThrows(IllegalStateException.class, () -> Tensor.zeros(SHAPE, DType.FLOAT).getDataAsIntArray())
            .getMessage();
    assertEquals("Tensor of type FLOAT cannot return data as int array.", message);
  }
}
