// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// One of each run of equal elements, which run each element is in, and how long the runs are. Not
/// along a dimension.
std::tuple<Tensor&, Tensor&, Tensor&> unique_consecutive_out(
    KernelRuntimeContext& ctx, const Tensor& self, bool return_inverse, bool return_counts,
    optional<int64_t> dim, Tensor& out0, Tensor& out1, Tensor& out2) {
  std::tuple<Tensor&, Tensor&, Tensor&> result(out0, out1, out2);
  ET_KERNEL_CHECK_MSG(ctx, !dim.has_value() || self.dim() <= 1, NotSupported, result,
                      "unique_consecutive along dimension %" PRId64 " of %zd is not supported",
                      dim.value_or(0), self.dim());
  ET_KERNEL_CHECK(ctx,
                  tensor_is_realhbbf16_type(self) && tensors_have_same_dtype(self, out0) &&
                      tensor_is_type(out1, ScalarType::Long) &&
                      tensor_is_type(out2, ScalarType::Long),
                  InvalidArgument, result);
  const utils::TensorView elements(self);
  utils::dispatch_wide_compute_type(self.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Calls f(run, value) for each element.
    const auto for_each = [&](const auto& f) {
      int64_t run = -1;
      T previous = 0;
      for (utils::Cursor<1> cursor({&elements}); cursor.left() > 0; cursor.advance()) {
        const T value = utils::load_element<T>(elements.data() + cursor.at(0), elements.dtype, 0);
        run += run < 0 || !(value == previous) ? 1 : 0;
        previous = value;
        f(run, value);
      }
      return run + 1;
    };
    const int64_t runs[] = {for_each([](int64_t, T) {})};
    const int64_t none[] = {0};
    const ArrayRef<int64_t> shape(runs);
    const ArrayRef<int64_t> empty(none);
    ET_KERNEL_CHECK(ctx,
                    resize_tensor(out0, shape) == Error::Ok &&
                        (return_inverse ? resize_tensor(out1, self.sizes())
                                        : resize_tensor(out1, empty)) == Error::Ok &&
                        tensor_is_default_dim_order(out1) &&
                        resize_tensor(out2, return_counts ? shape : empty) == Error::Ok,
                    InvalidArgument, );
    const utils::TensorView counts(out2);
    const int64_t zero = 0;
    utils::fill(counts, &zero);
    int64_t i = 0;
    for_each([&](int64_t run, T value) {
      if (run >= runs[0]) {
        return;  // The input overlaps an output and has changed.
      }
      utils::store_element<T>(value, out0.mutable_data_ptr(), out0.scalar_type(), run);
      if (return_inverse) {
        out1.mutable_data_ptr<int64_t>()[i] = run;
      }
      if (return_counts) {
        ++out2.mutable_data_ptr<int64_t>()[run];
      }
      ++i;
    });
  });
  return result;
}

}  // namespace torch::executor::native
