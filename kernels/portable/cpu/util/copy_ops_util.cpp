// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>

#include <cinttypes>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/core/checked_math.h>

namespace torch {
namespace executor {

using ::executorch::runtime::add_overflows;
using ::executorch::runtime::kTensorDimensionLimit;
using ::executorch::runtime::mul_overflows;
using ::executorch::runtime::toString;

namespace {

/// Whether `tensor` has the sizes of `like`, but in dimension `except`.
bool same_sizes_except(const Tensor& tensor, const Tensor& like, int64_t except) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_rank(tensor, like));
  for (ssize_t d = 0; d < like.dim(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(d == except || tensor.sizes()[d] == like.sizes()[d],
                                   "expected size %" PRId32 " at dimension %zd, got %" PRId32,
                                   like.sizes()[d], d, tensor.sizes()[d]);
  }
  return true;
}

bool check_convertible(const Tensor& in, const Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(native::utils::can_convert(in.scalar_type(), out.scalar_type()),
                                 "elements of %s cannot become elements of %s",
                                 toString(in.scalar_type()), toString(out.scalar_type()));
  return true;
}

/// A promoted result type may be wider than each input, never narrower.
bool check_castable(const Tensor& in, const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_convertible(in, out));
  return tensor_can_cast_to(in, out.scalar_type());
}

bool check_not_scalar(const Tensor& in) {
  return tensor_has_rank_greater_or_equal_to(in, 1);
}

}  // namespace

bool check_as_strided_copy_args(const Tensor& in, ArrayRef<int64_t> size, ArrayRef<int64_t> stride,
                                optional<int64_t> storage_offset, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, size.size()));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(size.size() == stride.size(), "%zu sizes and %zu strides",
                                 size.size(), stride.size());
  int64_t last = storage_offset.value_or(0);
  ET_LOG_MSG_AND_RETURN_IF_FALSE(last >= 0, "storage_offset is negative: %" PRId64, last);
  bool empty = false;
  bool overflows = false;
  for (size_t d = 0; d < size.size(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(size[d] >= 0 && stride[d] >= 0,
                                   "size %" PRId64 " or stride %" PRId64
                                   " of dimension %zu is negative",
                                   size[d], stride[d], d);
    int64_t extent = 0;
    empty = empty || size[d] == 0;
    overflows = overflows || mul_overflows<int64_t>(size[d] - 1, stride[d], &extent) ||
                add_overflows(last, extent, &last);
  }
  ET_LOG_MSG_AND_RETURN_IF_FALSE(empty || (!overflows && last < in.numel()),
                                 "the sizes and strides reach beyond the %zd elements of the input",
                                 in.numel());
  return true;
}

bool check_cat_args(ArrayRef<Tensor> tensors, int64_t dim, Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!tensors.empty(), "the list of tensors is empty");
  const Tensor* first = nullptr;
  for (const Tensor& t : tensors) {
    ET_LOG_AND_RETURN_IF_FALSE(check_castable(t, out));
    if (t.dim() == 1 && t.numel() == 0) {
      continue;
    }
    ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(t));
    first = first == nullptr ? &t : first;
    ET_LOG_AND_RETURN_IF_FALSE(dim_is_valid(dim, first->dim()));
    ET_LOG_AND_RETURN_IF_FALSE(
        same_sizes_except(t, *first, ET_NORMALIZE_IX(dim, static_cast<int64_t>(first->dim()))));
  }
  return first != nullptr || dim_is_valid(dim, 1);
}

bool check_diagonal_copy_args(const Tensor& in, int64_t dim1, int64_t dim2, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_greater_or_equal_to(in, 2));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim1) && tensor_has_dim(in, dim2));
  const int64_t rank = in.dim();
  ET_LOG_MSG_AND_RETURN_IF_FALSE(ET_NORMALIZE_IX(dim1, rank) != ET_NORMALIZE_IX(dim2, rank),
                                 "dim1 and dim2 are both %" PRId64, dim1);
  return true;
}

bool check_expand_copy_args(const Tensor& self, ArrayRef<int64_t> expand_sizes, bool implicit,
                            Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!implicit, "implicit must be false");
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(self, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, expand_sizes.size()));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_smaller_or_equal_to(self, expand_sizes.size()));
  const size_t added = expand_sizes.size() - static_cast<size_t>(self.dim());
  for (size_t d = 0; d < expand_sizes.size(); ++d) {
    const int64_t size = expand_sizes[d];
    const bool fits = d < added ? size >= 0
                                : size == -1 || self.sizes()[d - added] == size ||
                                      (self.sizes()[d - added] == 1 && size >= 0);
    ET_LOG_MSG_AND_RETURN_IF_FALSE(fits, "dimension %zu cannot be expanded to size %" PRId64, d,
                                   size);
  }
  return true;
}

bool check_narrow_copy_args(const Tensor& in, int64_t dim, int64_t start, int64_t length,
                            Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_slice_copy_args(in, dim, 1, out));
  const int64_t size = in.size(ET_NORMALIZE_IX(dim, in.dim()));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(start >= -size && start <= size && length >= 0 &&
                                     length <= size - ET_NORMALIZE_IX(start, size),
                                 "start %" PRId64 " with length %" PRId64
                                 " exceeds dimension %" PRId64 " of size %" PRId64,
                                 start, length, dim, size);
  return true;
}

bool check_permute_copy_args(const Tensor& in, IntArrayRef dims, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(in, dims.size()));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, dims.size()));
  uint32_t seen = 0;
  for (const int64_t dim : dims) {
    ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
    const uint32_t bit = 1u << ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
    ET_LOG_MSG_AND_RETURN_IF_FALSE((seen & bit) == 0, "dimension %" PRId64 " appears twice", dim);
    seen |= bit;
  }
  return true;
}

bool check_pixel_shuffle_args(const Tensor& in, int64_t upscale_factor, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_greater_or_equal_to(in, 3));
  int64_t square = 0;
  const int64_t channels = in.sizes()[static_cast<size_t>(in.dim()) - 3];
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      upscale_factor > 0 && !mul_overflows(upscale_factor, upscale_factor, &square) &&
          channels % square == 0,
      "%" PRId64 " channels are not divisible by the square of the upscale factor %" PRId64,
      channels, upscale_factor);
  return true;
}

bool check_pixel_unshuffle_args(const Tensor& in, int64_t downscale_factor, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_greater_or_equal_to(in, 3));
  const auto sizes = in.sizes();
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      downscale_factor > 0 && sizes[sizes.size() - 1] % downscale_factor == 0 &&
          sizes[sizes.size() - 2] % downscale_factor == 0,
      "height %" PRId32 " or width %" PRId32 " is not divisible by the downscale factor %" PRId64,
      sizes[sizes.size() - 2], sizes[sizes.size() - 1], downscale_factor);
  int64_t channels = sizes[sizes.size() - 3];
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!mul_overflows(channels, downscale_factor, &channels) &&
                                     !mul_overflows(channels, downscale_factor, &channels),
                                 "the downscale factor %" PRId64 " is too large", downscale_factor);
  return true;
}

bool check_repeat_args(const Tensor& in, IntArrayRef repeats, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, repeats.size()));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_smaller_or_equal_to(in, repeats.size()));
  for (const int64_t repeat : repeats) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(repeat >= 0 && repeat <= INT32_MAX,
                                   "repeats holds %" PRId64 ", which is out of range", repeat);
  }
  return true;
}

bool check_select_copy_out_args(const Tensor& in, int64_t dim, int64_t index, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(in));
  return tensor_has_dim(in, dim) && tensor_dim_has_index(in, dim, index);
}

bool check_select_scatter_args(const Tensor& in, const Tensor& src, int64_t dim, int64_t index,
                               Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_select_copy_out_args(in, dim, index, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_convertible(src, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(src, static_cast<size_t>(in.dim()) - 1));
  const int64_t removed = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
  for (ssize_t d = 0; d < src.dim(); ++d) {
    ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_size_at_dims(
        src, static_cast<size_t>(d), in, static_cast<size_t>(d < removed ? d : d + 1)));
  }
  return true;
}

bool check_slice_copy_args(const Tensor& in, int64_t dim, int64_t step, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(step > 0, "step must be positive, got %" PRId64, step);
  return true;
}

bool check_slice_scatter_args(const Tensor& input, const Tensor& src, int64_t num_values,
                              int64_t dim, int64_t step, Tensor out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_slice_copy_args(input, dim, step, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_convertible(src, out));
  const int64_t d = ET_NORMALIZE_IX(dim, static_cast<int64_t>(input.dim()));
  ET_LOG_AND_RETURN_IF_FALSE(same_sizes_except(src, input, d));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(src.size(d) == num_values,
                                 "src has size %zd at dimension %" PRId64
                                 ", the slice has %" PRId64,
                                 src.size(d), d, num_values);
  return true;
}

bool check_split_copy_args(const Tensor& input, int64_t split_size, int64_t dim, TensorList out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(input));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(input, dim));
  const int64_t size = input.size(ET_NORMALIZE_IX(dim, input.dim()));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(split_size > 0 || (split_size == 0 && size == 0),
                                 "split_size %" PRId64 " cannot divide dimension %" PRId64
                                 " of size %" PRId64,
                                 split_size, dim, size);
  const int64_t count = size == 0 ? 1 : (size - 1) / split_size + 1;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<int64_t>(out.size()) == count,
                                 "expected %" PRId64 " outputs, got %zu", count, out.size());
  for (const Tensor& t : out) {
    ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(input, t));
  }
  return true;
}

bool check_split_with_sizes_copy_args(const Tensor& in, ArrayRef<int64_t> split_sizes, int64_t dim,
                                      TensorList out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(split_sizes.size() == out.size(),
                                 "expected as many outputs as the %zu split_sizes, got %zu",
                                 split_sizes.size(), out.size());
  int64_t left = in.size(ET_NORMALIZE_IX(dim, in.dim()));
  for (size_t i = 0; i < out.size(); ++i) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(split_sizes[i] >= 0 && split_sizes[i] <= left,
                                   "split_sizes[%zu] is %" PRId64 ", %" PRId64 " are left", i,
                                   split_sizes[i], left);
    left -= split_sizes[i];
    ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out[i]));
  }
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      left == 0, "split_sizes leave %" PRId64 " elements of dimension %" PRId64, left, dim);
  return true;
}

bool check_squeeze_copy_dim_args(const Tensor in, int64_t dim, const Tensor out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  return tensor_has_dim(in, dim);
}

bool check_squeeze_copy_dims_args(const Tensor in, ArrayRef<int64_t> dims, const Tensor out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  uint32_t seen = 0;
  for (const int64_t dim : dims) {
    ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
    const uint32_t bit = 1u << ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(in)));
    ET_LOG_MSG_AND_RETURN_IF_FALSE((seen & bit) == 0, "dimension %" PRId64 " appears twice", dim);
    seen |= bit;
  }
  return true;
}

bool check_stack_args(ArrayRef<Tensor> tensors, int64_t dim, Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!tensors.empty(), "the list of tensors is empty");
  ET_LOG_AND_RETURN_IF_FALSE(
      tensor_has_rank_smaller_or_equal_to(tensors[0], kTensorDimensionLimit - 1));
  ET_LOG_AND_RETURN_IF_FALSE(dim_is_valid(dim, tensors[0].dim() + 1));
  for (const Tensor& t : tensors) {
    ET_LOG_AND_RETURN_IF_FALSE(check_castable(t, out));
    ET_LOG_AND_RETURN_IF_FALSE(same_sizes_except(t, tensors[0], -1));
  }
  return true;
}

bool check_tril_args(const Tensor& in, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  return tensor_has_rank_greater_or_equal_to(in, 2);
}

bool check_unbind_copy_args(const Tensor& in, int64_t dim, TensorList out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_not_scalar(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  const ssize_t size = in.size(ET_NORMALIZE_IX(dim, in.dim()));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<ssize_t>(out.size()) == size,
                                 "expected %zd outputs, got %zu", size, out.size());
  for (const Tensor& t : out) {
    ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, t));
  }
  return true;
}

bool check_unfold_copy_args(const Tensor& self, int64_t dim, int64_t size, int64_t step) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(self, dim));
  const int64_t length = nonempty_size(self, ET_NORMALIZE_IX(dim, nonzero_dim(self)));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(size >= 0 && size <= length,
                                 "size %" PRId64 " exceeds dimension %" PRId64 " of size %" PRId64,
                                 size, dim, length);
  ET_LOG_MSG_AND_RETURN_IF_FALSE(step > 0, "step must be positive, got %" PRId64, step);
  return true;
}

bool check_unsqueeze_copy_args(const Tensor input, int64_t dim, const Tensor out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(input, out));
  return dim_is_valid(dim, input.dim() + 1);
}

bool check_view_copy_args(const Tensor& self, ArrayRef<int64_t> size, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(self, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, size.size()));
  bool inferred = false;
  int64_t product = 1;
  for (const int64_t s : size) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(s >= 0 || (s == -1 && !inferred),
                                   "size %" PRId64 " is negative or a second -1", s);
    inferred = inferred || s == -1;
    ET_LOG_MSG_AND_RETURN_IF_FALSE(s == -1 || !mul_overflows(product, s, &product),
                                   "the sizes are too large");
  }
  const int64_t numel = self.numel();
  ET_LOG_MSG_AND_RETURN_IF_FALSE(inferred ? product != 0 && numel % product == 0 : product == numel,
                                 "%" PRId64 " elements cannot be viewed in a shape of %s%" PRId64,
                                 numel, inferred ? "a multiple of " : "", product);
  return true;
}

bool check_dim_order(OptionalArrayRef<int64_t> dim_order, const Tensor& out) {
  const size_t rank = static_cast<size_t>(out.dim());
  for (size_t i = 0; dim_order.has_value() && i < rank; ++i) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        dim_order->size() == rank && (*dim_order)[i] == out.dim_order()[i],
        "out of rank %zu does not have the dim order asked for", rank);
  }
  return true;
}

bool check__to_dim_order_copy_args(const Tensor& input, bool non_blocking,
                                   OptionalArrayRef<int64_t> dim_order, Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!non_blocking, "non_blocking must be false");
  ET_LOG_AND_RETURN_IF_FALSE(check_convertible(input, out));
  return check_dim_order(dim_order, out);
}

bool check_to_copy_args(const Tensor& input, bool non_blocking,
                        optional<MemoryFormat> memory_format, Tensor& out) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!non_blocking, "non_blocking must be false");
  ET_LOG_AND_RETURN_IF_FALSE(check_convertible(input, out));
  return memory_format != MemoryFormat::Contiguous || tensor_is_default_dim_order(out);
}

}  // namespace executor
}  // namespace torch
