// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Operators on complex numbers. They are computed in double, one element after the other.

#include <complex>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/gemm.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

using StdComplex = std::complex<double>;

inline bool is_complex(const Tensor& tensor) {
  return ::executorch::runtime::isComplexType(tensor.scalar_type());
}

/// An operator on one complex tensor with a result of its type.
Tensor& map_complex(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out,
                    StdComplex (*function)(const StdComplex&));

/// A predicate on one or two inputs, of which one is complex.
Tensor& test_complex(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     bool (*predicate)(const StdComplex&, const StdComplex&));

/// condition ? a : b. The arguments are those of where() and masked_fill(), with a complex result.
Tensor& select_complex(KernelRuntimeContext& ctx, const Tensor& condition, const Operand& a,
                       const Operand& b, Tensor& out);

/// A reduction of `in` where it or `out` is complex: finish(acc, count) with acc = fold(acc, x)
/// over the elements x, `count` of them, from `init` on.
Tensor& reduce_complex(
    KernelRuntimeContext& ctx, const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
    bool keepdim, optional<ScalarType> dtype, Tensor& out, StdComplex init,
    StdComplex (*fold)(const StdComplex&, const StdComplex&),
    StdComplex (*finish)(const StdComplex&, int64_t count) = [](const StdComplex& acc, int64_t) {
      return acc;
    });

/// Replaces each element along a dimension by the fold of all up to it.
void scan_complex(const Tensor& in, int64_t dim, const Tensor& out,
                  StdComplex (*fold)(const StdComplex&, const StdComplex&));

/// out = alpha * a * b + beta * addend, for matrices m x k, k x n and m x n. Without an addend, the
/// product alone.
void multiply_complex(int64_t m, int64_t n, int64_t k, const Matrix& a, const Matrix& b,
                      const Matrix& out, double alpha = 1, const Matrix* addend = nullptr,
                      double beta = 0);

}  // namespace torch::executor::native::utils
