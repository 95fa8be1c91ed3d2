// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Tensors for tests, in one line:
///
///   TensorFactory<ScalarType::Float> tf;
///   Tensor x = tf.make({2, 3}, {1, 2, 3, 4, 5, 6});
///   Tensor out = tf.zeros({2, 3}, TensorShapeDynamism::DYNAMIC_BOUND);

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::runtime::testing {

/// Makes tensors of one element type and owns them: they live as long as the factory. A shape, dim
/// order or amount of data that does not fit aborts. With a dynamic shape, the sizes given are the
/// upper bound.
template <::executorch::aten::ScalarType DTYPE>
class TensorFactory {
 public:
  /// Type of the values passed in; Bool is passed as uint8_t, a vector of bool having no data().
  using ctype =
      std::conditional_t<DTYPE == ::executorch::aten::ScalarType::Bool, uint8_t,
                         typename ::executorch::runtime::ScalarTypeToCppType<DTYPE>::type>;
  using Tensor = ::executorch::aten::Tensor;
  using SizesType = ::executorch::aten::SizesType;
  using StridesType = ::executorch::aten::StridesType;
  using DimOrderType = ::executorch::aten::DimOrderType;
  using TensorShapeDynamism = ::executorch::aten::TensorShapeDynamism;

  TensorFactory() = default;
  TensorFactory(const TensorFactory&) = delete;
  TensorFactory& operator=(const TensorFactory&) = delete;

  /// A tensor whose memory holds `data`; without strides, in the default dim order.
  Tensor make(const std::vector<SizesType>& sizes, const std::vector<ctype>& data,
              const std::vector<StridesType>& strides = {},
              TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    std::vector<DimOrderType> dim_order = default_dim_order(sizes.size());
    if (!strides.empty()) {
      ET_CHECK_MSG(strides.size() == sizes.size(), "%zu strides for %zu sizes", strides.size(),
                   sizes.size());
      ET_CHECK(stride_to_dim_order(strides.data(), strides.size(), dim_order.data()) == Error::Ok);
    }
    const Tensor tensor = make_with_dimorder(sizes, data, dim_order, dynamism);
    for (size_t d = 0; d < strides.size(); ++d) {
      ET_CHECK_MSG(sizes[d] <= 1 || tensor.strides()[d] == strides[d],
                   "Stride %d of dimension %zu leaves gaps or overlaps",
                   static_cast<int>(strides[d]), d);
    }
    return tensor;
  }

  /// Zeros with these strides.
  Tensor empty_strided(const std::vector<SizesType>& sizes, const std::vector<StridesType>& strides,
                       TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return make(sizes, std::vector<ctype>(count(sizes), ctype(0)), strides, dynamism);
  }

  /// A tensor whose memory, in the given order of dimensions, holds `data`.
  Tensor make_with_dimorder(const std::vector<SizesType>& sizes, const std::vector<ctype>& data,
                            const std::vector<DimOrderType>& dim_order = {},
                            TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    const auto order = dim_order.empty() ? default_dim_order(sizes.size()) : dim_order;
    tensors_.push_back(std::make_unique<Owned>(sizes, data, order, dynamism));
    return Tensor(&tensors_.back()->impl);
  }

  /// `data` is in the order of memory: NHWC.
  Tensor make_channels_last(const std::vector<SizesType>& sizes, const std::vector<ctype>& data,
                            TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return make_with_dimorder(sizes, data, channels_last_dim_order(sizes.size()), dynamism);
  }

  /// The elements of a contiguous tensor in channels-last order.
  Tensor channels_last_like(const Tensor& input,
                            TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    const std::vector<SizesType> sizes = sizes_of(input);
    const Tensor output = full_channels_last(sizes, ctype(), dynamism);
    // The coordinate of each element in the input's order of memory.
    std::vector<SizesType> coordinate(sizes.size(), 0);
    for (ssize_t i = 0; i < input.numel(); ++i) {
      size_t at = 0;
      size_t to = 0;
      for (size_t d = 0; d < sizes.size(); ++d) {
        at += static_cast<size_t>(coordinate[d]) * static_cast<size_t>(input.strides()[d]);
        to += static_cast<size_t>(coordinate[d]) * static_cast<size_t>(output.strides()[d]);
      }
      std::memcpy(static_cast<char*>(output.mutable_data_ptr()) + to * sizeof(ctype),
                  static_cast<const char*>(input.const_data_ptr()) + at * sizeof(ctype),
                  sizeof(ctype));
      for (size_t d = sizes.size(); d-- > 0 && ++coordinate[d] == sizes[d];) {
        coordinate[d] = 0;
      }
    }
    return output;
  }

  Tensor full(const std::vector<SizesType>& sizes, ctype value,
              TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return make_with_dimorder(sizes, std::vector<ctype>(count(sizes), value), {}, dynamism);
  }
  Tensor full_channels_last(const std::vector<SizesType>& sizes, ctype value,
                            TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return make_channels_last(sizes, std::vector<ctype>(count(sizes), value), dynamism);
  }
  Tensor zeros(const std::vector<SizesType>& sizes,
               TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full(sizes, ctype(0), dynamism);
  }
  Tensor zeros_channels_last(const std::vector<SizesType>& sizes,
                             TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full_channels_last(sizes, ctype(0), dynamism);
  }
  Tensor ones(const std::vector<SizesType>& sizes,
              TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full(sizes, ctype(1), dynamism);
  }
  Tensor ones_channels_last(const std::vector<SizesType>& sizes,
                            TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full_channels_last(sizes, ctype(1), dynamism);
  }

  /// The shape and dim order of another tensor, of whatever type.
  Tensor full_like(const Tensor& input, ctype value,
                   TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    const std::vector<SizesType> sizes = sizes_of(input);
    return make_with_dimorder(sizes, std::vector<ctype>(count(sizes), value),
                              {input.dim_order().begin(), input.dim_order().end()}, dynamism);
  }
  Tensor zeros_like(const Tensor& input,
                    TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full_like(input, ctype(0), dynamism);
  }
  Tensor ones_like(const Tensor& input,
                   TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC) {
    return full_like(input, ctype(1), dynamism);
  }

 private:
  // The arrays that a TensorImpl refers to.
  struct Owned {
    Owned(const std::vector<SizesType>& sizes_in, const std::vector<ctype>& data_in,
          const std::vector<DimOrderType>& order_in, TensorShapeDynamism dynamism)
        : sizes(sizes_in),
          order(order_in),
          strides(strides_of(sizes, order)),
          data(data_in),
          impl(DTYPE, static_cast<ssize_t>(sizes.size()), sizes.data(), data.data(), order.data(),
               strides.data(), dynamism) {
      ET_CHECK_MSG(data.size() == count(sizes), "%zu values for a tensor of %zu elements",
                   data.size(), count(sizes));
    }

    std::vector<SizesType> sizes;
    std::vector<DimOrderType> order;
    std::vector<StridesType> strides;
    std::vector<ctype> data;
    ::executorch::aten::TensorImpl impl;
  };

  static size_t count(const std::vector<SizesType>& sizes) {
    return static_cast<size_t>(
        ::executorch::aten::compute_numel(sizes.data(), static_cast<ssize_t>(sizes.size())));
  }
  static std::vector<SizesType> sizes_of(const Tensor& tensor) {
    return {tensor.sizes().begin(), tensor.sizes().end()};
  }
  static std::vector<DimOrderType> default_dim_order(size_t rank) {
    std::vector<DimOrderType> order(rank);
    std::iota(order.begin(), order.end(), DimOrderType(0));
    return order;
  }
  static std::vector<DimOrderType> channels_last_dim_order(size_t rank) {
    ET_CHECK_MSG(rank == 4 || rank == 5, "Channels-last is for tensors of rank 4 and 5, not %zu",
                 rank);
    std::vector<DimOrderType> order = default_dim_order(rank);
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
    return order;
  }
  static std::vector<StridesType> strides_of(const std::vector<SizesType>& sizes,
                                             const std::vector<DimOrderType>& order) {
    ET_CHECK_MSG(order.size() == sizes.size(), "A dim order of %zu entries for %zu sizes",
                 order.size(), sizes.size());
    std::vector<StridesType> strides(sizes.size());
    ET_CHECK(dim_order_to_stride(sizes.data(), order.data(), sizes.size(), strides.data()) ==
             Error::Ok);
    return strides;
  }

  std::vector<std::unique_ptr<Owned>> tensors_;
};

/// Makes lists of tensors of one element type and owns them.
template <::executorch::aten::ScalarType DTYPE>
class TensorListFactory {
 public:
  TensorListFactory() = default;
  TensorListFactory(const TensorListFactory&) = delete;
  TensorListFactory& operator=(const TensorListFactory&) = delete;

  /// Zeros with the shapes of the given tensors.
  ::executorch::aten::TensorList zeros_like(const std::vector<::executorch::aten::Tensor>& like) {
    lists_.push_back(std::make_unique<std::vector<::executorch::aten::Tensor>>());
    for (const ::executorch::aten::Tensor& tensor : like) {
      lists_.back()->push_back(tensors_.zeros_like(tensor));
    }
    return {lists_.back()->data(), lists_.back()->size()};
  }

 private:
  TensorFactory<DTYPE> tensors_;
  std::vector<std::unique_ptr<std::vector<::executorch::aten::Tensor>>> lists_;
};

}  // namespace executorch::runtime::testing

namespace torch {
namespace executor {
namespace testing {
using ::executorch::runtime::testing::TensorFactory;
using ::executorch::runtime::testing::TensorListFactory;
}  // namespace testing
}  // namespace executor
}  // namespace torch
