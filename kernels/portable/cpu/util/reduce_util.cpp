// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>

#include <cinttypes>
#include <cmath>
#include <limits>

namespace torch {
namespace executor {

using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::kTensorDimensionLimit;

namespace {

/// Whether dimension `dim` is reduced.
bool is_reduced(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list, ssize_t dim) {
  return !dim_list.has_value() || dim_list->empty() ||
         check_dim_in_dim_list(static_cast<size_t>(dim), static_cast<size_t>(in.dim()), *dim_list);
}

/// A dimension as a list; `storage` holds the element.
optional<ArrayRef<int64_t>> as_list(const optional<int64_t>& dim, int64_t& storage) {
  if (!dim.has_value()) {
    return nullopt;
  }
  storage = *dim;
  return ArrayRef<int64_t>(&storage, 1);
}

}  // namespace

bool check_dim_list_is_valid(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list) {
  if (!dim_list.has_value()) {
    return true;
  }
  const ssize_t rank = nonzero_dim(in);
  uint32_t seen = 0;
  for (const int64_t dim : *dim_list) {
    ET_LOG_AND_RETURN_IF_FALSE(dim_is_valid(dim, in.dim()));
    const uint32_t bit = 1u << ET_NORMALIZE_IX(dim, rank);
    ET_LOG_MSG_AND_RETURN_IF_FALSE((seen & bit) == 0,
                                   "dimension %" PRId64 " appears twice in the list", dim);
    seen |= bit;
  }
  return true;
}

bool check_dim_in_dim_list(const size_t dim, const size_t max_dim,
                           const ArrayRef<int64_t>& dim_list) {
  for (const int64_t d : dim_list) {
    if (dim == static_cast<size_t>(ET_NORMALIZE_IX(d, static_cast<int64_t>(max_dim)))) {
      return true;
    }
  }
  return false;
}

size_t get_reduced_dim_product(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list) {
  size_t product = 1;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    if (is_reduced(in, dim_list, d)) {
      product *= static_cast<size_t>(in.size(d));
    }
  }
  return product;
}

size_t get_reduced_dim_product(const Tensor& in, const optional<int64_t>& dim) {
  int64_t storage;
  return get_reduced_dim_product(in, as_list(dim, storage));
}

size_t get_out_numel(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list) {
  size_t numel = 1;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    if (!is_reduced(in, dim_list, d)) {
      numel *= static_cast<size_t>(in.size(d));
    }
  }
  return numel;
}

size_t get_out_numel(const Tensor& in, const optional<int64_t>& dim) {
  int64_t storage;
  return get_out_numel(in, as_list(dim, storage));
}

size_t get_init_index(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                      const size_t out_ix) {
  size_t index = 0;
  size_t stride = 1;
  size_t rest = out_ix;
  for (ssize_t d = in.dim(); d-- > 0;) {
    const auto size = static_cast<size_t>(in.size(d));
    if (!is_reduced(in, dim_list, d)) {
      index += rest % size * stride;
      rest /= size;
    }
    stride *= size;
  }
  return index;
}

size_t get_init_index(const Tensor& in, const optional<int64_t>& dim, const size_t out_ix) {
  int64_t storage;
  return get_init_index(in, as_list(dim, storage), out_ix);
}

size_t compute_reduced_out_size(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                                bool keepdim, SizesType* sizes_arr) {
  size_t rank = 0;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    if (!is_reduced(in, dim_list, d)) {
      sizes_arr[rank++] = static_cast<SizesType>(in.size(d));
    } else if (keepdim) {
      sizes_arr[rank++] = 1;
    }
  }
  return rank;
}

size_t compute_reduced_out_size(const Tensor& in, const optional<int64_t>& dim, bool keepdim,
                                SizesType* sizes_arr) {
  int64_t storage;
  return compute_reduced_out_size(in, as_list(dim, storage), keepdim, sizes_arr);
}

Error resize_reduction_out(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                           bool keepdim, Tensor& out) {
  SizesType sizes[kTensorDimensionLimit];
  const size_t rank = compute_reduced_out_size(in, dim_list, keepdim, sizes);
  return resize_tensor(out, {sizes, rank});
}

Error resize_reduction_out(const Tensor& in, const optional<int64_t>& dim, bool keepdim,
                           Tensor& out) {
  int64_t storage;
  return resize_reduction_out(in, as_list(dim, storage), keepdim, out);
}

bool check_reduction_args(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                          bool /*keepdim*/, optional<ScalarType> dtype, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(::executorch::runtime::isBarebonesUnsignedType(in.scalar_type()) ||
                             tensor_is_realhbbf16_type(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_realhbbf16_type(out));
  ET_LOG_AND_RETURN_IF_FALSE(check_dim_list_is_valid(in, dim_list));
  ET_LOG_AND_RETURN_IF_FALSE(!dtype.has_value() || tensor_is_type(out, *dtype));
  return true;
}

bool check_reduction_args_single_dim(const Tensor& in, optional<int64_t> dim, bool keepdim,
                                     optional<ScalarType> dtype, Tensor& out,
                                     bool allow_empty_dim) {
  int64_t storage;
  ET_LOG_AND_RETURN_IF_FALSE(check_reduction_args(in, as_list(dim, storage), keepdim, dtype, out));
  if (!allow_empty_dim) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        get_reduced_dim_product(in, dim) != 0 || get_out_numel(in, dim) == 0,
        "a reduction over no elements has no result");
  }
  return true;
}

bool check_mean_dim_args(const Tensor& in, optional<ArrayRef<int64_t>> dim_list, bool keepdim,
                         optional<ScalarType> dtype, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_reduction_args(in, dim_list, keepdim, dtype, out));
  ET_LOG_AND_RETURN_IF_FALSE(dtype.has_value() || tensor_is_floating_type(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(out));
  return true;
}

bool check_amin_amax_args(const Tensor& in, ArrayRef<int64_t> dim_list, bool keepdim, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_reduction_args(in, dim_list, keepdim, in.scalar_type(), out));
  return true;
}

bool check_argmin_argmax_args(const Tensor& in, optional<int64_t> dim, bool keepdim, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_realhbf16_type(in));
  ET_LOG_AND_RETURN_IF_FALSE(
      check_reduction_args_single_dim(in, dim, keepdim, ScalarType::Long, out));
  return true;
}

bool check_min_max_args(const Tensor& in, int64_t dim, bool keepdim, Tensor& max,
                        Tensor& max_indices) {
  ET_LOG_AND_RETURN_IF_FALSE(
      check_reduction_args_single_dim(in, dim, keepdim, in.scalar_type(), max));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_type(max_indices, ScalarType::Long));
  return true;
}

bool check_prod_out_args(const Tensor& in, optional<ScalarType> dtype, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_reduction_args(in, nullopt, false, dtype, out));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      dtype.has_value() || isFloatingType(out.scalar_type()) || !isFloatingType(in.scalar_type()),
      "a product of %s cannot be stored as %s", ::executorch::runtime::toString(in.scalar_type()),
      ::executorch::runtime::toString(out.scalar_type()));
  return true;
}

namespace native {
namespace utils {

BlockReduction::BlockReduction(const Tensor& in, const optional<ArrayRef<int64_t>>& dim_list,
                               bool keepdim, const Tensor& out)
    : data_(in.const_data_ptr()), dtype_(in.scalar_type()) {
  ssize_t out_dim = 0;
  for (ssize_t d = 0; d < in.dim(); ++d) {
    if (is_reduced(in, dim_list, d)) {
      reduced_.push(in.size(d), {in.strides()[d]});
      out_dim += keepdim;
    } else {
      kept_.push(in.size(d), {in.strides()[d], out.strides()[out_dim++]});
    }
  }
  kept_.normalize();
  reduced_.normalize();
  by_columns_ = kept_.run_size() > 1 &&
                (reduced_.run_size() == 1 || kept_.run_strides()[0] < reduced_.run_strides()[0]);
}

namespace {

template <bool kMax, typename T>
struct ExtremumOp {
  using Acc = T;
  using Limits = std::numeric_limits<T>;
  static T init() {
    if constexpr (std::is_floating_point_v<T>) {
      return kMax ? -Limits::infinity() : Limits::infinity();
    } else {
      return kMax ? Limits::min() : Limits::max();
    }
  }
  T identity() const { return init(); }
  T step(T partial, T x) const { return blend(precedes<kMax>(x, partial), x, partial); }
  T join(T a, T b) const { return step(a, b); }
  T merge(T acc, T partial) const { return step(acc, partial); }
};

template <bool kMax, typename T>
T reduce_run(const ExtremumOp<kMax, T>&, T acc, const T* x, int64_t n) {
  return extremum_of<kMax>(x, n, acc);
}

template <typename T>
struct ProductOp {
  using Acc = T;
  static T init() { return T(1); }
  T identity() const { return T(1); }
  T step(T partial, T x) const { return wrapping_mul(partial, x); }
  T join(T a, T b) const { return wrapping_mul(a, b); }
  T merge(T acc, T partial) const { return step(acc, partial); }
};

struct AnyOp {
  using Acc = bool;
  static bool init() { return false; }
  bool identity() const { return false; }
  bool step(bool partial, bool x) const { return partial | x; }
  bool join(bool a, bool b) const { return a | b; }
  bool merge(bool acc, bool partial) const { return acc | partial; }
};

/// An extremum and its first position.
template <typename T>
struct Extremum {
  T value = T();
  int64_t index = -1;

  /// Takes in n elements, the first of which is at position `first`.
  template <bool kMax>
  void update(const T* x, int64_t n, int64_t first) {
    if (n == 0) {
      return;
    }
    const T best = extremum_of<kMax>(x + 1, n - 1, x[0]);
    if (index >= 0 && !precedes<kMax>(best, value)) {
      return;
    }
    int64_t i = 0;
    while (x[i] != best && (x[i] == x[i] || best == best)) {
      ++i;
    }
    value = best;
    index = first + i;
  }
};

/// The extremum along loops, whose order is that of the positions.
template <bool kMax, typename T>
Extremum<T> find_extremum(const Tensor& in, const LoopNest<1>& reduced, int64_t offset) {
  T buffer[kBlockSize];
  const int64_t size = reduced.run_size();
  const int64_t stride = reduced.run_strides()[0];
  int64_t position = 0;
  Extremum<T> found;
  reduced.for_each_run([&](const LoopNest<1>::Offsets& at) {
    for (int64_t i = 0; i < size; i += kBlockSize) {
      const int64_t n = std::min(kBlockSize, size - i);
      const T* x = load_block<T>(in.const_data_ptr(), in.scalar_type(), offset + at[0] + i * stride,
                                 stride, n, buffer);
      found.template update<kMax>(x, n, position);
      position += n;
    }
  });
  return found;
}

/// Writes the extrema along `dim`, or of all elements, to `values` (may be null) and their
/// positions to `indices`.
template <bool kMax, typename T>
void extrema_along(const Tensor& in, optional<int64_t> dim, bool keepdim, const Tensor* values,
                   const Tensor& indices) {
  LoopNest<3> kept;
  LoopNest<1> reduced;
  const int64_t rank = in.dim();
  const int64_t along = dim.has_value() ? ET_NORMALIZE_IX(*dim, rank) : -1;
  ssize_t out_dim = 0;
  for (int64_t d = 0; d < rank; ++d) {
    if (!dim.has_value() || d == along) {
      reduced.push(in.size(d), {in.strides()[d]});
      out_dim += keepdim;
    } else {
      kept.push(in.size(d), {in.strides()[d], values == nullptr ? 0 : values->strides()[out_dim],
                             indices.strides()[out_dim]});
      ++out_dim;
    }
  }
  kept.normalize();
  reduced.merge();
  auto* const index_data = indices.mutable_data_ptr<int64_t>();
  const int64_t size = kept.run_size();
  const auto strides = kept.run_strides();
  if (size > 1 && reduced.depth() == 1 && strides[0] < reduced.run_strides()[0]) {
    // Neighbors in memory belong to different results. Positions are as wide as the elements, so
    // that both are kept in vector registers.
    using Index = typename Simd<T>::Bits;
    kept.for_each_run([&](const LoopNest<3>::Offsets& at) {
      T buffer[kBlockSize];
      T best[kBlockSize];
      Index index[kBlockSize];
      for (int64_t c = 0; c < size; c += kBlockSize) {
        const int64_t n = std::min(kBlockSize, size - c);
        for (int64_t r = 0; r < reduced.run_size(); ++r) {
          const int64_t offset = at[0] + c * strides[0] + r * reduced.run_strides()[0];
          const T* x =
              load_block<T>(in.const_data_ptr(), in.scalar_type(), offset, strides[0], n, buffer);
          if (r == 0) {
            std::copy(x, x + n, best);
            std::fill(index, index + n, Index(0));
            continue;
          }
          const auto position = static_cast<Index>(r);
          for (int64_t j = 0; j < n; ++j) {
            const bool better = precedes<kMax>(x[j], best[j]);
            best[j] = blend(better, x[j], best[j]);
            index[j] = blend(better, position, index[j]);
          }
        }
        for (int64_t j = 0; j < n; ++j) {
          index_data[at[2] + (c + j) * strides[2]] = index[j];
        }
        if (values != nullptr) {
          store_block<T>(best, n, values->mutable_data_ptr(), values->scalar_type(),
                         at[1] + c * strides[1], strides[1]);
        }
      }
    });
    return;
  }
  kept.for_each([&](const LoopNest<3>::Offsets& at) {
    const Extremum<T> found = find_extremum<kMax, T>(in, reduced, at[0]);
    if (values != nullptr) {
      store_element<T>(found.value, values->mutable_data_ptr(), values->scalar_type(), at[1]);
    }
    index_data[at[2]] = found.index;
  });
}

void extrema_along(const Tensor& in, optional<int64_t> dim, bool keepdim, bool maximum,
                   const Tensor* values, const Tensor& indices) {
  dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (maximum) {
      extrema_along<true, T>(in, dim, keepdim, values, indices);
    } else {
      extrema_along<false, T>(in, dim, keepdim, values, indices);
    }
  });
}

}  // namespace

Tensor& extremum_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                           const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, bool maximum,
                           Tensor& out) {
  ET_KERNEL_CHECK_MSG(
      ctx, get_reduced_dim_product(in, dim_list) != 0 || get_out_numel(in, dim_list) == 0,
      InvalidArgument, out, "%s over no elements has no result",
      maximum ? "a maximum" : "a minimum");
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  const BlockReduction reduction(in, dim_list, keepdim, out);
  dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto finish = [](T acc) { return acc; };
    if (maximum) {
      reduce_to<T>(reduction, out, ExtremumOp<true, T>(), finish);
    } else {
      reduce_to<T>(reduction, out, ExtremumOp<false, T>(), finish);
    }
  });
  return out;
}

Tensor& index_of_extremum(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim,
                          bool keepdim, bool maximum, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_argmin_argmax_args(in, dim, keepdim, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim, keepdim, out) == Error::Ok, InvalidArgument,
                  out);
  extrema_along(in, dim, keepdim, maximum, nullptr, out);
  return out;
}

void extremum_with_index(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim,
                         bool keepdim, bool maximum, Tensor& values, Tensor& indices) {
  ET_KERNEL_CHECK(ctx, check_min_max_args(in, *dim, keepdim, values, indices), InvalidArgument, );
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim, keepdim, values) == Error::Ok,
                  InvalidArgument, );
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim, keepdim, indices) == Error::Ok,
                  InvalidArgument, );
  extrema_along(in, dim, keepdim, maximum, &values, indices);
}

Tensor& mean_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                       const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                       optional<ScalarType> dtype, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_mean_dim_args(in, dim_list, keepdim, dtype, out), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  const BlockReduction reduction(in, dim_list, keepdim, out);
  const auto count = static_cast<double>(reduction.reduced_count());
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_to<T>(reduction, out, SumOp<T>(), [count](double sum) { return sum / count; });
  };
  if (out.scalar_type() == ScalarType::Double) {
    run(TypeTag<double>());
  } else {
    run(TypeTag<float>());
  }
  return out;
}

Tensor& prod_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                       const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                       optional<ScalarType> dtype, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_dim_list_is_valid(in, dim_list), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, check_prod_out_args(in, dtype, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  const BlockReduction reduction(in, dim_list, keepdim, out);
  dispatch_wide_compute_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_to<T>(reduction, out, ProductOp<T>(), [](T acc) { return acc; });
  });
  return out;
}

Tensor& any_over_dims(KernelRuntimeContext& ctx, const Tensor& in,
                      const optional<ArrayRef<int64_t>>& dim_list, bool keepdim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_reduction_args(in, dim_list, keepdim, nullopt, out), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, tensor_is_type(out, ScalarType::Bool, ScalarType::Byte), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  reduce_to<bool>(BlockReduction(in, dim_list, keepdim, out), out, AnyOp(),
                  [](bool acc) { return acc; });
  return out;
}

void var_and_mean(KernelRuntimeContext& ctx, const Tensor& in,
                  const optional<ArrayRef<int64_t>>& dim_list, double correction, bool keepdim,
                  Tensor& var, Tensor* mean) {
  for (Tensor* out : {&var, mean}) {
    if (out != nullptr) {
      ET_KERNEL_CHECK(ctx, check_reduction_args(in, dim_list, keepdim, nullopt, *out),
                      InvalidArgument, );
      ET_KERNEL_CHECK(ctx, tensor_is_floating_type(in), InvalidArgument, );
      ET_KERNEL_CHECK(ctx, tensor_is_floating_type(*out), InvalidArgument, );
      ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, *out) == Error::Ok,
                      InvalidArgument, );
    }
  }
  const BlockReduction to_var(in, dim_list, keepdim, var);
  const auto count = static_cast<double>(to_var.reduced_count());
  const double degrees = std::max(count - correction, 0.0);
  const bool stores_means = mean != nullptr && var.strides() == mean->strides();
  if (mean != nullptr && !stores_means) {
    reduce_to<double>(BlockReduction(in, dim_list, keepdim, *mean), *mean, SumOp<double>(),
                      [count](double sum) { return sum / count; });
  }
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    to_var.for_each_block([&](const BlockReduction::Block& block) {
      double means[kBlockSize];
      double result[kBlockSize];
      std::fill(means, means + block.size, 0.0);
      std::fill(result, result + block.size, 0.0);
      to_var.accumulate<T>(block, means, [](int64_t) { return SumOp<T>(); });
      for (int64_t j = 0; j < block.size; ++j) {
        means[j] /= count;
      }
      to_var.accumulate<T>(block, result, [&](int64_t j) {
        return SquaredDeviationOp<T>{static_cast<T>(means[j])};
      });
      for (int64_t j = 0; j < block.size; ++j) {
        result[j] /= degrees;
      }
      const auto store = [&](const double* values, const Tensor& out) {
        store_block<double>(values, block.size, out.mutable_data_ptr(), out.scalar_type(),
                            block.out_offset, block.out_stride);
      };
      store(result, var);
      if (stores_means) {
        store(means, *mean);
      }
    });
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
