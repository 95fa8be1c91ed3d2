// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/convolution_util.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/kernel_ops_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace torch::executor::native::utils {

namespace {

constexpr int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

/// Elements of an image tile on the stack, and of its sums.
constexpr int64_t kTileElements = 1024;
/// So many multiplications are worth a thread.
constexpr int64_t kParallelProducts = 65536;
/// Wider tiles would have too few rows.
constexpr int64_t kMaxTileWidth = 64;

/// sums[i] += the products of up to four factors with as many rows.
template <typename T>
void add_scaled(T* __restrict sums, int64_t n, const T* const* rows, const T* factors,
                int64_t count) {
  if (count == 4) {
    const T *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    const T f0 = factors[0], f1 = factors[1], f2 = factors[2], f3 = factors[3];
    for (int64_t i = 0; i < n; ++i) {
      sums[i] += (x0[i] * f0 + x1[i] * f1) + (x2[i] * f2 + x3[i] * f3);
    }
    return;
  }
  for (int64_t r = 0; r < count; ++r) {
    const T* x = rows[r];
    const T factor = factors[r];
    for (int64_t i = 0; i < n; ++i) {
      sums[i] += x[i] * factor;
    }
  }
}

}  // namespace

Convolution::Convolution(const Tensor& image, const Tensor& map, const Tensor& weight,
                         IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                         int64_t groups)
    : image_(image),
      map_(map),
      weight_(weight),
      groups_(groups),
      image_channels_(weight.size(1)),
      map_channels_(weight.size(0) / groups) {
  const auto rank = static_cast<size_t>(image.dim());
  const size_t missing = kSpatial - (rank - 2);
  weight_sizes_[0] = image_channels_;
  for (size_t i = missing; i < kSpatial; ++i) {
    const size_t d = i - missing;
    Dimension& dim = dims_[i];
    dim.image_size = image.sizes()[d + 2];
    dim.map_size = map.sizes()[d + 2];
    dim.kernel_size = weight.sizes()[d + 2];
    dim.stride = val_at(stride, d);
    dim.padding = val_at(padding, d, 0);
    dim.dilation = val_at(dilation, d);
    dim.image_stride = image.strides()[d + 2];
    dim.map_stride = map.strides()[d + 2];
    dim.weight_stride = weight.strides()[d + 2];
    weight_sizes_[i + 1] = dim.kernel_size;
  }
  for (size_t i = 0; i < missing; ++i) {
    weight_order_[i] = i + 1;
  }
  for (size_t i = 1; i < rank; ++i) {
    const size_t d = weight.dim_order()[i];
    weight_order_[missing + i - 1] = d < 2 ? 0 : d - 1 + missing;
  }

  LoopNest<1> positions;
  for (const Dimension& dim : dims_) {
    positions.push(dim.map_size, {dim.map_stride});
  }
  positions.merge();
  map_position_stride_ =
      positions.run_size() == positions.count() ? positions.run_strides()[0] : -1;

  // A dimension over which the kernel moves one by one, without reaching beyond it, can be merged
  // into the next such one: a pointwise convolution becomes one product of matrices.
  for (size_t i = kSpatial - 1; i-- > 0;) {
    const auto is_pointwise = [](const Dimension& dim) {
      return dim.kernel_size == 1 && dim.stride == 1 && dim.padding == 0;
    };
    Dimension& inner = dims_[kSpatial - 1];
    Dimension& outer = dims_[i];
    if (!is_pointwise(outer) || !is_pointwise(inner) || outer.image_size != outer.map_size ||
        inner.image_size != inner.map_size ||
        (outer.image_size != 1 && (outer.image_stride != inner.image_stride * inner.image_size ||
                                   outer.map_stride != inner.map_stride * inner.map_size))) {
      break;
    }
    inner.image_size *= outer.image_size;
    inner.map_size *= outer.map_size;
    outer = Dimension();
  }
}

bool Convolution::layout_is_supported() const {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      weight_.dim_order()[0] == 0,
      "convolution: the first dimension of the weights must be the outermost in memory, not "
      "dimension %d",
      static_cast<int>(weight_.dim_order()[0]));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(map_position_stride_ >= 0,
                                 "convolution: the spatial dimensions of a tensor must be in their "
                                 "order and next to each other in memory");
  return true;
}

Convolution::Tap Convolution::tap(int64_t index) const {
  std::array<int64_t, kSpatial + 1> at;
  for (size_t i = at.size(); i-- > 0;) {
    const size_t d = weight_order_[i];
    at[d] = index % weight_sizes_[d];
    index /= weight_sizes_[d];
  }
  return {at[0], {at[1], at[2], at[3]}};
}

Convolution::Position Convolution::map_position(int64_t index) const {
  const int64_t rest = index / dims_[2].map_size;
  return {rest / dims_[1].map_size, rest % dims_[1].map_size, index % dims_[2].map_size};
}

int64_t Convolution::image_offset(int64_t batch, int64_t group, int64_t channel) const {
  return batch * image_.strides()[0] + (group * image_channels_ + channel) * image_.strides()[1];
}

Matrix Convolution::weight_matrix(int64_t group) const {
  return {weight_.const_data_ptr(), weight_.scalar_type(), group * map_channels_ * taps(), taps(),
          1};
}

Matrix Convolution::map_matrix(int64_t batch, int64_t group) const {
  return {map_.const_data_ptr(), map_.scalar_type(),
          batch * map_.strides()[0] + group * map_channels_ * map_.strides()[1], map_.strides()[1],
          map_position_stride_};
}

template <typename F>
void Convolution::for_each_run(const Position& at, int64_t j, int64_t n, const F& f) const {
  const Dimension& inner = dims_[2];
  Position position = map_position(j);
  for (int64_t done = 0; done < n;) {
    const int64_t count = std::min(n - done, inner.map_size - position[2]);
    const int64_t d = dims_[0].image_position(position[0], at[0]);
    const int64_t h = dims_[1].image_position(position[1], at[1]);
    if (d >= 0 && d < dims_[0].image_size && h >= 0 && h < dims_[1].image_size) {
      const int64_t w = inner.image_position(position[2], at[2]);
      const int64_t begin = w >= 0 ? 0 : divide_up(-w, inner.stride);
      const int64_t end = w >= inner.image_size
                              ? 0
                              : std::min(count, divide_up(inner.image_size - w, inner.stride));
      if (begin < end) {
        f(done + begin, end - begin,
          d * dims_[0].image_stride + h * dims_[1].image_stride +
              (w + begin * inner.stride) * inner.image_stride,
          inner.stride * inner.image_stride);
      }
    }
    done += count;
    position[2] = 0;
    if (++position[1] == dims_[1].map_size) {
      position[1] = 0;
      ++position[0];
    }
  }
}

template <typename T>
const T* Convolution::load_seen(const Tap& tap, int64_t image_offset, int64_t j, int64_t n,
                                T* buffer) const {
  const T* seen = buffer;
  std::memset(buffer, 0, static_cast<size_t>(n) * sizeof(T));
  for_each_run(tap.at, j, n, [&](int64_t first, int64_t count, int64_t offset, int64_t stride) {
    const Matrix row = {image_.const_data_ptr(), image_.scalar_type(), image_offset + offset, 0,
                        stride};
    const T* values = load_factors<T>(row, count, buffer + first);
    if (count == n) {
      seen = values;
    } else if (values != buffer + first) {
      std::memcpy(buffer + first, values, static_cast<size_t>(count) * sizeof(T));
    }
  });
  return seen;
}

void Convolution::gather(KernelRuntimeContext& ctx, const Tensor* bias) const {
  dispatch_product_type(map_.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      // With one image channel per group, a product of matrices would use each element of the image
      // in few products only.
      constexpr int64_t kFewMapChannels = 4;
      const TileSize tile = tile_size();
      if (image_channels_ == 1 && map_channels_ <= kFewMapChannels && tile.height > 0) {
        gather_by_tiles<T>(tile, bias);
        return;
      }
    }
    GemmWorkspace<T> workspace(ctx, map_channels_, map_numel(), taps(), /*max_tasks=*/kGemmTasks);
    for (int64_t n = 0; n < map_.size(0); ++n) {
      for (int64_t g = 0; g < groups_; ++g) {
        Matrix addend;
        ProductSink<T> sink{map_matrix(n, g)};
        if (bias != nullptr) {
          addend = {bias->const_data_ptr(), bias->scalar_type(), g * map_channels_, 1, 0};
          sink.addend = &addend;
        }
        const int64_t offset = image_offset(n, g, 0);
        gemm<T>(
            workspace, map_channels_, map_numel(), taps(), weight_matrix(g),
            [&](int64_t p, int64_t j, int64_t count, T* buffer) {
              const Tap seen_by = tap(p);
              return load_seen<T>(seen_by, offset + seen_by.channel * image_.strides()[1], j, count,
                                  buffer);
            },
            [&](int64_t i, int64_t j, int64_t count, const T* row) {
              sink.store(i, j, count, row);
            });
      }
    }
  });
}

void Convolution::scatter(KernelRuntimeContext& ctx, const Tensor* bias) const {
  dispatch_product_type(map_.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    void* const data = image_.mutable_data_ptr();
    const auto sink_to = [&](int64_t offset, int64_t stride) {
      return ProductSink<T>{Matrix{data, image_.scalar_type(), offset, 0, stride}};
    };
    // The image starts as the bias, and every product is added to it.
    T values[kBlockSize];
    LoopNest<1> pixels;
    for (size_t i = 0; i < kSpatial; ++i) {
      pixels.push(dims_[i].image_size, {dims_[i].image_stride});
    }
    pixels.merge();
    const int64_t stride = pixels.run_strides()[0];
    for (int64_t n = 0; n < image_.size(0); ++n) {
      for (int64_t c = 0; c < image_.size(1); ++c) {
        T initial = T(0);
        if (bias != nullptr) {
          initial = *load_factors<T>(Matrix{bias->const_data_ptr(), bias->scalar_type(), c, 0, 1},
                                     1, &initial);
        }
        std::fill(values, values + kBlockSize, initial);
        pixels.for_each_run([&](const LoopNest<1>::Offsets& at) {
          for (int64_t i = 0; i < pixels.run_size(); i += kBlockSize) {
            sink_to(image_offset(n, 0, c) + at[0] + i * stride, stride)
                .store(0, 0, std::min(kBlockSize, pixels.run_size() - i), values);
          }
        });
      }
    }
    GemmWorkspace<T> workspace(ctx, taps(), map_numel(), map_channels_);
    for (int64_t n = 0; n < map_.size(0); ++n) {
      for (int64_t g = 0; g < groups_; ++g) {
        const Matrix map = map_matrix(n, g);
        const int64_t offset = image_offset(n, g, 0);
        gemm<T>(
            workspace, taps(), map_numel(), map_channels_, weight_matrix(g).transposed(),
            [&](int64_t p, int64_t j, int64_t count, T* buffer) {
              return load_factors<T>(map.at(p, j), count, buffer);
            },
            [&](int64_t i, int64_t j, int64_t count, const T* row) {
              const Tap tap = this->tap(i);
              for_each_run(tap.at, j, count,
                           [&](int64_t first, int64_t run, int64_t at, int64_t run_stride) {
                             ProductSink<T> sink = sink_to(
                                 offset + tap.channel * image_.strides()[1] + at, run_stride);
                             const Matrix addend = sink.out;
                             sink.addend = &addend;
                             sink.store(0, 0, run, row + first);
                           });
            });
      }
    }
  });
}

void Convolution::correlate(KernelRuntimeContext& ctx) const {
  dispatch_product_type(map_.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    GemmWorkspace<T> workspace(ctx, map_channels_, taps(), map_numel());
    // What the taps see is read for a few positions at a time.
    constexpr int64_t kPositions = 16;
    T seen[kGemmColumns][kPositions];
    for (int64_t g = 0; g < groups_; ++g) {
      const Matrix weight = weight_matrix(g);
      for (int64_t n = 0; n < map_.size(0); ++n) {
        ProductSink<T> sink{weight};
        sink.addend = n == 0 ? nullptr : &weight;
        const int64_t offset = image_offset(n, g, 0);
        int64_t seen_tap = -1;
        int64_t seen_position = -1;
        gemm<T>(
            workspace, map_channels_, taps(), map_numel(), map_matrix(n, g),
            [&](int64_t p, int64_t j, int64_t count, T* buffer) {
              const int64_t first = p / kPositions * kPositions;
              if (seen_tap != j || seen_position != first) {
                const int64_t positions = std::min(kPositions, map_numel() - first);
                for (int64_t i = 0; i < count; ++i) {
                  const Tap tap = this->tap(j + i);
                  const T* values = load_seen<T>(tap, offset + tap.channel * image_.strides()[1],
                                                 first, positions, seen[i]);
                  if (values != seen[i]) {
                    std::copy(values, values + positions, seen[i]);
                  }
                }
                seen_tap = j;
                seen_position = first;
              }
              for (int64_t i = 0; i < count; ++i) {
                buffer[i] = seen[i][p - first];
              }
              return static_cast<const T*>(buffer);
            },
            [&](int64_t i, int64_t j, int64_t count, const T* row) {
              sink.store(i, j, count, row);
            });
      }
    }
  });
}

Convolution::TileSize Convolution::tile_size() const {
  const Dimension& h = dims_[1];
  const Dimension& w = dims_[2];
  // Largest map size, up to `limit`, that sees at most `room` image elements, which are stored in
  // `stride` parts of equal size.
  const auto fit = [](const Dimension& dim, int64_t room, int64_t limit) {
    const int64_t usable = room / dim.stride * dim.stride - dim.reach();
    return usable < 0 ? 0 : std::min(limit, usable / dim.stride + 1);
  };
  const auto seen = [](const Dimension& dim, int64_t size) {
    return divide_up((size - 1) * dim.stride + dim.reach(), dim.stride) * dim.stride;
  };
  if (h.reach() > kTileElements || w.reach() > kTileElements || h.stride > kTileElements ||
      w.stride > kTileElements || map_numel() == 0) {
    return {0, 0};
  }
  const int64_t even_width = divide_up(w.map_size, divide_up(w.map_size, kMaxTileWidth));
  const int64_t width = fit(w, kTileElements / seen(h, 1), even_width);
  if (width <= 0) {
    return {0, 0};
  }
  return {fit(h, kTileElements / seen(w, width), h.map_size), width};
}

template <typename T>
void Convolution::gather_by_tiles(TileSize size, const Tensor* bias) const {
  const int64_t channels = groups_ * map_channels_;
  const auto gather_channel = [&](int64_t n, int64_t c) {
    const T initial =
        bias == nullptr ? T(0) : load_element<T>(bias->const_data_ptr(), bias->scalar_type(), c);
    Position first;
    for (first[0] = 0; first[0] < dims_[0].map_size; ++first[0]) {
      for (first[1] = 0; first[1] < dims_[1].map_size; first[1] += size.height) {
        for (first[2] = 0; first[2] < dims_[2].map_size; first[2] += size.width) {
          gather_tile<T>(first, std::min(size.height, dims_[1].map_size - first[1]),
                         std::min(size.width, dims_[2].map_size - first[2]),
                         image_offset(n, c / map_channels_, 0), c * weight_.strides()[0], initial,
                         n * map_.strides()[0] + c * map_.strides()[1]);
        }
      }
    }
  };
  const int64_t work = std::max<int64_t>(1, map_numel() * taps());
  ::executorch::extension::parallel_for(0, map_.size(0) * channels,
                                        std::max<int64_t>(1, kParallelProducts / work),
                                        [&](int64_t begin, int64_t end) {
                                          for (int64_t i = begin; i < end; ++i) {
                                            gather_channel(i / channels, i % channels);
                                          }
                                        });
}

// A tile of the image is stored as stride x stride planes, plane (i, j) with every element whose
// row is i and column j modulo the stride. What a kernel element sees is then a part of one plane
// whose rows are as far apart as those of the sums, so that all rows are added up as one.
template <typename T>
void Convolution::gather_tile(const Position& first, int64_t height, int64_t width,
                              int64_t image_offset, int64_t weight_offset, T initial,
                              int64_t map_offset) const {
  const Dimension& h = dims_[1];
  const Dimension& w = dims_[2];
  const int64_t rows = (height - 1) * h.stride + h.reach();
  const int64_t columns = (width - 1) * w.stride + w.reach();
  const int64_t plane_rows = divide_up(rows, h.stride);
  const int64_t pitch = divide_up(columns, w.stride);
  const int64_t length = (height - 1) * pitch + width;
  T tile[kTileElements];
  T sums[kTileElements];
  std::fill(sums, sums + length, initial);
  for (int64_t kd = 0; kd < dims_[0].kernel_size; ++kd) {
    const int64_t depth = dims_[0].image_position(first[0], kd);
    if (depth < 0 || depth >= dims_[0].image_size) {
      continue;
    }
    load_tile<T>(depth, first, rows, columns, plane_rows, pitch, image_offset, tile);
    const T* seen[4];
    T factors[4];
    int64_t count = 0;
    for (int64_t kh = 0; kh < h.kernel_size; ++kh) {
      for (int64_t kw = 0; kw < w.kernel_size; ++kw) {
        const int64_t row = kh * h.dilation;
        const int64_t column = kw * w.dilation;
        const int64_t plane = row % h.stride * w.stride + column % w.stride;
        seen[count] = tile + (plane * plane_rows + row / h.stride) * pitch + column / w.stride;
        factors[count] = load_element<T>(weight_.const_data_ptr(), weight_.scalar_type(),
                                         weight_offset + kd * dims_[0].weight_stride +
                                             kh * h.weight_stride + kw * w.weight_stride);
        if (++count == 4) {
          add_scaled(sums, length, seen, factors, count);
          count = 0;
        }
      }
    }
    add_scaled(sums, length, seen, factors, count);
  }
  for (int64_t r = 0; r < height; ++r) {
    store_block<T>(sums + r * pitch, width, map_.mutable_data_ptr(), map_.scalar_type(),
                   map_offset + first[0] * dims_[0].map_stride + (first[1] + r) * h.map_stride +
                       first[2] * w.map_stride,
                   w.map_stride);
  }
}

template <typename T>
void Convolution::load_tile(int64_t depth, const Position& first, int64_t rows, int64_t columns,
                            int64_t plane_rows, int64_t plane_columns, int64_t image_offset,
                            T* tile) const {
  const Dimension& h = dims_[1];
  const Dimension& w = dims_[2];
  const int64_t top = h.image_position(first[1], 0);
  const int64_t left = w.image_position(first[2], 0);
  std::memset(tile, 0,
              static_cast<size_t>(h.stride * w.stride * plane_rows * plane_columns) * sizeof(T));
  for (int64_t r = std::max<int64_t>(0, -top); r < std::min(rows, h.image_size - top); ++r) {
    for (int64_t part = 0; part < w.stride; ++part) {
      const int64_t begin = left + part >= 0 ? 0 : divide_up(-left - part, w.stride);
      const int64_t stop = std::min(columns, w.image_size - left);
      const int64_t end = stop <= part ? 0 : divide_up(stop - part, w.stride);
      if (begin >= end) {
        continue;
      }
      T* const to = tile +
                    ((r % h.stride * w.stride + part) * plane_rows + r / h.stride) * plane_columns +
                    begin;
      const int64_t offset = image_offset + depth * dims_[0].image_stride +
                             (top + r) * h.image_stride +
                             (left + part + begin * w.stride) * w.image_stride;
      const T* from = load_block<T>(image_.const_data_ptr(), image_.scalar_type(), offset,
                                    w.stride * w.image_stride, end - begin, to);
      if (from != to) {
        std::memcpy(to, from, static_cast<size_t>(end - begin) * sizeof(T));
      }
    }
  }
}

}  // namespace torch::executor::native::utils
