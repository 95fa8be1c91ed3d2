# SPDX-License-Identifier: BSD-3-Clause
"""Prints what an ETDump records, as a table.

    python -m executorch.devtools.inspector.inspector_cli --etdump_path model.etdp \\
        --etrecord_path model.etrecord
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from executorch.devtools.inspector import Inspector, TimeScale, compare_results


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Prints what an ETDump records, as a table.")
    scales = [scale.value for scale in TimeScale]
    parser.add_argument("--etdump_path", required=True, help="the ETDump")
    parser.add_argument("--source_time_scale", choices=scales, default="ns", help="unit of ticks")
    parser.add_argument("--target_time_scale", choices=scales, default="ms", help="unit printed")
    parser.add_argument("--etrecord_path", help="the ETRecord of the export")
    parser.add_argument("--debug_buffer_path", help="the recorded values")
    parser.add_argument("--tsv_path", help="write the table to this file, separated by tabs")
    parser.add_argument(
        "--compare_results", action="store_true", help="measure outputs against expected ones"
    )
    options = parser.parse_args(arguments)
    inspector = Inspector(
        etdump_path=options.etdump_path,
        etrecord=options.etrecord_path,
        debug_buffer_path=options.debug_buffer_path,
        source_time_scale=TimeScale(options.source_time_scale),
        target_time_scale=TimeScale(options.target_time_scale),
    )
    inspector.print_data_tabular()
    if options.tsv_path:
        with open(options.tsv_path, "w") as file:
            inspector.save_data_to_tsv(file)
    if options.compare_results:
        for block in inspector.event_blocks:
            if block.name == "Execute" and block.reference_output and block.run_output:
                compare_results(block.reference_output, block.run_output)


if __name__ == "__main__":
    main()
