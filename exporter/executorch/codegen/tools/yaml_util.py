# SPDX-License-Identifier: BSD-3-Clause
"""How the tools write kernel YAMLs."""

from typing import Any

import yaml


class BlankLineDumper(yaml.SafeDumper):
    """Puts a blank line after each entry of the outermost list."""

    def write_line_break(self, data: Any = None) -> None:
        super().write_line_break(data)
        if len(self.indents) == 1:
            super().write_line_break()
