// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& repeat_interleave_Tensor_out(KernelRuntimeContext& ctx, const Tensor& repeats,
                                     optional<int64_t> output_size, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_type(repeats, ScalarType::Int, ScalarType::Long), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(repeats, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_is_rank(repeats, 1), InvalidArgument, out);
  const utils::TensorView counts(repeats);
  const utils::IndexReader reader(counts);
  int64_t total = 0;
  for (int64_t i = 0; i < repeats.numel(); ++i) {
    const int64_t count = reader.at(i * counts.strides[0]);
    ET_KERNEL_CHECK_MSG(
        ctx, count >= 0 && !::executorch::runtime::add_overflows(total, count, &total),
        InvalidArgument, out, "repeats[%" PRId64 "] is %" PRId64 ", which is negative or too large",
        i, count);
  }
  ET_KERNEL_CHECK_MSG(ctx, output_size.value_or(total) == total, InvalidArgument, out,
                      "output_size is %" PRId64 ", the repeats add up to %" PRId64,
                      output_size.value_or(total), total);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, IntArrayRef(total)) == Error::Ok, InvalidArgument, out);
  int64_t start = 0;
  for (int64_t i = 0; i < repeats.numel(); ++i) {
    // The repeats may overlap the output and change meanwhile.
    const int64_t count = std::clamp<int64_t>(reader.at(i * counts.strides[0]), 0, total - start);
    const auto end = start + count;
    if (out.scalar_type() == ScalarType::Long) {
      std::fill(out.mutable_data_ptr<int64_t>() + start, out.mutable_data_ptr<int64_t>() + end, i);
    } else {
      std::fill(out.mutable_data_ptr<int32_t>() + start, out.mutable_data_ptr<int32_t>() + end,
                static_cast<int32_t>(i));
    }
    start = end;
  }
  return out;
}

}  // namespace torch::executor::native
