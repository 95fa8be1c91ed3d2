# SPDX-License-Identifier: BSD-3-Clause
"""What tests of several folders use."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of programs that upstream exported, see its README.md."""
    return _ROOT / "test" / "data" / "corpus"


@pytest.fixture(scope="session")
def executor_runner() -> Path:
    """The command line tool of the release build."""
    path = _ROOT / "build" / "release" / "examples" / "executor_runner"
    assert path.exists(), "build it: cmake --build --preset release --target executor_runner"
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-networks", action="store_true", help="also those that take minutes")
