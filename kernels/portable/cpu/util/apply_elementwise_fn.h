// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Elementwise kernels of others in one call each: broadcasting and conversion around a function of
/// scalars. (Ours use map_elements() of elementwise_util.h, which makes less code.)

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <executorch/kernels/portable/cpu/util/broadcast_indexes_range.h>
#include <executorch/kernels/portable/cpu/util/dtype_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/// The value of a number as CTYPE. Without regard to whether it fits: see scalar_utils.h.
template <typename CTYPE>
CTYPE scalar_to(const Scalar& s) {
  if (s.isBoolean()) {
    return static_cast<CTYPE>(s.to<bool>());
  }
  if (s.isFloatingPoint()) {
    return static_cast<CTYPE>(s.to<double>());
  }
  return static_cast<CTYPE>(s.to<int64_t>());
}

namespace internal {

/// An input and the types it may have.
using Input = std::pair<const Tensor*, SupportedTensorDtypes>;

template <typename CTYPE_COMPUTE, const char* op_name, typename Op, size_t... I>
void apply_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx, const Tensor& out,
                          SupportedTensorDtypes out_dtypes,
                          const std::array<Input, sizeof...(I)>& inputs,
                          std::index_sequence<I...>) {
  constexpr size_t kInputs = sizeof...(I);
  const std::array<load_to_compute_fn<CTYPE_COMPUTE>, kInputs> load = {
      get_load_to_compute_fn<CTYPE_COMPUTE, op_name>(ctx, *inputs[I].first, inputs[I].second)...};
  const auto store = get_store_compute_to_tensor_fn<CTYPE_COMPUTE, op_name>(ctx, out, out_dtypes);
  if (store == nullptr || ((load[I] == nullptr) || ...)) {
    return;
  }
  constexpr ScalarType kCompute = CppTypeToScalarType<CTYPE_COMPUTE>::value;
  const auto is_direct = [&](const Tensor& t) {
    return t.scalar_type() == kCompute && kCompute != ScalarType::Bool &&
           t.sizes().equals(out.sizes()) && t.dim_order().equals(out.dim_order());
  };
  if (is_direct(out) && (is_direct(*inputs[I].first) && ...)) {
    auto* const to = static_cast<CTYPE_COMPUTE*>(out.mutable_data_ptr());
    const std::array<const CTYPE_COMPUTE*, kInputs> from = {
        static_cast<const CTYPE_COMPUTE*>(inputs[I].first->const_data_ptr())...};
    const ssize_t n = out.numel();
    for (ssize_t i = 0; i < n; ++i) {
      to[i] = static_cast<CTYPE_COMPUTE>(compute_fun(from[I][i]...));
    }
    return;
  }
  const std::array<const uint8_t*, kInputs> from = {
      static_cast<const uint8_t*>(inputs[I].first->const_data_ptr())...};
  const std::array<ssize_t, kInputs> sizes = {inputs[I].first->element_size()...};
  auto* const to = static_cast<uint8_t*>(out.mutable_data_ptr());
  const ssize_t out_size = out.element_size();
  for (const auto& at : BroadcastIndexesRange<kInputs>(out, *inputs[I].first...)) {
    store(static_cast<CTYPE_COMPUTE>(compute_fun(load[I](from[I] + at[1 + I] * sizes[I])...)),
          to + at[0] * out_size);
  }
}

}  // namespace internal

/// out[i] = compute_fun(a[i]), computed in CTYPE_COMPUTE. `a` is broadcast to the shape of `out`.
/// Fails `ctx` where an element type is not among those given. `op_name` is used in the sentence.
template <typename CTYPE_COMPUTE, const char* op_name, SupportedTensorDtypes out_dtypes,
          typename Op>
inline void apply_unitensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                           const Tensor& a, SupportedTensorDtypes a_dtypes,
                                           const Tensor& out) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes, std::array<internal::Input, 1>{{{&a, a_dtypes}}},
      std::make_index_sequence<1>());
}

/// out[i] = compute_fun(a[i], b[i]).
template <typename CTYPE_COMPUTE, const char* op_name, SupportedTensorDtypes out_dtypes,
          typename Op>
inline void apply_bitensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                          const Tensor& a, SupportedTensorDtypes a_dtypes,
                                          const Tensor& b, SupportedTensorDtypes b_dtypes,
                                          const Tensor& out) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes,
      std::array<internal::Input, 2>{{{&a, a_dtypes}, {&b, b_dtypes}}},
      std::make_index_sequence<2>());
}

/// out[i] = compute_fun(a[i], b[i], c[i]).
template <typename CTYPE_COMPUTE, const char* op_name, SupportedTensorDtypes out_dtypes,
          typename Op>
inline void apply_tritensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                           const Tensor& a, SupportedTensorDtypes a_dtypes,
                                           const Tensor& b, SupportedTensorDtypes b_dtypes,
                                           const Tensor& c, SupportedTensorDtypes c_dtypes,
                                           const Tensor& out) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes,
      std::array<internal::Input, 3>{{{&a, a_dtypes}, {&b, b_dtypes}, {&c, c_dtypes}}},
      std::make_index_sequence<3>());
}

// The same with the types of `out` as an argument.

template <typename CTYPE_COMPUTE, const char* op_name, typename Op>
inline void apply_unitensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                           const Tensor& a, SupportedTensorDtypes a_dtypes,
                                           const Tensor& out, SupportedTensorDtypes out_dtypes) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes, std::array<internal::Input, 1>{{{&a, a_dtypes}}},
      std::make_index_sequence<1>());
}

template <typename CTYPE_COMPUTE, const char* op_name, typename Op>
inline void apply_bitensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                          const Tensor& a, SupportedTensorDtypes a_dtypes,
                                          const Tensor& b, SupportedTensorDtypes b_dtypes,
                                          const Tensor& out, SupportedTensorDtypes out_dtypes) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes,
      std::array<internal::Input, 2>{{{&a, a_dtypes}, {&b, b_dtypes}}},
      std::make_index_sequence<2>());
}

template <typename CTYPE_COMPUTE, const char* op_name, typename Op>
inline void apply_tritensor_elementwise_fn(const Op& compute_fun, KernelRuntimeContext& ctx,
                                           const Tensor& a, SupportedTensorDtypes a_dtypes,
                                           const Tensor& b, SupportedTensorDtypes b_dtypes,
                                           const Tensor& c, SupportedTensorDtypes c_dtypes,
                                           const Tensor& out, SupportedTensorDtypes out_dtypes) {
  internal::apply_elementwise_fn<CTYPE_COMPUTE, op_name>(
      compute_fun, ctx, out, out_dtypes,
      std::array<internal::Input, 3>{{{&a, a_dtypes}, {&b, b_dtypes}, {&c, c_dtypes}}},
      std::make_index_sequence<3>());
}

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
