// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

#include <algorithm>
#include <cinttypes>
#include <cstring>

#include <executorch/kernels/portable/cpu/util/block_util.h>

namespace torch::executor::native::utils {

using ::executorch::runtime::elementSize;
using ::executorch::runtime::isBarebonesUnsignedType;
using ::executorch::runtime::isComplexType;
using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::isRealHBBF16Type;
using ::executorch::runtime::toRealValueType;

TensorView::TensorView(const Tensor& tensor)
    : base(static_cast<uint8_t*>(tensor.mutable_data_ptr())),
      dtype(tensor.scalar_type()),
      dim(static_cast<size_t>(tensor.dim())) {
  ET_CHECK_MSG(dim <= ::executorch::runtime::kTensorDimensionLimit,
               "Rank %zu exceeds the limit of a tensor", dim);
  // Strides of an empty tensor have no use, and their products may overflow.
  const int64_t unit = tensor.numel() == 0 ? 0 : element_size();
  for (size_t d = 0; d < dim; ++d) {
    sizes[d] = tensor.sizes()[d];
    strides[d] = tensor.strides()[d] * unit;
  }
}

TensorView::TensorView(const void* element, ScalarType dtype)
    : base(static_cast<uint8_t*>(const_cast<void*>(element))), dtype(dtype) {}

int64_t TensorView::numel() const {
  int64_t n = 1;
  for (size_t d = 0; d < dim; ++d) {
    if (sizes[d] == 0) {
      return 0;
    }
    n *= sizes[d];
  }
  return n;
}

int64_t TensorView::element_size() const {
  return static_cast<int64_t>(elementSize(dtype));
}

bool TensorView::is_contiguous() const {
  int64_t stride = element_size();
  for (size_t d = dim; d-- > 0;) {
    if (sizes[d] != 1 && strides[d] != stride) {
      return false;
    }
    stride *= sizes[d];
  }
  return true;
}

TensorView& TensorView::insert(size_t at, int64_t size, int64_t stride) {
  std::copy_backward(&sizes[at], &sizes[0] + dim, &sizes[0] + dim + 1);
  std::copy_backward(&strides[at], &strides[0] + dim, &strides[0] + dim + 1);
  sizes[at] = size;
  strides[at] = stride;
  ++dim;
  return *this;
}

TensorView& TensorView::remove(size_t d) {
  std::copy(&sizes[d] + 1, &sizes[0] + dim, &sizes[d]);
  std::copy(&strides[d] + 1, &strides[0] + dim, &strides[d]);
  --dim;
  return *this;
}

TensorView& TensorView::permute(const size_t* dims) {
  const auto old_sizes = sizes;
  const auto old_strides = strides;
  for (size_t d = 0; d < dim; ++d) {
    sizes[d] = old_sizes[dims[d]];
    strides[d] = old_strides[dims[d]];
  }
  return *this;
}

TensorView& TensorView::transpose(size_t d0, size_t d1) {
  std::swap(sizes[d0], sizes[d1]);
  std::swap(strides[d0], strides[d1]);
  return *this;
}

TensorView& TensorView::select(size_t d, int64_t index) {
  offset += index * strides[d];
  return remove(d);
}

TensorView& TensorView::slice(size_t d, int64_t start, int64_t size, int64_t step) {
  if (size > 0) {
    offset += start * strides[d];
  }
  // A step that is never taken may be too large to multiply.
  strides[d] = size > 1 ? strides[d] * step : 0;
  sizes[d] = size;
  return *this;
}

TensorView& TensorView::split(size_t d, int64_t inner) {
  const int64_t outer = inner == 0 ? 0 : sizes[d] / inner;
  insert(d, outer, strides[d] * inner);
  sizes[d + 1] = inner;
  return *this;
}

bool TensorView::broadcast_to(const TensorView& target) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      dim <= target.dim, "a tensor of rank %zu cannot be broadcast to rank %zu", dim, target.dim);
  while (dim < target.dim) {
    insert(0, 1);
  }
  for (size_t d = 0; d < dim; ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(sizes[d] == 1 || sizes[d] == target.sizes[d],
                                   "size %" PRId64 " cannot be broadcast to %" PRId64
                                   " at dimension %zu of the result",
                                   sizes[d], target.sizes[d], d);
    strides[d] = sizes[d] == target.sizes[d] ? strides[d] : 0;
    sizes[d] = target.sizes[d];
  }
  return true;
}

TensorView& TensorView::at_least_1d() {
  return dim == 0 ? insert(0, 1, element_size()) : *this;
}

namespace {

// How one element moves: a size that the compiler knows becomes one load and one store.
template <size_t N>
struct FixedMove {
  static constexpr size_t size = N;
  void operator()(const uint8_t* in, uint8_t* out) const { std::memcpy(out, in, N); }
};
struct RunMove {
  size_t size;
  void operator()(const uint8_t* in, uint8_t* out) const { std::memmove(out, in, size); }
};

// Elements per side of a square that is transposed at a time: few enough for the first-level cache
// even when the rows are a power of two apart and compete for the same places in it.
constexpr int64_t kTile = 16;

template <typename Move>
inline void move_strided(const Move& move, int64_t n, const uint8_t* in, int64_t in_step,
                         uint8_t* out, int64_t out_step) {
  for (int64_t i = 0; i < n; ++i) {
    move(in + i * in_step, out + i * out_step);
  }
}

template <typename Move>
inline void move_run(const Move& move, int64_t n, const uint8_t* in, int64_t in_step, uint8_t* out,
                     int64_t out_step) {
  // Constant steps let the compiler use wide instructions.
  const auto size = static_cast<int64_t>(move.size);
  if (in_step == 0 && out_step == size) {
    if constexpr (!std::is_same_v<Move, RunMove>) {
      uint8_t element[Move::size];
      move(in, element);
      move_strided(move, n, element, 0, out, size);
      return;
    }
  }
  move_strided(move, n, in, in_step, out, out_step);
}

}  // namespace

StridedCopy::Loop StridedCopy::pop(Loops& loops) {
  Loop loop;
  if (loops.depth() > 0) {
    loop = {loops.run_size(), loops.run_strides()[0], loops.run_strides()[1]};
    loops.pop();
  }
  return loop;
}

StridedCopy::StridedCopy(const TensorView& in, const TensorView& out)
    : in_dtype_(in.dtype),
      out_dtype_(out.dtype),
      element_size_(static_cast<size_t>(out.element_size())),
      empty_(out.numel() == 0) {
  if (empty_) {
    return;
  }
  for (size_t d = 0; d < out.dim; ++d) {
    outer_.push(out.sizes[d], {out.strides[d], in.strides[d]});
  }
  outer_.normalize();
  if (in_dtype_ != out_dtype_) {
    columns_ = pop(outer_);
    return;
  }
  const auto size = static_cast<int64_t>(element_size_);
  if (outer_.depth() > 0 && outer_.run_strides() == Loops::Offsets{size, size}) {
    element_size_ *= static_cast<size_t>(outer_.run_size());
    outer_.pop();
  }
  columns_ = pop(outer_);
  // Next to the loop that writes adjacent elements belongs the one that reads adjacent elements.
  size_t rows = outer_.depth();
  int64_t best = std::abs(columns_.in);
  for (size_t i = outer_.depth(); i-- > 0;) {
    const int64_t step = std::abs(outer_.strides(i)[1]);
    if (step != 0 && step < best) {
      best = step;
      rows = i;
    }
  }
  if (rows < outer_.depth()) {
    outer_.move_innermost(rows);
  }
  rows_ = pop(outer_);
  if (outer_.depth() == 0 && rows_.size == 1 && columns_.size == 1) {
    run_bytes_ = element_size_;
  }
}

template <typename Move>
void StridedCopy::run_moves(const Move& move, const uint8_t* in, uint8_t* out) const {
  const bool transposes = std::abs(rows_.in) < std::abs(columns_.in) && rows_.in != 0;
  const int64_t row_tile = transposes ? kTile : rows_.size;
  const int64_t column_tile = transposes ? kTile : columns_.size;
  outer_.for_each([&](const Loops::Offsets& at) {
    for (int64_t r0 = 0; r0 < rows_.size; r0 += row_tile) {
      const int64_t r_end = std::min(r0 + row_tile, rows_.size);
      for (int64_t c = 0; c < columns_.size; c += column_tile) {
        const int64_t n = std::min(column_tile, columns_.size - c);
        for (int64_t r = r0; r < r_end; ++r) {
          move_run(move, n, in + at[1] + r * rows_.in + c * columns_.in, columns_.in,
                   out + at[0] + r * rows_.out + c * columns_.out, columns_.out);
        }
      }
    }
  });
}

namespace {

/// Converts `size` elements, which lie steps of so many elements apart, by way of T.
template <typename T>
void convert_run(int64_t size, const uint8_t* in, ScalarType in_dtype, int64_t in_step,
                 uint8_t* out, ScalarType out_dtype, int64_t out_step) {
  T buffer[kBlockSize];
  for (int64_t i = 0; i < size; i += kBlockSize) {
    const int64_t n = std::min(kBlockSize, size - i);
    T* const target = block_target<T>(out, out_dtype, i * out_step, out_step, buffer);
    const T* values = load_block<T>(in, in_dtype, i * in_step, in_step, n, target);
    if (target == buffer || values != target) {
      store_block<T>(values, n, out, out_dtype, i * out_step, out_step);
    }
  }
}

/// Calls f(TypeTag<T>()) with a type that holds what elements of both types do.
template <typename F>
void dispatch_conversion(ScalarType from, ScalarType to, const F& f) {
  // 64 unsigned bits pass unchanged through 64 signed ones between integers only.
  const bool wide_to_float = from == ScalarType::UInt64 && isFloatingType(to);
  dispatch_compute_type(wide_to_float ? ScalarType::Double : from, f);
}

}  // namespace

void StridedCopy::run(const uint8_t* in, uint8_t* out) const {
  if (run_bytes_ != 0) {
    std::memmove(out, in, run_bytes_);
    return;
  }
  if (empty_) {
    return;
  }
  if (in_dtype_ != out_dtype_) {
    const int64_t in_step = columns_.in / static_cast<int64_t>(elementSize(in_dtype_));
    const int64_t out_step = columns_.out / static_cast<int64_t>(elementSize(out_dtype_));
    dispatch_conversion(in_dtype_, out_dtype_, [&](auto tag) {
      using T = typename decltype(tag)::type;
      outer_.for_each([&](const Loops::Offsets& at) {
        convert_run<T>(columns_.size, in + at[1], in_dtype_, in_step, out + at[0], out_dtype_,
                       out_step);
      });
    });
    return;
  }
  switch (element_size_) {
    case 1:
      return run_moves(FixedMove<1>(), in, out);
    case 2:
      return run_moves(FixedMove<2>(), in, out);
    case 4:
      return run_moves(FixedMove<4>(), in, out);
    case 8:
      return run_moves(FixedMove<8>(), in, out);
    case 16:
      return run_moves(FixedMove<16>(), in, out);
    default:
      return run_moves(RunMove{element_size_}, in, out);
  }
}

namespace {

bool is_convertible(ScalarType type) {
  return isRealHBBF16Type(type) || isBarebonesUnsignedType(type) || isComplexType(type);
}

/// The real or the imaginary parts of a complex view.
TensorView component(const TensorView& view, int64_t index) {
  TensorView part = view;
  part.dtype = toRealValueType(view.dtype);
  part.offset += index * part.element_size();
  return part;
}

}  // namespace

namespace {

/// Copies rows of adjacent elements where a view is nothing else, as most are; false where it is.
bool copy_rows(const TensorView& in, const TensorView& out) {
  int64_t run = out.element_size();
  const int64_t element_size = run;
  size_t d = out.dim;
  for (; d > 0; --d) {
    const int64_t size = out.sizes[d - 1];
    if (size != 1 && (in.strides[d - 1] != run || out.strides[d - 1] != run)) {
      break;
    }
    run *= size;
  }
  int64_t rows = 1;
  int64_t in_step = 0;
  int64_t out_step = 0;
  for (; d > 0; --d) {
    const int64_t size = out.sizes[d - 1];
    if (rows == 1) {
      in_step = in.strides[d - 1];
      out_step = out.strides[d - 1];
    } else if (size != 1 &&
               (in.strides[d - 1] != in_step * rows || out.strides[d - 1] != out_step * rows)) {
      return false;
    }
    rows *= size;
  }
  if (rows > 1 && run == element_size) {
    return false;
  }
  const uint8_t* from = in.data();
  uint8_t* to = out.data();
  for (int64_t r = 0; r < rows; ++r) {
    std::memmove(to + r * out_step, from + r * in_step, static_cast<size_t>(run));
  }
  return true;
}

/// The same where the dimensions are in another order in memory, but in the same one in both.
bool copy_dense(const TensorView& in, const TensorView& out) {
  int64_t last = 0;
  int64_t numel = 1;
  for (size_t d = 0; d < out.dim; ++d) {
    if (out.sizes[d] != 1 && (in.strides[d] != out.strides[d] || out.strides[d] <= 0)) {
      return false;
    }
    last += out.sizes[d] == 1 ? 0 : (out.sizes[d] - 1) * out.strides[d];
    numel *= out.sizes[d];
  }
  const int64_t size = numel * out.element_size();
  if (last + out.element_size() != size) {
    return false;
  }
  std::memmove(out.data(), in.data(), static_cast<size_t>(size));
  return true;
}

}  // namespace

bool can_convert(ScalarType from, ScalarType to) {
  return from == to || (is_convertible(from) && is_convertible(to));
}

void copy(const TensorView& in, const TensorView& out) {
  if (out.numel() == 0) {
    return;
  }
  if (in.dtype == out.dtype && (copy_dense(in, out) || copy_rows(in, out))) {
    return;
  }
  if (in.dtype == out.dtype || (!isComplexType(in.dtype) && !isComplexType(out.dtype))) {
    StridedCopy(in, out).run(in.data(), out.data());
  } else if (!isComplexType(out.dtype)) {
    copy(component(in, 0), out);
  } else if (isComplexType(in.dtype)) {
    copy(component(in, 0), component(out, 0));
    copy(component(in, 1), component(out, 1));
  } else {
    const uint64_t zero = 0;
    copy(in, component(out, 0));
    fill(component(out, 1), &zero);
  }
}

void fill(const TensorView& out, const void* element) {
  TensorView in = out;
  in.base = static_cast<uint8_t*>(const_cast<void*>(element));
  in.offset = 0;
  std::fill_n(in.strides.begin(), in.dim, 0);
  copy(in, out);
}

void fill_run(void* data, int64_t n, const void* element, int64_t element_size) {
  const auto* bytes = static_cast<const uint8_t*>(element);
  if (std::all_of(bytes, bytes + element_size, [&](uint8_t byte) { return byte == bytes[0]; })) {
    std::memset(data, bytes[0], static_cast<size_t>(n * element_size));
    return;
  }
  dispatch_element_size(element_size, [&](auto size) {
    auto* to = static_cast<uint8_t*>(data);
    uint8_t value[size];
    std::memcpy(value, element, size);
    move_strided(FixedMove<size>(), n, value, 0, to, static_cast<int64_t>(size));
  });
}

bool broadcast_together(TensorView& a, TensorView& b) {
  TensorView& longer = a.dim < b.dim ? b : a;
  TensorView& shorter = a.dim < b.dim ? a : b;
  TensorView shape = longer;
  for (size_t d = 0; d < shorter.dim; ++d) {
    int64_t& size = shape.sizes[shape.dim - 1 - d];
    size = size == 1 ? shorter.sizes[shorter.dim - 1 - d] : size;
  }
  return longer.broadcast_to(shape) && shorter.broadcast_to(shape);
}

bool resize_to(const TensorView& shape, Tensor& out) {
  const auto sizes = out.sizes();
  if (sizes.size() == shape.dim && std::equal(sizes.begin(), sizes.end(), shape.sizes.begin())) {
    return true;
  }
  return resize_tensor(out, IntArrayRef(shape.sizes.data(), shape.dim)) == Error::Ok;
}

Tensor& copy_to(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  // Most copies are of all elements in the order in which they lie.
  const ScalarType from = in.scalar_type();
  const ScalarType to = out.scalar_type();
  const bool converts = from != to;
  if (in.sizes() == out.sizes() && in.strides() == out.strides() &&
      (!converts || (can_convert(from, to) && !isComplexType(from) && !isComplexType(to)))) {
    if (in.numel() == 0) {
      return out;
    }
    if (!converts) {
      std::memmove(out.mutable_data_ptr(), in.const_data_ptr(), in.nbytes());
    } else {
      dispatch_conversion(from, to, [&](auto tag) {
        convert_run<typename decltype(tag)::type>(
            in.numel(), static_cast<const uint8_t*>(in.const_data_ptr()), from, 1,
            static_cast<uint8_t*>(out.mutable_data_ptr()), to, 1);
      });
    }
    return out;
  }
  return copy_to(ctx, TensorView(in), out);
}

Tensor& copy_to(KernelRuntimeContext& ctx, const TensorView& in, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, can_convert(in.dtype, out.scalar_type()), InvalidArgument, out,
                      "elements of %s cannot become elements of %s",
                      ::executorch::runtime::toString(in.dtype),
                      ::executorch::runtime::toString(out.scalar_type()));
  ET_KERNEL_CHECK(ctx, resize_to(in, out), InvalidArgument, out);
  copy(in, TensorView(out));
  return out;
}

void copy_in_order(const TensorView& in, Cursor<1>& from, const TensorView& out, Cursor<1>& to,
                   int64_t n) {
  while (n > 0) {
    const int64_t run = std::min({n, from.run(), to.run()});
    TensorView in_run(in.data() + from.at(0), in.dtype);
    TensorView out_run(out.data() + to.at(0), out.dtype);
    copy(in_run.insert(0, run, from.step(0)), out_run.insert(0, run, to.step(0)));
    from.advance(run);
    to.advance(run);
    n -= run;
  }
}

}  // namespace torch::executor::native::utils
