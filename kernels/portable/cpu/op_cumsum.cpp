// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <algorithm>

namespace torch::executor::native {

namespace {

/// Signed overflow wraps around, as torch's does.
template <typename T>
T add(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  } else {
    return a + b;
  }
}

/// Sums along one line of `n` elements.
template <typename T>
void cumsum_line(const Tensor& in, int64_t in_offset, int64_t in_stride, const Tensor& out,
                 int64_t out_offset, int64_t out_stride, int64_t n) {
  T buffer[utils::kBlockSize];
  T sums[utils::kBlockSize];
  T sum = 0;
  for (int64_t i = 0; i < n; i += utils::kBlockSize) {
    const int64_t count = std::min(utils::kBlockSize, n - i);
    const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                      in_offset + i * in_stride, in_stride, count, buffer);
    for (int64_t j = 0; j < count; ++j) {
      sums[j] = sum = add(sum, x[j]);
    }
    utils::store_block<T>(sums, count, out.mutable_data_ptr(), out.scalar_type(),
                          out_offset + i * out_stride, out_stride);
  }
}

/// Sums along `n` steps of many neighboring lines at once, so that memory is read in order.
template <typename T>
void cumsum_lines(const Tensor& in, int64_t in_offset, int64_t in_step, const Tensor& out,
                  int64_t out_offset, int64_t out_step, int64_t n, int64_t lines,
                  int64_t in_line_stride, int64_t out_line_stride) {
  T buffer[utils::kBlockSize];
  T sums[utils::kBlockSize];
  for (int64_t line = 0; line < lines; line += utils::kBlockSize) {
    const int64_t count = std::min(utils::kBlockSize, lines - line);
    std::fill(sums, sums + count, T(0));
    for (int64_t i = 0; i < n; ++i) {
      const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                        in_offset + line * in_line_stride + i * in_step,
                                        in_line_stride, count, buffer);
      for (int64_t j = 0; j < count; ++j) {
        sums[j] = add(sums[j], x[j]);
      }
      utils::store_block<T>(sums, count, out.mutable_data_ptr(), out.scalar_type(),
                            out_offset + line * out_line_stride + i * out_step, out_line_stride);
    }
  }
}

}  // namespace

Tensor& cumsum_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                   optional<ScalarType> enforced_dtype, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_has_dim(self, dim), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, utils::is_complex(out) || tensor_is_realhbbf16_type(out), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, tensor_can_cast_to(self, out.scalar_type()), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, !enforced_dtype.has_value() || *enforced_dtype == out.scalar_type(),
                      InvalidArgument, out, "cumsum: dtype is %s and out is %s",
                      ::executorch::runtime::toString(*enforced_dtype),
                      ::executorch::runtime::toString(out.scalar_type()));
  ET_KERNEL_CHECK(ctx, resize_tensor(out, self.sizes()) == Error::Ok, InvalidArgument, out);
  if (self.numel() == 0) {
    return out;
  }

  if (utils::is_complex(self) || utils::is_complex(out)) {
    using utils::StdComplex;
    utils::scan_complex(self, dim, out,
                        [](const StdComplex& acc, const StdComplex& x) { return acc + x; });
    return out;
  }

  const size_t along = self.dim() == 0 ? 0 : static_cast<size_t>(ET_NORMALIZE_IX(dim, self.dim()));
  int64_t n = 1;
  int64_t in_step = 0;
  int64_t out_step = 0;
  utils::LoopNest<2> nest;
  for (size_t d = 0; d < static_cast<size_t>(self.dim()); ++d) {
    if (d == along) {
      n = self.sizes()[d];
      in_step = self.strides()[d];
      out_step = out.strides()[d];
    } else {
      nest.push(self.sizes()[d], {self.strides()[d], out.strides()[d]});
    }
  }
  nest.normalize();
  // torch accumulates float in double; integers in the type of the result, which wraps around.
  utils::dispatch_wide_compute_type(out.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    nest.for_each_run([&](const utils::LoopNest<2>::Offsets& at) {
      const auto strides = nest.run_strides();
      if (in_step <= strides[0] || nest.run_size() == 1) {
        for (int64_t line = 0; line < nest.run_size(); ++line) {
          cumsum_line<T>(self, at[0] + line * strides[0], in_step, out, at[1] + line * strides[1],
                         out_step, n);
        }
      } else {
        cumsum_lines<T>(self, at[0], in_step, out, at[1], out_step, n, nest.run_size(), strides[0],
                        strides[1]);
      }
    });
  });
  return out;
}

}  // namespace torch::executor::native
