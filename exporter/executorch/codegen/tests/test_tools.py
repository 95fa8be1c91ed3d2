# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from executorch.codegen.gen_kernels import (
    PORTABLE_YAML,
    bind,
    load_bindings,
    load_schemas,
    merge_bindings,
    select,
    unbound,
)
from executorch.codegen.kernel_sources import needed_sources
from executorch.codegen.selection import Selection, key_dtypes
from executorch.codegen.tools import (
    combine_prim_ops_headers,
    gen_all_oplist,
    gen_max_kernel_num,
    gen_oplist,
    gen_ops_def,
    gen_selected_op_variants,
    gen_selected_prim_ops,
    merge_yaml,
)
from executorch.exir.scalar_type import ScalarType

ROOT = Path(__file__).parents[4]
CORPUS = ROOT / "test" / "data" / "corpus"
PRODUCTS = CORPUS / "p_addmm_mm" / "program.pte"


def oplist(path: Path, **sources: Any) -> dict[str, list[str]]:
    """The kernel keys that gen_oplist writes."""
    gen_oplist.gen_oplist(path, **sources)
    return yaml.safe_load(path.read_text())["et_kernel_metadata"]


def test_oplist_of_a_program(tmp_path: Path) -> None:
    assert oplist(tmp_path / "ops.yaml", model_file_path=str(PRODUCTS)) == {
        "aten::addmm.out": ["v1/6;0|6;0,1|6;0,1|6;0,1|6;0,1"],
        "aten::mm.out": ["v1/6;0,1|6;0,1|6;0,1|6;0,1"],
    }
    # A list of tensors counts as its first; numbers do not count.
    cat = oplist(tmp_path / "ops.yaml", model_file_path=str(CORPUS / "p_cat_stack" / "program.pte"))
    assert cat["aten::cat.out"] == ["v1/6;0,1,2|6;0,1,2|6;0,1,2", "v1/6;0,1|6;0,1|6;0,1"]
    prims = oplist(tmp_path / "ops.yaml", model_file_path=str(CORPUS / "k_map" / "program.pte"))
    assert prims["executorch_prim::add.Scalar"] == ["v1"]


def test_oplist_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from executorch.codegen.tools import gen_oplist;"
        f"gen_oplist.main(['--output_path={tmp_path / 'ops.yaml'}',"
        f"'--model_file_path={PRODUCTS}']); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_oplist_of_other_sources(tmp_path: Path) -> None:
    kernels = tmp_path / "kernels.yaml"
    kernels.write_text("- op: mul.out\n- func: my::f.out(Tensor x, *, Tensor(a!) out) -> Tensor\n")
    keys = oplist(
        tmp_path / "ops.yaml",
        root_ops="aten::add.out, aten::mm.out",
        ops_schema_yaml_path=str(kernels),
        ops_dict='{"aten::neg.out": ["Float", "v1/3;0|3;0"]}',
        model_file_path=str(PRODUCTS),
    )
    assert keys["aten::add.out"] == keys["aten::mul.out"] == keys["my::f.out"] == ["default"]
    assert keys["aten::neg.out"] == ["v1/3;0|3;0", "v1/6;"]
    # Asked for with any tensors, and called with some.
    assert "default" in keys["aten::mm.out"] and len(keys["aten::mm.out"]) == 2
    assert Selection.from_yaml(tmp_path / "ops.yaml").dtypes("aten::mm.out") is None

    assert oplist(tmp_path / "all.yaml", include_all_operators=True) == {}
    assert "anything" in Selection.from_yaml(tmp_path / "all.yaml")
    with pytest.raises(AssertionError, match="--model_file_path needs to be a valid file"):
        oplist(tmp_path / "ops.yaml", model_file_path="nowhere.pte")
    with pytest.raises(Exception, match="Unknown dtype: float"):
        oplist(tmp_path / "ops.yaml", ops_dict='{"aten::neg.out": ["float"]}')
    with pytest.raises(RuntimeError, match="Repro command"):
        gen_oplist.main([f"--output_path={tmp_path / 'ops.yaml'}", "--model_file_path=nowhere"])


def test_key_dtypes() -> None:
    assert key_dtypes("v1/6;0,1|11;|6;") == {ScalarType.FLOAT, ScalarType.BOOL}
    assert key_dtypes("v1") == set()
    for key in ("v2/6;0", "v1/x;0", "default"):
        with pytest.raises(ValueError, match="is not a kernel key"):
            key_dtypes(key)


def test_all_oplist(tmp_path: Path) -> None:
    for name, ops in (("a", "aten::add.out"), ("b", "aten::mul.out")):
        (tmp_path / name).mkdir()
        oplist(tmp_path / name / "selected_operators.yaml", root_ops=ops)
    oplist(tmp_path / "empty.yaml")
    paths = tmp_path / "list"
    paths.write_text(
        f"{tmp_path / 'a'}\n{tmp_path}/b/selected_operators.yaml\n{tmp_path}/empty.yaml"
    )
    arguments = ["--output-dir", str(tmp_path), "--model-file-list-path", f"@{paths}"]
    gen_all_oplist.main(arguments)
    merged = Selection.from_yaml(tmp_path / "selected_operators.yaml")
    assert set(merged.keys) == {"aten::add.out", "aten::mul.out"}
    assert merged.origins["aten::add.out"] == [str(tmp_path / "a" / "selected_operators.yaml")]

    gen_all_oplist.main([*arguments, "--check-ops-not-overlapping"])
    paths.write_text(f"{tmp_path / 'a'}\n{tmp_path / 'a'}")
    with pytest.raises(Exception, match=r"selected twice: aten::add\.out"):
        gen_all_oplist.main([*arguments, "--check-ops-not-overlapping"])


def test_selected_op_variants(tmp_path: Path) -> None:
    oplist(
        tmp_path / "ops.yaml",
        root_ops="aten::add.out",
        ops_dict='{"my::f.out": ["Half", "Bool"], "executorch_prim::add.Scalar": ["v1"]}',
    )
    gen_selected_op_variants.main(
        ["--yaml-file-path", str(tmp_path / "ops.yaml"), "--output-dir", str(tmp_path)]
    )
    header = (tmp_path / "selected_op_variants.h").read_text()
    one, any_of = header.split("should_include_any_kernel_dtype")
    assert 'compare("add.out") == 0)\n        && (true)' in one
    assert 'compare("my::f.out") == 0)' in one
    assert "ScalarType::Bool || scalar_type == executorch::aten::ScalarType::Half" in one
    assert "return true;" in any_of  # add.out may be called with anything

    oplist(tmp_path / "ops.yaml", model_file_path=str(PRODUCTS))
    gen_selected_op_variants.write_selected_op_variants(str(tmp_path / "ops.yaml"), str(tmp_path))
    header = (tmp_path / "selected_op_variants.h").read_text()
    assert "return scalar_type == executorch::aten::ScalarType::Float;" in header


def test_merge_yaml(tmp_path: Path) -> None:
    fast, fallback = tmp_path / "fast.yaml", tmp_path / "fallback.yaml"
    fast.write_text("- op: add.out\n  kernels: [{arg_meta: null, kernel_name: fast::add_out}]\n")
    fallback.write_text(
        "- func: add.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)\n  kernels: []\n"
        "- op: mul.out\n  kernels: [{arg_meta: null, kernel_name: slow::mul_out}]\n"
    )
    merge_yaml.merge(str(fast), str(fallback), str(tmp_path / "out"))
    merged = yaml.safe_load((tmp_path / "out" / "merged.yaml").read_text())
    kernels = {entry["op"]: entry["kernels"][0]["kernel_name"] for entry in merged}
    assert kernels == {"add.out": "fast::add_out", "mul.out": "slow::mul_out"}


def test_prim_ops_headers(tmp_path: Path) -> None:
    for name, ops in (("a", ["aten::sym_size.int"]), ("b", ["executorch_prim::et_view.default"])):
        gen_selected_prim_ops.write_selected_prim_ops(ops, str(tmp_path / name))
    (tmp_path / "list").write_text(f"{tmp_path / 'a'} {tmp_path / 'b'}")
    headers = combine_prim_ops_headers._get_header_file_paths_from_query_output(
        f"@{tmp_path / 'list'}"
    )
    combine_prim_ops_headers.combine_prim_ops_headers(headers, str(tmp_path / "all.h"))
    text = (tmp_path / "all.h").read_text()
    assert "#define INCLUDE_ATEN_SYM_SIZE_INT\n" in text
    assert "#define INCLUDE_EXECUTORCH_PRIM_ET_VIEW_DEFAULT\n" in text
    assert '"executorch_prim::et_view.default", "aten::sym_size.int"' in text


def test_max_kernel_num(tmp_path: Path) -> None:
    oplist(tmp_path / "ops.yaml", root_ops="aten::add.out,aten::mul.out")
    prim_ops = ROOT / "kernels" / "prim_ops" / "register_prim_ops.cpp"
    header = tmp_path / "num.h"
    assert gen_max_kernel_num.gen_max_kernel_num([tmp_path / "ops.yaml"], prim_ops, header) == 30
    assert "#define EXECUTORCH_SELECTED_MAX_KERNEL_NUM 30\n" in header.read_text()
    oplist(tmp_path / "all.yaml", include_all_operators=True)
    assert gen_max_kernel_num.gen_max_kernel_num([tmp_path / "all.yaml"], prim_ops, header) is None
    assert "#define" not in header.read_text()


def test_ops_def_is_a_kernel_yaml(tmp_path: Path) -> None:
    path = tmp_path / "functions.yaml"
    gen_ops_def.main([f"--output_path={path}", f"--model_file_path={PRODUCTS}"])
    bindings = load_bindings(path, {})
    assert [(b.schema.full_name, b.function) for b in bindings] == [
        ("aten::addmm.out", "addmm_out"),
        ("aten::mm.out", "mm_out"),
    ]


def test_selected_bindings(tmp_path: Path) -> None:
    schemas = load_schemas(PORTABLE_YAML)
    portable = load_bindings(PORTABLE_YAML, schemas)
    fast = tmp_path / "fast.yaml"
    fast.write_text("- op: mm.out\n  kernels: [{arg_meta: null, kernel_name: fast::mm_out}]\n")
    bindings = merge_bindings([load_bindings(fast, schemas), portable])
    assert len(bindings) == len(portable)

    oplist(tmp_path / "ops.yaml", model_file_path=str(PRODUCTS), root_ops="my::f.out")
    selection = Selection.from_yaml(tmp_path / "ops.yaml")
    selected = select(bindings, selection, dtype_selective=True)
    assert [(b.schema.full_name, b.namespace, b.dtypes) for b in selected] == [
        ("aten::addmm.out", "torch::executor", {6}),
        ("aten::mm.out", "fast", {6}),
    ]
    assert "OF_DTYPES(0x40u, ET_BOXED_FUNCTION(" in selected[0].table_entry
    assert unbound(bindings, selection) == ["my::f.out"]

    folder = PORTABLE_YAML.parent / "cpu"
    sources = [*folder.glob("*.cpp"), *folder.glob("util/*.cpp")]
    needed = needed_sources(sources, {"addmm_out", "mm_out"})
    operators = {source.name for source in needed if source.name.startswith("op_")}
    assert operators == {"op_addmm.cpp", "op_mm.cpp"}
    assert folder / "util" / "gemm.cpp" in needed


def test_schemas_that_pytorch_knows() -> None:
    kernels = [{"arg_meta": None, "kernel_name": "mine::linear_out"}]
    (binding,) = bind({"op": "linear.out", "kernels": kernels}, {})
    assert binding.schema.full_name == "aten::linear.out"
    with pytest.raises(ValueError, match=r"the schema of my::g\.out is unknown"):
        bind({"op": "my::g.out", "kernels": kernels}, {})
