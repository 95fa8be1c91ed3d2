// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

namespace {

/// The first of each group of equal elements becomes an element of `unique`, which has its shape;
/// `inverse` and `counts` may be empty.
template <typename T>
void collect(const utils::Ranked<T>* ranked, int64_t n, const Tensor& unique, const Tensor& inverse,
             const Tensor& counts) {
  int64_t groups = 0;
  for (int64_t i = 0; i < n;) {
    int64_t end = i + 1;
    // NaN is not equal to itself.
    while (end < n && ranked[end].value == ranked[i].value) {
      ++end;
    }
    utils::store_element<T>(ranked[i].value, unique.mutable_data_ptr(), unique.scalar_type(),
                            groups);
    if (counts.numel() > groups) {
      counts.mutable_data_ptr<int64_t>()[groups] = end - i;
    }
    for (; i < end; ++i) {
      if (inverse.numel() > 0) {
        inverse.mutable_data_ptr<int64_t>()[ranked[i].index] = groups;
      }
    }
    ++groups;
  }
}

}  // namespace

/// The distinct elements in ascending order, whether asked for sorted ones or not.
std::tuple<Tensor&, Tensor&, Tensor&> _unique2_out(KernelRuntimeContext& ctx, const Tensor& self,
                                                   bool sorted, bool return_inverse,
                                                   bool return_counts, Tensor& out0, Tensor& out1,
                                                   Tensor& out2) {
  (void)sorted;
  std::tuple<Tensor&, Tensor&, Tensor&> result(out0, out1, out2);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_realhbbf16_type(self) && tensors_have_same_dtype(self, out0) &&
                      tensor_is_type(out1, ScalarType::Long) &&
                      tensor_is_type(out2, ScalarType::Long),
                  InvalidArgument, result);
  const int64_t none[] = {0};
  const ArrayRef<int64_t> empty(none);
  if (return_inverse) {
    ET_KERNEL_CHECK(
        ctx, resize_tensor(out1, self.sizes()) == Error::Ok && tensor_is_default_dim_order(out1),
        InvalidArgument, result);
  } else {
    ET_KERNEL_CHECK(ctx, resize_tensor(out1, empty) == Error::Ok, InvalidArgument, result);
  }
  const int64_t n = self.numel();
  utils::dispatch_wide_compute_type(self.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto* const ranked = utils::allocate_scratch<utils::Ranked<T>>(ctx, n);
    ET_KERNEL_CHECK_MSG(ctx, ranked != nullptr, MemoryAllocationFailed, ,
                        "_unique2 needs scratch memory for %" PRId64 " elements", n);
    const utils::TensorView elements(self);
    utils::Cursor<1> cursor({&elements});
    for (int64_t i = 0; i < n; ++i, cursor.advance()) {
      ranked[i] = {utils::load_element<T>(elements.data() + cursor.at(0), self.scalar_type(), 0),
                   i};
    }
    utils::sort_ranked(ranked, n, /*descending=*/false);
    int64_t groups = 0;
    for (int64_t i = 0; i < n; ++i) {
      groups += i == 0 || ranked[i].value != ranked[i - 1].value ? 1 : 0;
    }
    const int64_t shape[] = {groups};
    ET_KERNEL_CHECK(
        ctx,
        resize_tensor(out0, ArrayRef<int64_t>(shape)) == Error::Ok &&
            resize_tensor(out2, return_counts ? ArrayRef<int64_t>(shape) : empty) == Error::Ok,
        InvalidArgument, );
    collect(ranked, n, out0, out1, out2);
  });
  return result;
}

}  // namespace torch::executor::native
