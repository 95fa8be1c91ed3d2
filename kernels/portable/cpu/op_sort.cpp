// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>

namespace torch::executor::native {

namespace {

using Lines = utils::LoopNest<3>;

/// The elements of a line: `strides` apart in the input, the values and the indices.
struct Line {
  int64_t size;
  Lines::Offsets strides;
};

template <typename T>
bool sort_lines(KernelRuntimeContext& ctx, const Lines& lines, const Line& line, bool descending,
                const Tensor& in, const Tensor& values, const Tensor& indices) {
  auto* const ranked = utils::allocate_scratch<utils::Ranked<T>>(ctx, line.size);
  if (ranked == nullptr) {
    return false;
  }
  T buffer[utils::kBlockSize];
  lines.for_each([&](const Lines::Offsets& at) {
    for (int64_t i = 0; i < line.size; i += utils::kBlockSize) {
      const int64_t n = std::min(utils::kBlockSize, line.size - i);
      const T* x = utils::load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                        at[0] + i * line.strides[0], line.strides[0], n, buffer);
      for (int64_t j = 0; j < n; ++j) {
        ranked[i + j] = {x[j], i + j};
      }
    }
    utils::sort_ranked(ranked, line.size, descending);
    for (int64_t i = 0; i < line.size; i += utils::kBlockSize) {
      const int64_t n = std::min(utils::kBlockSize, line.size - i);
      for (int64_t j = 0; j < n; ++j) {
        buffer[j] = ranked[i + j].value;
        indices.mutable_data_ptr<int64_t>()[at[2] + (i + j) * line.strides[2]] =
            ranked[i + j].index;
      }
      utils::store_block<T>(buffer, n, values.mutable_data_ptr(), values.scalar_type(),
                            at[1] + i * line.strides[1], line.strides[1]);
    }
  });
  return true;
}

}  // namespace

/// Stable, whether asked for or not. Without scratch memory by way of topk, which needs none and is
/// slower.
std::tuple<Tensor&, Tensor&> sort_values_stable(KernelRuntimeContext& ctx, const Tensor& self,
                                                optional<bool> stable, int64_t dim, bool descending,
                                                Tensor& values, Tensor& indices) {
  (void)stable;
  std::tuple<Tensor&, Tensor&> result(values, indices);
  ET_KERNEL_CHECK(ctx, tensor_has_dim(self, dim), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_realhbbf16_type(self) && tensors_have_same_dtype(self, values) &&
                      tensor_is_type(indices, ScalarType::Long),
                  InvalidArgument, result);
  const auto along =
      static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
  ET_KERNEL_CHECK(ctx,
                  resize_tensor(values, self.sizes()) == Error::Ok &&
                      resize_tensor(indices, self.sizes()) == Error::Ok,
                  InvalidArgument, result);
  Lines lines;
  Line line = {1, {}};
  for (size_t d = 0; d < static_cast<size_t>(self.dim()); ++d) {
    const Lines::Offsets strides = {self.strides()[d], values.strides()[d], indices.strides()[d]};
    if (d == along) {
      line = {self.sizes()[d], strides};
    } else {
      lines.push(self.sizes()[d], strides);
    }
  }
  bool is_sorted = false;
  utils::dispatch_wide_compute_type(self.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    is_sorted = sort_lines<T>(ctx, lines, line, descending, self, values, indices);
  });
  if (!is_sorted) {
    topk_values(ctx, self, line.size, dim, descending, /*sorted=*/true, values, indices);
  }
  return result;
}

std::tuple<Tensor&, Tensor&> sort_values(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                                         bool descending, Tensor& values, Tensor& indices) {
  return sort_values_stable(ctx, self, nullopt, dim, descending, values, indices);
}

}  // namespace torch::executor::native
