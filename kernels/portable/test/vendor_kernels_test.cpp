// SPDX-License-Identifier: BSD-3-Clause
// Kernels as vendors write them, with the helpers of kernels/portable/cpu: one for each family.
#include <executorch/kernels/portable/cpu/pattern/bitwise_op.h>
#include <executorch/kernels/portable/cpu/pattern/comparison_op.h>
#include <executorch/kernels/portable/cpu/pattern/logical_op.h>
#include <executorch/kernels/portable/cpu/pattern/pattern.h>
#include <executorch/kernels/portable/cpu/scalar_utils.h>
#include <executorch/kernels/portable/cpu/util/activation_ops_util.h>
#include <executorch/kernels/portable/cpu/util/advanced_index_util.h>
#include <executorch/kernels/portable/cpu/util/arange_util.h>
#include <executorch/kernels/portable/cpu/util/broadcast_indexes_range.h>
#include <executorch/kernels/portable/cpu/util/broadcast_util.h>
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/delinearize_index.h>
#include <executorch/kernels/portable/cpu/util/distance_util.h>
#include <executorch/kernels/portable/cpu/util/dtype_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/functional_util.h>
#include <executorch/kernels/portable/cpu/util/grid_sampler_2d_util.h>
#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/kernel_ops_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/kernels/portable/cpu/util/matmul_ops_util.h>
#include <executorch/kernels/portable/cpu/util/normalization_ops_util.h>
#include <executorch/kernels/portable/cpu/util/padding_util.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/kernels/portable/cpu/util/repeat_util.h>
#include <executorch/kernels/portable/cpu/util/select_copy_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/kernels/portable/cpu/util/stack_util.h>
#include <executorch/kernels/portable/cpu/util/transpose_util.h>
#include <executorch/kernels/portable/cpu/util/upsample_util.h>
#include <executorch/kernels/portable/cpu/util/vectorized_math.h>
#include <executorch/kernels/portable/cpu/vec_ops.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_factory.h>
#include <executorch/runtime/core/exec_aten/testing_util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <vector>

namespace vendor {
namespace native {

using executorch::aten::ArrayRef;
using executorch::aten::optional;
using executorch::aten::Scalar;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::isFloatingType;
using executorch::runtime::isIntegralType;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::promoteTypes;
using executorch::runtime::resize_tensor;
using executorch::runtime::tensors_have_same_dtype;
using executorch::runtime::toString;
using torch::executor::Error;
namespace utils = torch::executor::native::utils;

// functional_util.h
Tensor& neg_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, out,
                      "Failed to resize output tensor.");
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_SWITCH_REAL_TYPES(in.scalar_type(), ctx, "neg.out", CTYPE, [&] {
    torch::executor::apply_unary_map_fn(
        [](const CTYPE val_in) { return static_cast<CTYPE>(-val_in); }, in.const_data_ptr<CTYPE>(),
        out.mutable_data_ptr<CTYPE>(), in.numel());
  });
  return out;
}

// reduce_util.h, functional_util.h: a softmax along any dimension
Tensor& softmax_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, bool half_to_float,
                    Tensor& out) {
  ET_KERNEL_CHECK(ctx, torch::executor::check_softmax_args(in, dim, half_to_float, out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, out);
  dim = dim < 0 ? dim + in.dim() : dim;
  ET_SWITCH_FLOATHBF16_TYPES(in.scalar_type(), ctx, "_softmax.out", CTYPE, [&]() {
    const CTYPE* const in_data = in.const_data_ptr<CTYPE>();
    CTYPE* const out_data = out.mutable_data_ptr<CTYPE>();
    torch::executor::apply_over_dim(
        [in_data, out_data](const size_t size, const size_t stride, const size_t base) {
          const CTYPE max_in = torch::executor::apply_unary_reduce_fn(
              [](const CTYPE val_in, CTYPE val_accum) { return std::max(val_in, val_accum); },
              in_data + base, static_cast<int64_t>(size), static_cast<int64_t>(stride));
          const CTYPE temp_sum = torch::executor::apply_unary_map_reduce_fn<CTYPE, CTYPE>(
              [max_in](const CTYPE val_in) {
                return static_cast<CTYPE>(std::exp(static_cast<float>(val_in - max_in)));
              },
              [](const CTYPE mapped_in, CTYPE val_accum) {
                return static_cast<CTYPE>(val_accum + mapped_in);
              },
              in_data + base, static_cast<int64_t>(size), static_cast<int64_t>(stride));
          torch::executor::apply_unary_map_fn(
              [max_in, temp_sum](const CTYPE val_in) {
                return static_cast<CTYPE>(std::exp(static_cast<float>(val_in - max_in)) /
                                          static_cast<float>(temp_sum));
              },
              in_data + base, out_data + base, static_cast<int64_t>(size),
              static_cast<int64_t>(stride));
        },
        in, optional<int64_t>(dim));
  });
  return out;
}

// elementwise_util.h, dtype_util.h, scalar_utils.h: types promoted, computed in one, stored in
// another
Tensor& add_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b, const Scalar& alpha,
                Tensor& out) {
  ScalarType alpha_type = utils::get_scalar_dtype(alpha);
  ScalarType common_type = promoteTypes(a.scalar_type(), b.scalar_type(), /*half_to_float=*/false);
  ScalarType compute_type = utils::get_compute_type(common_type);
  ET_KERNEL_CHECK(ctx, torch::executor::check_alpha_type(alpha_type, common_type), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, executorch::runtime::canCast(common_type, out.scalar_type()),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, torch::executor::resize_to_broadcast_target_size(a, b, out) == Error::Ok,
                  InvalidArgument, out);
  static constexpr const char op_name[] = "add.out";
  ET_SWITCH_REAL_TYPES(compute_type, ctx, op_name, CTYPE_COMPUTE, [&]() {
    CTYPE_COMPUTE val_alpha;
    ET_KERNEL_CHECK(ctx, utils::extract_scalar(alpha, &val_alpha), InvalidArgument, );
    utils::apply_bitensor_elementwise_fn<CTYPE_COMPUTE, op_name,
                                         utils::SupportedTensorDtypes::REALHBBF16>(
        [val_alpha](const auto val_a, const auto val_b) { return val_a + val_alpha * val_b; }, ctx,
        a, utils::SupportedTensorDtypes::REALHBBF16, b, utils::SupportedTensorDtypes::REALHBBF16,
        out);
  });
  return out;
}

Tensor& where_out(KernelRuntimeContext& ctx, const Tensor& cond, const Tensor& a, const Tensor& b,
                  Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  torch::executor::resize_to_broadcast_target_size(a, b, cond, out) == Error::Ok,
                  InvalidArgument, out);
  static constexpr const char op_name[] = "where.self_out";
  ET_SWITCH_REALB_TYPES(out.scalar_type(), ctx, op_name, CTYPE_COMPUTE, [&]() {
    utils::apply_tritensor_elementwise_fn<CTYPE_COMPUTE, op_name,
                                          utils::SupportedTensorDtypes::SAME_AS_COMMON>(
        [](const CTYPE_COMPUTE val_a, const CTYPE_COMPUTE val_b, const CTYPE_COMPUTE val_c) {
          return val_c ? val_a : val_b;
        },
        ctx, a, utils::SupportedTensorDtypes::SAME_AS_COMMON, b,
        utils::SupportedTensorDtypes::SAME_AS_COMMON, cond,
        utils::SupportedTensorDtypes::BOOL_OR_BYTE, out);
  });
  return out;
}

Tensor& clamp_min_out(KernelRuntimeContext& ctx, const Tensor& in, const Scalar& min, Tensor& out) {
  ET_KERNEL_CHECK(ctx, resize_tensor(out, in.sizes()) == Error::Ok, InvalidArgument, out);
  static constexpr const char op_name[] = "clamp_min.out";
  const ScalarType type = utils::promote_type_with_scalar(in.scalar_type(), min);
  ET_SWITCH_REALB_TYPES(type, ctx, op_name, CTYPE_COMPUTE, [&]() {
    const CTYPE_COMPUTE low = utils::scalar_to<CTYPE_COMPUTE>(min);
    utils::apply_unitensor_elementwise_fn<CTYPE_COMPUTE, op_name>(
        [low](const CTYPE_COMPUTE val_in) { return utils::max_override(val_in, low); }, ctx, in,
        utils::SupportedTensorDtypes::REALHBBF16, out, utils::SupportedTensorDtypes::REALHBBF16);
  });
  return out;
}

// broadcast_util.h: the older family
Tensor& mul_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b, Tensor& out) {
  ET_KERNEL_CHECK(ctx, torch::executor::tensors_are_broadcastable_between(a, b), InvalidArgument,
                  out);
  executorch::aten::SizesType sizes[executorch::runtime::kTensorDimensionLimit];
  size_t dim = 0;
  ET_KERNEL_CHECK(ctx,
                  torch::executor::get_broadcast_target_size(
                      a, b, sizes, executorch::runtime::kTensorDimensionLimit, &dim) == Error::Ok,
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, dim}) == Error::Ok, InvalidArgument, out);
  ET_SWITCH_REAL_TYPES(a.scalar_type(), ctx, "mul.out", CTYPE_A, [&]() {
    ET_SWITCH_REAL_TYPES(b.scalar_type(), ctx, "mul.out", CTYPE_B, [&]() {
      ET_SWITCH_FLOAT_TYPES(out.scalar_type(), ctx, "mul.out", CTYPE_OUT, [&]() {
        torch::executor::apply_binary_elementwise_fn<CTYPE_A, CTYPE_B, CTYPE_OUT>(
            [](const CTYPE_A val_a, const CTYPE_B val_b) {
              return static_cast<CTYPE_OUT>(val_a) * static_cast<CTYPE_OUT>(val_b);
            },
            a, b, out);
      });
    });
  });
  return out;
}

// reduce_util.h: over a list of dimensions, over one dimension with an index
Tensor& mean_dim_out(KernelRuntimeContext& ctx, const Tensor& in,
                     optional<ArrayRef<int64_t>> dim_list, bool keepdim, optional<ScalarType> dtype,
                     Tensor& out) {
  ET_KERNEL_CHECK(ctx, torch::executor::check_mean_dim_args(in, dim_list, keepdim, dtype, out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx,
                  torch::executor::resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  torch::executor::MapReduceOverDimListPlan plan(in, dim_list);
  ET_SWITCH_REALB_TYPES(in.scalar_type(), ctx, "mean.out", CTYPE_IN, [&] {
    ET_SWITCH_FLOAT_TYPES(out.scalar_type(), ctx, "mean.out", CTYPE_OUT, [&] {
      CTYPE_OUT* const out_data = out.mutable_data_ptr<CTYPE_OUT>();
      const size_t num = torch::executor::get_reduced_dim_product(in, dim_list);
      const bool success = torch::executor::parallel_for_each_reduce_over_dim_list_output_index(
          in, dim_list, out, [&](const auto begin, const auto end) {
            for (auto out_ix = begin; out_ix < end; ++out_ix) {
              const CTYPE_OUT sum = plan.execute<CTYPE_IN, CTYPE_OUT>(
                  [](CTYPE_IN v) { return static_cast<CTYPE_OUT>(v); },
                  [](CTYPE_OUT outv, CTYPE_OUT acc) { return acc + outv; },
                  static_cast<size_t>(out_ix));
              out_data[out_ix] = sum / static_cast<CTYPE_OUT>(num);
            }
          });
      ET_KERNEL_CHECK_MSG(ctx, success, Internal, , "parallel_for failed");
    });
  });
  return out;
}

Tensor& amax_out(KernelRuntimeContext& ctx, const Tensor& in, ArrayRef<int64_t> dim_list,
                 bool keepdim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, torch::executor::check_amin_amax_args(in, dim_list, keepdim, out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx,
                  torch::executor::resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  torch::executor::ReduceOverDimListPlan plan(in, dim_list);
  ET_SWITCH_REAL_TYPES(in.scalar_type(), ctx, "amax.out", CTYPE, [&]() {
    CTYPE* const out_data = out.mutable_data_ptr<CTYPE>();
    for (size_t out_ix = 0; out_ix < static_cast<size_t>(out.numel()); ++out_ix) {
      out_data[out_ix] = plan.execute<CTYPE>(
          [](CTYPE v, CTYPE max_v) {
            return std::isnan(static_cast<double>(v)) || v > max_v ? v : max_v;
          },
          out_ix);
    }
  });
  return out;
}

Tensor& argmin_out(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim, bool keepdim,
                   Tensor& out) {
  ET_KERNEL_CHECK(ctx, torch::executor::check_argmin_argmax_args(in, dim, keepdim, out),
                  InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, torch::executor::resize_reduction_out(in, dim, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  ET_SWITCH_REAL_TYPES(in.scalar_type(), ctx, "argmin.out", CTYPE, [&] {
    long* const out_data = reinterpret_cast<long*>(out.mutable_data_ptr<int64_t>());
    for (size_t out_ix = 0; out_ix < static_cast<size_t>(out.numel()); ++out_ix) {
      std::tuple<CTYPE, long> acc = torch::executor::reduce_over_dim<CTYPE>(
          [](CTYPE v, long ix, CTYPE acc_val, long acc_ix) {
            return v < acc_val ? std::make_tuple(v, ix) : std::make_tuple(acc_val, acc_ix);
          },
          in, dim, out_ix);
      out_data[out_ix] = std::get<1>(acc);
    }
  });
  return out;
}

// kernel_ops_util.h
Tensor& avg_pool2d_out(KernelRuntimeContext& ctx, const Tensor& in, ArrayRef<int64_t> kernel_size,
                       ArrayRef<int64_t> stride, ArrayRef<int64_t> padding, bool ceil_mode,
                       bool count_include_pad, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  torch::executor::check_avg_pool2d_args(in, kernel_size, stride, padding,
                                                         ceil_mode, count_include_pad, {}, out),
                  InvalidArgument, out);
  size_t ndim = 0;
  executorch::aten::SizesType sizes[executorch::runtime::kTensorDimensionLimit];
  torch::executor::get_avg_pool2d_out_target_size(in, kernel_size, stride, padding, ceil_mode,
                                                  sizes, &ndim);
  ET_KERNEL_CHECK(ctx, torch::executor::output_size_is_valid({sizes, ndim}, 2), InvalidArgument,
                  out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, {sizes, ndim}) == Error::Ok, InvalidArgument, out);
  ET_SWITCH_FLOAT_TYPES(in.scalar_type(), ctx, "avg_pool2d.out", CTYPE, [&]() {
    torch::executor::apply_kernel_2d_reduce_then_map_fn<CTYPE>(
        [](const CTYPE in_val, int64_t, CTYPE accum, int64_t) {
          return std::tuple<CTYPE, int64_t>(in_val + accum, 0);
        },
        [](const int64_t count, const CTYPE accum) { return accum / static_cast<CTYPE>(count); },
        count_include_pad, in, kernel_size, stride, padding, {}, out);
  });
  return out;
}

// pattern/*.h
DEFINE_UNARY_UFUNC_REALHBBF16_TO_FLOATHBF16(sqrt_out, std::sqrt)
DEFINE_UNARY_UFUNC_REALHBF16(floor_out, std::floor)
DEFINE_UNARY_UFUNC_REALHBBF16_TO_BOOL(isinf_out, std::isinf)

Tensor& less_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b, Tensor& out) {
  static constexpr const char op_name[] = "lt.Tensor_out";
  return torch::executor::native::internal::comparison_tensor_out<std::less, op_name>(ctx, a, b,
                                                                                      out);
}
Tensor& equals_out(KernelRuntimeContext& ctx, const Tensor& a, const Scalar& b, Tensor& out) {
  static constexpr const char op_name[] = "eq.Scalar_out";
  return torch::executor::native::internal::comparison_scalar_out<std::equal_to, op_name>(ctx, a, b,
                                                                                          out);
}
Tensor& bitwise_xor_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b, Tensor& out) {
  static constexpr const char op_name[] = "bitwise_xor.Tensor_out";
  return torch::executor::native::internal::bitwise_tensor_out<std::bit_xor, op_name>(ctx, a, b,
                                                                                      out);
}
bool logical_and(bool a, bool b) {
  return a && b;
}
Tensor& logical_and_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b, Tensor& out) {
  static constexpr const char op_name[] = "logical_and.out";
  return torch::executor::native::internal::logical_tensor_out<op_name>(logical_and, ctx, a, b,
                                                                        out);
}

}  // namespace native
}  // namespace vendor

namespace {

using executorch::aten::ArrayRef;
using executorch::aten::optional;
using executorch::aten::Scalar;
using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::kTensorDimensionLimit;
using executorch::runtime::testing::TensorFactory;
namespace utils = torch::executor::native::utils;

class VendorKernelsTest : public ::testing::Test {
 protected:
  KernelRuntimeContext ctx;
  TensorFactory<ScalarType::Float> floats;
  TensorFactory<ScalarType::Int> ints;
  TensorFactory<ScalarType::Long> longs;
  TensorFactory<ScalarType::Bool> bools;
};

TEST_F(VendorKernelsTest, UnaryMap) {
  Tensor out = ints.zeros({2, 2});
  vendor::native::neg_out(ctx, ints.make({2, 2}, {1, -2, 0, 4}), out);
  EXPECT_TENSOR_EQ(out, ints.make({2, 2}, {-1, 2, 0, -4}));
}

TEST_F(VendorKernelsTest, SoftmaxOverAnInnerDimension) {
  Tensor out = floats.zeros({2, 2});
  vendor::native::softmax_out(ctx, floats.make({2, 2}, {0, 0, std::log(3.f), 0}), 0, false, out);
  EXPECT_TENSOR_CLOSE(out, floats.make({2, 2}, {0.25, 0.5, 0.75, 0.5}));
}

TEST_F(VendorKernelsTest, BinaryOfMixedTypes) {
  TensorFactory<ScalarType::Half> halves;
  Tensor out = floats.zeros({2, 3});
  vendor::native::add_out(ctx, halves.make({2, 1}, {1.5, 2.5}), ints.make({3}, {1, 2, 3}), 2, out);
  EXPECT_TENSOR_EQ(out, floats.make({2, 3}, {3.5, 5.5, 7.5, 4.5, 6.5, 8.5}));
  EXPECT_EQ(ctx.failure_state(), Error::Ok);
  // alpha is no integer.
  Tensor int_out = ints.zeros({1});
  vendor::native::add_out(ctx, ints.ones({1}), ints.ones({1}), 1.5, int_out);
  EXPECT_EQ(ctx.failure_state(), Error::InvalidArgument);
}

TEST_F(VendorKernelsTest, BinaryInChannelsLast) {
  const Tensor a = floats.make_channels_last({1, 2, 1, 2}, {1, 2, 3, 4});
  Tensor out = floats.zeros({1, 2, 1, 2});
  vendor::native::add_out(ctx, a, floats.make({1}, {10}), 1, out);
  EXPECT_TENSOR_EQ(out, floats.make({1, 2, 1, 2}, {11, 13, 12, 14}));
}

TEST_F(VendorKernelsTest, TernaryWithACondition) {
  Tensor out = floats.zeros({2, 2});
  vendor::native::where_out(ctx, bools.make({2, 1}, {true, false}), floats.make({2}, {1, 2}),
                            floats.make({1}, {9}), out);
  EXPECT_TENSOR_EQ(out, floats.make({2, 2}, {1, 2, 9, 9}));
  // Not a type that a condition may have.
  vendor::native::where_out(ctx, floats.ones({2, 1}), floats.ones({2}), floats.ones({1}), out);
  EXPECT_EQ(ctx.failure_state(), Error::InvalidArgument);
}

TEST_F(VendorKernelsTest, UnaryWithAScalar) {
  Tensor out = floats.zeros({3});
  vendor::native::clamp_min_out(ctx, ints.make({3}, {-3, 1, 4}), 0.5, out);
  EXPECT_TENSOR_EQ(out, floats.make({3}, {0.5, 1, 4}));
}

TEST_F(VendorKernelsTest, OlderBinaryFunction) {
  Tensor out = floats.zeros({2, 2});
  vendor::native::mul_out(ctx, floats.make({2, 1}, {1.5, 2}), ints.make({2}, {2, 3}), out);
  EXPECT_TENSOR_EQ(out, floats.make({2, 2}, {3, 4.5, 4, 6}));
  vendor::native::mul_out(ctx, floats.ones({2}), ints.ones({3}), out);
  EXPECT_EQ(ctx.failure_state(), Error::InvalidArgument);
}

TEST_F(VendorKernelsTest, Reductions) {
  const Tensor in = ints.make({2, 3}, {1, 2, 3, 4, 5, 9});
  const int64_t rows[] = {-1};
  Tensor means = floats.zeros({2, 1});
  vendor::native::mean_dim_out(ctx, in, ArrayRef<int64_t>(rows), true, ScalarType::Float, means);
  EXPECT_TENSOR_EQ(means, floats.make({2, 1}, {2, 6}));
  Tensor all = floats.zeros({});
  vendor::native::mean_dim_out(ctx, in, {}, false, ScalarType::Float, all);
  EXPECT_TENSOR_EQ(all, floats.make({}, {4}));
  const int64_t columns[] = {0};
  Tensor largest = ints.zeros({3});
  vendor::native::amax_out(ctx, in, ArrayRef<int64_t>(columns), false, largest);
  EXPECT_TENSOR_EQ(largest, ints.make({3}, {4, 5, 9}));
  Tensor where = longs.zeros({2});
  vendor::native::argmin_out(ctx, ints.make({2, 3}, {3, 1, 2, 7, 8, 6}), 1, false, where);
  EXPECT_TENSOR_EQ(where, longs.make({2}, {1, 2}));
  EXPECT_EQ(ctx.failure_state(), Error::Ok);
}

TEST_F(VendorKernelsTest, ReductionHelpers) {
  const Tensor in = ints.make({2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const int64_t list[] = {0, -1};
  const optional<ArrayRef<int64_t>> dims(list);
  EXPECT_EQ(torch::executor::get_out_numel(in, dims), 3u);
  EXPECT_EQ(torch::executor::get_init_index(in, dims, 1), 2u);
  std::vector<size_t> seen;
  torch::executor::apply_over_dim_list([&](const size_t ix) { seen.push_back(ix); }, in, dims, 1);
  EXPECT_EQ(seen, (std::vector<size_t>{2, 3, 8, 9}));
  seen.clear();
  torch::executor::apply_over_dim_list([&](const size_t ix) { seen.push_back(ix); }, in, dims, 1, 1,
                                       2);
  EXPECT_EQ(seen, (std::vector<size_t>{3, 8}));
  EXPECT_EQ((torch::executor::map_reduce_over_dim_list<int32_t, float>(
                [](int32_t v) { return static_cast<float>(v) / 2; },
                [](float v, float acc) { return acc + v; }, in, dims, 1)),
            11.f);
  const std::tuple<int32_t, long> last = torch::executor::map_reduce_over_dim<int32_t, int32_t>(
      [](int32_t v) { return -v; },
      [](int32_t v, long ix, int32_t acc, long acc_ix) {
        return v < acc ? std::make_tuple(v, ix) : std::make_tuple(acc, acc_ix);
      },
      in, optional<int64_t>(1), 3);
  EXPECT_EQ(last, std::make_tuple(-11, 2L));
}

TEST_F(VendorKernelsTest, Pooling) {
  const Tensor in = floats.make({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const int64_t two[] = {2};
  const int64_t one[] = {1};
  Tensor with_padding = floats.zeros({1, 2, 2});
  vendor::native::avg_pool2d_out(ctx, in, two, two, one, false, true, with_padding);
  EXPECT_TENSOR_EQ(with_padding, floats.make({1, 2, 2}, {0.25, 1.25, 1, 2.75}));
  Tensor without = floats.zeros({1, 2, 2});
  vendor::native::avg_pool2d_out(ctx, in, two, two, one, false, false, without);
  EXPECT_TENSOR_EQ(without, floats.make({1, 2, 2}, {1, 2.5, 4, 5.5}));
  EXPECT_EQ(ctx.failure_state(), Error::Ok);
}

TEST_F(VendorKernelsTest, Patterns) {
  Tensor roots = floats.zeros({2});
  vendor::native::sqrt_out(ctx, ints.make({2}, {4, 9}), roots);
  EXPECT_TENSOR_CLOSE(roots, floats.make({2}, {2, 3}));
  Tensor floors = floats.zeros({2});
  vendor::native::floor_out(ctx, floats.make({2}, {-0.5, 1.5}), floors);
  EXPECT_TENSOR_EQ(floors, floats.make({2}, {-1, 1}));
  Tensor truths = bools.zeros({2});
  vendor::native::isinf_out(ctx, floats.make({2}, {std::numeric_limits<float>::infinity(), 1}),
                            truths);
  EXPECT_TENSOR_EQ(truths, bools.make({2}, {true, false}));
  vendor::native::less_out(ctx, ints.make({2}, {1, 5}), floats.make({1}, {1.5}), truths);
  EXPECT_TENSOR_EQ(truths, bools.make({2}, {true, false}));
  vendor::native::equals_out(ctx, ints.make({2}, {1, 5}), 5, truths);
  EXPECT_TENSOR_EQ(truths, bools.make({2}, {false, true}));
  Tensor bits = ints.zeros({2});
  vendor::native::bitwise_xor_out(ctx, ints.make({2}, {6, 1}), ints.make({1}, {3}), bits);
  EXPECT_TENSOR_EQ(bits, ints.make({2}, {5, 2}));
  vendor::native::logical_and_out(ctx, ints.make({2}, {6, 0}), floats.ones({2}), truths);
  EXPECT_TENSOR_EQ(truths, bools.make({2}, {true, false}));
}

TEST_F(VendorKernelsTest, BroadcastIndexes) {
  const Tensor out = floats.zeros({2, 1, 3});
  const Tensor a = floats.zeros({2, 1, 1});
  const Tensor b = floats.zeros({3});
  std::vector<std::vector<ssize_t>> seen;
  for (const auto [out_i, a_i, b_i] : torch::executor::BroadcastIndexesRange<2>(out, a, b)) {
    seen.push_back({out_i, a_i, b_i});
  }
  EXPECT_EQ(seen, (std::vector<std::vector<ssize_t>>{
                      {0, 0, 0}, {1, 0, 1}, {2, 0, 2}, {3, 1, 0}, {4, 1, 1}, {5, 1, 2}}));
  const torch::executor::BroadcastIndexesRange<2> range(out, a, b);
  auto at = range.begin();
  at += 4;
  EXPECT_EQ(*at, (std::array<ssize_t, 3>{4, 1, 1}));
  EXPECT_EQ(range.end() - at, 2);
  EXPECT_EQ(*(++at), (std::array<ssize_t, 3>{5, 1, 2}));
  EXPECT_TRUE(++at == range.end());
  const torch::executor::BroadcastIndexesRange<1> none(floats.zeros({0, 2}), b);
  EXPECT_TRUE(none.begin() == none.end());

  size_t indexes[kTensorDimensionLimit];
  torch::executor::delinearize_index(4, out, indexes, kTensorDimensionLimit);
  EXPECT_EQ(std::vector<size_t>(indexes, indexes + 3), (std::vector<size_t>{1, 0, 1}));
  EXPECT_EQ(torch::executor::linearize_access_indexes({indexes, 3}, 3, a), 1u);
  EXPECT_EQ(torch::executor::linearize_access_indexes({indexes, 3}, 3, b), 1u);

  const Tensor copy =
      torch::executor::broadcast_tensor(floats.make({2, 1}, {1, 2}), floats.zeros({2, 2}));
  EXPECT_TENSOR_EQ(copy, floats.make({2, 2}, {1, 1, 2, 2}));
  torch::executor::free_broadcast_tensor(copy);
}

TEST_F(VendorKernelsTest, Scalars) {
  EXPECT_EQ(utils::get_scalar_dtype(Scalar(true)), ScalarType::Bool);
  EXPECT_EQ(utils::get_scalar_dtype(Scalar(2)), ScalarType::Long);
  EXPECT_EQ(utils::get_scalar_dtype(Scalar(2.5)), ScalarType::Double);
  EXPECT_EQ(utils::promote_type_with_scalar(ScalarType::Bool, 1), ScalarType::Long);
  EXPECT_EQ(utils::promote_type_with_scalar(ScalarType::Char, 1), ScalarType::Char);
  EXPECT_EQ(utils::promote_type_with_scalar(ScalarType::Char, 1.5), ScalarType::Float);
  EXPECT_EQ(utils::promote_type_with_scalar(ScalarType::Half, 1.5), ScalarType::Half);
  EXPECT_EQ(utils::promote_type_with_scalar(ScalarType::Half, 1.5, /*half_to_float=*/true),
            ScalarType::Float);
  static_assert(std::is_same_v<utils::promote_type_with_scalar_type<int8_t, double>::type, float>);
  static_assert(std::is_same_v<utils::promote_type_with_scalar_type<bool, int64_t>::type, int64_t>);

  int8_t small = 0;
  EXPECT_TRUE(utils::extract_scalar(Scalar(-128), &small));
  EXPECT_EQ(small, -128);
  EXPECT_FALSE(utils::extract_scalar(Scalar(128), &small));
  EXPECT_FALSE(utils::extract_scalar(Scalar(1.0), &small));
  float number = 0;
  EXPECT_TRUE(utils::extract_scalar(Scalar(3), &number));
  EXPECT_EQ(number, 3);
  EXPECT_FALSE(utils::extract_scalar(Scalar(1e300), &number));
  EXPECT_TRUE(utils::extract_scalar(Scalar(std::numeric_limits<double>::infinity()), &number));
  bool truth = false;
  EXPECT_TRUE(utils::extract_scalar(Scalar(true), &truth));
  EXPECT_FALSE(utils::extract_scalar(Scalar(1), &truth));
  EXPECT_TRUE((utils::check_bounds<uint8_t>(int64_t{255})));
  EXPECT_FALSE((utils::check_bounds<uint8_t>(int64_t{-1})));
  int64_t value = 0;
  ET_EXTRACT_SCALAR(Scalar(7), value);
  EXPECT_EQ(value, 7);
}

TEST_F(VendorKernelsTest, Shapes) {
  SizesType sizes[kTensorDimensionLimit];
  size_t ndim = 0;
  const auto got = [&] { return std::vector<SizesType>(sizes, sizes + ndim); };
  using Sizes = std::vector<SizesType>;
  const Tensor in = floats.zeros({2, 1, 6});
  const std::vector<Tensor> tensors = {in, floats.zeros({0}), in};
  torch::executor::get_cat_out_target_size({tensors.data(), 3}, -1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 12}));
  torch::executor::get_diagonal_copy_out_target_size(in, 1, 0, -1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{1, 2}));
  const int64_t expanded[] = {3, 2, 4, -1};
  EXPECT_TRUE(torch::executor::get_expand_copy_out_target_size(in.sizes(), expanded, sizes, &ndim));
  EXPECT_EQ(got(), (Sizes{3, 2, 4, 6}));
  const int64_t order[] = {2, 0, 1};
  torch::executor::get_permute_copy_out_target_size(in, order, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{6, 2, 1}));
  torch::executor::get_select_copy_out_target_size(in, -2, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 6}));
  torch::executor::get_slice_copy_out_target_size(in, 2, 3, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 3}));
  torch::executor::get_squeeze_copy_dim_out_target_size(in, 1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 6}));
  torch::executor::get_unsqueeze_copy_out_target_size(in, -1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 6, 1}));
  torch::executor::get_stack_out_target_size({tensors.data(), 1}, 1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 1, 6}));
  torch::executor::get_unfold_copy_out_target_size(in, 2, 4, 2, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 2, 4}));
  const int64_t viewed[] = {4, -1};
  EXPECT_TRUE(torch::executor::get_view_copy_target_size(in, viewed, 2, sizes));
  EXPECT_EQ(sizes[1], 3);
  torch::executor::get_pixel_shuffle_out_target_size(floats.zeros({8, 2, 3}), 2, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 4, 6}));
  torch::executor::get_transpose_out_target_size(in, 0, -1, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{6, 1, 2}));
  torch::executor::get_index_select_out_target_size(in, 0, longs.zeros({5}), sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{5, 1, 6}));
  const int64_t last[] = {1, 6};
  torch::executor::get_layer_norm_out_target_size(in, last, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 1}));
  const int64_t padding[] = {1, 2};
  torch::executor::get_padding_out_target_size(1, in, padding, sizes, &ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 9}));
  torch::executor::get_unsqueezed_sizes(in, 1, sizes, ndim);
  EXPECT_EQ(got(), (Sizes{2, 1, 1, 6}));
  executorch::aten::DimOrderType dim_order[4];
  torch::executor::get_unsqueezed_dim_order(in, 1, dim_order);
  EXPECT_EQ(std::vector<int>(dim_order, dim_order + 4), (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(VendorKernelsTest, Copies) {
  const Tensor in = floats.make({2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor column = floats.zeros({2});
  EXPECT_EQ(torch::executor::select_copy_util(in, 1, -1, column), Error::Ok);
  EXPECT_TENSOR_EQ(column, floats.make({2}, {3, 6}));
  EXPECT_EQ(torch::executor::select_copy_util(in, 1, 3, column), Error::InvalidArgument);
  Tensor transposed = floats.zeros({3, 2});
  torch::executor::transpose_tensors<float>(in, 0, 1, transposed);
  EXPECT_TENSOR_EQ(transposed, floats.make({3, 2}, {1, 4, 2, 5, 3, 6}));
  Tensor repeated = floats.zeros({2, 6});
  const int64_t repeats[] = {1, 2};
  EXPECT_EQ(torch::executor::repeat_tensor(in, repeats, repeated), Error::Ok);
  EXPECT_TENSOR_EQ(repeated, floats.make({2, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  const std::vector<Tensor> rows = {floats.make({2}, {1, 2}), floats.make({2}, {3, 4})};
  Tensor stacked = floats.zeros({2, 2});
  utils::stack_out_impl(ctx, {rows.data(), 2}, 1, stacked);
  EXPECT_TENSOR_EQ(stacked, floats.make({2, 2}, {1, 3, 2, 4}));
  const auto [error, shape, ndim] = utils::stack_out_shape({rows.data(), 2}, 0);
  EXPECT_EQ(error, Error::Ok);
  EXPECT_EQ(ndim, 2u);
  EXPECT_EQ(shape[0], 2);
  int64_t start = -2;
  int64_t end = 100;
  EXPECT_EQ(torch::executor::adjust_slice_indices(3, &start, &end, 1), 2);
  Tensor sliced = floats.zeros({2, 2});
  torch::executor::compute_slice(ctx, in, 1, start, 2, 1, sliced);
  EXPECT_TENSOR_EQ(sliced, floats.make({2, 2}, {2, 3, 5, 6}));
  Tensor padded = floats.zeros({2, 6});
  const int64_t padding[] = {2, 1};
  torch::executor::pad1d<float>(torch::executor::reflection_ix, in, padded, padding);
  EXPECT_TENSOR_EQ(padded, floats.make({2, 6}, {3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5}));
  torch::executor::pad1d<float>(torch::executor::replication_ix, in, padded, padding);
  EXPECT_TENSOR_EQ(padded, floats.make({2, 6}, {1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 6}));
}

TEST_F(VendorKernelsTest, IndexedShapes) {
  const Tensor in = floats.zeros({4, 5, 6});
  const optional<Tensor> rows(longs.zeros({2, 1}));
  const optional<Tensor> none;
  const std::vector<optional<Tensor>> indices = {rows, none, rows};
  const torch::executor::TensorOptList list(indices.data(), indices.size());
  Tensor out = floats.zeros({2, 1, 5});
  EXPECT_TRUE(torch::executor::check_index_args(in, list, out));
  EXPECT_EQ(torch::executor::count_index_blocks(list), 2u);
  SizesType sizes[kTensorDimensionLimit];
  size_t ndim = 0;
  EXPECT_TRUE(torch::executor::get_index_out_target_size(in, list, false, sizes, &ndim));
  EXPECT_EQ(std::vector<SizesType>(sizes, sizes + ndim), (std::vector<SizesType>{2, 1, 5}));
}

TEST_F(VendorKernelsTest, Numbers) {
  EXPECT_EQ(utils::floor_divide<int64_t>(-7, 2), -4);
  EXPECT_EQ(utils::remainder_override<int64_t>(-7, 3), 2);
  EXPECT_TRUE(std::isnan(utils::max_override(1.f, NAN)));
  EXPECT_TRUE(utils::isnan_override(std::nan("")));
  EXPECT_EQ(torch::executor::native::compute_arange_out_size(0, 5, 2), 3);
  Tensor steps = ints.zeros({3});
  torch::executor::native::arange_out_impl(ctx, 1, 6, 2, steps);
  EXPECT_TENSOR_EQ(steps, ints.make({3}, {1, 3, 5}));
  EXPECT_NEAR(executorch::math::exp(1.f), std::exp(1.f), 1e-6f);
  EXPECT_EQ(executorch::math::sqrt(4), 2.f);
  EXPECT_EQ(executorch::math::rsqrt(0.25), 2.0);

  Tensor distances = floats.zeros({1});
  const Tensor points = floats.make({2, 2}, {0, 0, 3, 4});
  EXPECT_TRUE(torch::executor::check_pdist_args(points, 2, distances));
  torch::executor::pdist<float>(points, distances, 2);
  EXPECT_TENSOR_CLOSE(distances, floats.make({1}, {5}));

  EXPECT_EQ(torch::executor::area_pixel_compute_scale<float>(4, 8, false, {}), 0.5f);
  int64_t first;
  int64_t second;
  float weight0;
  float weight1;
  torch::executor::compute_source_index_and_lambda(first, second, weight0, weight1, 0.5f, 2, 4, 8,
                                                   false);
  EXPECT_EQ(std::make_tuple(first, second, weight0, weight1), std::make_tuple(0, 1, 0.25f, 0.75f));
  EXPECT_EQ(torch::executor::grid_sampler_compute_source_index(
                1.5f, 5, torch::executor::GridSamplerPadding::Border, true),
            4.f);

  const float x[] = {1, -2, 3, 4};
  float y[4];
  EXPECT_EQ(torch::executor::vec_maxf(x, 4), 4);
  EXPECT_EQ(torch::executor::vec_minf(x, 4), -2);
  EXPECT_EQ(torch::executor::reduce_add<float>(x, 4), 6);
  EXPECT_EQ(torch::executor::vec_powerf<float>(x, 4), 30);
  torch::executor::vec_scalef(y, x, 2, 4);
  EXPECT_EQ(y[3], 8);
  torch::executor::vec_matmul<float>(y, x, x, 2, 2, 2);
  EXPECT_EQ(std::vector<float>(y, y + 4), (std::vector<float>{-5, -10, 15, 10}));
  torch::executor::vec_softmax(y, x, 4);
  EXPECT_NEAR(y[0] + y[1] + y[2] + y[3], 1, 1e-6);
  int8_t quantized[4];
  torch::executor::quantize_i8_f32(quantized, x, 50, -1, 4);
  EXPECT_EQ(std::vector<int>(quantized, quantized + 4), (std::vector<int>{49, -101, 127, 127}));
  torch::executor::dequantize_i8_f32(y, quantized, 0.5, -1, 2);
  EXPECT_EQ(y[0], 25);
}

TEST_F(VendorKernelsTest, ArgumentChecks) {
  Tensor out = floats.zeros({2, 2});
  EXPECT_TRUE(torch::executor::check_gelu_args(out, "tanh", out));
  EXPECT_FALSE(torch::executor::check_gelu_args(out, "fast", out));
  EXPECT_TRUE(torch::executor::check_glu_args(out, 1, out));
  Tensor half = floats.zeros({2, 2}, executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND);
  EXPECT_TRUE(torch::executor::resize_glu_out(out, 1, half));
  EXPECT_EQ(half.size(1), 1);
  EXPECT_TRUE(torch::executor::check_transpose_copy_args(out, 0, -1, out));
  EXPECT_FALSE(torch::executor::check_t_copy_args(floats.zeros({1, 1, 1}), out));
  Tensor stats = floats.zeros({2, 1});
  const int64_t shape[] = {2};
  EXPECT_TRUE(
      torch::executor::check_layer_norm_args(out, shape, floats.ones({2}), {}, out, stats, stats));
  EXPECT_FALSE(
      torch::executor::check_layer_norm_args(out, shape, floats.ones({3}), {}, out, stats, stats));
  EXPECT_TRUE(torch::executor::check_group_norm_args(out, {}, {}, 2, 2, 1, 2, out, stats, stats));
  EXPECT_TRUE(torch::executor::check_cumsum_args(out, -1, {}, out));
  EXPECT_TRUE(torch::executor::check_mm_args(out, out, out));
  EXPECT_TRUE(torch::executor::check_embedding_args(out, longs.zeros({3}), floats.zeros({3, 2})));
}

}  // namespace
