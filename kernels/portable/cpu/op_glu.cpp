// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& glu_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_has_rank_greater_or_equal_to(in, 1), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_has_dim(in, dim), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(in), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(out), InvalidArgument, out);
  const auto along = static_cast<size_t>(ET_NORMALIZE_IX(dim, in.dim()));
  ET_KERNEL_CHECK_MSG(ctx, in.sizes()[along] % 2 == 0, InvalidArgument, out,
                      "glu: dimension %zu must have an even size, got %d", along,
                      static_cast<int>(in.sizes()[along]));
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(in.sizes().begin(), in.sizes().end(), sizes);
  sizes[along] /= 2;
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, in.sizes().size()}) == Error::Ok, InvalidArgument,
                  out);
  utils::LoopNest<2> elements;
  for (size_t d = 0; d < in.sizes().size(); ++d) {
    elements.push(sizes[d], {in.strides()[d], out.strides()[d]});
  }
  elements.normalize();
  const int64_t gate = int64_t{in.strides()[along]} * sizes[along];
  const int64_t run = elements.run_size();
  const auto strides = elements.run_strides();
  const auto compute = [&](auto tag) {
    using T = typename decltype(tag)::type;
    T values[utils::kBlockSize];
    T gates[utils::kBlockSize];
    elements.for_each_run([&](const utils::LoopNest<2>::Offsets& at) {
      for (int64_t i = 0; i < run; i += utils::kBlockSize) {
        const int64_t n = std::min(utils::kBlockSize, run - i);
        const int64_t offset = at[0] + i * strides[0];
        const T* a = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(), offset, strides[0],
                                          n, values);
        const T* b = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(), offset + gate,
                                          strides[0], n, gates);
        for (int64_t j = 0; j < n; ++j) {
          values[j] = a[j] / (T(1) + std::exp(-b[j]));
        }
        utils::store_block<T>(values, n, out.mutable_data_ptr(), out.scalar_type(),
                              at[1] + i * strides[1], strides[1]);
      }
    });
  };
  if (in.scalar_type() == ScalarType::Double) {
    compute(utils::TypeTag<double>());
  } else {
    compute(utils::TypeTag<float>());
  }
  return out;
}

}  // namespace torch::executor::native
