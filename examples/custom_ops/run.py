# SPDX-License-Identifier: BSD-3-Clause
"""Runs the model of export.py: `python run.py libcustom_ops.so model.pte`. Needs no torch."""

import ctypes
import sys

import numpy as np

from executorch.runtime import Runtime


def main() -> None:
    library, model = sys.argv[1:]
    runtime = Runtime.get()
    ctypes.CDLL(library)  # its kernels register themselves
    assert "custom_ops::scale.out" in runtime.operator_registry.operator_names
    method = runtime.load_program(model).load_method("forward")
    assert method is not None
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    scaled, total = method.execute([x])
    np.testing.assert_allclose(scaled, (x + 1) * 3)
    np.testing.assert_allclose(total, (((x + 1) * 3) ** 2).sum())
    print(scaled, total)


if __name__ == "__main__":
    main()
