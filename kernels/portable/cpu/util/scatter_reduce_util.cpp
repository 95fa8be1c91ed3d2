// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/scatter_reduce_util.h>

#include <cstring>
#include <limits>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>

namespace torch::executor::native::utils {

namespace {

template <typename T>
T combine(ScatterReduction reduction, T a, T b) {
  switch (reduction) {
    case ScatterReduction::kProduct:
      return wrapping_mul(a, b);
    case ScatterReduction::kMax:
      return max_propagating_nan(a, b);
    case ScatterReduction::kMin:
      return min_propagating_nan(a, b);
    default:
      return wrapping_add(a, b);
  }
}

/// The mean of `count` elements that add up to `sum`; of integers, rounded down.
template <typename T>
T mean_of(T sum, int64_t count) {
  if constexpr (std::is_floating_point_v<T>) {
    return sum / static_cast<T>(count);
  } else {
    return floor_divide(sum, count);
  }
}

}  // namespace

bool parse_reduction(string_view name, ScatterReduction& reduction) {
  struct Name {
    const char* text;
    ScatterReduction reduction;
  };
  constexpr Name kNames[] = {
      {"sum", ScatterReduction::kSum},      {"add", ScatterReduction::kSum},
      {"prod", ScatterReduction::kProduct}, {"multiply", ScatterReduction::kProduct},
      {"mean", ScatterReduction::kMean},    {"amax", ScatterReduction::kMax},
      {"amin", ScatterReduction::kMin},
  };
  for (const Name& known : kNames) {
    if (name == known.text) {
      reduction = known.reduction;
      return true;
    }
  }
  ET_CHECK_OR_RETURN_FALSE(false, "reduce is '%.*s', expected sum, prod, mean, amax or amin",
                           static_cast<int>(name.size()), name.data());
}

void scatter_reduce(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                    const TensorView& index, const TensorView& values, ScatterReduction reduction,
                    bool include_self, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_realhbbf16_type(self) && tensors_have_same_dtype(self, out),
                  InvalidArgument, );
  copy_to(ctx, TensorView(self), out);
  if (ctx.failure_state() != Error::Ok || index.numel() == 0) {
    return;
  }
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
  TensorView result(out);
  result.at_least_1d();

  // How many elements there are in each mean, in the order of the output's memory.
  int32_t* counts = nullptr;
  if (reduction == ScatterReduction::kMean) {
    counts = allocate_scratch<int32_t>(ctx, out.numel());
    ET_KERNEL_CHECK_MSG(ctx, counts != nullptr, MemoryAllocationFailed, ,
                        "A mean needs scratch memory for %zd numbers", out.numel());
    for (ssize_t i = 0; i < out.numel(); ++i) {
      counts[i] = include_self ? 1 : 0;
    }
  }
  const int64_t element = result.element_size();
  bool in_range = true;
  dispatch_wide_compute_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const ScalarType dtype = out.scalar_type();
    if (!include_self) {
      using Limits = std::numeric_limits<T>;
      // The largest of T stay the largest when they are converted to a smaller type only as
      // infinities.
      const auto extreme = [&](bool largest) {
        if constexpr (std::is_floating_point_v<T>) {
          return largest ? Limits::infinity() : -Limits::infinity();
        } else {
          const int bits = static_cast<int>(8 * element);
          const bool is_signed = ::executorch::runtime::isSignedType(dtype);
          if (dtype == ScalarType::Bool || !is_signed) {
            return largest ? static_cast<T>((int64_t{1} << (bits < 63 ? bits : 62)) - 1) : T(0);
          }
          return largest ? Limits::max() >> (64 - bits) : Limits::min() >> (64 - bits);
        }
      };
      const T initial = reduction == ScatterReduction::kProduct ? T(1)
                        : reduction == ScatterReduction::kMax   ? extreme(false)
                        : reduction == ScatterReduction::kMin   ? extreme(true)
                                                                : T(0);
      in_range = for_each_indexed(index, d, result, values, [&](int64_t to, int64_t) {
        store_element<T>(initial, result.data() + to, dtype, 0);
      });
    }
    in_range =
        in_range && for_each_indexed(index, d, result, values, [&](int64_t to, int64_t from) {
          const T value = load_element<T>(values.data() + from, values.dtype, 0);
          uint8_t* const target = result.data() + to;
          store_element<T>(combine(reduction, load_element<T>(target, dtype, 0), value), target,
                           dtype, 0);
          if (counts != nullptr) {
            ++counts[to / element];
          }
        });
    if (counts != nullptr && in_range) {
      for (ssize_t i = 0; i < out.numel(); ++i) {
        if (counts[i] > 1) {
          const T sum = load_element<T>(result.data(), dtype, i);
          store_element<T>(mean_of(sum, counts[i]), result.data(), dtype, i);
        }
      }
    }
  });
  if (!in_range) {
    ctx.fail(Error::InvalidArgument);
  }
}

}  // namespace torch::executor::native::utils
