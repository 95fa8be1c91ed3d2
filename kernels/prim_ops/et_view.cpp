// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/prim_ops/et_view.h>

#include <cinttypes>
#include <limits>

#include <executorch/kernels/prim_ops/stack_check.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

namespace torch::executor::function {

using ::executorch::aten::ArrayRef;
using ::executorch::aten::SizesType;
using ::executorch::aten::Tensor;
using ::executorch::aten::TensorImpl;
using ::executorch::runtime::Error;
using ::executorch::runtime::EValue;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::kTensorDimensionLimit;
using ::executorch::runtime::Span;
using ::executorch::runtime::internal::TensorResizerFriend;

namespace {

/// Writes `size`, its -1 replaced, to `sizes`. InvalidArgument unless it is a shape of self's
/// elements.
Error get_view_sizes(const Tensor& self, ArrayRef<int64_t> size, SizesType* sizes) {
  ET_CHECK_OR_RETURN_ERROR(size.size() <= kTensorDimensionLimit, InvalidArgument,
                           "et_view: rank %zu exceeds the limit of %zu", size.size(),
                           kTensorDimensionLimit);
  constexpr size_t kNone = ~size_t{0};
  size_t inferred = kNone;
  int64_t numel = 1;
  for (size_t i = 0; i < size.size(); ++i) {
    if (size[i] == -1 && inferred == kNone) {
      inferred = i;
      continue;
    }
    ET_CHECK_OR_RETURN_ERROR(
        size[i] >= 0 && size[i] <= std::numeric_limits<SizesType>::max() &&
            !__builtin_mul_overflow(numel, size[i], &numel),
        InvalidArgument, "et_view: size %" PRId64 " of dimension %zu is out of range", size[i], i);
    sizes[i] = static_cast<SizesType>(size[i]);
  }
  if (inferred != kNone) {
    ET_CHECK_OR_RETURN_ERROR(numel != 0, InvalidArgument,
                             "et_view: dimension %zu of no elements cannot be inferred", inferred);
    const int64_t quotient = self.numel() / numel;
    ET_CHECK_OR_RETURN_ERROR(quotient <= std::numeric_limits<SizesType>::max(), InvalidArgument,
                             "et_view: inferred size %" PRId64 " is out of range", quotient);
    sizes[inferred] = static_cast<SizesType>(quotient);
    numel *= quotient;
  }
  ET_CHECK_OR_RETURN_ERROR(numel == self.numel(), InvalidArgument,
                           "et_view: %zd elements cannot be viewed in the shape given",
                           self.numel());
  return Error::Ok;
}

Error view(const Tensor& self, ArrayRef<int64_t> size, Tensor& out) {
  ET_CHECK_OR_RETURN_ERROR(self.scalar_type() == out.scalar_type(), InvalidArgument,
                           "et_view: self and out have different element types");
  ET_CHECK_OR_RETURN_ERROR(self.numel() == 0 || self.const_data_ptr() != nullptr, InvalidArgument,
                           "et_view: self has no data");
  SizesType sizes[kTensorDimensionLimit];
  ET_CHECK_OK_OR_RETURN_ERROR(get_view_sizes(self, size, sizes));
  // From here on `out` has the memory of `self` and no other, so it may be resized up to the limit
  // of `self`: by this view, and by later kernels that write to it.
  TensorImpl* impl = out.unsafeGetTensorImpl();
  const size_t old_bound = TensorResizerFriend::numel_bound(impl);
  TensorResizerFriend::set_numel_bound(
      impl, TensorResizerFriend::numel_bound(self.unsafeGetTensorImpl()));
  const Error error = resize_tensor(out, ArrayRef<SizesType>(sizes, size.size()));
  if (error != Error::Ok) {
    TensorResizerFriend::set_numel_bound(impl, old_bound);
    return error;
  }
  impl->set_data(self.mutable_data_ptr());
  ET_CHECK_OR_RETURN_ERROR(
      self.numel() == 0 || (tensor_is_contiguous(self) && tensor_is_contiguous(out)) ||
          (tensors_have_same_shape(self, out) && tensors_have_same_dim_order(self, out)),
      InvalidArgument,
      "et_view: only a contiguous tensor can be viewed in another shape or dim order");
  return Error::Ok;
}

}  // namespace

void et_view(KernelRuntimeContext& context, Span<EValue*> stack) {
  if (!stack_holds(context, stack, "tlt")) {
    return;
  }
  const auto size = stack[1]->tryToIntList();
  if (!size.ok()) {
    context.fail(size.error());
    return;
  }
  const Error error = view(stack[0]->toTensor(), *size, stack[2]->toTensor());
  if (error != Error::Ok) {
    context.fail(error);
  }
}

}  // namespace torch::executor::function
