// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Reductions over any set of dimensions of a tensor of any dim order.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/apply_over_dim.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/simd.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

// In all of these, an absent or empty dimension list means every dimension, dimensions may be
// negative, and a tensor of rank 0 has the dimensions -1 and 0.

/// Whether every entry names a dimension of `in`, and none twice.
bool check_dim_list_is_valid(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list);
/// Whether dimension `dim` of `max_dim` is in the list.
bool check_dim_in_dim_list(const size_t dim, const size_t max_dim,
                           const ArrayRef<int64_t>& dim_list);

/// Number of elements that are reduced to one.
size_t get_reduced_dim_product(const Tensor& in, const optional<int64_t>& dim);
size_t get_reduced_dim_product(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list);

/// Number of elements of the result.
size_t get_out_numel(const Tensor& in, const optional<int64_t>& dim);
size_t get_out_numel(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list);

/// Position in `in`, whose dim order must be the default, of the first element that is reduced
/// into element `out_ix` of the result.
size_t get_init_index(const Tensor& in, const optional<int64_t>& dim, const size_t out_ix);
size_t get_init_index(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                      const size_t out_ix);

/// Writes the shape of the result into `sizes_arr` and returns its rank.
size_t compute_reduced_out_size(const Tensor& in, const optional<int64_t>& dim, bool keepdim,
                                SizesType* sizes_arr);
size_t compute_reduced_out_size(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                                bool keepdim, SizesType* sizes_arr);

/// Gives `out` the shape of the result.
Error resize_reduction_out(const Tensor& in, const optional<int64_t>& dim, bool keepdim,
                           Tensor& out);
Error resize_reduction_out(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                           bool keepdim, Tensor& out);

/// Dimensions are valid, element types are ones that reductions know, and `dtype`, if given, is
/// that of `out`.
bool check_reduction_args(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                          bool keepdim, optional<ScalarType> dtype, Tensor& out);
/// As above. With `allow_empty_dim`, the reduced dimension may have no elements.
bool check_reduction_args_single_dim(const Tensor& in, optional<int64_t> dim, bool keepdim,
                                     optional<ScalarType> dtype, Tensor& out,
                                     bool allow_empty_dim = false);
bool check_mean_dim_args(const Tensor& in, optional<ArrayRef<int64_t>> dim_list, bool keepdim,
                         optional<ScalarType> dtype, Tensor& out);
bool check_amin_amax_args(const Tensor& in, ArrayRef<int64_t> dim_list, bool keepdim, Tensor& out);
bool check_argmin_argmax_args(const Tensor& in, optional<int64_t> dim, bool keepdim, Tensor& out);
bool check_min_max_args(const Tensor& in, int64_t dim, bool keepdim, Tensor& max,
                        Tensor& max_indices);
bool check_prod_out_args(const Tensor& in, optional<ScalarType> dtype, Tensor& out);

namespace native {
namespace utils {

/// Joins 2 * kWidth partial results into the first. Half of them at a time: one after the other
/// would wait for each operation.
template <int64_t kWidth, typename Op, typename T>
void join_lanes(const Op& op, T* lanes) {
  for (int64_t l = 0; l < kWidth; ++l) {
    lanes[l] = op.join(lanes[l], lanes[l + kWidth]);
  }
  if constexpr (kWidth > 1) {
    join_lanes<kWidth / 2>(op, lanes);
  }
}

/// An operation that folds elements of type T into an accumulator:
///   using Acc;                     accumulator of a whole reduction
///   static Acc init();             its initial value
///   T identity() const;            start of a partial result
///   T step(T partial, T x) const;  folds an element into a partial result; associative
///   T join(T partial, T partial) const;
///   Acc merge(Acc, T partial) const;
/// An operation may bring its own reduce_run().
template <typename Op, typename T>
typename Op::Acc reduce_run(const Op& op, typename Op::Acc acc, const T* x, int64_t n) {
  // Independent partial results, which become the lanes of vector registers.
  constexpr int64_t kLanes = 16;
  if (n >= kLanes) {
    T lanes[kLanes];
    for (int64_t l = 0; l < kLanes; ++l) {
      lanes[l] = op.identity();
    }
    for (; n >= kLanes; n -= kLanes, x += kLanes) {
      for (int64_t l = 0; l < kLanes; ++l) {
        lanes[l] = op.step(lanes[l], x[l]);
      }
    }
    join_lanes<kLanes / 2>(op, lanes);
    acc = op.merge(acc, lanes[0]);
  }
  for (int64_t i = 0; i < n; ++i) {
    acc = op.merge(acc, op.step(op.identity(), x[i]));
  }
  return acc;
}

/// The loops of a reduction of `in` into `out`, which already has its shape. Elements of the result
/// are computed in blocks of up to kBlockSize, so that both a reduction along rows and one along
/// columns reads memory in order.
class BlockReduction {
 public:
  BlockReduction(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                 const Tensor& out);

  /// Elements of `in` per element of `out`.
  int64_t reduced_count() const { return reduced_.count(); }

  struct Block {
    int64_t in_offset;
    int64_t out_offset;
    int64_t out_stride;
    int64_t size;
  };

  /// Calls f(block) for consecutive blocks of the result.
  template <typename F>
  void for_each_block(const F& f) const {
    const int64_t size = kept_.run_size();
    const auto strides = kept_.run_strides();
    kept_.for_each_run([&](const LoopNest<2>::Offsets& at) {
      for (int64_t c = 0; c < size; c += kBlockSize) {
        f(Block{at[0] + c * strides[0], at[1] + c * strides[1], strides[1],
                std::min(kBlockSize, size - c)});
      }
    });
  }

  /// Folds everything that belongs to a block into acc[0..block.size). `op_of(j)` is the operation
  /// for element j.
  template <typename T, typename Acc, typename OpOf>
  void accumulate(const Block& block, Acc* acc, const OpOf& op_of) const {
    T buffer[kBlockSize];
    const int64_t kept_stride = kept_.run_strides()[0];
    if (by_columns_) {
      reduced_.for_each([&](const LoopNest<1>::Offsets& at) {
        const T* x =
            load_block<T>(data_, dtype_, block.in_offset + at[0], kept_stride, block.size, buffer);
        for (int64_t j = 0; j < block.size; ++j) {
          const auto op = op_of(j);
          acc[j] = op.merge(acc[j], op.step(op.identity(), x[j]));
        }
      });
      return;
    }
    const int64_t size = reduced_.run_size();
    const int64_t stride = reduced_.run_strides()[0];
    const bool in_place = reduced_.depth() <= 1 && (stride == 1 || size == 1) &&
                          !std::is_same_v<T, bool> &&
                          dtype_ == ::executorch::runtime::CppTypeToScalarType<T>::value;
    for (int64_t j = 0; j < block.size; ++j) {
      const auto op = op_of(j);
      const int64_t offset = block.in_offset + j * kept_stride;
      const auto fold = [&](const LoopNest<1>::Offsets& at) {
        for (int64_t i = 0; i < size; i += kBlockSize) {
          const int64_t n = std::min(kBlockSize, size - i);
          const T* x = in_place ? static_cast<const T*>(data_) + offset + i
                                : load_block<T>(data_, dtype_, offset + at[0] + i * stride, stride,
                                                n, buffer);
          acc[j] = reduce_run(op, acc[j], x, n);
        }
      };
      if (in_place) {
        fold({0});
      } else {
        reduced_.for_each_run(fold);
      }
    }
  }

 private:
  const void* data_;
  ScalarType dtype_;
  LoopNest<2> kept_;     // strides in the input and in the result
  LoopNest<1> reduced_;  // strides in the input
  bool by_columns_;
};

/// Reduces with `op`, computing in T, and writes finish(accumulator) to `out`.
template <typename T, typename Op, typename Finish>
void reduce_to(const BlockReduction& reduction, const Tensor& out, const Op& op,
               const Finish& finish) {
  reduction.for_each_block([&](const BlockReduction::Block& block) {
    typename Op::Acc acc[kBlockSize];
    for (int64_t j = 0; j < block.size; ++j) {
      acc[j] = Op::init();
    }
    reduction.accumulate<T>(block, acc, [&](int64_t) { return op; });
    T result[kBlockSize];
    for (int64_t j = 0; j < block.size; ++j) {
      result[j] = static_cast<T>(finish(acc[j]));
    }
    store_block<T>(result, block.size, out.mutable_data_ptr(), out.scalar_type(), block.out_offset,
                   block.out_stride);
  });
}

/// Sum. Floating-point elements are added up in double, with partial results of T over one block.
template <typename T>
struct SumOp {
  using Acc = std::conditional_t<std::is_floating_point_v<T>, double, T>;
  static Acc init() { return Acc(0); }
  T identity() const { return T(0); }
  T step(T partial, T x) const { return wrapping_add(partial, x); }
  T join(T a, T b) const { return wrapping_add(a, b); }
  Acc merge(Acc acc, T partial) const { return wrapping_add(acc, static_cast<Acc>(partial)); }
};

/// Sum of squared deviations from `mean`.
template <typename T>
struct SquaredDeviationOp {
  using Acc = double;
  T mean;
  static Acc init() { return 0; }
  T identity() const { return T(0); }
  T step(T partial, T x) const { return partial + (x - mean) * (x - mean); }
  T join(T a, T b) const { return a + b; }
  Acc merge(Acc acc, T partial) const { return acc + static_cast<Acc>(partial); }
};

/// Bodies of the reductions whose kernels differ in one function only; see the operators for what
/// the arguments mean.
Tensor& extremum_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                           const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, bool maximum,
                           Tensor& out);
Tensor& index_of_extremum(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim,
                          bool keepdim, bool maximum, Tensor& out);
void extremum_with_index(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim,
                         bool keepdim, bool maximum, Tensor& values, Tensor& indices);
Tensor& mean_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                       const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                       optional<ScalarType> dtype, Tensor& out);
Tensor& prod_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                       const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                       optional<ScalarType> dtype, Tensor& out);
Tensor& any_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                      const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, Tensor& out);
/// Variance into `var` and mean into `mean`, which may be null. `correction` is subtracted from the
/// number of elements.
void var_and_mean(KernelRuntimeContext& ctx, const Tensor& in,
                  const optional<ArrayRef<int64_t>>& dim_list, double correction, bool keepdim,
                  Tensor& var, Tensor* mean);

}  // namespace utils
}  // namespace native

}  // namespace executor
}  // namespace torch
