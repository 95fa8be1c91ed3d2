// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/softmax_util.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/kernels/portable/cpu/util/vector_math.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace torch {
namespace executor {

bool check_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!half_to_float, "half_to_float is not supported on the CPU");
  return true;
}

bool check_log_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out) {
  return check_softmax_args(in, dim, half_to_float, out);
}

namespace native {
namespace utils {

namespace {

/// So many elements are worth a thread.
constexpr int64_t kParallelElements = 8192;

/// `n` elements that lie `stride` apart from `offset`.
struct Row {
  const Tensor& tensor;
  int64_t offset;
  int64_t stride;

  template <typename T>
  const T* load(int64_t i, int64_t n, T* buffer) const {
    return load_block<T>(tensor.const_data_ptr(), tensor.scalar_type(), offset + i * stride, stride,
                         n, buffer);
  }
  template <typename T>
  void store(int64_t i, int64_t n, const T* values) const {
    store_block<T>(values, n, tensor.mutable_data_ptr(), tensor.scalar_type(), offset + i * stride,
                   stride);
  }
  /// Where to compute elements that store() is to write: in place, or `buffer`.
  template <typename T>
  T* target(int64_t i, T* buffer) const {
    return block_target<T>(tensor.mutable_data_ptr(), tensor.scalar_type(), offset + i * stride,
                           stride, buffer);
  }
};

template <typename T>
void softmax_row(const Row& in, int64_t n, bool log, const Row& out) {
  T buffer[kBlockSize];
  T values[kBlockSize];
  const auto for_each_block = [n](const auto& f) {
    for (int64_t i = 0; i < n; i += kBlockSize) {
      f(i, std::min(kBlockSize, n - i));
    }
  };
  T max = -std::numeric_limits<T>::infinity();
  for_each_block([&](int64_t i, int64_t count) {
    max = extremum_of<true>(in.load(i, count, buffer), count, max);
  });
  double sum = 0;
  for_each_block([&](int64_t i, int64_t count) {
    const T* x = in.load(i, count, buffer);
    T* const to = log ? values : out.target(i, values);
    for (int64_t j = 0; j < count; ++j) {
      to[j] = vector_math::exp(x[j] - max);
    }
    sum += static_cast<double>(reduce_run(SumOp<T>(), 0.0, to, count));
    if (!log && to == values) {
      out.store(i, count, values);
    }
  });
  const auto shift = static_cast<T>(std::log(sum));
  const auto scale = static_cast<T>(1 / sum);
  for_each_block([&](int64_t i, int64_t count) {
    const T* x = (log ? in : out).load(i, count, buffer);
    T* const to = out.target(i, values);
    if (log) {
      for (int64_t j = 0; j < count; ++j) {
        to[j] = x[j] - max - shift;
      }
    } else {
      for (int64_t j = 0; j < count; ++j) {
        to[j] = x[j] * scale;
      }
    }
    if (to == values) {
      out.store(i, count, values);
    }
  });
}

/// The same for up to kBlockSize rows whose elements are next to each other: elements i of all rows
/// start at element i * stride of `in` and `out`.
template <typename T>
void softmax_columns(const Tensor& in, int64_t in_offset, int64_t in_stride, int64_t n,
                     int64_t columns, bool log, const Tensor& out, int64_t out_offset,
                     int64_t out_stride) {
  T buffer[kBlockSize];
  T values[kBlockSize];
  T max[kBlockSize];
  T partial[kBlockSize];
  double sum[kBlockSize];
  const auto row_of = [](const Tensor& tensor, int64_t offset) { return Row{tensor, offset, 1}; };
  std::fill(max, max + columns, -std::numeric_limits<T>::infinity());
  std::fill(sum, sum + columns, 0.0);
  for (int64_t i = 0; i < n; ++i) {
    const T* x = row_of(in, in_offset + i * in_stride).load(0, columns, buffer);
    for (int64_t j = 0; j < columns; ++j) {
      max[j] = blend(precedes<true>(x[j], max[j]), x[j], max[j]);
    }
  }
  for (int64_t first = 0; first < n; first += kBlockSize) {
    std::fill(partial, partial + columns, T(0));
    for (int64_t i = first; i < std::min(n, first + kBlockSize); ++i) {
      const T* x = row_of(in, in_offset + i * in_stride).load(0, columns, buffer);
      for (int64_t j = 0; j < columns; ++j) {
        values[j] = vector_math::exp(x[j] - max[j]);
        partial[j] += values[j];
      }
      if (!log) {
        row_of(out, out_offset + i * out_stride).store(0, columns, values);
      }
    }
    for (int64_t j = 0; j < columns; ++j) {
      sum[j] += static_cast<double>(partial[j]);
    }
  }
  for (int64_t j = 0; j < columns; ++j) {
    partial[j] = static_cast<T>(log ? std::log(sum[j]) : 1 / sum[j]);
  }
  for (int64_t i = 0; i < n; ++i) {
    const Row to = row_of(out, out_offset + i * out_stride);
    const T* x = (log ? row_of(in, in_offset + i * in_stride) : to).load(0, columns, buffer);
    if (log) {
      for (int64_t j = 0; j < columns; ++j) {
        values[j] = x[j] - max[j] - partial[j];
      }
    } else {
      for (int64_t j = 0; j < columns; ++j) {
        values[j] = x[j] * partial[j];
      }
    }
    to.store(0, columns, values);
  }
}

}  // namespace

void softmax_along(const Tensor& in, int64_t dim, bool log, Tensor& out) {
  const int64_t along = in.dim() == 0 ? 0 : ET_NORMALIZE_IX(dim, in.dim());
  LoopNest<2> rows;
  for (int64_t d = 0; d < in.dim(); ++d) {
    if (d != along) {
      rows.push(in.size(d), {in.strides()[d], out.strides()[d]});
    }
  }
  rows.normalize();
  const int64_t n = nonempty_size(in, along);
  const int64_t in_stride = in.dim() == 0 ? 1 : in.strides()[along];
  const int64_t out_stride = in.dim() == 0 ? 1 : out.strides()[along];
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (in_stride != 1 && rows.run_strides() == LoopNest<2>::Offsets{1, 1}) {
      rows.for_each_run([&](const LoopNest<2>::Offsets& at) {
        for (int64_t c = 0; c < rows.run_size(); c += kBlockSize) {
          softmax_columns<T>(in, at[0] + c, in_stride, n, std::min(kBlockSize, rows.run_size() - c),
                             log, out, at[1] + c, out_stride);
        }
      });
    } else {
      ::executorch::extension::parallel_for(
          0, rows.count(), std::max<int64_t>(1, kParallelElements / std::max<int64_t>(n, 1)),
          [&](int64_t begin, int64_t end) {
            rows.for_each(begin, end, [&](const LoopNest<2>::Offsets& at) {
              softmax_row<T>(Row{in, at[0], in_stride}, n, log, Row{out, at[1], out_stride});
            });
          });
    }
  };
  if (in.scalar_type() == ScalarType::Double) {
    run(TypeTag<double>());
  } else {
    run(TypeTag<float>());
  }
}

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
