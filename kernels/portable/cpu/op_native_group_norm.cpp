// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/normalization_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <tuple>

namespace torch::executor::native {

namespace {

template <typename T>
void group_norm(const Tensor& input, const optional<Tensor>& weight, const optional<Tensor>& bias,
                int64_t group, double eps, const Tensor& out, const Tensor& mean_out,
                const Tensor& rstd_out) {
  using Nest = utils::LoopNest<2>;
  const int64_t channels = input.size(1) / group;
  // Coordinates of one channel, and of all channels of a group.
  Nest spatial;
  Nest whole;
  whole.push(channels, {input.strides()[1], out.strides()[1]});
  for (size_t d = 2; d < static_cast<size_t>(input.dim()); ++d) {
    spatial.push(input.sizes()[d], {input.strides()[d], out.strides()[d]});
    whole.push(input.sizes()[d], {input.strides()[d], out.strides()[d]});
  }
  spatial.normalize();
  whole.normalize();
  const utils::Parameters<T> scale(weight, T(1));
  const utils::Parameters<T> shift(bias, T(0));
  for (int64_t n = 0; n < input.size(0); ++n) {
    for (int64_t g = 0; g < group; ++g) {
      const int64_t in_base = n * input.strides()[0] + g * channels * input.strides()[1];
      const int64_t out_base = n * out.strides()[0] + g * channels * out.strides()[1];
      const auto stats = utils::moments<T>(whole, input, in_base);
      const T mean = static_cast<T>(stats.mean);
      const T rstd = static_cast<T>(1 / std::sqrt(stats.variance + eps));
      utils::store_element<T>(mean, mean_out.mutable_data_ptr(), mean_out.scalar_type(),
                              n * group + g);
      utils::store_element<T>(rstd, rstd_out.mutable_data_ptr(), rstd_out.scalar_type(),
                              n * group + g);
      for (int64_t c = 0; c < channels; ++c) {
        const T factor = scale[g * channels + c] * rstd;
        const T offset = shift[g * channels + c] - mean * factor;
        spatial.for_each_run([&](const Nest::Offsets& at) {
          utils::affine_run<T>(input, in_base + c * input.strides()[1] + at[0],
                               spatial.run_strides()[0], out,
                               out_base + c * out.strides()[1] + at[1], spatial.run_strides()[1],
                               spatial.run_size(), factor, offset);
        });
      }
    }
  }
}

}  // namespace

std::tuple<Tensor&, Tensor&, Tensor&> native_group_norm_out(
    KernelRuntimeContext& ctx, const Tensor& input, const optional<Tensor>& weight,
    const optional<Tensor>& bias, int64_t N, int64_t C, int64_t HxW, int64_t group, double eps,
    Tensor& out, Tensor& mean_out, Tensor& rstd_out) {
  std::tuple<Tensor&, Tensor&, Tensor&> result(out, mean_out, rstd_out);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(input) && tensors_have_same_dtype(input, out) &&
                      tensor_is_floating_type(mean_out) &&
                      tensors_have_same_dtype(mean_out, rstd_out),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_has_rank_greater_or_equal_to(input, 2), InvalidArgument, result);
  ET_KERNEL_CHECK_MSG(ctx, input.size(0) == N && input.size(1) == C && group > 0 && C % group == 0,
                      InvalidArgument, result,
                      "native_group_norm: N=%" PRId64 ", C=%" PRId64 " and group=%" PRId64
                      " do not fit an input with batch %zd and %zd channels",
                      N, C, group, input.size(0), input.size(1));
  int64_t spatial = 1;
  for (size_t d = 2; d < static_cast<size_t>(input.dim()); ++d) {
    spatial *= input.sizes()[d];
  }
  ET_KERNEL_CHECK_MSG(ctx, spatial == HxW, InvalidArgument, result,
                      "native_group_norm: HxW is %" PRId64 ", the input has %" PRId64, HxW,
                      spatial);
  ET_KERNEL_CHECK(ctx,
                  utils::check_norm_parameter(weight, C, "weight") &&
                      utils::check_norm_parameter(bias, C, "bias"),
                  InvalidArgument, result);
  const int64_t stats[] = {N, group};
  ET_KERNEL_CHECK(ctx,
                  resize_tensor(out, input.sizes()) == Error::Ok &&
                      resize_tensor(mean_out, ArrayRef<int64_t>(stats)) == Error::Ok &&
                      resize_tensor(rstd_out, ArrayRef<int64_t>(stats)) == Error::Ok,
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_is_contiguous(mean_out) && tensor_is_contiguous(rstd_out),
                  InvalidArgument, result);
  if (input.scalar_type() == ScalarType::Double) {
    group_norm<double>(input, weight, bias, group, eps, out, mean_out, rstd_out);
  } else {
    group_norm<float>(input, weight, bias, group, eps, out, mean_out, rstd_out);
  }
  return result;
}

}  // namespace torch::executor::native
