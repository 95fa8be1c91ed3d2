// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

#include <algorithm>
#include <cstring>

#include <executorch/kernels/portable/cpu/util/broadcast_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::isComplexType;
using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::kTensorDimensionLimit;
using ::executorch::runtime::promoteTypes;
using ::executorch::runtime::toComplexType;
using ::executorch::runtime::toRealValueType;

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
    return isComplexType(light) ? toComplexType(weighty) : weighty;
  }
  if (isComplexType(weighty)) {
    return weighty;
  }
  if (weighty == ScalarType::Bool || isFloatingType(light) || isComplexType(light)) {
    return promoteTypes(weighty, light);
  }
  return weighty;
}

template <typename T>
const void* load(const Operand& operand, int64_t offset, int64_t stride, int64_t n, void* buffer) {
  if (stride == 0) {
    T value;
    if (std::is_floating_point_v<T> && operand.dtype() == ScalarType::Double) {
      value = static_cast<T>(static_cast<const double*>(operand.data())[offset]);
    } else {
      value = load_element<T>(operand.data(), operand.dtype(), offset);
    }
    std::fill_n(static_cast<T*>(buffer), n, value);
    return buffer;
  }
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
    case ScalarType::Int:
      return load<int32_t>(operand, offset, stride, n, buffer);
    case ScalarType::Char:
      return load<int8_t>(operand, offset, stride, n, buffer);
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
    case ScalarType::Int:
      return store_block(static_cast<const int32_t*>(values), n, data, out.scalar_type(), offset,
                         stride);
    case ScalarType::Char:
      return store_block(static_cast<const int8_t*>(values), n, data, out.scalar_type(), offset,
                         stride);
    default:
      return store_block(static_cast<const bool*>(values), n, data, out.scalar_type(), offset,
                         stride);
  }
}

/// Whether elements are what a computation in `type` takes: int8_t stands for either sign.
bool is_stored_as(ScalarType dtype, ScalarType type) {
  return dtype == type || (dtype == ScalarType::Byte && type == ScalarType::Char);
}

/// Copies a matrix of elements to adjacent ones.
void gather(const Operand& operand, int64_t offset, int64_t rows, int64_t row_step, int64_t columns,
            int64_t step, void* to) {
  dispatch_element_size(static_cast<int64_t>(elementSize(operand.dtype())), [&](auto size) {
    constexpr auto kSize = static_cast<int64_t>(size);
    const auto* from = static_cast<const uint8_t*>(operand.data()) + offset * kSize;
    auto* next = static_cast<uint8_t*>(to);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < columns; ++c, next += kSize) {
        std::memcpy(next, from + (r * row_step + c * step) * kSize, kSize);
      }
    }
  });
}

/// More elements than this are worth a thread.
constexpr int64_t kParallelElements = 32768;

/// Runs of up to this many elements are put together to blocks.
constexpr int64_t kShortRun = 32;

using Loops = LoopNest<1 + kMaxOperands>;

bool is_same(ArrayRef<SizesType> a, ArrayRef<SizesType> b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (size_t d = 0; d < a.size(); ++d) {
    if (a.data()[d] != b.data()[d]) {
      return false;
    }
  }
  return true;
}

/// Whether each operand is one element or lies in memory as `out` does, without gaps: the
/// coordinates do not matter then.
bool is_one_run(ArrayRef<Operand> operands, const Tensor& out) {
  const auto sizes = out.sizes();
  const auto strides = out.strides();
  int64_t last = 0;
  for (size_t d = 0; d < sizes.size(); ++d) {
    last += (int64_t{sizes[d]} - 1) * strides[d];
  }
  if (last + 1 != out.numel()) {
    return false;
  }
  for (const Operand& operand : operands) {
    if (operand.sizes().empty()) {
      continue;
    }
    if (operand.sizes().size() != sizes.size()) {
      return false;
    }
    for (size_t d = 0; d < sizes.size(); ++d) {
      if (operand.sizes()[d] != sizes[d] || operand.strides()[d] != strides[d]) {
        return false;
      }
    }
  }
  return true;
}

/// The computation on one run of elements of the types that `function` takes; `in` is null for a
/// number. Not inlined: small tensors without numbers need none of this.
ET_NOINLINE void map_run(ArrayRef<Operand> operands, const ScalarType* in_types,
                         const uint8_t* const* in, uint8_t* out, ScalarType out_type, int64_t numel,
                         internal::BlockFunction block_function, const void* function) {
  int64_t in_size[kMaxOperands] = {};
  size_t numbers = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    numbers += in[i] == nullptr ? 1 : 0;
    in_size[i] = static_cast<int64_t>(elementSize(in_types[i]));
  }
  const auto out_size = static_cast<int64_t>(elementSize(out_type));
  const bool repeats = operands.size() == 2 && numbers == 1 && in[1] == nullptr;
  const auto map = [&](int64_t begin, int64_t end) {
    alignas(16) unsigned char buffers[kMaxOperands][kBlockSize * sizeof(int64_t)];
    const int64_t block =
        numbers != 0 && !repeats ? std::min(kBlockSize, end - begin) : end - begin;
    const void* from[kMaxOperands] = {};
    for (size_t i = 0; i < operands.size(); ++i) {
      if (in[i] == nullptr) {
        from[i] = load(operands[i], in_types[i], 0, 0, repeats ? 1 : block, buffers[i]);
      }
    }
    for (int64_t first = begin; first < end; first += block) {
      for (size_t i = 0; i < operands.size(); ++i) {
        from[i] = in[i] == nullptr ? from[i] : in[i] + first * in_size[i];
      }
      block_function(function, from, out + first * out_size, std::min(block, end - first), repeats);
    }
  };
  if (numel > kParallelElements) {
    ::executorch::extension::parallel_for(0, numel, kParallelElements, map);
  } else {
    map(0, numel);
  }
}

/// The whole computation on one run; false where elements have to be converted.
bool map_unconverted(ArrayRef<Operand> operands, const ScalarType* in_types, Tensor& out,
                     ScalarType out_type, internal::BlockFunction block_function,
                     const void* function) {
  const int64_t numel = out.numel();
  if (numel == 0) {
    return true;
  }
  if (!is_stored_as(out.scalar_type(), out_type)) {
    return false;
  }
  size_t numbers = 0;
  const uint8_t* in[kMaxOperands] = {};
  for (size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = operands[i];
    if (operand.sizes().empty()) {
      ++numbers;
    } else if (!is_stored_as(operand.dtype(), in_types[i]) || in_types[i] == ScalarType::Bool) {
      return false;
    } else {
      in[i] = static_cast<const uint8_t*>(operand.data());
    }
  }
  auto* const to = static_cast<uint8_t*>(out.mutable_data_ptr());
  const bool repeats = numbers == 1 && operands.size() == 2 && in[1] == nullptr;
  if (numel > kParallelElements || (numbers != 0 && !repeats)) {
    map_run(operands, in_types, in, to, out_type, numel, block_function, function);
    return true;
  }
  alignas(8) unsigned char number[sizeof(int64_t)];
  const void* from[kMaxOperands] = {in[0], in[1], in[2]};
  if (repeats) {
    from[1] = load(operands[1], in_types[1], 0, 0, 1, number);
  }
  block_function(function, from, to, numel, repeats);
  return true;
}

/// Loops over the elements of `out`, which is tensor 0, and the operands after it.
Loops make_loops(ArrayRef<Operand> operands, const Tensor& out, bool one_run) {
  Loops loops;
  if (one_run) {
    Loops::Offsets strides;
    strides[0] = 1;
    for (size_t i = 0; i < kMaxOperands; ++i) {
      strides[1 + i] = i < operands.size() && !operands[i].sizes().empty() ? 1 : 0;
    }
    loops.push(out.numel(), strides);
    return loops;
  }
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

bool is_supported(ScalarType dtype, Elements elements) {
  return ::executorch::runtime::isRealHBBF16Type(dtype) || dtype == ScalarType::UInt16 ||
         dtype == ScalarType::UInt32 ||
         (dtype == ScalarType::UInt64 && elements != Elements::Real) ||
         (elements == Elements::Any && isComplexType(dtype));
}

Complex load_complex(const Operand& operand, int64_t offset) {
  double parts[2] = {};
  if (isComplexType(operand.dtype())) {
    const double* loaded =
        load_block(operand.data(), toRealValueType(operand.dtype()), 2 * offset, 1, 2, parts);
    return Complex(loaded[0], loaded[1]);
  }
  return Complex(load_element<double>(operand.data(), operand.dtype(), offset));
}

void store_complex(const Complex& value, Tensor& out, int64_t offset) {
  const double parts[] = {value.real(), value.imag()};
  if (isComplexType(out.scalar_type())) {
    store_block(parts, 2, out.mutable_data_ptr(), toRealValueType(out.scalar_type()), 2 * offset,
                1);
  } else {
    store_element(parts[0], out.mutable_data_ptr(), out.scalar_type(), offset);
  }
}

}  // namespace

ScalarType result_type(ArrayRef<Operand> operands) {
  // Most operands have one type, or are numbers, which leave that of a floating-point tensor as it
  // is.
  const ScalarType first = operands[0].dtype();
  bool is_first = !operands[0].is_number();
  for (const Operand& operand : operands) {
    is_first = is_first && (operand.is_number() ? isFloatingType(first) : operand.dtype() == first);
  }
  if (is_first) {
    return first;
  }
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

namespace {

/// A single element as a number, after conversion to a floating-point type.
Operand as_floating_point(const Operand& operand, ScalarType dtype) {
  alignas(8) unsigned char element[sizeof(int64_t)];
  store_element(load_element<double>(operand.data(), operand.dtype(), 0), element, dtype, 0);
  return Scalar(load_element<double>(element, dtype, 0));
}

}  // namespace

Operand as_type(const Operand& operand, ScalarType dtype) {
  if (isFloatingType(dtype)) {
    return operand.is_number() ? operand : as_floating_point(operand, dtype);
  }
  if (dtype == ScalarType::Bool) {
    return Scalar(load_element<bool>(operand.data(), operand.dtype(), 0));
  }
  alignas(8) unsigned char element[sizeof(int64_t)];
  store_element(load_element<int64_t>(operand.data(), operand.dtype(), 0), element, dtype, 0);
  return Scalar(load_element<int64_t>(element, dtype, 0));
}

Operand rounded_number(const Operand& operand, ScalarType dtype) {
  // Blocks of Float and Double are computed in their own type: loading a number rounds it.
  return operand.is_number() && ::executorch::runtime::isReducedFloatingType(dtype)
             ? as_floating_point(operand, dtype)
             : operand;
}

bool prepare_elementwise(KernelRuntimeContext& ctx, Span<Operand> operands, ScalarType compute,
                         ScalarType result, Tensor& out, Elements elements) {
  // Operands of the shape of `out`, but for single elements, need no broadcasting.
  ET_KERNEL_CHECK_MSG(ctx, compute != ScalarType::Undefined, InvalidArgument, false,
                      "The inputs, of element types %s and %s, have no common type",
                      toString(operands[0].dtype()),
                      toString(operands[operands.size() - 1].dtype()));
  bool has_shape = out.dim() == 0;
  bool broadcasts = false;
  bool has_data = out.const_data_ptr() != nullptr;
  for (size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = operands[i];
    ET_KERNEL_CHECK_MSG(ctx, is_supported(operand.dtype(), elements), InvalidArgument, false,
                        "Input %zu has element type %s, which is not supported", i,
                        toString(operand.dtype()));
    has_data = has_data && operand.data() != nullptr;
    if (!operand.sizes().empty()) {
      const bool fits = is_same(operand.sizes(), out.sizes());
      has_shape = has_shape || fits;
      broadcasts = broadcasts || !fits;
    }
  }
  ET_KERNEL_CHECK_MSG(
      ctx, is_supported(out.scalar_type(), elements) && canCast(result, out.scalar_type()),
      InvalidArgument, false, "A result of element type %s cannot be stored in out, which has %s",
      toString(result), toString(out.scalar_type()));
  if (broadcasts || !has_shape) {
    SizesType sizes[kTensorDimensionLimit];
    size_t dim = 0;
    Error error = Error::Ok;
    for (size_t i = 0; i < operands.size() && error == Error::Ok; ++i) {
      error = broadcast_shape(operands[i].sizes(), sizes, dim);
    }
    if (error == Error::Ok && !is_same(out.sizes(), {sizes, dim})) {
      error = resize_tensor(out, {sizes, dim});
    }
    if (error != Error::Ok) {
      ctx.fail(error);
      return false;
    }
  }
  ET_KERNEL_CHECK_MSG(ctx, out.numel() == 0 || has_data, InvalidArgument, false,
                      "A tensor has no data");
  for (Operand& operand : operands) {
    if (operand.sizes().empty() && has_data && elements != Elements::Any) {
      operand = as_type(operand, compute);
    }
  }
  return true;
}

namespace {

// Not inlined: most computations are on one run and need none of this.
ET_NOINLINE void map_loops(ArrayRef<Operand> operands, const ScalarType* in_types, Tensor& out,
                           ScalarType out_type, internal::BlockFunction block_function,
                           const void* function, bool one_run) {
  const size_t num_inputs = operands.size();
  Loops loops = make_loops(operands, out, one_run);
  const int64_t columns = loops.run_size();
  const Loops::Offsets steps = loops.run_strides();

  // A block is a part of a run, or several runs where those are short: rows of a matrix.
  int64_t rows = 1;
  int64_t block_rows = 1;
  Loops::Offsets row_steps{};
  if (loops.depth() > 1 && columns > 0 && columns <= kShortRun) {
    loops.pop();
    rows = loops.run_size();
    row_steps = loops.run_strides();
    block_rows = std::min(rows, kBlockSize / columns);
  }

  // Where nothing is to be converted or gathered, a block is a whole run.
  // Bool elements always are converted: their bytes may be more than 1, which is no valid bool.
  const auto is_direct = [&](size_t tensor, ScalarType dtype, ScalarType type) {
    return is_stored_as(dtype, type) && (tensor == 0 || type != ScalarType::Bool) &&
           (steps[tensor] == 1 || columns == 1) &&
           (block_rows == 1 || row_steps[tensor] == columns);
  };
  const bool in_place = is_direct(0, out.scalar_type(), out_type);
  const bool repeats = num_inputs == 2 && columns > 1 && block_rows == 1 && steps[2] == 0;
  bool needs_buffers = !in_place;
  for (size_t i = 0; i < num_inputs; ++i) {
    needs_buffers = needs_buffers ||
                    !(is_direct(1 + i, operands[i].dtype(), in_types[i]) || (repeats && i == 1));
  }
  const int64_t block = needs_buffers ? std::min(columns, kBlockSize) : columns;

  uint8_t* const out_data = out.mutable_data_ptr<uint8_t>();
  const auto element_size = static_cast<int64_t>(out.element_size());
  const auto block_element_size = static_cast<int64_t>(elementSize(out_type));

  // Columns [first, end) of the rows from `at`.
  const auto map_rows = [&](const Loops::Offsets& at, int64_t first, int64_t end) {
    alignas(16) unsigned char buffers[1 + kMaxOperands][kBlockSize * sizeof(int64_t)];
    alignas(16) unsigned char gathered[kBlockSize * sizeof(int64_t)];
    const void* in[kMaxOperands] = {};
    const auto map_block = [&](int64_t row, int64_t num_rows, int64_t begin, int64_t n) {
      for (size_t i = 0; i < num_inputs; ++i) {
        const Operand& operand = operands[i];
        void* const buffer = buffers[1 + i];
        const int64_t step = columns == 1 ? 1 : steps[1 + i];
        const int64_t row_step = row_steps[1 + i];
        const int64_t offset = at[1 + i] + row * row_step + begin * step;
        if (repeats && i == 1) {
          in[i] = load(operand, in_types[i], offset, 0, 1, buffer);
          continue;
        }
        if (num_rows > 1 && row_step != n * step) {
          void* const rows_of = operand.dtype() == in_types[i] ? buffer : gathered;
          gather(operand, offset, num_rows, row_step, n, step, rows_of);
          in[i] = load(Operand(rows_of, operand.dtype(), {}, nullptr), in_types[i], 0, 1,
                       num_rows * n, buffer);
        } else if (begin == first || step != 0) {
          // An element that is repeated along the run is loaded once.
          in[i] = load(operand, in_types[i], offset, step, num_rows * n, buffer);
        }
      }
      const int64_t offset = at[0] + row * row_steps[0] + begin * steps[0];
      if (in_place) {
        block_function(function, in, out_data + offset * element_size, num_rows * n, repeats);
        return;
      }
      block_function(function, in, buffers[0], num_rows * n, repeats);
      for (int64_t r = 0; r < num_rows; ++r) {
        store(buffers[0] + r * n * block_element_size, out_type, n, out, offset + r * row_steps[0],
              steps[0]);
      }
    };
    for (int64_t row = 0; row < rows; row += block_rows) {
      for (int64_t begin = first; begin < end; begin += block) {
        map_block(row, std::min(block_rows, rows - row), begin, std::min(block, end - begin));
      }
    }
  };
  if (loops.depth() <= 1 && rows == 1 && columns > kParallelElements) {
    ::executorch::extension::parallel_for(
        0, columns, kParallelElements,
        [&](int64_t begin, int64_t end) { map_rows(Loops::Offsets{}, begin, end); });
    return;
  }
  loops.for_each_run([&](const Loops::Offsets& at) { map_rows(at, 0, columns); });
}

}  // namespace

void internal::map_blocks(ArrayRef<Operand> operands, const ScalarType* in_types, Tensor& out,
                          ScalarType out_type, BlockFunction block_function, const void* function) {
  const bool one_run = is_one_run(operands, out);
  if (!one_run || !map_unconverted(operands, in_types, out, out_type, block_function, function)) {
    map_loops(operands, in_types, out, out_type, block_function, function, one_run);
  }
}

Tensor& map_complex(KernelRuntimeContext& ctx, const Operand& a, const Operand& b,
                    ScalarType result, Tensor& out,
                    ::executorch::runtime::FunctionRef<Complex(Complex, Complex)> function) {
  Operand operands[] = {a, b};
  if (prepare_elementwise(ctx, operands, result, result, out, Elements::Any)) {
    make_loops(operands, out, /*one_run=*/false).for_each([&](const Loops::Offsets& at) {
      store_complex(function(load_complex(a, at[1]), load_complex(b, at[2])), out, at[0]);
    });
  }
  return out;
}

}  // namespace torch::executor::native::utils
