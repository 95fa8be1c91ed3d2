// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/determinant_util.h>

#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native::utils {

void store_pivots(const int64_t* pivots, int64_t n, const Tensor& out, int64_t offset) {
  for (int64_t i = 0; i < n; ++i) {
    out.mutable_data_ptr<int32_t>()[offset + i * out.strides()[out.strides().size() - 1]] =
        static_cast<int32_t>(pivots[i] + 1);
  }
}

void determinants(KernelRuntimeContext& ctx, const Tensor& a, Tensor* determinant, Tensor* sign,
                  Tensor* log_size, Tensor& lu, Tensor& pivots) {
  const int64_t n = a.size(a.dim() - 1);
  const int64_t square[] = {n, n};
  const int64_t row[] = {n};
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(a, lu) && tensor_is_type(pivots, ScalarType::Int) &&
                      resize_batch(a, lu, ArrayRef<int64_t>(square)) &&
                      resize_batch(a, pivots, ArrayRef<int64_t>(row)),
                  InvalidArgument, );
  for (Tensor* out : {determinant, sign, log_size}) {
    ET_KERNEL_CHECK(
        ctx, out == nullptr || (tensors_have_same_dtype(a, *out) && resize_batch(a, *out, {})),
        InvalidArgument, );
  }
  DenseMatrix matrix;
  auto* const exchanges = allocate_scratch<int64_t>(ctx, n);
  ET_KERNEL_CHECK(ctx, allocate_matrix(ctx, n, n, matrix) && exchanges != nullptr,
                  MemoryAllocationFailed, );
  const Tensor& first = determinant != nullptr ? *determinant : *sign;
  const Tensor& second = log_size != nullptr ? *log_size : first;
  const auto store = [](double value, Tensor* out, int64_t offset) {
    if (out != nullptr) {
      store_element<double>(value, out->mutable_data_ptr(), out->scalar_type(), offset);
    }
  };
  batch_loops<5>(a, {&a, &lu, &pivots, &first, &second}, {2, 2, 1, 0, 0})
      .for_each([&](const LoopNest<5>::Offsets& at) {
        load_matrix(a, at[0], /*transposed=*/true, matrix);
        const LuResult result = lu_factor(matrix, exchanges);
        double product = result.parity;
        double parity = result.parity;
        double log_sum = 0;
        for (int64_t i = 0; i < n; ++i) {
          const double x = matrix(i, i);
          product *= x;
          parity *= x > 0 ? 1 : x < 0 ? -1 : x;
          log_sum += std::log(std::abs(x));
        }
        store(product, determinant, at[3]);
        store(parity, sign, at[3]);
        store(log_sum, log_size, at[4]);
        store_matrix(matrix, false, lu, at[1]);
        store_pivots(exchanges, n, pivots, at[2]);
      });
}

}  // namespace torch::executor::native::utils
