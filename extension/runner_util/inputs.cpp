// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/runner_util/inputs.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::Method;
using runtime::MethodMeta;
using runtime::Result;
using runtime::Span;
using runtime::Tag;
using runtime::TensorInfo;

namespace {

void fill_with_ones(void* data, aten::ScalarType type, size_t nbytes) {
  switch (type) {
#define FILL_CASE(T, name)                                                            \
  case aten::ScalarType::name:                                                        \
    std::fill_n(static_cast<T*>(data), nbytes / sizeof(T), T(static_cast<float>(1))); \
    break;
    ET_FORALL_REALHBBF16_TYPES(FILL_CASE)
    FILL_CASE(uint16_t, UInt16)
    FILL_CASE(uint32_t, UInt32)
    FILL_CASE(uint64_t, UInt64)
#undef FILL_CASE
    default:
      // What a one looks like in the remaining types is up to the program.
      std::memset(data, 1, nbytes);
  }
}

Error set_tensor_input(Method& method, size_t index, const TensorInfo& info, void* data) {
  std::vector<aten::SizesType> sizes(info.sizes().begin(), info.sizes().end());
  std::vector<aten::DimOrderType> dim_order(info.dim_order().begin(), info.dim_order().end());
  std::vector<aten::StridesType> strides(sizes.size());
  ET_CHECK_OK_OR_RETURN_ERROR(
      runtime::dim_order_to_stride(sizes.data(), dim_order.data(), sizes.size(), strides.data()));
  // The method copies the shape and either copies the data or keeps its address.
  aten::TensorImpl impl(info.scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(), data,
                        dim_order.data(), strides.data());
  return method.set_input(aten::Tensor(&impl), index);
}

// Sets an input to the value that the program was exported with, which it has from the start.
Error set_exported_value(Method& method, size_t index) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  // Deprecated, but there is no other way to that value.
  return method.set_input(method.get_input(index), index);
#pragma GCC diagnostic pop
}

}  // namespace

Result<BufferCleanup> prepare_input_tensors(
    Method& method, PrepareInputTensorsOptions options,
    const std::vector<std::pair<char*, size_t>>& input_buffers) {
  const MethodMeta meta = method.method_meta();
  const size_t num_inputs = meta.num_inputs();
  ET_CHECK_OR_RETURN_ERROR(num_inputs <= options.max_inputs, InvalidArgument,
                           "the method has %zu inputs; the limit is %zu", num_inputs,
                           options.max_inputs);
  auto** buffers = static_cast<void**>(std::calloc(std::max<size_t>(num_inputs, 1), sizeof(void*)));
  ET_CHECK_OR_RETURN_ERROR(buffers != nullptr, MemoryAllocationFailed, "no memory for %zu pointers",
                           num_inputs);
  BufferCleanup cleanup(Span<void*>(buffers, num_inputs));

  size_t total = 0;
  size_t num_tensors = 0;
  for (size_t i = 0; i < num_inputs; ++i) {
    ET_ASSIGN_OR_RETURN(tag, meta.input_tag(i));
    if (tag != Tag::Tensor) {
      ET_CHECK_OK_OR_RETURN_ERROR(set_exported_value(method, i));
      continue;
    }
    ET_ASSIGN_OR_RETURN(info, meta.input_tensor_meta(i));
    const size_t nbytes = info.nbytes();
    ET_CHECK_OR_RETURN_ERROR(!runtime::add_overflows(total, nbytes, &total) &&
                                 total <= options.max_total_allocation_size,
                             InvalidArgument,
                             "the inputs up to input %zu need more than the limit of %zu bytes", i,
                             options.max_total_allocation_size);
    buffers[i] = std::malloc(std::max<size_t>(nbytes, 1));
    ET_CHECK_OR_RETURN_ERROR(buffers[i] != nullptr, MemoryAllocationFailed,
                             "no memory for the %zu bytes of input %zu", nbytes, i);
    if (num_tensors < input_buffers.size()) {
      const auto& [data, size] = input_buffers[num_tensors];
      ET_CHECK_OR_RETURN_ERROR(size == nbytes, InvalidArgument,
                               "input %zu needs %zu bytes, but %zu were given", i, nbytes, size);
      std::copy_n(data, size, static_cast<char*>(buffers[i]));
    } else {
      fill_with_ones(buffers[i], info.scalar_type(), nbytes);
    }
    ++num_tensors;
    ET_CHECK_OK_OR_RETURN_ERROR(set_tensor_input(method, i, info, buffers[i]));
  }
  ET_CHECK_OR_RETURN_ERROR(
      input_buffers.size() <= num_tensors, InvalidArgument,
      "the data of %zu tensors was given, but the method has %zu tensor inputs",
      input_buffers.size(), num_tensors);
  return cleanup;
}

}  // namespace extension
}  // namespace executorch
