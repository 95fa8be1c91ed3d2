// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/broadcast_util.h>

#include <algorithm>

namespace torch {
namespace executor {

using ::executorch::runtime::kTensorDimensionLimit;

bool tensor_is_broadcastable_to(ArrayRef<SizesType> broadcast_from_shape,
                                ArrayRef<SizesType> broadcast_to_shape) {
  if (broadcast_from_shape.size() > broadcast_to_shape.size()) {
    return false;
  }
  const size_t leading = broadcast_to_shape.size() - broadcast_from_shape.size();
  for (size_t d = 0; d < broadcast_from_shape.size(); ++d) {
    const SizesType size = broadcast_from_shape[d];
    if (size != 1 && size != broadcast_to_shape[leading + d]) {
      return false;
    }
  }
  return true;
}

bool tensor_is_broadcastable_to(const Tensor& broadcast_from, const Tensor& broadcast_to) {
  return tensor_is_broadcastable_to(broadcast_from.sizes(), broadcast_to.sizes());
}

bool tensors_are_broadcastable_between(ArrayRef<SizesType> a_shape, ArrayRef<SizesType> b_shape) {
  const size_t dims = std::min(a_shape.size(), b_shape.size());
  for (size_t d = 1; d <= dims; ++d) {
    const SizesType a = a_shape[a_shape.size() - d];
    const SizesType b = b_shape[b_shape.size() - d];
    if (a != b && a != 1 && b != 1) {
      return false;
    }
  }
  return true;
}

bool tensors_are_broadcastable_between(const Tensor& a, const Tensor& b) {
  return tensors_are_broadcastable_between(a.sizes(), b.sizes());
}

Error broadcast_shape(ArrayRef<SizesType> shape, SizesType* out_sizes, size_t& out_dim) {
  ET_CHECK_OR_RETURN_ERROR(shape.size() <= kTensorDimensionLimit, InvalidArgument,
                           "Rank %zu exceeds the limit of %zu", shape.size(),
                           kTensorDimensionLimit);
  if (shape.size() > out_dim) {
    const size_t added = shape.size() - out_dim;
    std::copy_backward(out_sizes, out_sizes + out_dim, out_sizes + shape.size());
    std::fill(out_sizes, out_sizes + added, 1);
    out_dim = shape.size();
  }
  SizesType* aligned = out_sizes + (out_dim - shape.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    ET_CHECK_OR_RETURN_ERROR(
        shape[d] == aligned[d] || shape[d] == 1 || aligned[d] == 1, InvalidArgument,
        "Sizes %" PRId32 " and %" PRId32 " of dimension %zu (of %zu) cannot be broadcast",
        aligned[d], shape[d], out_dim - shape.size() + d, out_dim);
    if (aligned[d] == 1) {
      aligned[d] = shape[d];
    }
  }
  return Error::Ok;
}

Error get_broadcast_target_size(ArrayRef<SizesType> a_size, ArrayRef<SizesType> b_size,
                                SizesType* out_sizes, size_t out_sizes_len, size_t* out_dim) {
  SizesType sizes[kTensorDimensionLimit];
  size_t dim = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(a_size, sizes, dim));
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(b_size, sizes, dim));
  ET_CHECK_OR_RETURN_ERROR(dim <= out_sizes_len, InvalidArgument,
                           "A shape of rank %zu does not fit %zu entries", dim, out_sizes_len);
  std::copy(sizes, sizes + dim, out_sizes);
  *out_dim = dim;
  return Error::Ok;
}

Error get_broadcast_target_size(const Tensor& a, const Tensor& b, SizesType* out_sizes,
                                size_t out_sizes_len, size_t* out_dim) {
  return get_broadcast_target_size(a.sizes(), b.sizes(), out_sizes, out_sizes_len, out_dim);
}

Error resize_to_broadcast_target_size(const Tensor& a, const Tensor& b, Tensor& out) {
  SizesType sizes[kTensorDimensionLimit];
  size_t dim = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(a.sizes(), sizes, dim));
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(b.sizes(), sizes, dim));
  return resize_tensor(out, ArrayRef<SizesType>(sizes, dim));
}

Error resize_to_broadcast_target_size(const Tensor& a, const Tensor& b, const Tensor& c,
                                      Tensor& out) {
  SizesType sizes[kTensorDimensionLimit];
  size_t dim = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(a.sizes(), sizes, dim));
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(b.sizes(), sizes, dim));
  ET_CHECK_OK_OR_RETURN_ERROR(broadcast_shape(c.sizes(), sizes, dim));
  return resize_tensor(out, ArrayRef<SizesType>(sizes, dim));
}

}  // namespace executor
}  // namespace torch
