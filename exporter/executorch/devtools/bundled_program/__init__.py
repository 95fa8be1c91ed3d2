# SPDX-License-Identifier: BSD-3-Clause
"""Programs with test cases around them: a `.bpte` file is a `.pte` that can check itself."""
