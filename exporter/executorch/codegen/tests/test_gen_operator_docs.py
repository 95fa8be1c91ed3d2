# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from executorch.codegen import gen_kernels, gen_operator_docs


def test_the_page_is_up_to_date() -> None:
    page = gen_operator_docs.operators_page()
    assert gen_operator_docs.PAGE.read_text() == page, (
        "run python -m executorch.codegen.gen_operator_docs"
    )


def test_every_operator_is_listed_with_its_types() -> None:
    page = gen_operator_docs.operators_page()
    for name in gen_kernels.load_schemas(gen_kernels.PORTABLE_YAML):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert not row.endswith("|  |"), row
    assert len(gen_operator_docs.prim_ops()) == 28
