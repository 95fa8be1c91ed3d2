// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Matrix multiplication, blocked for registers and caches, shared by the matrix products and the
/// convolutions.

#include <cstdint>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// A matrix anywhere in memory: element (i, j) is at offset + i * row_stride + j * col_stride. A
/// stride of 0 repeats a row or column.
struct Matrix {
  const void* data;
  ScalarType dtype;
  int64_t offset;
  int64_t row_stride;
  int64_t col_stride;

  Matrix transposed() const { return {data, dtype, offset, col_stride, row_stride}; }
  Matrix at(int64_t i, int64_t j) const {
    return {data, dtype, offset + i * row_stride + j * col_stride, row_stride, col_stride};
  }
};

/// As load_block, for the types that products are computed in: float, double, and uint64_t for all
/// integers, whose overflow wraps around.
template <typename T>
const T* load_factors(const Matrix& row, int64_t n, T* buffer);

/// Calls f(TypeTag<T>()) with the type in which products of `dtype` are computed.
template <typename F>
void dispatch_product_type(ScalarType dtype, const F& f) {
  dispatch_with_integer<uint64_t>(dtype, f);
}

/// Memory for packed panels, for any number of products of up to m x n x k: scratch memory of the
/// caller, allocated once and only if a product needs it, or, where there is none, a small array of
/// its own and smaller blocks.
///
/// With max_tasks > 1, columns of a product may be computed by several threads at a time, each with
/// a part of the memory.
template <typename T>
class GemmWorkspace {
 public:
  GemmWorkspace(KernelRuntimeContext& ctx, int64_t m, int64_t n, int64_t k, int64_t max_tasks = 1)
      : ctx_(ctx), m_(m), n_(n), k_(k), tasks_(max_tasks) {}
  GemmWorkspace(const GemmWorkspace&) = delete;
  GemmWorkspace& operator=(const GemmWorkspace&) = delete;

  struct Blocks {
    int64_t m, n, k;
  };

  /// The sizes of the blocks that the memory is for. data() is valid from here on.
  const Blocks& prepare();
  /// How many parts the columns of a product are to be computed in, and the memory of one.
  int64_t tasks() const { return tasks_; }
  T* data(int64_t task) { return data_ + task * task_elements_; }

 private:
  static constexpr size_t kOwnElements = 8192 / sizeof(T);

  KernelRuntimeContext& ctx_;
  int64_t m_, n_, k_;
  int64_t tasks_;
  int64_t task_elements_ = 0;
  Blocks blocks_ = {};
  T* data_ = nullptr;
  T own_[kOwnElements];
};

/// Of products whose rows may be loaded and stored by several threads.
#ifdef ET_USE_THREADPOOL
constexpr int64_t kGemmTasks = 8;
#else
constexpr int64_t kGemmTasks = 1;
#endif

/// At most so many columns of the right factor are asked for at a time.
constexpr int64_t kGemmColumns = 64;

/// Gives elements (p, j..j+n-1) of the right factor: in place, or written to `buffer`.
template <typename T>
using LoadRow =
    ::executorch::runtime::FunctionRef<const T*(int64_t p, int64_t j, int64_t n, T* buffer)>;
/// Receives elements (i, j..j+n-1) of the product.
template <typename T>
using StoreRow =
    ::executorch::runtime::FunctionRef<void(int64_t i, int64_t j, int64_t n, const T* row)>;

/// Multiplies an m x k by a k x n matrix. The right factor is read through `load`, so it need not
/// exist in memory; each element of the product is handed to `store` once.
template <typename T>
void gemm(GemmWorkspace<T>& workspace, int64_t m, int64_t n, int64_t k, const Matrix& a,
          const LoadRow<T>& load, const StoreRow<T>& store);

/// out = alpha * product + beta * addend, in any element types.
template <typename T>
struct ProductSink {
  Matrix out;  // written to
  T alpha = T(1);
  const Matrix* addend = nullptr;  // not read where null
  T beta = T(1);

  void store(int64_t i, int64_t j, int64_t n, const T* row) const;
};

/// Multiplies an m x k by a k x n matrix into `sink`.
template <typename T>
void multiply(GemmWorkspace<T>& workspace, int64_t m, int64_t n, int64_t k, const Matrix& a,
              const Matrix& b, const ProductSink<T>& sink);

}  // namespace torch::executor::native::utils
