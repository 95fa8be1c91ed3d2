# SPDX-License-Identifier: BSD-3-Clause
"""The generators are scripts: their folder is the root of their imports."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
