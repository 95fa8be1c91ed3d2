# SPDX-License-Identifier: BSD-3-Clause
"""Records of exports: what relates a running program to the model that it came from."""

from executorch.devtools.etrecord._etrecord import ETRecord, generate_etrecord, parse_etrecord

__all__ = ["ETRecord", "generate_etrecord", "parse_etrecord"]
