// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

#include <algorithm>

#include <executorch/kernels/portable/cpu/util/broadcast_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::kTensorDimensionLimit;
using ::executorch::runtime::promoteTypes;

Operand::Operand(const Scalar& scalar) : is_number_(true) {
  if (scalar.isBoolean()) {
    source_.as_bool = scalar.to<bool>();
    dtype_ = ScalarType::Bool;
  } else if (scalar.isFloatingPoint()) {
    source_.as_double = scalar.to<double>();
    dtype_ = ScalarType::Double;
  } else {
    source_.as_int = scalar.to<int64_t>();
    dtype_ = ScalarType::Long;
  }
}

namespace {

/// How much an operand has to say about the type of the result.
enum Rank : size_t { kNumber, kZeroDim, kDim, kNumRanks };

/// Of two types of different weight: the weightier, unless the other is of a higher kind.
ScalarType combine(ScalarType weighty, ScalarType light) {
  if (weighty == ScalarType::Undefined || light == ScalarType::Undefined) {
    return weighty == ScalarType::Undefined ? light : weighty;
  }
  if (isFloatingType(weighty)) {
    return weighty;
  }
  if (weighty == ScalarType::Bool || isFloatingType(light)) {
    return promoteTypes(weighty, light);
  }
  return weighty;
}

template <typename T>
const void* load(const Operand& operand, int64_t offset, int64_t stride, int64_t n, void* buffer) {
  return load_block<T>(operand.data(), operand.dtype(), offset, stride, n, static_cast<T*>(buffer));
}

const void* load(const Operand& operand, ScalarType as, int64_t offset, int64_t stride, int64_t n,
                 void* buffer) {
  switch (as) {
    case ScalarType::Float:
      return load<float>(operand, offset, stride, n, buffer);
    case ScalarType::Double:
      return load<double>(operand, offset, stride, n, buffer);
    case ScalarType::Long:
      return load<int64_t>(operand, offset, stride, n, buffer);
    default:
      return load<bool>(operand, offset, stride, n, buffer);
  }
}

void store(const void* values, ScalarType type, int64_t n, Tensor& out, int64_t offset,
           int64_t stride) {
  void* data = out.mutable_data_ptr();
  switch (type) {
    case ScalarType::Float:
      return store_block(static_cast<const float*>(values), n, data, out.scalar_type(), offset,
                         stride);
    case ScalarType::Double:
      return store_block(static_cast<const double*>(values), n, data, out.scalar_type(), offset,
                         stride);
    case ScalarType::Long:
      return store_block(static_cast<const int64_t*>(values), n, data, out.scalar_type(), offset,
                         stride);
    default:
      return store_block(static_cast<const bool*>(values), n, data, out.scalar_type(), offset,
                         stride);
  }
}

using Loops = LoopNest<1 + kMaxOperands>;

/// Loops over the elements of `out`, which is tensor 0, and the operands after it.
Loops make_loops(ArrayRef<Operand> operands, const Tensor& out) {
  Loops loops;
  const size_t dim = static_cast<size_t>(out.dim());
  for (size_t d = 0; d < dim; ++d) {
    Loops::Offsets strides{};
    strides[0] = out.strides()[d];
    for (size_t i = 0; i < operands.size(); ++i) {
      const size_t leading = dim - operands[i].sizes().size();
      if (d >= leading && operands[i].sizes()[d - leading] != 1) {
        strides[1 + i] = operands[i].strides()[d - leading];
      }
    }
    loops.push(out.sizes()[d], strides);
  }
  loops.normalize();
  return loops;
}

bool is_supported(ScalarType dtype) {
  return ::executorch::runtime::isRealHBBF16Type(dtype);
}

/// The value of an operand of rank 0 as a number, after conversion to `dtype`.
Operand value_of(const Operand& operand, ScalarType dtype) {
  if (dtype == ScalarType::Bool) {
    return Scalar(load_element<bool>(operand.data(), operand.dtype(), 0));
  }
  alignas(8) unsigned char element[sizeof(int64_t)];
  if (isFloatingType(dtype)) {
    store_element(load_element<double>(operand.data(), operand.dtype(), 0), element, dtype, 0);
    return Scalar(load_element<double>(element, dtype, 0));
  }
  store_element(load_element<int64_t>(operand.data(), operand.dtype(), 0), element, dtype, 0);
  return Scalar(load_element<int64_t>(element, dtype, 0));
}

}  // namespace

ScalarType result_type(ArrayRef<Operand> operands) {
  ScalarType types[kNumRanks] = {ScalarType::Undefined, ScalarType::Undefined,
                                 ScalarType::Undefined};
  for (const Operand& operand : operands) {
    Rank rank = operand.sizes().empty() ? kZeroDim : kDim;
    ScalarType dtype = operand.dtype();
    if (operand.is_number()) {
      rank = kNumber;
      dtype = dtype == ScalarType::Double ? ScalarType::Float : dtype;
    }
    types[rank] = types[rank] == ScalarType::Undefined ? dtype : promoteTypes(types[rank], dtype);
  }
  return combine(types[kDim], combine(types[kZeroDim], types[kNumber]));
}

bool prepare_elementwise(KernelRuntimeContext& ctx, Span<Operand> operands, ScalarType compute,
                         ScalarType result, Tensor& out) {
  SizesType sizes[kTensorDimensionLimit];
  size_t dim = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    ET_KERNEL_CHECK_MSG(ctx, is_supported(operands[i].dtype()), InvalidArgument, false,
                        "Input %zu has element type %s, which is not supported", i,
                        toString(operands[i].dtype()));
    const Error error = broadcast_shape(operands[i].sizes(), sizes, dim);
    if (error != Error::Ok) {
      ctx.fail(error);
      return false;
    }
  }
  ET_KERNEL_CHECK_MSG(ctx, is_supported(out.scalar_type()) && canCast(result, out.scalar_type()),
                      InvalidArgument, false,
                      "A result of element type %s cannot be stored in out, which has %s",
                      toString(result), toString(out.scalar_type()));
  const Error error = resize_tensor(out, ArrayRef<SizesType>(sizes, dim));
  if (error != Error::Ok) {
    ctx.fail(error);
    return false;
  }
  bool has_data = out.const_data_ptr() != nullptr;
  for (const Operand& operand : operands) {
    has_data = has_data && operand.data() != nullptr;
  }
  ET_KERNEL_CHECK_MSG(ctx, out.numel() == 0 || has_data, InvalidArgument, false,
                      "A tensor has no data");
  for (Operand& operand : operands) {
    // A number takes part in a floating-point computation as it is.
    if (has_data && operand.sizes().empty() && !(operand.is_number() && isFloatingType(compute))) {
      operand = value_of(operand, compute);
    }
  }
  return true;
}

void internal::map_blocks(ArrayRef<Operand> operands, const ScalarType* in_types, Tensor& out,
                          ScalarType out_type, BlockFunction block_function, const void* function) {
  const Loops loops = make_loops(operands, out);
  const Loops::Offsets steps = loops.run_strides();
  const int64_t run = loops.run_size();
  const size_t num_inputs = operands.size();

  // Where nothing is to be converted or gathered, a block is a whole run.
  const bool in_place = out.scalar_type() == out_type && (steps[0] == 1 || run == 1);
  bool needs_buffers = !in_place;
  for (size_t i = 0; i < num_inputs; ++i) {
    needs_buffers =
        needs_buffers || operands[i].dtype() != in_types[i] || (steps[1 + i] != 1 && run != 1);
  }
  const int64_t block = needs_buffers ? std::min(run, kBlockSize) : run;

  alignas(16) unsigned char buffers[1 + kMaxOperands][kBlockSize * sizeof(int64_t)];
  uint8_t* const out_data = out.mutable_data_ptr<uint8_t>();
  const auto element_size = static_cast<int64_t>(out.element_size());
  loops.for_each_run([&](const Loops::Offsets& at) {
    const void* in[kMaxOperands] = {};
    for (int64_t begin = 0; begin < run; begin += block) {
      const int64_t n = std::min(block, run - begin);
      for (size_t i = 0; i < num_inputs; ++i) {
        const int64_t step = run == 1 ? 1 : steps[1 + i];
        // An element that is repeated along the run is loaded once.
        if (begin == 0 || step != 0) {
          in[i] = load(operands[i], in_types[i], at[1 + i] + begin * step, step, n, buffers[1 + i]);
        }
      }
      const int64_t offset = at[0] + begin * steps[0];
      void* result = in_place ? out_data + offset * element_size : buffers[0];
      block_function(function, in, result, n);
      if (!in_place) {
        store(result, out_type, n, out, offset, steps[0]);
      }
    }
  });
}

}  // namespace torch::executor::native::utils
