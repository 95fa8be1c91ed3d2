// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class EValueTest {
  @Test
  public void holdsEachKind() {
    assertTrue(EValue.optionalNone().isNone());
    assertTrue(EValue.from(true).toBool());
    assertEquals(-3, EValue.from(-3L).toInt());
    assertEquals(2.5, EValue.from(2.5).toDouble(), 0);
    assertEquals("text", EValue.from("text").toStr());
    Tensor tensor = Tensor.ones(new long[] {2}, DType.FLOAT);
    EValue value = EValue.from(tensor);
    assertTrue(value.isTensor());
    assertFalse(value.isNone() || value.isBool() || value.isInt() || value.isDouble() || value.isString());
    assertEquals(tensor, value.toTensor());
  }

  @Test
  public void refusesOtherKinds() {
    String message = assertThrows(IllegalStateException.class, () -> EValue.from(1L).toTensor()).getMessage();
    assertEquals("Expected a value of type Tensor, got one of type Int", message);
    assertThrows(IllegalArgumentException.class, () -> EValue.from((Tensor) null));
    assertThrows(IllegalArgumentException.class, () -> EValue.from((String) null));
  }

  @Test
  public void bytesComeBack() {
    assertTrue(EValue.fromByteArray(EValue.optionalNone().toByteArray()).isNone());
    assertTrue(EValue.fromByteArray(EValue.from(true).toByteArray()).toBool());
    assertEquals(1L << 40, EValue.fromByteArray(EValue.from(1L << 40).toByteArray()).toInt());
    assertEquals(2.5, EValue.fromByteArray(EValue.from(2.5).toByteArray()).toDouble(), 0);
    assertEquals("smörgås", EValue.fromByteArray(EValue.from("smörgås").toByteArray()).toStr());
    Tensor tensor = Tensor.fromBlob(new int[] {1, 2}, new long[] {2});
    assertArrayEquals(
        new int[] {1, 2}, EValue.fromByteArray(EValue.from(tensor).toByteArray()).toTensor().getDataAsIntArray());
    assertThrows(IllegalArgumentException.class, () -> EValue.fromByteArray(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> EValue.fromByteArray(new byte[] {4, 0}));
    assertThrows(IllegalArgumentException.class, () -> EValue.fromByteArray(new byte[] {99}));
  }
}
