// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks and result shapes of the matrix products, and tensors as matrices.

#include <executorch/kernels/portable/cpu/util/gemm.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// `mat1` is n x k, `mat2` k x m, all types are the same.
bool check_addmm_args(const Tensor& in, const Tensor& mat1, const Tensor& mat2, const Scalar& beta,
                      const Scalar& alpha, Tensor& out);
/// `in` is b x n x k, `mat2` b x k x m.
bool check_bmm_args(const Tensor& in, const Tensor& mat2, Tensor& out);
bool check_mm_args(const Tensor& in, const Tensor& mat2, Tensor& out);

// Each writes the shape and the rank of the result.
void get_bmm_out_target_size(const Tensor& mat1, const Tensor& mat2, SizesType* out_sizes,
                             size_t* out_ndim);
void get_mm_out_target_size(const Tensor& mat1, const Tensor& mat2, SizesType* out_sizes,
                            size_t* out_ndim);

namespace native {
namespace utils {

/// The last two dimensions of a tensor, at element `offset`.
Matrix as_matrix(const Tensor& tensor, int64_t offset = 0);

}  // namespace utils
}  // namespace native

}  // namespace executor
}  // namespace torch
