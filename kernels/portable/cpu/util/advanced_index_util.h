// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// The shape of `in[indices]`, for kernels of others. Index tensors are Int, Long, Bool or Byte;
/// the latter two are masks. None (an empty optional) keeps a dimension. AdvancedIndex of
/// advanced_index.h does the whole operation.

#include <cstddef>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/advanced_index.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

using TensorOptList = ::executorch::aten::ArrayRef<::executorch::aten::optional<Tensor>>;

/// Whether `in` can be indexed so and `out` has its element type; leaves a sentence otherwise.
inline bool check_index_args(const Tensor& in, TensorOptList indices, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  native::utils::AdvancedIndex index;
  return index.init(in, indices);
}

/// Number of groups of neighboring dimensions that are indexed. With more than one, the dimensions
/// of the index tensors come first in the result.
inline size_t count_index_blocks(TensorOptList indices) {
  size_t blocks = 0;
  bool within = false;
  for (const auto& index : indices) {
    blocks += index.has_value() && !within ? 1 : 0;
    within = index.has_value();
  }
  return blocks;
}

/// Writes the shape and rank of in[indices]; `adjacent` says whether there is one block only.
/// False with a sentence where the indices do not fit.
inline bool get_index_out_target_size(const Tensor& in, TensorOptList indices, bool adjacent,
                                      SizesType* out_sizes, size_t* out_ndim) {
  (void)adjacent;
  native::utils::AdvancedIndex index;
  ET_LOG_AND_RETURN_IF_FALSE(index.init(in, indices));
  *out_ndim = index.result().dim;
  for (size_t d = 0; d < index.result().dim; ++d) {
    out_sizes[d] = static_cast<SizesType>(index.result().sizes[d]);
  }
  return true;
}

}  // namespace executor
}  // namespace torch
