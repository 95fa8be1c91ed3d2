# SPDX-License-Identifier: BSD-3-Clause
"""The programs in test/data/corpus, which another implementation has written."""

import json
from pathlib import Path

CORPUS = Path(__file__).parents[4] / "test" / "data" / "corpus"


def good_programs() -> list[Path]:
    """Files of all programs that must load."""
    cases = [json.loads(path.read_text()) for path in sorted(CORPUS.glob("*/case.json"))]
    return [
        CORPUS / case["name"] / case["files"]["program"] for case in cases if "expect" not in case
    ]


def damaged_programs() -> list[Path]:
    """Files of programs that are broken somewhere, not necessarily where a reader notices."""
    return sorted(CORPUS.glob("n_*/program.pte"))
