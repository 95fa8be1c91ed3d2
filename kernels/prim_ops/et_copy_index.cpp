// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/prim_ops/et_copy_index.h>

#include <cinttypes>
#include <cstring>
#include <limits>

#include <executorch/kernels/prim_ops/stack_check.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace torch::executor::function {

using ::executorch::aten::ArrayRef;
using ::executorch::aten::SizesType;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorShapeDynamism;
using ::executorch::runtime::Error;
using ::executorch::runtime::EValue;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::kTensorDimensionLimit;
using ::executorch::runtime::Span;

namespace {

/// Whether copy_to[i] is laid out as copy_from, after the outermost dimension.
bool slices_match(const Tensor& copy_to, const Tensor& copy_from) {
  if (copy_to.dim() != copy_from.dim() + 1 || copy_to.dim_order()[0] != 0) {
    return false;
  }
  for (ssize_t i = 0; i < copy_from.dim(); ++i) {
    if (copy_to.dim_order()[i + 1] != copy_from.dim_order()[i] + 1) {
      return false;
    }
  }
  return true;
}

Error copy_index(Tensor& copy_to, const Tensor& copy_from, int64_t index) {
  ET_CHECK_OR_RETURN_ERROR(copy_to.scalar_type() == copy_from.scalar_type(), InvalidArgument,
                           "et_copy_index: the tensors have different element types");
  ET_CHECK_OR_RETURN_ERROR(slices_match(copy_to, copy_from), InvalidArgument,
                           "et_copy_index: rank or dim order of the tensors do not match");
  const bool is_static = copy_to.shape_dynamism() == TensorShapeDynamism::STATIC;
  const int64_t end = is_static ? copy_to.size(0) : std::numeric_limits<SizesType>::max();
  ET_CHECK_OR_RETURN_ERROR(
      index >= 0 && index < end, InvalidArgument,
      "et_copy_index: index %" PRId64 " is out of range for %" PRId64 " elements", index, end);
  SizesType sizes[kTensorDimensionLimit];
  const ArrayRef<SizesType> new_sizes(sizes, static_cast<size_t>(copy_to.dim()));
  ET_CHECK_OR_RETURN_ERROR(new_sizes.size() <= kTensorDimensionLimit, InvalidArgument,
                           "et_copy_index: rank %zu exceeds the limit of %zu", new_sizes.size(),
                           kTensorDimensionLimit);
  sizes[0] = static_cast<SizesType>(is_static ? end : index + 1);
  for (ssize_t i = 0; i < copy_from.dim(); ++i) {
    sizes[i + 1] = static_cast<SizesType>(copy_from.size(i));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(resize_tensor(copy_to, new_sizes));
  const size_t nbytes = copy_from.nbytes();
  if (nbytes == 0) {
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(
      copy_to.const_data_ptr() != nullptr && copy_from.const_data_ptr() != nullptr, InvalidState,
      "et_copy_index: a tensor has no data");
  // The tensors of a malformed program may overlap.
  std::memmove(copy_to.mutable_data_ptr<uint8_t>() + static_cast<size_t>(index) * nbytes,
               copy_from.const_data_ptr(), nbytes);
  return Error::Ok;
}

}  // namespace

void et_copy_index(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (!stack_holds(context, stack, "tti")) {
    return;
  }
  const Error error = copy_index(stack[0]->toTensor(), stack[1]->toTensor(), stack[2]->toInt());
  if (error != Error::Ok) {
    context.fail(error);
  }
}

}  // namespace torch::executor::function
