// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <tuple>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
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
  const auto step = elements.run_strides();
  elements.for_each_run([&](const utils::LoopNest<3>::Offsets& at) {
    float buffer[utils::kBlockSize];
    double wide_buffer[utils::kBlockSize];
    const auto drop_block = [&](int64_t i, int64_t n, auto* values) {
      using T = std::remove_pointer_t<decltype(values)>;
      const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(), at[0] + i * step[0],
                                        step[0], n, values);
      for (int64_t j = 0; j < n; ++j) {
        const bool keep = generator.uniform() >= drop;
        mask.mutable_data_ptr<bool>()[at[2] + (i + j) * step[2]] = keep;
        values[j] = utils::blend(keep, static_cast<T>(x[j] * scale), T(0));
      }
      utils::store_block<T>(values, n, out.mutable_data_ptr(), out.scalar_type(),
                            at[1] + i * step[1], step[1]);
    };
    for (int64_t i = 0; i < elements.run_size(); i += utils::kBlockSize) {
      const int64_t n = std::min(utils::kBlockSize, elements.run_size() - i);
      if (in.scalar_type() == ScalarType::Double) {
        drop_block(i, n, wide_buffer);
      } else {
        drop_block(i, n, buffer);
      }
    }
  });
  return result;
}

}  // namespace torch::executor::native
