// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/grid_sampler_2d_util.h>

namespace torch::executor::native {

namespace {

/// One volume of a batch; \p C is the type of coordinates and values.
template <typename C>
struct Volume {
  const Tensor& in;
  int64_t offset;

  C at(int64_t channel, const int64_t (&index)[3]) const {
    int64_t element = offset + channel * in.strides()[1];
    for (size_t d = 0; d < 3; ++d) {
      if (index[d] < 0 || index[d] >= in.sizes()[2 + d]) {
        return 0;
      }
      element += index[d] * in.strides()[2 + d];
    }
    return utils::load_element<C>(in.const_data_ptr(), in.scalar_type(), element);
  }
};

template <typename C>
void sample(const Tensor& in, const Tensor& grid, GridSamplerInterpolation interpolation,
            GridSamplerPadding padding, bool align_corners, const Tensor& out) {
  const int64_t channels = in.size(1);
  const auto steps = out.strides();
  for (int64_t n = 0; n < out.size(0); ++n) {
    const Volume<C> volume = {in, n * in.strides()[0]};
    for (int64_t d = 0; d < out.size(2); ++d) {
      for (int64_t h = 0; h < out.size(3); ++h) {
        for (int64_t w = 0; w < out.size(4); ++w) {
          const auto gs = grid.strides();
          const int64_t at = n * gs[0] + d * gs[1] + h * gs[2] + w * gs[3];
          int64_t low[3];
          C fraction[3];
          for (int i = 0; i < 3; ++i) {
            // The grid holds x, y, z.
            const C coordinate = compute_coordinates(
                grid_sampler_unnormalize(
                    utils::load_element<C>(grid.const_data_ptr(), grid.scalar_type(),
                                           at + (2 - i) * gs[4]),
                    in.size(2 + i), align_corners),
                in.size(2 + i), padding, align_corners);
            const C whole = interpolation == GridSamplerInterpolation::Nearest
                                ? std::nearbyint(coordinate)
                                : std::floor(coordinate);
            low[i] = to_index(whole);
            fraction[i] =
                interpolation == GridSamplerInterpolation::Nearest ? C(0) : coordinate - whole;
          }
          for (int64_t c = 0; c < channels; ++c) {
            C sum = 0;
            for (unsigned corner = 0; corner < 8; ++corner) {
              C weight = 1;
              int64_t index[3];
              for (unsigned i = 0; i < 3; ++i) {
                const unsigned high = corner >> (2 - i) & 1u;
                index[i] = low[i] + high;
                weight *= high != 0 ? fraction[i] : 1 - fraction[i];
              }
              if (corner == 0 || interpolation != GridSamplerInterpolation::Nearest) {
                sum += volume.at(c, index) * weight;
              }
            }
            utils::store_element<C>(
                sum, out.mutable_data_ptr(), out.scalar_type(),
                n * steps[0] + c * steps[1] + d * steps[2] + h * steps[3] + w * steps[4]);
          }
        }
      }
    }
  }
}

}  // namespace

Tensor& grid_sampler_3d_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& grid,
                            int64_t interpolation_mode, int64_t padding_mode, bool align_corners,
                            Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensor_is_rank(input, 5) && tensor_is_rank(grid, 5) &&
                      tensors_have_same_dtype(input, grid, out) && tensor_is_floating_type(input) &&
                      tensors_have_same_size_at_dims(input, 0, grid, 0),
                  InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, grid.size(4) == 3, InvalidArgument, out,
                      "The grid has %zd coordinates per element, expected 3", grid.size(4));
  ET_KERNEL_CHECK_MSG(ctx, interpolation_mode == 0 || interpolation_mode == 1, InvalidArgument, out,
                      "interpolation_mode is %lld, expected 0 (trilinear) or 1 (nearest)",
                      static_cast<long long>(interpolation_mode));
  ET_KERNEL_CHECK_MSG(ctx, padding_mode >= 0 && padding_mode <= 2, InvalidArgument, out,
                      "padding_mode is %lld, expected 0 (zeros), 1 (border) or 2 (reflection)",
                      static_cast<long long>(padding_mode));
  ET_KERNEL_CHECK_MSG(ctx, input.size(2) > 0 && input.size(3) > 0 && input.size(4) > 0,
                      InvalidArgument, out, "The input has no elements to sample");
  const int64_t sizes[] = {input.size(0), input.size(1), grid.size(1), grid.size(2), grid.size(3)};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<int64_t>(sizes)) == Error::Ok, InvalidArgument,
                  out);
  utils::dispatch_float_compute_type(input.scalar_type(), [&](auto tag) {
    using C = typename decltype(tag)::type;
    sample<C>(input, grid, static_cast<GridSamplerInterpolation>(interpolation_mode),
              static_cast<GridSamplerPadding>(padding_mode), align_corners, out);
  });
  return out;
}

}  // namespace torch::executor::native
