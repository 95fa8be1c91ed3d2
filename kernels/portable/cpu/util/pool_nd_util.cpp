// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

#include <algorithm>
#include <cinttypes>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

namespace {

constexpr size_t kMaxSpatial = Pooling::kMaxSpatial;

/// The spatial dimensions of a tensor; those that it does not have are of size 1.
struct Image {
  int64_t sizes[kMaxSpatial] = {1, 1, 1};
  int64_t strides[kMaxSpatial] = {0, 0, 0};

  Image(const Tensor& t, size_t spatial) {
    const size_t leading = static_cast<size_t>(t.dim()) - spatial;
    for (size_t i = 0; i < spatial; ++i) {
      sizes[kMaxSpatial - spatial + i] = t.sizes()[leading + i];
      strides[kMaxSpatial - spatial + i] = t.strides()[leading + i];
    }
  }

  int64_t numel() const { return sizes[0] * sizes[1] * sizes[2]; }
  int64_t offset(int64_t d, int64_t h, int64_t w) const {
    return d * strides[0] + h * strides[1] + w * strides[2];
  }
};

/// Loops over batch and channels.
template <size_t K>
LoopNest<K> make_planes(const Tensor* const (&tensors)[K], size_t spatial) {
  LoopNest<K> planes;
  const size_t leading = static_cast<size_t>(tensors[0]->dim()) - spatial;
  for (size_t d = 0; d < leading; ++d) {
    typename LoopNest<K>::Offsets strides;
    for (size_t t = 0; t < K; ++t) {
      strides[t] = tensors[t]->strides()[d];
    }
    planes.push(tensors[0]->sizes()[d], strides);
  }
  return planes;
}

/// Calls f(d, h, w) for each position of an image.
template <typename F>
void for_each_position(const Image& image, const F& f) {
  for (int64_t d = 0; d < image.sizes[0]; ++d) {
    for (int64_t h = 0; h < image.sizes[1]; ++h) {
      for (int64_t w = 0; w < image.sizes[2]; ++w) {
        f(d, h, w);
      }
    }
  }
}

using Window = PoolingAxis::Window;

/// Calls f(x, n, d, h, w) for runs of n elements of the windows' product that lie along the last
/// dimension; (d, h, w) is the position of the first.
template <typename T, typename F>
void for_each_run(const Tensor& in, const Image& image, int64_t plane, const Pooling& pooling,
                  const Window (&windows)[kMaxSpatial], const F& f) {
  T buffer[kBlockSize];
  const int64_t dilation = pooling.axes[2].dilation;
  const int64_t columns = windows[2].size(dilation);
  for (int64_t d = windows[0].begin; d < windows[0].end; d += pooling.axes[0].dilation) {
    for (int64_t h = windows[1].begin; h < windows[1].end; h += pooling.axes[1].dilation) {
      for (int64_t i = 0; i < columns; i += kBlockSize) {
        const int64_t w = windows[2].begin + i * dilation;
        const int64_t n = std::min(kBlockSize, columns - i);
        f(load_block<T>(in.const_data_ptr(), in.scalar_type(), plane + image.offset(d, h, w),
                        image.strides[2] * dilation, n, buffer),
          n, d, h, w);
      }
    }
  }
}

int64_t divisor_of(const Window (&windows)[kMaxSpatial], bool count_include_pad,
                   optional<int64_t> divisor_override) {
  if (divisor_override.has_value()) {
    return *divisor_override;
  }
  int64_t divisor = 1;
  for (const Window& window : windows) {
    divisor *= count_include_pad ? window.padded_size : window.end - window.begin;
  }
  return divisor;
}

bool check_divisor(optional<int64_t> divisor_override) {
  ET_CHECK_OR_RETURN_FALSE(!divisor_override.has_value() || *divisor_override != 0,
                           "divisor_override is 0");
  return true;
}

}  // namespace

Window PoolingAxis::window(int64_t out_position) const {
  if (is_adaptive) {
    const int64_t begin = out_position * in_size / out_size;
    const int64_t end = ((out_position + 1) * in_size + out_size - 1) / out_size;
    return {begin, end, end - begin};
  }
  const int64_t first = out_position * stride - padding;
  const int64_t last = std::min(first + (kernel - 1) * dilation + 1, in_size + padding);
  const int64_t skipped = first < 0 ? (-first + dilation - 1) / dilation : 0;
  const int64_t begin = first + skipped * dilation;
  return {begin, std::max(begin, std::min(last, in_size)), last - first};
}

PoolingAxis::Range PoolingAxis::windows_of(int64_t at) const {
  if (is_adaptive) {
    return {at * out_size / in_size, ((at + 1) * out_size + in_size - 1) / in_size};
  }
  const int64_t reach = at + padding - kernel;
  return {reach < 0 ? 0 : reach / stride + 1, std::min(out_size, (at + padding) / stride + 1)};
}

bool Pooling::check_input(const Tensor& in) const {
  const auto rank = static_cast<size_t>(in.dim());
  ET_CHECK_OR_RETURN_FALSE(rank == spatial + 1 || rank == spatial + 2,
                           "the input has rank %zu, expected %zu or %zu", rank, spatial + 1,
                           spatial + 2);
  return true;
}

bool Pooling::init(const Tensor& in, IntArrayRef kernel_size, IntArrayRef stride,
                   IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  if (!check_input(in)) {
    return false;
  }
  const auto fits = [this](IntArrayRef list) { return list.size() == 1 || list.size() == spatial; };
  ET_CHECK_OR_RETURN_FALSE(
      fits(kernel_size) && (stride.empty() || fits(stride)) && fits(padding) && fits(dilation),
      "kernel_size, stride, padding and dilation have %zu, %zu, %zu and %zu entries, expected 1 or "
      "%zu",
      kernel_size.size(), stride.size(), padding.size(), dilation.size(), spatial);
  const size_t leading = static_cast<size_t>(in.dim()) - spatial;
  for (size_t i = 0; i < spatial; ++i) {
    const auto entry = [i](IntArrayRef list) { return list[list.size() == 1 ? 0 : i]; };
    PoolingAxis& a = axis(i);
    a.in_size = in.sizes()[leading + i];
    a.kernel = entry(kernel_size);
    a.stride = stride.empty() ? a.kernel : entry(stride);
    a.padding = entry(padding);
    a.dilation = entry(dilation);
    // Bounded, so that nothing below overflows.
    const auto is_positive = [](int64_t x) { return x > 0 && x <= INT32_MAX; };
    ET_CHECK_OR_RETURN_FALSE(
        is_positive(a.kernel) && is_positive(a.stride) && is_positive(a.dilation),
        "kernel size %" PRId64 ", stride %" PRId64 " and dilation %" PRId64 " must be positive",
        a.kernel, a.stride, a.dilation);
    ET_CHECK_OR_RETURN_FALSE(a.padding >= 0 && a.padding <= a.kernel / 2,
                             "padding %" PRId64 " is not within half of the kernel size %" PRId64,
                             a.padding, a.kernel);
    const int64_t span = a.in_size + 2 * a.padding - a.dilation * (a.kernel - 1) - 1;
    ET_CHECK_OR_RETURN_FALSE(span >= 0,
                             "the kernel is larger than the padded input of size %" PRId64,
                             a.in_size + 2 * a.padding);
    a.out_size = (span + (ceil_mode ? a.stride - 1 : 0)) / a.stride + 1;
    // A window that would begin in the padding beyond the input is left out.
    if (ceil_mode && (a.out_size - 1) * a.stride >= a.in_size + a.padding) {
      --a.out_size;
    }
  }
  return true;
}

bool Pooling::init_adaptive(const Tensor& in, IntArrayRef output_size) {
  if (!check_input(in)) {
    return false;
  }
  ET_CHECK_OR_RETURN_FALSE(output_size.size() == spatial,
                           "output_size has %zu entries, expected %zu", output_size.size(),
                           spatial);
  const size_t leading = static_cast<size_t>(in.dim()) - spatial;
  for (size_t i = 0; i < spatial; ++i) {
    PoolingAxis& a = axis(i);
    a.is_adaptive = true;
    a.in_size = in.sizes()[leading + i];
    a.out_size = output_size[i];
    ET_CHECK_OR_RETURN_FALSE(a.in_size > 0, "dimension %zu of the input is empty", leading + i);
    ET_CHECK_OR_RETURN_FALSE(a.out_size >= 0 && a.out_size <= INT32_MAX,
                             "output size %" PRId64 " is out of range", a.out_size);
  }
  return true;
}

bool Pooling::resize_out(const Tensor& in, const Tensor& out) const {
  SizesType sizes[kMaxSpatial + 2];
  const size_t leading = static_cast<size_t>(in.dim()) - spatial;
  std::copy_n(in.sizes().begin(), leading, sizes);
  for (size_t i = 0; i < spatial; ++i) {
    sizes[leading + i] = static_cast<SizesType>(axes[kMaxSpatial - spatial + i].out_size);
  }
  return resize_tensor(out, ArrayRef<SizesType>(sizes, leading + spatial)) == Error::Ok;
}

Tensor& average_windows(KernelRuntimeContext& ctx, const Pooling& pooling, const Tensor& in,
                        bool count_include_pad, optional<int64_t> divisor_override, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(in, out) && tensor_is_realhbf16_type(in) &&
                      check_divisor(divisor_override) && pooling.resize_out(in, out),
                  InvalidArgument, out);
  const Image from(in, pooling.spatial);
  const Image to(out, pooling.spatial);
  dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    make_planes<2>({&in, &out}, pooling.spatial).for_each([&](const LoopNest<2>::Offsets& plane) {
      for_each_position(to, [&](int64_t d, int64_t h, int64_t w) {
        const Window windows[] = {pooling.axes[0].window(d), pooling.axes[1].window(h),
                                  pooling.axes[2].window(w)};
        T sum = 0;
        bool is_empty = true;
        for_each_run<T>(in, from, plane[0], pooling, windows,
                        [&](const T* x, int64_t n, int64_t, int64_t, int64_t) {
                          is_empty = false;
                          for (int64_t i = 0; i < n; ++i) {
                            sum += x[i];
                          }
                        });
        // Of a window in the padding, 0.
        const int64_t divisor =
            is_empty ? 1 : divisor_of(windows, count_include_pad, divisor_override);
        store_element<T>(sum / static_cast<T>(divisor), out.mutable_data_ptr(), out.scalar_type(),
                         plane[1] + to.offset(d, h, w));
      });
    });
  });
  return out;
}

Tensor& average_windows_backward(KernelRuntimeContext& ctx, const Pooling& pooling,
                                 const Tensor& grad_output, const Tensor& in,
                                 bool count_include_pad, optional<int64_t> divisor_override,
                                 Tensor& grad_input) {
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(grad_output, in, grad_input) &&
                      tensor_is_floating_type(in) && check_divisor(divisor_override) &&
                      pooling.resize_out(in, grad_output) &&
                      resize_tensor(grad_input, in.sizes()) == Error::Ok,
                  InvalidArgument, grad_input);
  const Image from(grad_output, pooling.spatial);
  const Image to(grad_input, pooling.spatial);
  const auto& axes = pooling.axes;
  make_planes<2>({&grad_output, &grad_input}, pooling.spatial)
      .for_each([&](const LoopNest<2>::Offsets& plane) {
        for_each_position(to, [&](int64_t d, int64_t h, int64_t w) {
          const auto depths = axes[0].windows_of(d);
          const auto rows = axes[1].windows_of(h);
          const auto columns = axes[2].windows_of(w);
          double sum = 0;
          for (int64_t od = depths.begin; od < depths.end; ++od) {
            for (int64_t oh = rows.begin; oh < rows.end; ++oh) {
              for (int64_t ow = columns.begin; ow < columns.end; ++ow) {
                const Window windows[] = {axes[0].window(od), axes[1].window(oh),
                                          axes[2].window(ow)};
                sum +=
                    load_element<double>(grad_output.const_data_ptr(), grad_output.scalar_type(),
                                         plane[0] + from.offset(od, oh, ow)) /
                    static_cast<double>(divisor_of(windows, count_include_pad, divisor_override));
              }
            }
          }
          store_element<double>(sum, grad_input.mutable_data_ptr(), grad_input.scalar_type(),
                                plane[1] + to.offset(d, h, w));
        });
      });
  return grad_input;
}

void maximum_of_windows(KernelRuntimeContext& ctx, const Pooling& pooling, const Tensor& in,
                        Tensor& out, Tensor& indices) {
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(in, out) && tensor_is_realhbf16_type(in) &&
                      tensor_is_type(indices, ScalarType::Long) && pooling.resize_out(in, out) &&
                      resize_tensor(indices, out.sizes()) == Error::Ok,
                  InvalidArgument, );
  const Image from(in, pooling.spatial);
  const Image to(out, pooling.spatial);
  const Image where(indices, pooling.spatial);
  const int64_t dilation = pooling.axes[2].dilation;
  dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    make_planes<3>({&in, &out, &indices}, pooling.spatial)
        .for_each([&](const LoopNest<3>::Offsets& plane) {
          for_each_position(to, [&](int64_t od, int64_t oh, int64_t ow) {
            const Window windows[] = {pooling.axes[0].window(od), pooling.axes[1].window(oh),
                                      pooling.axes[2].window(ow)};
            T best = 0;
            int64_t best_index = -1;
            for_each_run<T>(in, from, plane[0], pooling, windows,
                            [&](const T* x, int64_t n, int64_t d, int64_t h, int64_t w) {
                              const int64_t row = (d * from.sizes[1] + h) * from.sizes[2] + w;
                              for (int64_t i = 0; i < n; ++i) {
                                // NaN wins, as in torch.
                                if (best_index < 0 || x[i] > best || x[i] != x[i]) {
                                  best = x[i];
                                  best_index = row + i * dilation;
                                }
                              }
                            });
            store_element<T>(best, out.mutable_data_ptr(), out.scalar_type(),
                             plane[1] + to.offset(od, oh, ow));
            indices.mutable_data_ptr<int64_t>()[plane[2] + where.offset(od, oh, ow)] = best_index;
          });
        });
  });
}

Tensor& maximum_of_windows_backward(KernelRuntimeContext& ctx, size_t spatial,
                                    const Tensor& grad_output, const Tensor& in,
                                    const Tensor& indices, Tensor& grad_input) {
  const auto rank = static_cast<size_t>(in.dim());
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(grad_output, in, grad_input) &&
                      tensor_is_floating_type(in) && tensor_is_type(indices, ScalarType::Long) &&
                      tensors_have_same_shape(grad_output, indices) &&
                      tensors_have_same_rank(grad_output, in),
                  InvalidArgument, grad_input);
  ET_KERNEL_CHECK_MSG(ctx, rank == spatial + 1 || rank == spatial + 2, InvalidArgument, grad_input,
                      "The input has rank %zu, expected %zu or %zu", rank, spatial + 1,
                      spatial + 2);
  for (size_t d = 0; d + spatial < rank; ++d) {
    ET_KERNEL_CHECK(ctx,
                    tensors_have_same_size_at_dims(grad_output, d, in, d) &&
                        resize_tensor(grad_input, in.sizes()) == Error::Ok,
                    InvalidArgument, grad_input);
  }
  const uint64_t zero[2] = {};
  TensorView result(grad_input);
  fill(result, zero);
  const Image from(grad_output, spatial);
  const Image where(indices, spatial);
  const Image to(grad_input, spatial);
  const auto element = static_cast<int64_t>(in.element_size());
  bool in_range = true;
  make_planes<3>({&grad_output, &indices, &grad_input}, spatial)
      .for_each([&](const LoopNest<3>::Offsets& plane) {
        for_each_position(from, [&](int64_t d, int64_t h, int64_t w) {
          const int64_t index = indices.const_data_ptr<int64_t>()[plane[1] + where.offset(d, h, w)];
          if (!in_range || !index_in_range(index, to.numel())) {
            in_range = false;
            return;
          }
          const int64_t row = index / to.sizes[2];
          const int64_t target =
              plane[2] + to.offset(row / to.sizes[1], row % to.sizes[1], index % to.sizes[2]);
          add_run(in.scalar_type(), 1,
                  static_cast<const uint8_t*>(grad_output.const_data_ptr()) +
                      (plane[0] + from.offset(d, h, w)) * element,
                  0, result.data() + target * element, 0);
        });
      });
  if (!in_range) {
    ctx.fail(Error::InvalidArgument);
  }
  return grad_input;
}

}  // namespace torch::executor::native::utils
