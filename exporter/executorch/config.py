# SPDX-License-Identifier: BSD-3-Clause
"""Where an installed package keeps what C++ projects need: `python -m executorch.config --help`."""

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def cmake_prefix() -> Path:
    """For CMAKE_PREFIX_PATH: the folder with executorch-config.cmake."""
    return ROOT / "share" / "cmake"


def include_dirs() -> list[Path]:
    """For the compiler."""
    include = ROOT / "include"
    return [include, include / "executorch" / "runtime" / "core" / "portable_type" / "c10"]


def library_dir() -> Path:
    """The folder of the shared libraries."""
    return ROOT / "lib"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m executorch.config", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cmake-prefix", action="store_true", help="value for CMAKE_PREFIX_PATH")
    what.add_argument("--cflags", action="store_true", help="the compiler's -I options")
    what.add_argument("--libdir", action="store_true", help="folder of the libraries")
    arguments = parser.parse_args()
    if not cmake_prefix().is_dir():
        parser.error("this is a source tree; what C++ projects need is in an installed wheel")
    if arguments.cmake_prefix:
        print(cmake_prefix())
    elif arguments.cflags:
        print(" ".join(f"-I{folder}" for folder in include_dirs()))
    else:
        print(library_dir())


if __name__ == "__main__":
    main()
