// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/normalization_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <tuple>

namespace torch::executor::native {

namespace {

using Result = std::tuple<Tensor&, Tensor&, Tensor&>;
using Nest = utils::LoopNest<2>;

/// All coordinates but that of the channel.
Nest nest_without_channels(const Tensor& in, const Tensor& out) {
  Nest nest;
  for (size_t d = 0; d < static_cast<size_t>(in.dim()); ++d) {
    if (d != 1) {
      nest.push(in.sizes()[d], {in.strides()[d], out.strides()[d]});
    }
  }
  nest.normalize();
  return nest;
}

bool check_batch_norm(const Tensor& in, const optional<Tensor>& weight,
                      const optional<Tensor>& bias, const optional<Tensor>& running_mean,
                      const optional<Tensor>& running_var, const Tensor& out) {
  return tensor_is_floating_type(in) && tensors_have_same_dtype(in, out) &&
         tensor_has_rank_greater_or_equal_to(in, 2) &&
         utils::check_norm_parameter(weight, in.size(1), "weight") &&
         utils::check_norm_parameter(bias, in.size(1), "bias") &&
         utils::check_norm_parameter(running_mean, in.size(1), "running_mean") &&
         utils::check_norm_parameter(running_var, in.size(1), "running_var") &&
         resize_tensor(out, in.sizes()) == Error::Ok;
}

/// Normalizes by given statistics per channel: mean, and variance (or, with
/// `inverted`, 1 / standard deviation).
template <typename T>
void normalize(const Tensor& in, const optional<Tensor>& weight, const optional<Tensor>& bias,
               const optional<Tensor>& means, const optional<Tensor>& variances, bool inverted,
               double eps, const Tensor& out) {
  const utils::Parameters<T> w(weight, T(1));
  const utils::Parameters<T> b(bias, T(0));
  const utils::Parameters<T> mean(means, T(0));
  const utils::Parameters<T> variance(variances, T(1));
  const Nest nest = nest_without_channels(in, out);
  const int64_t channels = in.size(1);
  const int64_t in_stride = in.strides()[1];
  const int64_t out_stride = out.strides()[1];
  T scales[utils::kBlockSize];
  T shifts[utils::kBlockSize];
  for (int64_t c = 0; c < channels; c += utils::kBlockSize) {
    const int64_t n = std::min(utils::kBlockSize, channels - c);
    for (int64_t j = 0; j < n; ++j) {
      const T v = variance[c + j];
      scales[j] = w[c + j] * (inverted ? v : T(1) / std::sqrt(v + static_cast<T>(eps)));
      shifts[j] = b[c + j] - mean[c + j] * scales[j];
    }
    if (in_stride == 1 && n > 1) {
      // Channels are neighbors in memory.
      T buffer[utils::kBlockSize];
      T result[utils::kBlockSize];
      nest.for_each([&](const Nest::Offsets& at) {
        const T* x =
            utils::load_block<T>(in.const_data_ptr(), in.scalar_type(), at[0] + c, 1, n, buffer);
        const int64_t to_offset = at[1] + c * out_stride;
        T* const to = utils::block_target<T>(out.mutable_data_ptr(), out.scalar_type(), to_offset,
                                             out_stride, result);
        for (int64_t j = 0; j < n; ++j) {
          to[j] = x[j] * scales[j] + shifts[j];
        }
        if (to == result) {
          utils::store_block<T>(result, n, out.mutable_data_ptr(), out.scalar_type(), to_offset,
                                out_stride);
        }
      });
      continue;
    }
    for (int64_t j = 0; j < n; ++j) {
      nest.for_each_run([&](const Nest::Offsets& at) {
        utils::affine_run<T>(in, at[0] + (c + j) * in_stride, nest.run_strides()[0], out,
                             at[1] + (c + j) * out_stride, nest.run_strides()[1], nest.run_size(),
                             scales[j], shifts[j]);
      });
    }
  }
}

void dispatch_normalize(const Tensor& in, const optional<Tensor>& weight,
                        const optional<Tensor>& bias, const optional<Tensor>& means,
                        const optional<Tensor>& variances, bool inverted, double eps,
                        const Tensor& out) {
  if (in.scalar_type() == ScalarType::Double) {
    normalize<double>(in, weight, bias, means, variances, inverted, eps, out);
  } else {
    normalize<float>(in, weight, bias, means, variances, inverted, eps, out);
  }
}

/// Normalizes by the batch's own statistics, which are saved, and moves the running ones.
void normalize_by_batch(KernelRuntimeContext& ctx, const Tensor& in, const optional<Tensor>& weight,
                        const optional<Tensor>& bias, const optional<Tensor>& running_mean,
                        const optional<Tensor>& running_var, double momentum, double eps,
                        const Tensor& out, const Tensor& save_mean, const Tensor& save_invstd) {
  const int64_t channels[] = {in.size(1)};
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(save_mean) && tensor_is_floating_type(save_invstd) &&
                      resize_tensor(save_mean, ArrayRef<int64_t>(channels)) == Error::Ok &&
                      resize_tensor(save_invstd, ArrayRef<int64_t>(channels)) == Error::Ok,
                  InvalidArgument, );
  const Nest nest = nest_without_channels(in, out);
  const int64_t count = nest.count();
  const auto update = [&](const optional<Tensor>& running, int64_t c, double value) {
    if (running.has_value()) {
      const auto old =
          utils::load_element<double>(running->const_data_ptr(), running->scalar_type(), c);
      utils::store_element<double>(old * (1 - momentum) + value * momentum,
                                   running->mutable_data_ptr(), running->scalar_type(), c);
    }
  };
  for (int64_t c = 0; c < channels[0]; ++c) {
    const int64_t offset = c * in.strides()[1];
    const auto stats = in.scalar_type() == ScalarType::Double
                           ? utils::moments<double>(nest, in, offset)
                           : utils::moments<float>(nest, in, offset);
    utils::store_element<double>(stats.mean, save_mean.mutable_data_ptr(), save_mean.scalar_type(),
                                 c);
    utils::store_element<double>(1 / std::sqrt(stats.variance + eps),
                                 save_invstd.mutable_data_ptr(), save_invstd.scalar_type(), c);
    update(running_mean, c, stats.mean);
    // The running variance is the unbiased one.
    update(running_var, c,
           stats.variance * static_cast<double>(count) / static_cast<double>(count - 1));
  }
  dispatch_normalize(in, weight, bias, save_mean, save_invstd, /*inverted=*/true, eps, out);
}

/// Nothing is saved at inference.
bool empty_saved(const Tensor& save_mean, const Tensor& save_invstd) {
  const int64_t none[] = {0};
  return resize_tensor(save_mean, ArrayRef<int64_t>(none)) == Error::Ok &&
         resize_tensor(save_invstd, ArrayRef<int64_t>(none)) == Error::Ok;
}

}  // namespace

Result _native_batch_norm_legit_no_training_out(
    KernelRuntimeContext& ctx, const Tensor& in, const optional<Tensor>& weight,
    const optional<Tensor>& bias, const Tensor& running_mean, const Tensor& running_var,
    double momentum, double eps, Tensor& out, Tensor& save_mean, Tensor& save_invstd) {
  (void)momentum;
  Result result(out, save_mean, save_invstd);
  ET_KERNEL_CHECK(ctx, check_batch_norm(in, weight, bias, running_mean, running_var, out),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, empty_saved(save_mean, save_invstd), InvalidArgument, result);
  dispatch_normalize(in, weight, bias, running_mean, running_var, /*inverted=*/false, eps, out);
  return result;
}

Result _native_batch_norm_legit_out(KernelRuntimeContext& ctx, const Tensor& in,
                                    const optional<Tensor>& weight, const optional<Tensor>& bias,
                                    Tensor& running_mean, Tensor& running_var, bool training,
                                    double momentum, double eps, Tensor& out, Tensor& save_mean,
                                    Tensor& save_invstd) {
  Result result(out, save_mean, save_invstd);
  ET_KERNEL_CHECK(ctx, check_batch_norm(in, weight, bias, running_mean, running_var, out),
                  InvalidArgument, result);
  if (training) {
    normalize_by_batch(ctx, in, weight, bias, running_mean, running_var, momentum, eps, out,
                       save_mean, save_invstd);
  } else {
    ET_KERNEL_CHECK(ctx, empty_saved(save_mean, save_invstd), InvalidArgument, result);
    dispatch_normalize(in, weight, bias, running_mean, running_var, /*inverted=*/false, eps, out);
  }
  return result;
}

Result _native_batch_norm_legit_no_stats_out(KernelRuntimeContext& ctx, const Tensor& in,
                                             const optional<Tensor>& weight,
                                             const optional<Tensor>& bias, bool training,
                                             double momentum, double eps, Tensor& out,
                                             Tensor& save_mean, Tensor& save_invstd) {
  Result result(out, save_mean, save_invstd);
  ET_KERNEL_CHECK(ctx, check_batch_norm(in, weight, bias, nullopt, nullopt, out), InvalidArgument,
                  result);
  ET_KERNEL_CHECK_MSG(ctx, training, InvalidArgument, result,
                      "_native_batch_norm_legit.no_stats: without statistics, training is needed");
  normalize_by_batch(ctx, in, weight, bias, nullopt, nullopt, momentum, eps, out, save_mean,
                     save_invstd);
  return result;
}

Result native_batch_norm_out(KernelRuntimeContext& ctx, const Tensor& in,
                             const optional<Tensor>& weight, const optional<Tensor>& bias,
                             const optional<Tensor>& running_mean,
                             const optional<Tensor>& running_var, bool training, double momentum,
                             double eps, Tensor& out, Tensor& save_mean, Tensor& save_invstd) {
  Result result(out, save_mean, save_invstd);
  ET_KERNEL_CHECK(ctx, check_batch_norm(in, weight, bias, running_mean, running_var, out),
                  InvalidArgument, result);
  if (training) {
    normalize_by_batch(ctx, in, weight, bias, running_mean, running_var, momentum, eps, out,
                       save_mean, save_invstd);
    return result;
  }
  ET_KERNEL_CHECK_MSG(ctx, running_mean.has_value() && running_var.has_value(), InvalidArgument,
                      result, "native_batch_norm: at inference, statistics are needed");
  ET_KERNEL_CHECK(ctx, empty_saved(save_mean, save_invstd), InvalidArgument, result);
  dispatch_normalize(in, weight, bias, running_mean, running_var, /*inverted=*/false, eps, out);
  return result;
}

}  // namespace torch::executor::native
