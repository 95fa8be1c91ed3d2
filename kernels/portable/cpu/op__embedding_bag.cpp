// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <cstring>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>

namespace torch::executor::native {

namespace {

enum Mode : int64_t { kSum = 0, kMean = 1, kMax = 2 };

bool check_embedding_bag(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                         int64_t mode, const optional<Tensor>& per_sample_weights,
                         bool include_last_offset) {
  ET_CHECK_OR_RETURN_FALSE(mode >= kSum && mode <= kMax,
                           "mode is %" PRId64 ", expected 0 (sum), 1 (mean) or 2 (max)", mode);
  ET_CHECK_OR_RETURN_FALSE(!include_last_offset || offsets.numel() > 0,
                           "offsets must have at least the last one");
  if (!tensor_is_rank(weight, 2) || !tensor_is_floating_type(weight) ||
      !tensor_is_rank(indices, 1) || !tensor_is_rank(offsets, 1) ||
      !tensor_is_type(indices, ScalarType::Int, ScalarType::Long) ||
      !tensor_is_type(offsets, ScalarType::Int, ScalarType::Long)) {
    return false;
  }
  if (per_sample_weights.has_value()) {
    ET_CHECK_OR_RETURN_FALSE(mode == kSum, "per_sample_weights go with mode 0 (sum) only");
    return tensors_have_same_dtype(weight, *per_sample_weights) &&
           tensors_have_same_shape(indices, *per_sample_weights);
  }
  return true;
}

/// Gives \p out a shape and sets it to 0.
bool reset(const Tensor& out, ArrayRef<int64_t> sizes) {
  if (resize_tensor(out, sizes) != Error::Ok) {
    return false;
  }
  if (out.nbytes() != 0) {
    std::memset(out.mutable_data_ptr(), 0, out.nbytes());
  }
  return true;
}

/// With `is_forward_only`, `out2` has an element per offset, else per bag.
std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> embedding_bag(
    KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets,
    int64_t mode, const optional<Tensor>& per_sample_weights, bool include_last_offset,
    int64_t padding_idx, bool is_forward_only, Tensor& out0, Tensor& out1, Tensor& out2,
    Tensor& out3) {
  std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> result(out0, out1, out2, out3);
  ET_KERNEL_CHECK(ctx,
                  check_embedding_bag(weight, indices, offsets, mode, per_sample_weights,
                                      include_last_offset) &&
                      tensors_have_same_dtype(weight, out0),
                  InvalidArgument, result);
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(offsets, out1) &&
                      tensors_have_same_dtype(offsets, out2) &&
                      tensors_have_same_dtype(offsets, out3),
                  InvalidArgument, result);
  const int64_t rows = weight.size(0);
  const int64_t width = weight.size(1);
  const int64_t count = indices.numel();
  const int64_t bags = offsets.numel() - (include_last_offset ? 1 : 0);
  padding_idx = padding_idx < 0 ? -1 : padding_idx;

  // Sums of plain rows need no record of the bags.
  const bool is_plain_sum =
      mode == kSum && padding_idx < 0 &&
      (weight.scalar_type() == ScalarType::Float || weight.scalar_type() == ScalarType::Half);
  const int64_t table[] = {bags, width};
  const int64_t record[] = {is_plain_sum ? 0 : count};
  const int64_t sizes[] = {is_forward_only ? static_cast<int64_t>(offsets.numel()) : bags};
  const int64_t maxima[] = {bags};
  ET_KERNEL_CHECK(
      ctx,
      reset(out0, ArrayRef<int64_t>(table)) && reset(out1, ArrayRef<int64_t>(record)) &&
          reset(out2, ArrayRef<int64_t>(sizes)) &&
          reset(out3, mode == kMax ? ArrayRef<int64_t>(table) : ArrayRef<int64_t>(maxima)),
      InvalidArgument, result);

  const auto load = [](const Tensor& tensor, int64_t i) {
    return utils::load_element<int64_t>(tensor.const_data_ptr(), tensor.scalar_type(), i);
  };
  const auto store = [](const Tensor& tensor, int64_t i, int64_t value) {
    utils::store_element<int64_t>(value, tensor.mutable_data_ptr(), tensor.scalar_type(), i);
  };
  ET_KERNEL_CHECK_MSG(ctx, bags == 0 || load(offsets, 0) == 0, InvalidArgument, result,
                      "The first of the offsets is %" PRId64 ", expected 0", load(offsets, 0));
  utils::dispatch_compute_type(weight.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    T values[utils::kBlockSize];
    T buffer[utils::kBlockSize];
    for (int64_t bag = 0; bag < bags; ++bag) {
      const int64_t begin = load(offsets, bag);
      const int64_t end = bag + 1 < offsets.numel() ? load(offsets, bag + 1) : count;
      ET_KERNEL_CHECK_MSG(ctx, begin >= 0 && begin <= end && end <= count, InvalidArgument, ,
                          "Bag %" PRId64 " is from %" PRId64 " to %" PRId64 " of %" PRId64
                          " indices",
                          bag, begin, end, count);
      int64_t size = 0;
      for (int64_t c = 0; c < width || c == 0; c += utils::kBlockSize) {
        const int64_t n = std::min(utils::kBlockSize, width - c);
        std::fill(values, values + n, T(0));
        size = 0;
        for (int64_t i = begin; i < end; ++i) {
          const int64_t row = load(indices, i);
          ET_KERNEL_CHECK(ctx, utils::index_in_range(row, rows), InvalidArgument, );
          if (!is_plain_sum) {
            store(out1, i, bag);
          }
          if (row == padding_idx) {
            continue;
          }
          const T factor = per_sample_weights.has_value()
                               ? utils::load_element<T>(per_sample_weights->const_data_ptr(),
                                                        per_sample_weights->scalar_type(), i)
                               : T(1);
          const T* x = utils::load_block<T>(weight.const_data_ptr(), weight.scalar_type(),
                                            row * weight.strides()[0] + c * weight.strides()[1],
                                            weight.strides()[1], n, buffer);
          for (int64_t j = 0; j < n; ++j) {
            if (mode != kMax) {
              values[j] += x[j] * factor;
            } else if (size == 0 || x[j] > values[j]) {
              values[j] = x[j];
              store(out3, bag * out3.strides()[0] + (c + j) * out3.strides()[1], row);
            }
          }
          ++size;
        }
        for (int64_t j = 0; mode == kMean && size > 0 && j < n; ++j) {
          values[j] /= static_cast<T>(size);
        }
        utils::store_block<T>(values, n, out0.mutable_data_ptr(), out0.scalar_type(),
                              bag * out0.strides()[0] + c * out0.strides()[1], out0.strides()[1]);
      }
      if (mode != kSum) {
        store(out2, bag, size);
      }
    }
  });
  return result;
}

}  // namespace

/// Sums (or takes the mean or maximum of) the rows of `weight` that each bag of indices names; a
/// bag begins at each of the offsets. The other results are for the gradient: the bag of each
/// index, how many indices a bag has, and, of the maximum, the rows that it came from.
std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> _embedding_bag_out(
    KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets,
    bool scale_grad_by_freq, int64_t mode, bool sparse, const optional<Tensor>& per_sample_weights,
    bool include_last_offset, int64_t padding_idx, Tensor& out0, Tensor& out1, Tensor& out2,
    Tensor& out3) {
  // These say how gradients are computed.
  (void)scale_grad_by_freq;
  (void)sparse;
  return embedding_bag(ctx, weight, indices, offsets, mode, per_sample_weights, include_last_offset,
                       padding_idx, /*is_forward_only=*/false, out0, out1, out2, out3);
}

std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> _embedding_bag_forward_only_out(
    KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets,
    bool scale_grad_by_freq, int64_t mode, bool sparse, const optional<Tensor>& per_sample_weights,
    bool include_last_offset, int64_t padding_idx, Tensor& out0, Tensor& out1, Tensor& out2,
    Tensor& out3) {
  // These say how gradients are computed.
  (void)scale_grad_by_freq;
  (void)sparse;
  return embedding_bag(ctx, weight, indices, offsets, mode, per_sample_weights, include_last_offset,
                       padding_idx, /*is_forward_only=*/true, out0, out1, out2, out3);
}

}  // namespace torch::executor::native
