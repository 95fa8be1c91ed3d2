// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>

namespace torch {
namespace executor {

namespace {

bool check_factors(const Tensor& a, ssize_t a_inner, const Tensor& b, ssize_t b_inner,
                   Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(a, b));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(a, out));
  ET_LOG_AND_RETURN_IF_FALSE(::executorch::runtime::isComplexType(a.scalar_type()) ||
                             tensor_is_realhbf16_type(a));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      a.size(a_inner) == b.size(b_inner),
      "a matrix product of %zd columns by %zd rows: the inner sizes must be equal", a.size(a_inner),
      b.size(b_inner));
  return true;
}

}  // namespace

bool check_mm_args(const Tensor& in, const Tensor& mat2, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(in, 2));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(mat2, 2));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, 2));
  return check_factors(in, 1, mat2, 0, out);
}

bool check_addmm_args(const Tensor& in, const Tensor& mat1, const Tensor& mat2, const Scalar& beta,
                      const Scalar& alpha, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_mm_args(mat1, mat2, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_smaller_or_equal_to(in, 2));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!::executorch::runtime::isIntegralType(out.scalar_type(), true) ||
                                     (alpha.isIntegral(true) && beta.isIntegral(true)),
                                 "alpha and beta of an integer product must be integers");
  return true;
}

bool check_bmm_args(const Tensor& in, const Tensor& mat2, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(in, 3));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(mat2, 3));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, 3));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_size_at_dims(in, 0, mat2, 0));
  return check_factors(in, 2, mat2, 1, out);
}

void get_mm_out_target_size(const Tensor& mat1, const Tensor& mat2, SizesType* out_sizes,
                            size_t* out_ndim) {
  *out_ndim = 2;
  out_sizes[0] = static_cast<SizesType>(mat1.size(0));
  out_sizes[1] = static_cast<SizesType>(mat2.size(1));
}

void get_bmm_out_target_size(const Tensor& mat1, const Tensor& mat2, SizesType* out_sizes,
                             size_t* out_ndim) {
  *out_ndim = 3;
  out_sizes[0] = static_cast<SizesType>(mat1.size(0));
  out_sizes[1] = static_cast<SizesType>(mat1.size(1));
  out_sizes[2] = static_cast<SizesType>(mat2.size(2));
}

namespace native {
namespace utils {

Matrix as_matrix(const Tensor& tensor, int64_t offset) {
  const auto strides = tensor.strides();
  const size_t rank = strides.size();
  return {tensor.const_data_ptr(), tensor.scalar_type(), offset, strides[rank - 2],
          strides[rank - 1]};
}

}  // namespace utils
}  // namespace native

}  // namespace executor
}  // namespace torch
