// SPDX-License-Identifier: BSD-3-Clause
package org.pytorch.executorch.example;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.pytorch.executorch.DType;
import org.pytorch.executorch.EValue;
import org.pytorch.executorch.Module;
import org.pytorch.executorch.Tensor;

/** Classifies a grey picture with assets/model.pte, and shows the class with the highest score and the time. */
public class MainActivity extends Activity {
  private static final String MODEL = "model.pte";
  private static final long[] SHAPE = {1, 3, 224, 224};
  private static final int RUNS = 10;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.main);
    TextView result = findViewById(R.id.result);
    new Thread(
            () -> {
              String text = classify();
              runOnUiThread(() -> result.setText(text));
            })
        .start();
  }

  private String classify() {
    try (Module module = Module.load(modelFile().getPath(), Module.LOAD_MODE_MMAP)) {
      EValue picture = EValue.from(Tensor.zeros(SHAPE, DType.FLOAT));
      float[] scores = module.forward(picture)[0].toTensor().getDataAsFloatArray();
      long start = System.nanoTime();
      for (int i = 0; i < RUNS; i++) {
        module.forward(picture);
      }
      double milliseconds = (System.nanoTime() - start) / 1e6 / RUNS;
      return String.format(
          Locale.US, "class %d of %d\n%.1f ms", indexOfHighest(scores), scores.length, milliseconds);
    } catch (IOException | RuntimeException error) {
      return error.getMessage();
    }
  }

  // The runtime maps files; an asset is not one.
  private File modelFile() throws IOException {
    File file = new File(getFilesDir(), MODEL);
    if (!file.exists()) {
      File copy = new File(getFilesDir(), MODEL + ".part");
      try (InputStream asset = getAssets().open(MODEL)) {
        Files.copy(asset, copy.toPath(), StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(copy.toPath(), file.toPath());
    }
    return file;
  }

  private static int indexOfHighest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }
}
