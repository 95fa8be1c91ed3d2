# SPDX-License-Identifier: BSD-3-Clause
"""The kernel libraries that come with the runtime: `<library>.yaml` lists the operators of each."""
