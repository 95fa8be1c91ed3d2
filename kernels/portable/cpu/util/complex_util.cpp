// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/complex_util.h>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::isComplexType;
using ::executorch::runtime::toRealValueType;

namespace {

StdComplex to_std(const Complex& x) {
  return {x.real(), x.imag()};
}

Complex from_std(const StdComplex& x) {
  return {x.real(), x.imag()};
}

StdComplex load(const void* data, ScalarType dtype, int64_t offset) {
  if (!isComplexType(dtype)) {
    return load_element<double>(data, dtype, offset);
  }
  const ScalarType part = toRealValueType(dtype);
  return {load_element<double>(data, part, 2 * offset),
          load_element<double>(data, part, 2 * offset + 1)};
}

void store(const StdComplex& value, void* data, ScalarType dtype, int64_t offset) {
  const double parts[] = {value.real(), value.imag()};
  if (isComplexType(dtype)) {
    store_block(parts, 2, data, toRealValueType(dtype), 2 * offset, 1);
  } else {
    store_element(parts[0], data, dtype, offset);
  }
}

}  // namespace

Tensor& map_complex(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out,
                    StdComplex (*function)(const StdComplex&)) {
  return map_complex(ctx, in, in, in.scalar_type(), out,
                     [function](Complex x, Complex) { return from_std(function(to_std(x))); });
}

Tensor& test_complex(KernelRuntimeContext& ctx, const Operand& a, const Operand& b, Tensor& out,
                     bool (*predicate)(const StdComplex&, const StdComplex&)) {
  return map_complex(ctx, a, b, ScalarType::Bool, out, [predicate](Complex x, Complex y) {
    return Complex(predicate(to_std(x), to_std(y)) ? 1 : 0);
  });
}

Tensor& select_complex(KernelRuntimeContext& ctx, const Tensor& condition, const Operand& a,
                       const Operand& b, Tensor& out) {
  Operand operands[] = {condition, a, b};
  const ScalarType result = result_type(ArrayRef<Operand>(operands + 1, 2));
  if (!prepare_elementwise(ctx, operands, result, result, out, Elements::Any)) {
    return out;
  }
  LoopNest<4> loops;
  const auto dim = static_cast<size_t>(out.dim());
  for (size_t d = 0; d < dim; ++d) {
    LoopNest<4>::Offsets strides{out.strides()[d]};
    for (size_t i = 0; i < 3; ++i) {
      const size_t leading = dim - operands[i].sizes().size();
      if (d >= leading && operands[i].sizes()[d - leading] != 1) {
        strides[1 + i] = operands[i].strides()[d - leading];
      }
    }
    loops.push(out.sizes()[d], strides);
  }
  loops.for_each([&](const LoopNest<4>::Offsets& at) {
    const bool first = load_element<bool>(operands[0].data(), operands[0].dtype(), at[1]);
    const Operand& from = operands[first ? 1 : 2];
    store(load(from.data(), from.dtype(), at[first ? 2 : 3]), out.mutable_data_ptr(),
          out.scalar_type(), at[0]);
  });
  return out;
}

Tensor& reduce_complex(KernelRuntimeContext& ctx, const Tensor& in,
                       const optional<ArrayRef<int64_t>>& dim_list, bool keepdim,
                       optional<ScalarType> dtype, Tensor& out, StdComplex init,
                       StdComplex (*fold)(const StdComplex&, const StdComplex&),
                       StdComplex (*finish)(const StdComplex&, int64_t count)) {
  ET_KERNEL_CHECK(ctx, check_dim_list_is_valid(in, dim_list), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, !dtype.has_value() || tensor_is_type(out, *dtype), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, is_complex(in) || tensor_is_realhbbf16_type(in), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, is_complex(out) || tensor_is_realhbbf16_type(out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_reduction_out(in, dim_list, keepdim, out) == Error::Ok,
                  InvalidArgument, out);
  LoopNest<2> kept;
  LoopNest<1> reduced;
  const bool all = !dim_list.has_value() || dim_list->empty();
  size_t out_dim = 0;
  for (size_t d = 0; d < static_cast<size_t>(in.dim()); ++d) {
    const int64_t stride = in.strides()[d];
    if (all || check_dim_in_dim_list(d, static_cast<size_t>(in.dim()), *dim_list)) {
      reduced.push(in.sizes()[d], {stride});
      out_dim += keepdim ? 1 : 0;
    } else {
      kept.push(in.sizes()[d], {stride, out.strides()[out_dim++]});
    }
  }
  const int64_t count = reduced.count();
  kept.for_each([&](const LoopNest<2>::Offsets& base) {
    StdComplex acc = init;
    reduced.for_each([&](const LoopNest<1>::Offsets& at) {
      acc = fold(acc, load(in.const_data_ptr(), in.scalar_type(), base[0] + at[0]));
    });
    store(finish(acc, count), out.mutable_data_ptr(), out.scalar_type(), base[1]);
  });
  return out;
}

void scan_complex(const Tensor& in, int64_t dim, const Tensor& out,
                  StdComplex (*fold)(const StdComplex&, const StdComplex&)) {
  LoopNest<2> lines;
  const auto along = static_cast<size_t>(dim < 0 ? dim + in.dim() : dim);
  int64_t size = 1;
  int64_t in_stride = 0;
  int64_t out_stride = 0;
  for (size_t d = 0; d < static_cast<size_t>(in.dim()); ++d) {
    if (d == along) {
      size = in.sizes()[d];
      in_stride = in.strides()[d];
      out_stride = out.strides()[d];
    } else {
      lines.push(in.sizes()[d], {in.strides()[d], out.strides()[d]});
    }
  }
  lines.for_each([&](const LoopNest<2>::Offsets& at) {
    StdComplex acc;
    for (int64_t i = 0; i < size; ++i) {
      const StdComplex x = load(in.const_data_ptr(), in.scalar_type(), at[0] + i * in_stride);
      acc = i == 0 ? x : fold(acc, x);
      store(acc, out.mutable_data_ptr(), out.scalar_type(), at[1] + i * out_stride);
    }
  });
}

void multiply_complex(int64_t m, int64_t n, int64_t k, const Matrix& a, const Matrix& b,
                      const Matrix& out, double alpha, const Matrix* addend, double beta) {
  const auto at = [](const Matrix& matrix, int64_t i, int64_t j) {
    return load(matrix.data, matrix.dtype, matrix.at(i, j).offset);
  };
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      StdComplex sum = 0;
      for (int64_t p = 0; p < k; ++p) {
        sum += at(a, i, p) * at(b, p, j);
      }
      sum *= alpha;
      if (addend != nullptr) {
        sum += beta * at(*addend, i, j);
      }
      store(sum, const_cast<void*>(out.data), out.dtype, out.at(i, j).offset);
    }
  }
}

}  // namespace torch::executor::native::utils
