// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> native_dropout_out(KernelRuntimeContext& ctx, const Tensor& in,
                                                double p, optional<bool> train, Tensor& out,
                                                Tensor& mask) {
  const std::tuple<Tensor&, Tensor&> result(out, mask);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(in), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_is_bool_type(mask), InvalidArgument, result);
  ET_KERNEL_CHECK_MSG(ctx, p >= 0 && p <= 1, InvalidArgument, result,
                      "native_dropout: p must lie between 0 and 1, got %f", p);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, resize_tensor(mask, in.sizes()) == Error::Ok, InvalidArgument, result);
  // Outside of training everything is kept, as it is.
  const double drop = train.value_or(true) ? p : 0;
  const double scale = drop == 1 ? 0 : 1 / (1 - drop);
  utils::RandomGenerator generator;
  utils::LoopNest<3> elements;
  for (size_t d = 0; d < in.sizes().size(); ++d) {
    elements.push(in.sizes()[d], {in.strides()[d], out.strides()[d], mask.strides()[d]});
  }
  elements.normalize();
  elements.for_each([&](const utils::LoopNest<3>::Offsets& at) {
    const bool keep = generator.uniform() >= drop;
    const auto x = utils::load_element<double>(in.const_data_ptr(), in.scalar_type(), at[0]);
    utils::store_element<double>(keep ? x * scale : 0, out.mutable_data_ptr(), out.scalar_type(),
                                 at[1]);
    mask.mutable_data_ptr<bool>()[at[2]] = keep;
  });
  return result;
}

}  // namespace torch::executor::native
