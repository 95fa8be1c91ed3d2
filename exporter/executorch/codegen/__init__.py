# SPDX-License-Identifier: BSD-3-Clause
"""From kernel YAMLs to declarations and registration code, and which of it a model needs.

Needs PyYAML and, but for `gen`, `model` and `parse`, no PyTorch.
"""
