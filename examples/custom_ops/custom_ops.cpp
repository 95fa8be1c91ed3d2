// SPDX-License-Identifier: BSD-3-Clause

// The kernels of two operators, registered when the library is loaded.

#include <executorch/extension/kernel_util/make_boxed_from_unboxed_functor.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace custom_ops {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;

// custom_ops::scale.out(Tensor self, float factor, *, Tensor(a!) out) -> Tensor(a!)
Tensor& scale_out(KernelRuntimeContext& context, const Tensor& self, double factor, Tensor& out) {
  ET_KERNEL_CHECK_MSG(context, executorch::runtime::resize_tensor(out, self.sizes()) == Error::Ok,
                      InvalidArgument, out, "scale: out cannot have the shape of self");
  ET_KERNEL_CHECK_MSG(context,
                      self.scalar_type() == ScalarType::Float &&
                          out.scalar_type() == ScalarType::Float &&
                          executorch::runtime::tensors_have_same_dim_order(self, out),
                      InvalidArgument, out, "scale: self and out have to be Float, laid out alike");
  const float* from = self.const_data_ptr<float>();
  float* to = out.mutable_data_ptr<float>();
  for (ssize_t i = 0; i < self.numel(); ++i) {
    to[i] = from[i] * static_cast<float>(factor);
  }
  return out;
}

// custom_ops::sum_of_squares.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!), without a context.
Tensor& sum_of_squares_out(const Tensor& self, Tensor& out) {
  float sum = 0;
  for (ssize_t i = 0; i < self.numel(); ++i) {
    sum += self.const_data_ptr<float>()[i] * self.const_data_ptr<float>()[i];
  }
  *out.mutable_data_ptr<float>() = sum;
  return out;
}

}  // namespace custom_ops

EXECUTORCH_LIBRARY(custom_ops, "scale.out", custom_ops::scale_out);
EXECUTORCH_LIBRARY(custom_ops, "sum_of_squares.out", custom_ops::sum_of_squares_out);
