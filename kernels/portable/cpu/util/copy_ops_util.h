// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks of the kernels that move data. Each answers false with a sentence that names the
/// argument, what was expected and what was found. They change nothing.

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

bool check_as_strided_copy_args(const Tensor& in, ArrayRef<int64_t> size, ArrayRef<int64_t> stride,
                                optional<int64_t> storage_offset, Tensor& out);
/// Tensors of shape [0] may stand anywhere in the list; all others agree but in `dim`.
bool check_cat_args(ArrayRef<Tensor> tensors, int64_t dim, Tensor& out);
bool check_diagonal_copy_args(const Tensor& in, int64_t dim1, int64_t dim2, Tensor& out);
bool check_expand_copy_args(const Tensor& self, ArrayRef<int64_t> expand_sizes, bool implicit,
                            Tensor& out);
bool check_narrow_copy_args(const Tensor& in, int64_t dim, int64_t start, int64_t length,
                            Tensor& out);
bool check_permute_copy_args(const Tensor& in, IntArrayRef dims, Tensor& out);
bool check_pixel_shuffle_args(const Tensor& in, int64_t upscale_factor, Tensor& out);
bool check_pixel_unshuffle_args(const Tensor& in, int64_t downscale_factor, Tensor& out);
bool check_repeat_args(const Tensor& in, IntArrayRef repeats, Tensor& out);
bool check_select_copy_out_args(const Tensor& in, int64_t dim, int64_t index, Tensor& out);
bool check_select_scatter_args(const Tensor& in, const Tensor& src, int64_t dim, int64_t index,
                               Tensor& out);
bool check_slice_copy_args(const Tensor& in, int64_t dim, int64_t step, Tensor& out);
/// `num_values` is the number of coordinates of dimension `dim` that the slice selects.
bool check_slice_scatter_args(const Tensor& input, const Tensor& src, int64_t num_values,
                              int64_t dim, int64_t step, Tensor out);
bool check_split_copy_args(const Tensor& input, int64_t split_size, int64_t dim, TensorList out);
bool check_split_with_sizes_copy_args(const Tensor& in, ArrayRef<int64_t> split_sizes, int64_t dim,
                                      TensorList out);
bool check_squeeze_copy_dim_args(const Tensor in, int64_t dim, const Tensor out);
bool check_squeeze_copy_dims_args(const Tensor in, ArrayRef<int64_t> dims, const Tensor out);
bool check_stack_args(ArrayRef<Tensor> tensors, int64_t dim, Tensor& out);
bool check_tril_args(const Tensor& in, Tensor& out);
bool check_unbind_copy_args(const Tensor& in, int64_t dim, TensorList out);
bool check_unfold_copy_args(const Tensor& self, int64_t dim, int64_t size, int64_t step);
bool check_unsqueeze_copy_args(const Tensor input, int64_t dim, const Tensor out);
bool check_view_copy_args(const Tensor& self, ArrayRef<int64_t> size, Tensor& out);
/// Whether the elements can be converted and `out` has the dim order asked for, if one is.
bool check__to_dim_order_copy_args(const Tensor& input, bool non_blocking,
                                   OptionalArrayRef<int64_t> dim_order, Tensor& out);
bool check_to_copy_args(const Tensor& input, bool non_blocking,
                        optional<MemoryFormat> memory_format, Tensor& out);
/// Whether `out` is laid out in `dim_order`.
bool check_dim_order(OptionalArrayRef<int64_t> dim_order, const Tensor& out);

}  // namespace executor
}  // namespace torch
