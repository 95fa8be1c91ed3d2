// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** With the programs in the folder that the property "corpus" names. */
public class ModuleTest {
  private static final File CORPUS = new File(System.getProperty("corpus"));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static String program(String name) {
    return new File(new File(CORPUS, name), "program.pte").getPath();
  }

  private static Tensor floats(String name, String file, long... shape) throws IOException {
    byte[] bytes = Files.readAllBytes(new File(new File(CORPUS, name), file).toPath());
    FloatBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] elements = new float[source.remaining()];
    source.get(elements);
    return Tensor.fromBlob(elements, shape);
  }

  private static Tensor only(EValue[] outputs) {
    assertEquals(1, outputs.length);
    return outputs[0].toTensor();
  }

  @Test
  public void runsInEachLoadMode() throws IOException {
    String name = "p_add_broadcast";
    EValue x = EValue.from(floats(name, "inputs/0.bin", 2, 3, 4));
    EValue y = EValue.from(floats(name, "inputs/1.bin", 3, 1));
    float[] expected = floats(name, "expected/0.bin", 2, 3, 4).getDataAsFloatArray();
    for (int mode : new int[] {Module.LOAD_MODE_FILE, Module.LOAD_MODE_MMAP, Module.LOAD_MODE_MMAP_USE_MLOCK_IGNORE_ERRORS}) {
      try (Module module = Module.load(program(name), mode, 2)) {
        assertEquals(0, module.loadMethod("forward"));
        Tensor output = only(module.forward(x, y));
        assertArrayEquals(new long[] {2, 3, 4}, output.shape());
        assertArrayEquals(expected, output.getDataAsFloatArray(), 1e-5f);
      }
    }
  }

  @Test
  public void outputsOutliveTheNextCallAndTheModule() throws IOException {
    String name = "p_add_broadcast";
    EValue x = EValue.from(floats(name, "inputs/0.bin", 2, 3, 4));
    Module module = Module.load(program(name));
    Tensor zeros = Tensor.zeros(new long[] {3, 1}, DType.FLOAT);
    Tensor first = only(module.forward(x, EValue.from(zeros)));
    Tensor second = only(module.forward(x, EValue.from(Tensor.ones(new long[] {3, 1}, DType.FLOAT))));
    module.destroy();
    assertArrayEquals(x.toTensor().getDataAsFloatArray(), first.getDataAsFloatArray(), 1e-5f);
    assertEquals(first.getDataAsFloatArray()[0] + 1, second.getDataAsFloatArray()[0], 1e-5f);
  }

  @Test
  public void elementsOfChannelsLastOutputsComeInTheOrderOfTheirDimensions() throws IOException {
    String name = "l_channels_last_output";
    float[] physical = floats(name, "expected/0.bin", 1, 6, 6, 4).getDataAsFloatArray();
    float[] expected = new float[physical.length];
    for (int channel = 0; channel < 4; channel++) {
      for (int pixel = 0; pixel < 36; pixel++) {
        expected[channel * 36 + pixel] = physical[pixel * 4 + channel];
      }
    }
    try (Module module = Module.load(program(name))) {
      Tensor output = only(module.forward(EValue.from(floats(name, "inputs/0.bin", 1, 3, 6, 6))));
      assertArrayEquals(new long[] {1, 4, 6, 6}, output.shape());
      assertArrayEquals(expected, output.getDataAsFloatArray(), 1e-4f);
    }
  }

  @Test
  public void numbersAndStringsGoInAndOut() throws IOException {
    try (Module module = Module.load(program("m_constant_methods"))) {
      assertEquals(42, module.execute("get_int")[0].toInt());
      assertEquals(2.5, module.execute("get_float")[0].toDouble(), 0);
      assertTrue(module.execute("get_bool")[0].toBool());
      assertEquals("hello et", module.execute("get_string")[0].toStr());
      assertEquals(3, module.execute("get_list").length);
    }
    String name = "v_scalar_inputs";
    try (Module module = Module.load(program(name))) {
      EValue x = EValue.from(floats(name, "inputs/0.bin", 3));
      Tensor output = only(module.forward(x, EValue.from(3L), EValue.from(0.5), EValue.from(true)));
      assertArrayEquals(
          floats(name, "expected/0.bin", 3).getDataAsFloatArray(), output.getDataAsFloatArray(), 1e-5f);
      // The program was exported for these numbers alone.
      assertThrows(
          ExecutorchRuntimeException.class,
          () -> module.forward(x, EValue.from(4L), EValue.from(0.5), EValue.from(true)));
    }
  }

  @Test
  public void describesItself() {
    try (Module module = Module.load(program("m_multiple_methods"))) {
      String[] names = module.getMethods();
      Arrays.sort(names);
      assertArrayEquals(new String[] {"act", "forward", "mul"}, names);
      MethodMetadata metadata = module.getMethodMetadata("mul");
      assertEquals("mul", metadata.getName());
      assertEquals(0, metadata.getBackends().length);
      assertThrows(ExecutorchRuntimeException.class, () -> module.getMethodMetadata("absent"));
    }
    List<String> operators = Arrays.asList(ExecuTorchRuntime.getRegisteredOps());
    assertTrue(operators.contains("aten::add.out"));
    assertTrue(Arrays.asList(ExecuTorchRuntime.getRegisteredBackends()).contains("XnnpackBackend"));
  }

  @Test
  public void failuresSayWhatIsWrong() throws IOException {
    String absent = new File(folder.getRoot(), "absent.pte").getPath();
    String message = assertThrows(IllegalArgumentException.class, () -> Module.load(absent)).getMessage();
    assertTrue(message, message.contains(absent) && message.contains("does not exist"));
    assertThrows(IllegalArgumentException.class, () -> Module.load(folder.getRoot().getPath()));
    assertThrows(IllegalArgumentException.class, () -> Module.load(program("p_add_broadcast"), 17));
    assertThrows(IllegalArgumentException.class, () -> Module.load(program("p_add_broadcast"), 0, -1));
    for (String name : new String[] {"n_truncated_40", "n_empty_file", "n_wrong_magic", "n_zip_file"}) {
      assertThrows(name, ExecutorchRuntimeException.class, () -> Module.load(program(name)));
    }
    try (Module module = Module.load(program("n_missing_operator"))) {
      assertEquals(ExecutorchRuntimeException.OPERATOR_MISSING, module.loadMethod("forward"));
    }
    try (Module module = Module.load(program("p_add_broadcast"))) {
      EValue x = EValue.from(Tensor.zeros(new long[] {2, 3, 4}, DType.FLOAT));
      ExecutorchRuntimeException error =
          assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x, EValue.from(1L)));
      assertEquals(ExecutorchRuntimeException.INVALID_ARGUMENT, error.getErrorCode());
      assertFalse(error.getDetailedError().isEmpty());
      EValue wrongShape = EValue.from(Tensor.zeros(new long[] {5, 1}, DType.FLOAT));
      assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x, wrongShape));
      EValue wrongType = EValue.from(Tensor.zeros(new long[] {3, 1}, DType.INT32));
      assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x, wrongType));
      EValue wrongRank = EValue.from(Tensor.zeros(new long[17], DType.FLOAT));
      assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x, wrongRank));
      assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x));
      assertThrows(ExecutorchRuntimeException.class, () -> module.forward(x, null));
      assertThrows(ExecutorchRuntimeException.class, () -> module.execute("absent"));
      assertThrows(IllegalArgumentException.class, () -> module.execute(null));
      // The module still works.
      only(module.forward(x, EValue.from(Tensor.zeros(new long[] {3, 1}, DType.FLOAT))));
      module.destroy();
      assertThrows(IllegalStateException.class, () -> module.forward(x, x));
      assertThrows(IllegalStateException.class, () -> module.getMethods());
    }
  }

  @Test
  public void stringsKeepEveryCharacter() {
    // U+0000 and U+1F600 are what JNI's own conversions write in another way.
    String name = "a\u0000smörgås\ud83d\ude00";
    try (Module module = Module.load(program("p_add_broadcast"))) {
      String message = assertThrows(ExecutorchRuntimeException.class, () -> module.execute("smörgås\ud83d\ude00")).getMessage();
      assertTrue(message, message.contains("smörgås\ud83d\ude00"));
      assertThrows(ExecutorchRuntimeException.class, () -> module.execute(name));
    }
  }

  @Test
  public void callsFromSeveralThreadsRunOneAfterAnother() throws Exception {
    String name = "p_add_broadcast";
    EValue x = EValue.from(floats(name, "inputs/0.bin", 2, 3, 4));
    try (Module module = Module.load(program(name))) {
      AtomicInteger right = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        float addend = t;
        threads.add(
            new Thread(
                () -> {
                  EValue y = EValue.from(Tensor.fromBlob(new float[] {addend, addend, addend}, new long[] {3, 1}));
                  for (int i = 0; i < 200; i++) {
                    float first = only(module.forward(x, y)).getDataAsFloatArray()[0];
                    if (Math.abs(first - x.toTensor().getDataAsFloatArray()[0] - addend) < 1e-5f) {
                      right.incrementAndGet();
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(800, right.get());
    }
  }
}
