// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Everything that a kernel body needs.

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

/// Name of an operator as the dispatch macros take it.
#define ET_DEFINE_OPERATOR_NAME(name) static constexpr const char op_name[] = name

namespace torch {
namespace executor {
// The types that kernel signatures are written in.
using ::executorch::aten::ArrayRef;
using ::executorch::aten::BFloat16;
using ::executorch::aten::Device;
using ::executorch::aten::DimOrderType;
using ::executorch::aten::Half;
using ::executorch::aten::IntArrayRef;
using ::executorch::aten::Layout;
using ::executorch::aten::MemoryFormat;
using ::executorch::aten::nullopt;
using ::executorch::aten::optional;
using ::executorch::aten::OptionalArrayRef;
using ::executorch::aten::OptionalIntArrayRef;
using ::executorch::aten::Scalar;
using ::executorch::aten::ScalarType;
using ::executorch::aten::SizesType;
using ::executorch::aten::StridesType;
using ::executorch::aten::string_view;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorImpl;
using ::executorch::runtime::Error;
using ::executorch::runtime::Span;
}  // namespace executor
}  // namespace torch
