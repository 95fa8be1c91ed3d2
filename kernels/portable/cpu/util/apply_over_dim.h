// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Reductions of others, one element of the result after the other, with a function of scalars.
/// (Ours use BlockReduction of reduce_util.h, which reads memory in order.)
///
/// Everywhere, `out_ix` is the number of the result's element in logical order; an absent or empty
/// dimension list means every dimension; dimensions may be negative. The dim order of `in` is the
/// default one.

#include <cstddef>
#include <cstdint>
#include <tuple>

#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace torch {
namespace executor {

size_t get_init_index(const Tensor& in, const optional<int64_t>& dim, const size_t out_ix);
size_t get_init_index(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                      const size_t out_ix);
size_t get_reduced_dim_product(const Tensor& in, const optional<int64_t>& dim);
size_t get_out_numel(const Tensor& in, const optional<int64_t>& dim);
size_t get_out_numel(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list);
bool check_dim_in_dim_list(const size_t dim, const size_t max_dim,
                           const ArrayRef<int64_t>& dim_list);

namespace internal {

/// Distance between the elements that are reduced along a dimension; 1 for all of a tensor.
inline size_t reduced_stride(const Tensor& in, const optional<int64_t>& dim) {
  if (in.dim() == 0 || !dim.has_value()) {
    return 1;
  }
  return static_cast<size_t>(in.strides()[*dim < 0 ? *dim + in.dim() : *dim]);
}

}  // namespace internal

/// Calls fn(size, stride, base) for each element of the result: the elements that are reduced to it
/// are base, base + stride, ..., `size` of them.
template <typename Fn>
void apply_over_dim(const Fn& fn, const Tensor& in, const optional<int64_t>& dim) {
  const size_t size = get_reduced_dim_product(in, dim);
  const size_t stride = internal::reduced_stride(in, dim);
  const size_t count = in.numel() == 0 ? 0 : get_out_numel(in, dim);
  for (size_t out_ix = 0; out_ix < count; ++out_ix) {
    fn(size, stride, get_init_index(in, dim, out_ix));
  }
}

/// Calls fn(in_ix, dim_ix) for the elements that are reduced to element `out_ix`, of which
/// dim_ix is the coordinate, from `start` to `end` inclusive; -1 is the last.
template <typename Fn>
void apply_over_dim(const Fn& fn, const Tensor& in, const optional<int64_t>& dim,
                    const size_t out_ix, const int64_t start = 0, const int64_t end = -1) {
  if (in.numel() == 0) {
    return;
  }
  const auto size = static_cast<int64_t>(get_reduced_dim_product(in, dim));
  const size_t stride = internal::reduced_stride(in, dim);
  const size_t base = get_init_index(in, dim, out_ix);
  const int64_t last = end < 0 ? end + size : end;
  for (int64_t i = start < 0 ? start + size : start; i <= last && i < size; ++i) {
    fn(base + static_cast<size_t>(i) * stride, static_cast<size_t>(i));
  }
}

/// What is the same for every element of the result, prepared once.
class ApplyOverDimListPlan {
 public:
  /// From the `start`-th of the elements to be reduced to the `end`-th inclusive, -1 being the
  /// last. Refers to `in` and to the list.
  ApplyOverDimListPlan(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                       const int64_t start = 0, const int64_t end = -1)
      : dim_list_(dim_list), in_(in), start_(start), end_(end) {
    const bool all = !dim_list.has_value() || dim_list->empty();
    for (ssize_t d = 0; d < in.dim(); ++d) {
      if (all ||
          check_dim_in_dim_list(static_cast<size_t>(d), static_cast<size_t>(in.dim()), *dim_list)) {
        loops_.push(in.sizes()[d], {static_cast<int64_t>(in.strides()[d])});
      }
    }
    loops_.merge();
    is_whole_ = start == 0 && (end == -1 || end == loops_.count() - 1);
  }

  /// Calls fn(in_ix) for the elements that are reduced to element `out_ix`, in logical order.
  template <typename Fn>
  void execute(const Fn& fn, const size_t out_ix) const {
    if (in_.numel() == 0) {
      return;
    }
    const size_t base = get_init_index(in_, dim_list_, out_ix);
    if (is_whole_) {
      loops_.for_each([&](const Loops::Offsets& at) { fn(base + static_cast<size_t>(at[0])); });
      return;
    }
    const int64_t count = loops_.count();
    const int64_t first = start_ < 0 ? start_ + count : start_;
    const int64_t last = end_ < 0 ? end_ + count : end_;
    int64_t i = 0;
    loops_.for_each([&](const Loops::Offsets& at) {
      if (i >= first && i <= last) {
        fn(base + static_cast<size_t>(at[0]));
      }
      ++i;
    });
  }

  const Tensor& get_input_tensor() const { return in_; }
  const optional<ArrayRef<int64_t>>& get_dim_list() const { return dim_list_; }

 private:
  using Loops = ::torch::executor::native::utils::LoopNest<1>;

  const optional<ArrayRef<int64_t>> dim_list_;
  const Tensor in_;
  int64_t start_;
  int64_t end_;
  bool is_whole_;
  Loops loops_;
};

/// The same for one element of the result.
template <typename Fn>
void apply_over_dim_list(const Fn& fn, const Tensor& in,
                         const optional<ArrayRef<int64_t>>& dim_list, const size_t out_ix,
                         const int64_t start = 0, const int64_t end = -1) {
  ApplyOverDimListPlan(in, dim_list, start, end).execute(fn, out_ix);
}

/// acc, acc_ix = reduce_fun(map_fun(x), ix, acc, acc_ix) over the elements x at coordinate ix of
/// dimension `dim`, starting from the first, which must exist. Returns (acc, acc_ix).
template <typename CTYPE_IN, typename CTYPE_OUT, typename MapOp, typename ReduceOp>
std::tuple<CTYPE_OUT, long> map_reduce_over_dim(const MapOp& map_fun, const ReduceOp& reduce_fun,
                                                const Tensor& in, const optional<int64_t>& dim,
                                                const size_t out_ix) {
  ET_CHECK_MSG(in.numel() > 0, "there is no element to begin with");
  const CTYPE_IN* const data = in.const_data_ptr<CTYPE_IN>();
  CTYPE_OUT acc = map_fun(data[get_init_index(in, dim, out_ix)]);
  long acc_ix = 0;
  apply_over_dim(
      [&](const size_t in_ix, const size_t dim_ix) {
        const std::tuple<CTYPE_OUT, long> next =
            reduce_fun(map_fun(data[in_ix]), static_cast<long>(dim_ix), acc, acc_ix);
        acc = std::get<0>(next);
        acc_ix = std::get<1>(next);
      },
      in, dim, out_ix, 1);
  return std::tuple<CTYPE_OUT, long>{acc, acc_ix};
}

/// The same without a map.
template <typename CTYPE, typename ReduceOp>
std::tuple<CTYPE, long> reduce_over_dim(const ReduceOp& reduce_fun, const Tensor& in,
                                        const optional<int64_t>& dim, const size_t out_ix) {
  return map_reduce_over_dim<CTYPE, CTYPE>([](CTYPE x) { return x; }, reduce_fun, in, dim, out_ix);
}

/// acc = reduce_fun(map_fun(x), acc) over all elements that are reduced to one of the result,
/// starting from the first, which must exist.
class MapReduceOverDimListPlan {
 public:
  MapReduceOverDimListPlan(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list)
      : plan_(in, dim_list, 1, -1) {
    ET_CHECK_MSG(in.numel() > 0, "there is no element to begin with");
  }

  template <typename CTYPE_IN, typename CTYPE_OUT, typename MapOp, typename ReduceOp>
  CTYPE_OUT execute(const MapOp& map_fun, const ReduceOp& reduce_fun, const size_t out_ix) const {
    const CTYPE_IN* const data = plan_.get_input_tensor().const_data_ptr<CTYPE_IN>();
    CTYPE_OUT acc =
        map_fun(data[get_init_index(plan_.get_input_tensor(), plan_.get_dim_list(), out_ix)]);
    plan_.execute([&](const size_t in_ix) { acc = reduce_fun(map_fun(data[in_ix]), acc); }, out_ix);
    return acc;
  }

 private:
  ApplyOverDimListPlan plan_;
};

/// The same without a map.
class ReduceOverDimListPlan {
 public:
  ReduceOverDimListPlan(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list)
      : plan_(in, dim_list) {}

  template <typename CTYPE, typename ReduceOp>
  CTYPE execute(const ReduceOp& reduce_fun, const size_t out_ix) const {
    return plan_.execute<CTYPE, CTYPE>([](CTYPE x) { return x; }, reduce_fun, out_ix);
  }

 private:
  MapReduceOverDimListPlan plan_;
};

/// For one element of the result. For all of them a plan, made once, is faster.
template <typename CTYPE_IN, typename CTYPE_OUT, typename MapOp, typename ReduceOp>
CTYPE_OUT map_reduce_over_dim_list(const MapOp& map_fun, const ReduceOp& reduce_fun,
                                   const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                                   const size_t out_ix) {
  return MapReduceOverDimListPlan(in, dim_list)
      .execute<CTYPE_IN, CTYPE_OUT>(map_fun, reduce_fun, out_ix);
}

template <typename CTYPE, typename ReduceOp>
CTYPE reduce_over_dim_list(const ReduceOp& reduce_fun, const Tensor& in,
                           const optional<ArrayRef<int64_t>>& dim_list, const size_t out_ix) {
  return ReduceOverDimListPlan(in, dim_list).execute<CTYPE>(reduce_fun, out_ix);
}

/// Calls func(begin, end) for ranges that cover the elements of `out`, possibly in parallel; a
/// range has enough elements that it is worth it. False where that fails.
template <typename Func>
bool parallel_for_each_reduce_over_dim_output_index(const Tensor& in, optional<int64_t> dim,
                                                    const Tensor& out, const Func& func) {
  constexpr int64_t kGrain = 32768;
  const auto reduced = static_cast<int64_t>(get_reduced_dim_product(in, dim));
  return ::executorch::extension::parallel_for(
      0, out.numel(), reduced == 0 || reduced > kGrain ? 1 : kGrain / reduced, func);
}

template <typename Func>
bool parallel_for_each_reduce_over_dim_list_output_index(const Tensor& in,
                                                         optional<ArrayRef<int64_t>> dim_list,
                                                         const Tensor& out, const Func& func) {
  constexpr int64_t kGrain = 32768;
  const auto kept = static_cast<int64_t>(get_out_numel(in, dim_list));
  const int64_t reduced = kept == 0 ? 0 : in.numel() / kept;
  return ::executorch::extension::parallel_for(
      0, out.numel(), reduced == 0 || reduced > kGrain ? 1 : kGrain / reduced, func);
}

}  // namespace executor
}  // namespace torch
