// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/normalization_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <cmath>
#include <tuple>

namespace torch::executor::native {

namespace {

// Restrict lets the compiler vectorize.
template <typename T>
void normalize_block(const T* x, const T* w, const T* b, int64_t n, T mean, T rstd,
                     T* __restrict to) {
  for (int64_t j = 0; j < n; ++j) {
    to[j] = (x[j] - mean) * rstd * w[j] + b[j];
  }
}

template <typename T>
void layer_norm(const Tensor& input, size_t outer_rank, const optional<Tensor>& weight,
                const optional<Tensor>& bias, double eps, const Tensor& out, const Tensor& mean_out,
                const Tensor& rstd_out) {
  using Outer = utils::LoopNest<3>;
  Outer outer;
  Outer inner;
  const auto rank = static_cast<size_t>(input.dim());
  // Strides of the parameters, and of the statistics per outer coordinate, in logical order.
  int64_t inner_stride[::executorch::runtime::kTensorDimensionLimit];
  int64_t logical = 1;
  for (size_t d = rank; d-- > outer_rank;) {
    inner_stride[d] = logical;
    logical *= input.sizes()[d];
  }
  for (size_t d = 0; d < rank; ++d) {
    if (d < outer_rank) {
      outer.push(input.sizes()[d], {input.strides()[d], out.strides()[d], mean_out.strides()[d]});
    } else {
      inner.push(input.sizes()[d], {input.strides()[d], out.strides()[d], inner_stride[d]});
    }
  }
  outer.normalize();
  inner.normalize();
  const utils::Parameters<T> scale(weight, T(1));
  const utils::Parameters<T> shift(bias, T(0));
  const auto normalize_row = [&](const Outer::Offsets& base) {
    T buffer[utils::kBlockSize];
    T scales[utils::kBlockSize];
    T shifts[utils::kBlockSize];
    T result[utils::kBlockSize];
    const auto stats = utils::moments<T>(inner, input, base[0]);
    const T mean = static_cast<T>(stats.mean);
    const T rstd = static_cast<T>(1 / std::sqrt(stats.variance + eps));
    utils::store_element<T>(mean, mean_out.mutable_data_ptr(), mean_out.scalar_type(), base[2]);
    utils::store_element<T>(rstd, rstd_out.mutable_data_ptr(), rstd_out.scalar_type(), base[2]);
    const auto strides = inner.run_strides();
    inner.for_each_run([&](const Outer::Offsets& at) {
      for (int64_t i = 0; i < inner.run_size(); i += utils::kBlockSize) {
        const int64_t n = std::min(utils::kBlockSize, inner.run_size() - i);
        const T* x = utils::load_block<T>(input.const_data_ptr(), input.scalar_type(),
                                          base[0] + at[0] + i * strides[0], strides[0], n, buffer);
        const T* w = scale.block(at[2] + i * strides[2], strides[2], n, scales);
        const T* b = shift.block(at[2] + i * strides[2], strides[2], n, shifts);
        const int64_t to_offset = base[1] + at[1] + i * strides[1];
        T* const to = utils::block_target<T>(out.mutable_data_ptr(), out.scalar_type(), to_offset,
                                             strides[1], result);
        normalize_block(x, w, b, n, mean, rstd, to);
        if (to == result) {
          utils::store_block<T>(result, n, out.mutable_data_ptr(), out.scalar_type(), to_offset,
                                strides[1]);
        }
      }
    });
  };
  constexpr int64_t kParallelElements = 8192;
  ::executorch::extension::parallel_for(
      0, outer.count(), std::max<int64_t>(1, kParallelElements / std::max<int64_t>(logical, 1)),
      [&](int64_t begin, int64_t end) { outer.for_each(begin, end, normalize_row); });
}

}  // namespace

std::tuple<Tensor&, Tensor&, Tensor&> native_layer_norm_out(
    KernelRuntimeContext& ctx, const Tensor& input, IntArrayRef normalized_shape,
    const optional<Tensor>& weight, const optional<Tensor>& bias, double eps, Tensor& out,
    Tensor& mean_out, Tensor& rstd_out) {
  std::tuple<Tensor&, Tensor&, Tensor&> result(out, mean_out, rstd_out);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(input) && tensor_is_floating_type(out) &&
                      tensor_is_floating_type(mean_out) &&
                      tensors_have_same_dtype(mean_out, rstd_out),
                  InvalidArgument, result);
  const auto rank = static_cast<size_t>(input.dim());
  ET_KERNEL_CHECK_MSG(ctx, !normalized_shape.empty() && normalized_shape.size() <= rank,
                      InvalidArgument, result,
                      "native_layer_norm: normalized_shape has %zu entries, the input rank %zu",
                      normalized_shape.size(), rank);
  const size_t outer_rank = rank - normalized_shape.size();
  int64_t numel = 1;
  SizesType stats_shape[::executorch::runtime::kTensorDimensionLimit];
  for (size_t d = 0; d < rank; ++d) {
    stats_shape[d] = d < outer_rank ? input.sizes()[d] : 1;
    if (d >= outer_rank) {
      const int64_t expected = normalized_shape[d - outer_rank];
      ET_KERNEL_CHECK_MSG(ctx, input.sizes()[d] == expected, InvalidArgument, result,
                          "native_layer_norm: dimension %zu is %" PRId32
                          ", normalized_shape says %" PRId64,
                          d, input.sizes()[d], expected);
      numel *= expected;
    }
  }
  ET_KERNEL_CHECK(ctx,
                  utils::check_norm_parameter(weight, numel, "weight") &&
                      utils::check_norm_parameter(bias, numel, "bias"),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, input.sizes()) == Error::Ok, InvalidArgument, result);
  const ArrayRef<SizesType> stats(stats_shape, rank);
  ET_KERNEL_CHECK(
      ctx,
      resize_tensor(mean_out, stats) == Error::Ok && resize_tensor(rstd_out, stats) == Error::Ok,
      InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensors_have_same_strides(mean_out, rstd_out), InvalidArgument, result);
  if (input.scalar_type() == ScalarType::Double) {
    layer_norm<double>(input, outer_rank, weight, bias, eps, out, mean_out, rstd_out);
  } else {
    layer_norm<float>(input, outer_rank, weight, bias, eps, out, mean_out, rstd_out);
  }
  return result;
}

}  // namespace torch::executor::native
