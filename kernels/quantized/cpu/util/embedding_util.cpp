// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/quantized/cpu/util/embedding_util.h>

#include <algorithm>

namespace torch::executor::native::utils {

namespace {

// Column `j` of a row.
template <unsigned kBits, typename W>
int32_t weight_at(const W* row, size_t j) {
  if constexpr (kBits == 8) {
    return row[j];
  } else {
    constexpr size_t kPerByte = 8 / kBits;
    const size_t place = j % kPerByte;
    const auto byte = static_cast<uint8_t>(row[j / kPerByte]);
    const size_t shift = kBits * (kBits == 4 ? kPerByte - 1 - place : place);
    return ((byte >> shift) & ((1 << kBits) - 1)) - (1 << (kBits - 1));
  }
}

struct Table {
  const Tensor& weight;
  size_t columns;
  size_t groups;
};

template <unsigned kBits, typename W, typename S, typename Out>
void look_up(const Table& table, size_t row, const S* scales, const S* zero_points, Out* out) {
  const size_t group_size = table.columns / table.groups;
  const W* weights =
      table.weight.const_data_ptr<W>() + row * static_cast<size_t>(table.weight.size(1));
  for (size_t group = 0; group < table.groups; ++group) {
    const size_t i = row * table.groups + group;
    const auto scale = static_cast<float>(scales[i]);
    const float zero_point = zero_points == nullptr ? 0.0f : static_cast<float>(zero_points[i]);
    for (size_t j = group * group_size; j < (group + 1) * group_size; ++j) {
      const auto weight = static_cast<float>(weight_at<kBits>(weights, j));
      out[j] = static_cast<Out>((weight - zero_point) * scale);
    }
  }
}

// Row `i` of the index, or a failure.
bool index_at(KernelRuntimeContext& ctx, const Tensor& indices, size_t i, size_t rows,
              size_t& row) {
  const int64_t index = indices.scalar_type() == ScalarType::Long
                            ? indices.const_data_ptr<int64_t>()[i]
                            : indices.const_data_ptr<int32_t>()[i];
  ET_KERNEL_CHECK_MSG(ctx, index >= 0 && static_cast<uint64_t>(index) < rows, InvalidArgument,
                      false, "index %lld is not in a table of %zu rows",
                      static_cast<long long>(index), rows);
  row = static_cast<size_t>(index);
  return true;
}

template <unsigned kBits, typename W>
void look_up_all(KernelRuntimeContext& ctx, const Table& table, const Tensor& scales,
                 const std::optional<Tensor>& zero_points, const Tensor& indices, Tensor& out) {
  static constexpr auto name = "quantized_decomposed::embedding";
  ET_SWITCH_FLOATH_TYPES_AND(BFloat16, scales.scalar_type(), ctx, name, S, [&] {
    ET_SWITCH_FLOATH_TYPES_AND(BFloat16, out.scalar_type(), ctx, name, OUT, [&] {
      const S* scale = scales.const_data_ptr<S>();
      const S* zero_point = zero_points ? zero_points->const_data_ptr<S>() : nullptr;
      OUT* to = out.mutable_data_ptr<OUT>();
      for (size_t i = 0; i < static_cast<size_t>(indices.numel()); ++i) {
        size_t row = 0;
        if (!index_at(ctx, indices, i, static_cast<size_t>(table.weight.size(0)), row)) {
          return;
        }
        look_up<kBits, W>(table, row, scale, zero_point, to + i * table.columns);
      }
    });
  });
}

bool check(KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& scales,
           const std::optional<Tensor>& zero_points, int64_t quant_min, int64_t quant_max,
           const Tensor& indices, std::optional<ScalarType> dtype, size_t columns,
           const Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, !dtype || *dtype == out.scalar_type(), InvalidArgument, false,
                      "out has elements of %s, but dtype is %s", toString(out.scalar_type()),
                      toString(*dtype));
  ET_KERNEL_CHECK_MSG(
      ctx,
      quant_min <= quant_max &&
          (indices.scalar_type() == ScalarType::Long || indices.scalar_type() == ScalarType::Int),
      InvalidArgument, false, "expected quant_min <= quant_max and indices of Int or Long, got %s",
      toString(indices.scalar_type()));
  ET_KERNEL_CHECK(ctx,
                  tensor_is_default_dim_order(weight) && tensor_is_default_dim_order(scales) &&
                      tensor_is_default_dim_order(indices) && tensor_is_default_dim_order(out),
                  InvalidArgument, false);
  ET_KERNEL_CHECK_MSG(
      ctx,
      (scales.dim() == 1 || scales.dim() == 2) && scales.size(0) == weight.size(0) &&
          (scales.dim() == 1 ||
           (scales.size(1) > 0 && columns % static_cast<size_t>(scales.size(1)) == 0)),
      InvalidArgument, false, "the scales do not fit the %zd rows and %zu columns",
      static_cast<ssize_t>(weight.size(0)), columns);
  ET_KERNEL_CHECK(ctx, !zero_points || tensors_have_same_shape_and_dtype(*zero_points, scales),
                  InvalidArgument, false);
  return true;
}

}  // namespace

void quantized_embedding(KernelRuntimeContext& ctx, const Tensor& weight, const Tensor& scales,
                         const std::optional<Tensor>& zero_points, int64_t quant_min,
                         int64_t quant_max, const Tensor& indices, std::optional<ScalarType> dtype,
                         unsigned bits, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, weight.dim() == 2, InvalidArgument, , "the weights have rank %zd, not 2",
                      static_cast<ssize_t>(weight.dim()));
  const size_t columns = static_cast<size_t>(weight.size(1)) * (8 / bits);
  if (!check(ctx, weight, scales, zero_points, quant_min, quant_max, indices, dtype, columns,
             out)) {
    return;
  }
  SizesType sizes[kTensorDimensionLimit];
  ET_KERNEL_CHECK(ctx, indices.dim() < static_cast<ssize_t>(kTensorDimensionLimit),
                  InvalidArgument, );
  std::copy_n(indices.sizes().begin(), indices.dim(), sizes);
  sizes[indices.dim()] = static_cast<SizesType>(columns);
  ET_KERNEL_CHECK(ctx,
                  resize_tensor(out, {sizes, static_cast<size_t>(indices.dim()) + 1}) == Error::Ok,
                  InvalidArgument, );
  const Table table{weight, columns,
                    scales.dim() == 2 ? static_cast<size_t>(scales.size(1)) : size_t{1}};
  const ScalarType type = weight.scalar_type();
  ET_KERNEL_CHECK_MSG(ctx, type == ScalarType::Byte || (bits == 8 && type == ScalarType::Char),
                      InvalidArgument, , "weights of %u bits cannot be in a tensor of %s", bits,
                      toString(type));
  if (bits == 4) {
    look_up_all<4, uint8_t>(ctx, table, scales, zero_points, indices, out);
  } else if (bits == 2) {
    look_up_all<2, uint8_t>(ctx, table, scales, zero_points, indices, out);
  } else if (type == ScalarType::Byte) {
    look_up_all<8, uint8_t>(ctx, table, scales, zero_points, indices, out);
  } else {
    look_up_all<8, int8_t>(ctx, table, scales, zero_points, indices, out);
  }
}

}  // namespace torch::executor::native::utils
