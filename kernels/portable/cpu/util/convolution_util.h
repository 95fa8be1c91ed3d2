// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// The three products that convolutions and their gradients are made of.
///
/// An "image" is the tensor that the kernel moves over, a "map" the one with an element per
/// position of the kernel:
///
///                          image            map             weights
///   convolution            input            output (gather) input
///   transposed convolution output (scatter) input           input
///
/// and of the gradients, each has the same roles. Weights are (map channels, image channels per
/// group, kernel...) in both.

#include <array>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/gemm.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

class Convolution {
 public:
  /// The tensors have 3 to 5 dimensions; sizes and parameters fit each other.
  Convolution(const Tensor& image, const Tensor& map, const Tensor& weight, IntArrayRef stride,
              IntArrayRef padding, IntArrayRef dilation, int64_t groups);

  /// Whether the tensors are laid out in a way that is supported; leaves a sentence if not.
  bool layout_is_supported() const;

  /// map = weights * image + bias, which may be null.
  void gather(KernelRuntimeContext& ctx, const Tensor* bias) const;
  /// image = transposed weights * map + bias, which may be null.
  void scatter(KernelRuntimeContext& ctx, const Tensor* bias) const;
  /// weights = map * image, summed over positions and batch.
  void correlate(KernelRuntimeContext& ctx) const;

 private:
  static constexpr size_t kSpatial = 3;
  using Position = std::array<int64_t, kSpatial>;

  /// One spatial dimension; those that the tensors do not have are of size 1.
  struct Dimension {
    int64_t image_size = 1;
    int64_t map_size = 1;
    int64_t kernel_size = 1;
    int64_t stride = 1;
    int64_t padding = 0;
    int64_t dilation = 1;
    int64_t image_stride = 0;
    int64_t map_stride = 0;
    int64_t weight_stride = 0;

    /// Position in the image of kernel element `tap` at map position `at`; may be outside.
    int64_t image_position(int64_t at, int64_t tap) const {
      return at * stride - padding + tap * dilation;
    }
    int64_t reach() const { return (kernel_size - 1) * dilation + 1; }
  };

  /// An image channel within the group and a kernel element.
  struct Tap {
    int64_t channel;
    Position at;
  };

  /// The tap that is element `index` of a row of weights, in the order of memory.
  Tap tap(int64_t index) const;
  Position map_position(int64_t index) const;

  int64_t map_numel() const { return dims_[0].map_size * dims_[1].map_size * dims_[2].map_size; }
  int64_t kernel_numel() const {
    return dims_[0].kernel_size * dims_[1].kernel_size * dims_[2].kernel_size;
  }
  /// Elements in a row of weights.
  int64_t taps() const { return image_channels_ * kernel_numel(); }

  int64_t image_offset(int64_t batch, int64_t group, int64_t channel) const;
  Matrix weight_matrix(int64_t group) const;
  Matrix map_matrix(int64_t batch, int64_t group) const;

  /// Splits map positions [j, j + n) into runs whose kernel element `at` lies inside the image, and
  /// calls f(first position - j, count, offset in the image channel, stride in the image).
  template <typename F>
  void for_each_run(const Position& at, int64_t j, int64_t n, const F& f) const;
  /// What kernel element `tap` sees at map positions [j, j + n); zeros outside of the image.
  template <typename T>
  const T* load_seen(const Tap& tap, int64_t image_offset, int64_t j, int64_t n, T* buffer) const;

  /// Size of the tiles of a map for which gather_by_tiles() keeps the image on the stack; 0 by 0
  /// where the kernel reaches too far.
  struct TileSize {
    int64_t height, width;
  };
  TileSize tile_size() const;
  template <typename T>
  void gather_by_tiles(TileSize size, const Tensor* bias) const;
  template <typename T>
  void gather_tile(const Position& first, int64_t height, int64_t width, int64_t image_offset,
                   int64_t weight_offset, T initial, int64_t map_offset) const;
  template <typename T>
  void load_tile(int64_t depth, const Position& first, int64_t rows, int64_t columns,
                 int64_t plane_rows, int64_t plane_columns, int64_t image_offset, T* tile) const;

  const Tensor& image_;
  const Tensor& map_;
  const Tensor& weight_;
  int64_t groups_;
  int64_t image_channels_;  // per group
  int64_t map_channels_;    // per group
  std::array<Dimension, kSpatial> dims_;
  int64_t map_position_stride_;  // of consecutive map positions; -1 where there is no such stride
  // The dimensions of a row of weights from outermost to innermost: 0 is the channel, 1.. spatial.
  std::array<size_t, kSpatial + 1> weight_order_ = {};
  std::array<int64_t, kSpatial + 1> weight_sizes_ = {1, 1, 1, 1};
};

}  // namespace torch::executor::native::utils
