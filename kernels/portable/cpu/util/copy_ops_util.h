// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks of the kernels that move data. Each answers false with a sentence that names the
/// argument, what was expected and what was found. They change nothing.

#include <algorithm>
#include <cstddef>

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

// Shapes of results: each writes sizes and rank, for arguments that have been checked. `out_sizes`
// has room for kTensorDimensionLimit entries. Dimensions may be negative.

namespace internal {
inline void copy_sizes(const Tensor& in, SizesType* out_sizes, size_t* out_ndim) {
  std::copy(in.sizes().begin(), in.sizes().end(), out_sizes);
  *out_ndim = static_cast<size_t>(in.dim());
}
/// The shape of `in` with another size in one dimension.
inline void replace_size(const Tensor& in, int64_t dim, int64_t size, SizesType* out_sizes,
                         size_t* out_ndim) {
  copy_sizes(in, out_sizes, out_ndim);
  if (in.dim() > 0) {
    out_sizes[dim < 0 ? dim + in.dim() : dim] = static_cast<SizesType>(size);
  }
}
}  // namespace internal

inline void get_cat_out_target_size(ArrayRef<Tensor> tensors, int64_t dim, SizesType* out_sizes,
                                    size_t* out_ndim) {
  // Tensors of shape [0] are skipped.
  *out_ndim = 1;
  out_sizes[0] = 0;
  int64_t sum = 0;
  for (const Tensor& tensor : tensors) {
    if (tensor.dim() == 1 && tensor.numel() == 0) {
      continue;
    }
    sum += tensor.size(dim < 0 ? dim + tensor.dim() : dim);
    internal::replace_size(tensor, dim, sum, out_sizes, out_ndim);
  }
}
inline void get_diagonal_copy_out_target_size(const Tensor& in, int64_t offset, int64_t dim1,
                                              int64_t dim2, SizesType* out_sizes,
                                              size_t* out_ndim) {
  const ssize_t d1 = dim1 < 0 ? dim1 + in.dim() : dim1;
  const ssize_t d2 = dim2 < 0 ? dim2 + in.dim() : dim2;
  size_t n = 0;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    if (d != d1 && d != d2) {
      out_sizes[n++] = in.sizes()[d];
    }
  }
  const int64_t rows = in.size(d1) + std::min<int64_t>(offset, 0);
  const int64_t columns = in.size(d2) - std::max<int64_t>(offset, 0);
  out_sizes[n++] = static_cast<SizesType>(std::max<int64_t>(std::min(rows, columns), 0));
  *out_ndim = n;
}
/// -1 keeps the size of `self_sizes`. False where the sizes cannot be expanded so.
inline bool get_expand_copy_out_target_size(ArrayRef<SizesType> self_sizes,
                                            ArrayRef<int64_t> expand_sizes, SizesType* output_sizes,
                                            size_t* output_rank) {
  ET_CHECK_OR_RETURN_FALSE(expand_sizes.size() >= self_sizes.size(),
                           "rank %zu cannot be expanded to rank %zu", self_sizes.size(),
                           expand_sizes.size());
  const size_t leading = expand_sizes.size() - self_sizes.size();
  for (size_t d = 0; d < expand_sizes.size(); ++d) {
    const int64_t own = d < leading ? 1 : self_sizes[d - leading];
    const int64_t size = expand_sizes[d] == -1 && d >= leading ? own : expand_sizes[d];
    ET_CHECK_OR_RETURN_FALSE(size >= 0 && (own == 1 || own == size),
                             "size %lld of dimension %zu cannot be expanded to %lld",
                             static_cast<long long>(own), d, static_cast<long long>(size));
    output_sizes[d] = static_cast<SizesType>(size);
  }
  *output_rank = expand_sizes.size();
  return true;
}
inline void get_narrow_copy_out_target_size(const Tensor& in, int64_t dim, int64_t length,
                                            SizesType* out_sizes, size_t* out_ndim) {
  internal::replace_size(in, dim, length, out_sizes, out_ndim);
}
inline void get_permute_copy_out_target_size(const Tensor& in, IntArrayRef dims,
                                             SizesType* out_sizes, size_t* out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  for (size_t i = 0; i < dims.size(); ++i) {
    out_sizes[i] = in.sizes()[dims[i] < 0 ? dims[i] + in.dim() : dims[i]];
  }
}
inline void get_pixel_shuffle_out_target_size(const Tensor& in, int64_t upscale_factor,
                                              SizesType* out_sizes, size_t* out_ndim) {
  internal::copy_sizes(in, out_sizes, out_ndim);
  const auto factor = static_cast<SizesType>(upscale_factor);
  SizesType* const last = out_sizes + *out_ndim - 3;
  last[0] /= factor * factor;
  last[1] *= factor;
  last[2] *= factor;
}
inline void get_pixel_unshuffle_out_target_size(const Tensor& in, int64_t downscale_factor,
                                                SizesType* out_sizes, size_t* out_ndim) {
  internal::copy_sizes(in, out_sizes, out_ndim);
  const auto factor = static_cast<SizesType>(downscale_factor);
  SizesType* const last = out_sizes + *out_ndim - 3;
  last[0] *= factor * factor;
  last[1] /= factor;
  last[2] /= factor;
}
inline void get_select_copy_out_target_size(const Tensor& in, int64_t dim, SizesType* out_sizes,
                                            size_t* out_ndim) {
  internal::copy_sizes(in, out_sizes, out_ndim);
  SizesType* const removed = out_sizes + (dim < 0 ? dim + in.dim() : dim);
  std::copy(removed + 1, out_sizes + *out_ndim, removed);
  --*out_ndim;
}
/// `num_values` is the number of coordinates that are kept.
inline void get_slice_copy_out_target_size(const Tensor& in, int64_t dim, int64_t num_values,
                                           SizesType* out_sizes, size_t* out_ndim) {
  internal::replace_size(in, dim, num_values, out_sizes, out_ndim);
}
/// Of one of the parts.
inline void get_split_with_sizes_copy_out_target_size(const Tensor& in, int64_t split_size,
                                                      int64_t dim, SizesType* out_sizes,
                                                      size_t* out_ndim) {
  internal::replace_size(in, dim, split_size, out_sizes, out_ndim);
}
inline void get_squeeze_copy_dims_out_target_size(const Tensor in, ArrayRef<int64_t> dims,
                                                  SizesType* out_sizes, size_t* out_ndim) {
  size_t n = 0;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    const auto is_d = [&](int64_t dim) { return (dim < 0 ? dim + in.dim() : dim) == d; };
    if (in.sizes()[d] != 1 || std::none_of(dims.begin(), dims.end(), is_d)) {
      out_sizes[n++] = in.sizes()[d];
    }
  }
  *out_ndim = n;
}
inline void get_squeeze_copy_dim_out_target_size(const Tensor in, int64_t dim, SizesType* out_sizes,
                                                 size_t* out_ndim) {
  get_squeeze_copy_dims_out_target_size(in, ArrayRef<int64_t>(&dim, 1), out_sizes, out_ndim);
}
inline void get_unsqueeze_copy_out_target_size(const Tensor in, int64_t dim, SizesType* out_sizes,
                                               size_t* out_ndim) {
  internal::copy_sizes(in, out_sizes, out_ndim);
  SizesType* const added = out_sizes + (dim < 0 ? dim + in.dim() + 1 : dim);
  std::copy_backward(added, out_sizes + *out_ndim, out_sizes + *out_ndim + 1);
  *added = 1;
  ++*out_ndim;
}
inline void get_stack_out_target_size(ArrayRef<Tensor> tensors, int64_t dim, SizesType* out_sizes,
                                      size_t* out_ndim) {
  get_unsqueeze_copy_out_target_size(tensors[0], dim, out_sizes, out_ndim);
  out_sizes[dim < 0 ? dim + static_cast<int64_t>(*out_ndim) : dim] =
      static_cast<SizesType>(tensors.size());
}
inline void get_unfold_copy_out_target_size(const Tensor& self, int64_t dim, int64_t size,
                                            int64_t step, SizesType* out_sizes, size_t* out_ndim) {
  if (self.dim() == 0) {
    *out_ndim = 1;
    out_sizes[0] = static_cast<SizesType>(size);
    return;
  }
  const int64_t whole = self.size(dim < 0 ? dim + self.dim() : dim);
  internal::replace_size(self, dim, (whole - size) / step + 1, out_sizes, out_ndim);
  out_sizes[(*out_ndim)++] = static_cast<SizesType>(size);
}
/// One of `size_int64_t` may be -1 and is computed. False where the number of elements differs.
inline bool get_view_copy_target_size(const Tensor input, ArrayRef<int64_t> size_int64_t,
                                      int64_t dim, SizesType* out_sizes) {
  ET_CHECK_OR_RETURN_FALSE(size_int64_t.size() == static_cast<size_t>(dim),
                           "%zu sizes for an output of rank %lld", size_int64_t.size(),
                           static_cast<long long>(dim));
  int64_t numel = 1;
  SizesType* inferred = nullptr;
  for (size_t d = 0; d < size_int64_t.size(); ++d) {
    out_sizes[d] = static_cast<SizesType>(size_int64_t[d]);
    if (size_int64_t[d] == -1) {
      ET_CHECK_OR_RETURN_FALSE(inferred == nullptr, "more than one size is -1");
      inferred = out_sizes + d;
    } else {
      numel *= size_int64_t[d];
    }
  }
  if (inferred != nullptr) {
    ET_CHECK_OR_RETURN_FALSE(numel > 0 && input.numel() % numel == 0,
                             "the size that is -1 cannot be computed");
    *inferred = static_cast<SizesType>(input.numel() / numel);
    return true;
  }
  ET_CHECK_OR_RETURN_FALSE(numel == input.numel(), "a view of %zd elements cannot have %lld",
                           input.numel(), static_cast<long long>(numel));
  return true;
}

}  // namespace executor
}  // namespace torch
