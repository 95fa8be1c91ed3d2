// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace executorch::runtime {

using ::executorch::aten::ArrayRef;
using ::executorch::aten::ScalarType;
using ::executorch::aten::SizesType;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorImpl;

bool tensor_is_rank(Tensor t, size_t rank) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<size_t>(t.dim()) == rank,
                                 "expected a tensor of rank %zu, got rank %zd", rank, t.dim());
  return true;
}

bool tensor_has_rank_greater_or_equal_to(Tensor t, size_t rank) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<size_t>(t.dim()) >= rank,
                                 "expected a tensor of at least rank %zu, got rank %zd", rank,
                                 t.dim());
  return true;
}

bool tensor_has_rank_smaller_or_equal_to(Tensor t, size_t rank) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(static_cast<size_t>(t.dim()) <= rank,
                                 "expected a tensor of at most rank %zu, got rank %zd", rank,
                                 t.dim());
  return true;
}

bool dim_is_valid(int64_t dim, int64_t upper_bound) {
  const int64_t rank = upper_bound == 0 ? 1 : upper_bound;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(dim >= -rank && dim < rank,
                                 "dimension %" PRId64 " is out of range for rank %" PRId64, dim,
                                 upper_bound);
  return true;
}

bool tensor_has_dim(Tensor t, int64_t dim) {
  return dim_is_valid(dim, t.dim());
}

bool tensor_has_non_empty_dim(Tensor t, int64_t dim) {
  if (!tensor_has_dim(t, dim)) {
    return false;
  }
  const int64_t d = dim < 0 ? dim + nonzero_dim(t) : dim;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(nonempty_size(t, static_cast<ssize_t>(d)) != 0,
                                 "dimension %" PRId64 " has no elements", d);
  return true;
}

bool tensor_dim_has_index(Tensor t, int64_t dim, int64_t index) {
  if (!tensor_has_dim(t, dim)) {
    return false;
  }
  const int64_t d = dim < 0 ? dim + nonzero_dim(t) : dim;
  const int64_t size = nonempty_size(t, static_cast<ssize_t>(d));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(index >= -size && index < size,
                                 "index %" PRId64 " is out of range for dimension %" PRId64
                                 " of size %" PRId64,
                                 index, d, size);
  return true;
}

bool tensor_has_expected_size(Tensor t, ArrayRef<SizesType> sizes) {
  if (!tensor_is_rank(t, sizes.size())) {
    return false;
  }
  for (size_t d = 0; d < sizes.size(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(t.sizes()[d] == sizes[d],
                                   "expected size %" PRId32 " at dimension %zu, got %" PRId32,
                                   sizes[d], d, t.sizes()[d]);
  }
  return true;
}

bool tensor_can_cast_to(Tensor t, ScalarType dtype) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(canCast(t.scalar_type(), dtype),
                                 "a tensor of %s cannot be stored as %s", toString(t.scalar_type()),
                                 toString(dtype));
  return true;
}

bool tensor_is_type(Tensor t, ScalarType dtype) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(t.scalar_type() == dtype, "expected a tensor of %s, got %s",
                                 toString(dtype), toString(t.scalar_type()));
  return true;
}

bool tensor_is_type(Tensor t, ScalarType dtype1, ScalarType dtype2) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(t.scalar_type() == dtype1 || t.scalar_type() == dtype2,
                                 "expected a tensor of %s or %s, got %s", toString(dtype1),
                                 toString(dtype2), toString(t.scalar_type()));
  return true;
}

bool tensor_is_type(Tensor t, ScalarType dtype1, ScalarType dtype2, ScalarType dtype3) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      t.scalar_type() == dtype1 || t.scalar_type() == dtype2 || t.scalar_type() == dtype3,
      "expected a tensor of %s, %s or %s, got %s", toString(dtype1), toString(dtype2),
      toString(dtype3), toString(t.scalar_type()));
  return true;
}

namespace {
bool tensor_type_is(bool holds, Tensor t, const char* what) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(holds, "expected a tensor of %s type, got %s", what,
                                 toString(t.scalar_type()));
  return true;
}
}  // namespace

bool tensor_is_bool_type(Tensor t) {
  return tensor_is_type(t, ScalarType::Bool);
}
bool tensor_is_integral_type(Tensor t, bool include_bool) {
  return tensor_type_is(isIntegralType(t.scalar_type(), include_bool), t,
                        include_bool ? "integral or Bool" : "integral");
}
bool tensor_is_floating_type(Tensor t) {
  return tensor_type_is(isFloatingType(t.scalar_type()), t, "floating-point");
}
bool tensor_is_real_type(Tensor t) {
  return tensor_type_is(isRealType(t.scalar_type()), t, "real");
}
bool tensor_is_realh_type(Tensor t) {
  return tensor_type_is(isRealHType(t.scalar_type()), t, "real or Half");
}
bool tensor_is_realhb_type(Tensor t) {
  return tensor_type_is(isRealHBType(t.scalar_type()), t, "real, Half or Bool");
}
bool tensor_is_realhbf16_type(Tensor t) {
  return tensor_type_is(isRealHBF16Type(t.scalar_type()), t, "real, Half or BFloat16");
}
bool tensor_is_realhbbf16_type(Tensor t) {
  return tensor_type_is(isRealHBBF16Type(t.scalar_type()), t, "real, Half, BFloat16 or Bool");
}
bool tensor_is_complex_type(Tensor t) {
  return tensor_type_is(isComplexType(t.scalar_type()), t, "complex");
}
bool tensor_is_bits_type(Tensor t) {
  return tensor_type_is(isBitsType(t.scalar_type()), t, "bits");
}

bool tensor_is_scalar(Tensor t) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(t.dim() == 0 && t.numel() == 1,
                                 "expected a tensor of rank 0, got rank %zd", t.dim());
  return true;
}

bool tensor_is_default_dim_order(Tensor t) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      is_contiguous_dim_order(t.dim_order().data(), t.dim_order().size()),
      "expected a tensor of rank %zd in the default dim order", t.dim());
  return true;
}

bool tensor_is_channels_last_dim_order(Tensor t) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      is_channels_last_dim_order(t.dim_order().data(), t.dim_order().size()),
      "expected a tensor of rank %zd in channels-last dim order", t.dim());
  return true;
}

bool tensor_is_default_or_channels_last_dim_order(Tensor t) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      is_contiguous_dim_order(t.dim_order().data(), t.dim_order().size()) ||
          is_channels_last_dim_order(t.dim_order().data(), t.dim_order().size()),
      "expected a tensor of rank %zd in default or channels-last dim order", t.dim());
  return true;
}

bool tensor_is_contiguous(Tensor t) {
  int64_t expected = 1;
  for (ssize_t d = t.dim(); d-- > 0;) {
    const SizesType size = t.sizes()[d];
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        size <= 1 || t.strides()[d] == expected,
        "expected a contiguous tensor, stride of dimension %zd is %" PRId32 " instead of %" PRId64,
        d, t.strides()[d], expected);
    expected *= size == 0 ? 1 : size;
  }
  return true;
}

bool tensors_have_same_rank(Tensor a, Tensor b) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(a.dim() == b.dim(), "expected equal ranks, got %zd and %zd",
                                 a.dim(), b.dim());
  return true;
}

bool tensors_have_same_shape(Tensor a, Tensor b) {
  // Tensors of one element match whatever their rank, as they do in torch's out variants.
  if (a.numel() == 1 && b.numel() == 1) {
    return true;
  }
  if (!tensors_have_same_rank(a, b)) {
    return false;
  }
  for (ssize_t d = 0; d < a.dim(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(a.sizes()[d] == b.sizes()[d],
                                   "expected equal shapes, got %" PRId32 " and %" PRId32
                                   " at dimension %zd",
                                   a.sizes()[d], b.sizes()[d], d);
  }
  return true;
}

bool tensors_have_same_shape(Tensor a, Tensor b, Tensor c) {
  return tensors_have_same_shape(a, b) && tensors_have_same_shape(b, c);
}

bool tensors_have_same_dtype(Tensor a, Tensor b) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(a.scalar_type() == b.scalar_type(),
                                 "expected equal element types, got %s and %s",
                                 toString(a.scalar_type()), toString(b.scalar_type()));
  return true;
}

bool tensors_have_same_dtype(Tensor a, Tensor b, Tensor c) {
  return tensors_have_same_dtype(a, b) && tensors_have_same_dtype(b, c);
}

bool tensors_have_same_shape_and_dtype(Tensor a, Tensor b) {
  return tensors_have_same_shape(a, b) && tensors_have_same_dtype(a, b);
}

bool tensors_have_same_shape_and_dtype(Tensor a, Tensor b, Tensor c) {
  return tensors_have_same_shape(a, b, c) && tensors_have_same_dtype(a, b, c);
}

bool tensors_have_same_size_at_dims(Tensor a, size_t dim_a, Tensor b, size_t dim_b) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      dim_a < static_cast<size_t>(a.dim()) && dim_b < static_cast<size_t>(b.dim()),
      "dimensions %zu and %zu are out of range for ranks %zd and %zd", dim_a, dim_b, a.dim(),
      b.dim());
  ET_LOG_MSG_AND_RETURN_IF_FALSE(a.sizes()[dim_a] == b.sizes()[dim_b],
                                 "expected dimension %zu of size %" PRId32
                                 " to equal dimension %zu of size %" PRId32,
                                 dim_a, a.sizes()[dim_a], dim_b, b.sizes()[dim_b]);
  return true;
}

bool tensors_have_same_strides(Tensor a, Tensor b) {
  if (!tensors_have_same_rank(a, b)) {
    return false;
  }
  for (ssize_t d = 0; d < a.dim(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(a.strides()[d] == b.strides()[d],
                                   "expected equal strides, got %" PRId32 " and %" PRId32
                                   " at dimension %zd",
                                   a.strides()[d], b.strides()[d], d);
  }
  return true;
}

bool tensors_have_same_strides(Tensor a, Tensor b, Tensor c) {
  return tensors_have_same_strides(a, b) && tensors_have_same_strides(b, c);
}

bool tensors_have_same_dim_order(ArrayRef<Tensor> tensors) {
  // Tensors of different ranks agree when all are contiguous or all are channels-last.
  bool all_contiguous = true;
  bool all_channels_last = true;
  bool all_equal = true;
  for (const Tensor& t : tensors) {
    const auto order = t.dim_order();
    all_contiguous = all_contiguous && is_contiguous_dim_order(order.data(), order.size());
    all_channels_last = all_channels_last && is_channels_last_dim_order(order.data(), order.size());
    all_equal = all_equal && order.equals(tensors[0].dim_order());
  }
  ET_LOG_MSG_AND_RETURN_IF_FALSE(all_contiguous || all_channels_last || all_equal,
                                 "expected %zu tensors of the same dim order", tensors.size());
  return true;
}

Error get_dim_order(const Tensor& tensor, ::executorch::aten::DimOrderType* out_dim_order,
                    size_t out_size) {
  ET_CHECK_OR_RETURN_ERROR(out_size == static_cast<size_t>(tensor.dim()), InvalidArgument,
                           "A dim order of %zu entries was asked of a tensor of rank %zd", out_size,
                           tensor.dim());
  std::copy(tensor.dim_order().begin(), tensor.dim_order().end(), out_dim_order);
  return Error::Ok;
}

Error resize_tensor(Tensor t, ArrayRef<SizesType> new_sizes) {
  return internal::resize_tensor_impl(t.unsafeGetTensorImpl(), new_sizes);
}

namespace internal {

Error share_tensor_data(const Tensor& t_dst, const Tensor& t_src) {
  ET_CHECK_OR_RETURN_ERROR(t_dst.nbytes() == t_src.nbytes(), InvalidArgument,
                           "Cannot share %zu bytes with a tensor of %zu bytes", t_src.nbytes(),
                           t_dst.nbytes());
  ET_CHECK_OR_RETURN_ERROR(t_src.nbytes() == 0 || t_src.const_data_ptr() != nullptr,
                           InvalidArgument, "The source tensor of %zu bytes has no data",
                           t_src.nbytes());
  t_dst.unsafeGetTensorImpl()->set_data(t_src.mutable_data_ptr());
  return Error::Ok;
}

Error copy_tensor_data(const Tensor& t_dst, const Tensor& t_src) {
  ET_CHECK_OR_RETURN_ERROR(t_dst.nbytes() == t_src.nbytes(), InvalidArgument,
                           "Cannot copy %zu bytes into a tensor of %zu bytes", t_src.nbytes(),
                           t_dst.nbytes());
  if (t_src.nbytes() == 0) {
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(t_dst.const_data_ptr() != nullptr, InvalidArgument,
                           "The destination tensor of %zu bytes has no data", t_dst.nbytes());
  ET_CHECK_OR_RETURN_ERROR(t_src.const_data_ptr() != nullptr, InvalidArgument,
                           "The source tensor of %zu bytes has no data", t_src.nbytes());
  std::memmove(t_dst.mutable_data_ptr(), t_src.const_data_ptr(), t_src.nbytes());
  return Error::Ok;
}

Error set_tensor_data(const Tensor& t, void* buffer, size_t buffer_size) {
  TensorImpl* impl = t.unsafeGetTensorImpl();
  const size_t element_size = static_cast<size_t>(t.element_size());
  if (t.shape_dynamism() == TensorShapeDynamism::DYNAMIC_UNBOUND && t.dim() > 0) {
    const size_t capacity = buffer_size / element_size;
    if (capacity < static_cast<size_t>(t.numel())) {
      const SizesType none[kTensorDimensionLimit] = {};
      ET_CHECK_OK_OR_RETURN_ERROR(
          resize_tensor(t, ArrayRef<SizesType>(none, static_cast<size_t>(t.dim()))));
    }
    TensorResizerFriend::set_numel_bound(impl, capacity);
  } else {
    const size_t needed = t.shape_dynamism() == TensorShapeDynamism::STATIC
                              ? t.nbytes()
                              : TensorResizerFriend::numel_bound(impl) * element_size;
    ET_CHECK_OR_RETURN_ERROR(buffer_size >= needed, InvalidArgument,
                             "A buffer of %zu bytes is too small for a tensor of up to %zu bytes",
                             buffer_size, needed);
  }
  impl->set_data(buffer);
  return Error::Ok;
}

void reset_data_ptr(const Tensor& tensor) {
  TensorImpl* impl = tensor.unsafeGetTensorImpl();
  impl->set_data(nullptr);
  if (tensor.shape_dynamism() != TensorShapeDynamism::STATIC) {
    TensorResizerFriend::set_numel_bound(impl, static_cast<size_t>(tensor.numel()));
  }
}

}  // namespace internal

}  // namespace executorch::runtime
