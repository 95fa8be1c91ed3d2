// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/simd.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <algorithm>
#include <tuple>

namespace torch::executor::native {

namespace {

/// One line of the input and the k best indices of it seen so far, kept as a heap in the output
/// itself: no memory is needed, and a line of n elements costs n comparisons and few heap updates.
template <typename T>
class LineTopk {
 public:
  LineTopk(const Tensor& in, int64_t in_offset, int64_t in_stride, int64_t n, int64_t* indices,
           int64_t indices_stride, int64_t k, bool largest)
      : in_(in),
        in_offset_(in_offset),
        in_stride_(in_stride),
        n_(n),
        indices_(indices),
        indices_stride_(indices_stride),
        k_(k),
        largest_(largest) {}

  void select() {
    for (int64_t i = 0; i < k_; ++i) {
      at(i) = i;
    }
    for (int64_t i = k_ / 2; i-- > 0;) {
      sift_down(i, k_);
    }
    if (k_ == 0) {
      return;
    }
    T worst = value(at(0));
    T buffer[utils::kBlockSize];
    for (int64_t i = k_; i < n_; i += utils::kBlockSize) {
      const int64_t count = std::min(utils::kBlockSize, n_ - i);
      const T* x = utils::load_block<T>(in_.const_data_ptr(), in_.scalar_type(),
                                        in_offset_ + i * in_stride_, in_stride_, count, buffer);
      // Most blocks have nothing better, which is found out without branches.
      const T best = largest_ ? utils::extremum_of<true>(x, count, worst)
                              : utils::extremum_of<false>(x, count, worst);
      if (best == worst) {
        continue;
      }
      for (int64_t j = 0; j < count; ++j) {
        if (utils::sorts_before(x[j], worst, largest_)) {
          at(0) = i + j;
          sift_down(0, k_);
          worst = value(at(0));
        }
      }
    }
    for (int64_t end = k_ - 1; end > 0; --end) {
      std::swap(at(0), at(end));
      sift_down(0, end);
    }
  }

  T value(int64_t index) const {
    return utils::load_element<T>(in_.const_data_ptr(), in_.scalar_type(),
                                  in_offset_ + index * in_stride_);
  }
  int64_t& at(int64_t i) { return indices_[i * indices_stride_]; }

 private:
  /// Equal numbers are ranked by their index, so that results do not depend on the heap.
  bool ranks_before(int64_t a, int64_t b) const {
    const T va = value(a);
    const T vb = value(b);
    return utils::sorts_before(va, vb, largest_) ||
           (!utils::sorts_before(vb, va, largest_) && a < b);
  }

  /// The root of the heap is the worst of the selected elements.
  void sift_down(int64_t i, int64_t end) {
    while (2 * i + 1 < end) {
      int64_t child = 2 * i + 1;
      if (child + 1 < end && ranks_before(at(child), at(child + 1))) {
        ++child;
      }
      if (!ranks_before(at(i), at(child))) {
        return;
      }
      std::swap(at(i), at(child));
      i = child;
    }
  }

  const Tensor& in_;
  const int64_t in_offset_;
  const int64_t in_stride_;
  const int64_t n_;
  int64_t* const indices_;
  const int64_t indices_stride_;
  const int64_t k_;
  const bool largest_;
};

}  // namespace

/// The result is sorted whether asked for or not.
std::tuple<Tensor&, Tensor&> topk_values(KernelRuntimeContext& ctx, const Tensor& in, int64_t k,
                                         int64_t dim, bool largest, bool sorted, Tensor& values,
                                         Tensor& indices) {
  (void)sorted;
  std::tuple<Tensor&, Tensor&> result(values, indices);
  ET_KERNEL_CHECK(ctx, tensor_has_dim(in, dim), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_is_realhbbf16_type(in), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, values), InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, tensor_is_type(indices, ScalarType::Long), InvalidArgument, result);
  const auto along = static_cast<size_t>(ET_NORMALIZE_IX(dim, nonzero_dim(in)));
  const int64_t n = nonempty_size(in, static_cast<ssize_t>(along));
  ET_KERNEL_CHECK_MSG(ctx, k >= 0 && k <= n, InvalidArgument, result,
                      "topk: k is %" PRId64 " and dimension %zu has %" PRId64 " elements", k, along,
                      n);

  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(in.sizes().begin(), in.sizes().end(), sizes);
  if (in.dim() > 0) {
    sizes[along] = static_cast<SizesType>(k);
  }
  const ArrayRef<SizesType> shape(sizes, static_cast<size_t>(in.dim()));
  ET_KERNEL_CHECK(ctx, resize_tensor(values, shape) == Error::Ok, InvalidArgument, result);
  ET_KERNEL_CHECK(ctx, resize_tensor(indices, shape) == Error::Ok, InvalidArgument, result);
  if (values.numel() == 0) {
    return result;
  }

  int64_t step[3] = {0, 0, 0};
  utils::LoopNest<3> nest;
  for (size_t d = 0; d < static_cast<size_t>(in.dim()); ++d) {
    if (d == along) {
      step[0] = in.strides()[d];
      step[1] = values.strides()[d];
      step[2] = indices.strides()[d];
    } else {
      nest.push(in.sizes()[d], {in.strides()[d], values.strides()[d], indices.strides()[d]});
    }
  }
  // Of a rank 0 tensor (k is 0 or 1 there) the result has one element.
  const int64_t kept = in.dim() == 0 ? 1 : k;
  utils::dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    nest.for_each([&](const utils::LoopNest<3>::Offsets& at) {
      LineTopk<T> line(in, at[0], step[0], n, indices.mutable_data_ptr<int64_t>() + at[2], step[2],
                       kept, largest);
      line.select();
      for (int64_t i = 0; i < kept; ++i) {
        utils::store_element<T>(line.value(line.at(i)), values.mutable_data_ptr(),
                                values.scalar_type(), at[1] + i * step[1]);
      }
    });
  });
  return result;
}

}  // namespace torch::executor::native
