// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// Sums over the dimensions `sumdim` of i1 * i2 * i3, each with a dimension of size 1 inserted
/// where its `expand` says, in the order of the result.
Tensor& _trilinear_out(KernelRuntimeContext& ctx, const Tensor& i1, const Tensor& i2,
                       const Tensor& i3, IntArrayRef expand1, IntArrayRef expand2,
                       IntArrayRef expand3, IntArrayRef sumdim, int64_t unroll_dim, Tensor& out) {
  (void)unroll_dim;  // Says how to go about it.
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(i1, i2, i3) && tensors_have_same_dtype(i1, out) &&
                      tensor_is_floating_type(i1),
                  InvalidArgument, out);
  const size_t rank = static_cast<size_t>(i1.dim()) + expand1.size();
  const auto expand = [rank](const Tensor& tensor, IntArrayRef dims, utils::TensorView& view) {
    ET_CHECK_OR_RETURN_FALSE(
        view.dim + dims.size() == rank && rank <= ::executorch::runtime::kTensorDimensionLimit,
        "a factor of rank %zd gets %zu dimensions, expected a rank of %zu", tensor.dim(),
        dims.size(), rank);
    for (size_t d = 0; d < rank; ++d) {
      for (const int64_t dim : dims) {
        if (dim == static_cast<int64_t>(d) && d <= view.dim) {
          view.insert(d, 1);
        }
      }
    }
    ET_CHECK_OR_RETURN_FALSE(view.dim == rank, "expand does not name distinct dimensions");
    return true;
  };
  utils::TensorView factors[] = {utils::TensorView(i1), utils::TensorView(i2),
                                 utils::TensorView(i3)};
  ET_KERNEL_CHECK(ctx,
                  expand(i1, expand1, factors[0]) && expand(i2, expand2, factors[1]) &&
                      expand(i3, expand3, factors[2]) &&
                      utils::broadcast_together(factors[0], factors[1]) &&
                      utils::broadcast_together(factors[0], factors[2]) &&
                      utils::broadcast_together(factors[1], factors[2]),
                  InvalidArgument, out);
  uint32_t summed = 0;
  for (const int64_t dim : sumdim) {
    ET_KERNEL_CHECK_MSG(ctx, dim >= 0 && dim < static_cast<int64_t>(rank), InvalidArgument, out,
                        "sumdim %" PRId64 " is out of range for rank %zu", dim, rank);
    summed |= 1u << dim;
  }
  utils::TensorView shape = factors[0];
  for (size_t d = rank; d-- > 0;) {
    if ((summed >> d & 1u) != 0) {
      shape.remove(d);
    }
  }
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::LoopNest<4> kept;
  utils::LoopNest<3> inner;
  const int64_t element = factors[0].element_size();
  size_t to = 0;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t strides[] = {factors[0].strides[d] / element, factors[1].strides[d] / element,
                               factors[2].strides[d] / element};
    if ((summed >> d & 1u) != 0) {
      inner.push(factors[0].sizes[d], {strides[0], strides[1], strides[2]});
    } else {
      kept.push(factors[0].sizes[d], {strides[0], strides[1], strides[2], out.strides()[to++]});
    }
  }
  const auto load = [&](size_t t, int64_t offset) {
    return utils::load_element<double>(factors[t].data(), factors[t].dtype, offset);
  };
  kept.for_each([&](const utils::LoopNest<4>::Offsets& at) {
    double sum = 0;
    inner.for_each([&](const utils::LoopNest<3>::Offsets& by) {
      sum += load(0, at[0] + by[0]) * load(1, at[1] + by[1]) * load(2, at[2] + by[2]);
    });
    utils::store_element<double>(sum, out.mutable_data_ptr(), out.scalar_type(), at[3]);
  });
  return out;
}

}  // namespace torch::executor::native
