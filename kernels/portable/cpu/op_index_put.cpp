// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/advanced_index.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

void put(KernelRuntimeContext& ctx, Tensor& out, ArrayRef<optional<Tensor>> indices,
         const Tensor& values, bool accumulate) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(values, out), InvalidArgument, );
  ET_KERNEL_CHECK(ctx, !accumulate || utils::can_add(out.scalar_type()), InvalidArgument, );
  utils::AdvancedIndex index;
  ET_KERNEL_CHECK(ctx, index.init(out, indices), InvalidArgument, );
  utils::TensorView source(values);
  ET_KERNEL_CHECK(ctx, source.broadcast_to(index.result()), InvalidArgument, );
  const utils::TensorView target(out);
  const utils::TensorView from_block = index.result_block(source);
  const utils::TensorView to_block = index.block(target);
  const utils::StridedCopy assign(from_block, to_block);
  utils::LoopNest<2> nest;
  for (size_t d = 0; d < to_block.dim; ++d) {
    nest.push(to_block.sizes[d], {to_block.strides[d], from_block.strides[d]});
  }
  nest.normalize();
  const auto put_block = [&](int64_t to, int64_t from) {
    if (!accumulate) {
      assign.run(source.data() + from, target.data() + to);
      return;
    }
    nest.for_each_run([&](const utils::LoopNest<2>::Offsets& at) {
      utils::add_run(target.dtype, nest.run_size(), source.data() + from + at[1],
                     nest.run_strides()[1], target.data() + to + at[0], nest.run_strides()[0]);
    });
  };
  ET_KERNEL_CHECK(ctx, index.for_each(source, put_block), InvalidArgument, );
}

}  // namespace

Tensor& index_put_out(KernelRuntimeContext& ctx, const Tensor& in,
                      ArrayRef<optional<Tensor>> indices, const Tensor& values, bool accumulate,
                      Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  utils::copy_to(ctx, in, out);
  if (ctx.failure_state() == Error::Ok) {
    put(ctx, out, indices, values, accumulate);
  }
  return out;
}

Tensor& index_put_(KernelRuntimeContext& ctx, Tensor& in, ArrayRef<optional<Tensor>> indices,
                   const Tensor& values, bool accumulate) {
  put(ctx, in, indices, values, accumulate);
  return in;
}

}  // namespace torch::executor::native
