// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/index_util.h>

#include <cstring>
#include <type_traits>

namespace torch {
namespace executor {

namespace {

bool check_index_tensor(const Tensor& index) {
  return tensor_is_type(index, ScalarType::Int, ScalarType::Long);
}

/// Whether `index` has the rank of `tensor` and, but in `except`, no larger size.
bool index_fits(const Tensor& index, const Tensor& tensor, int64_t except) {
  // A tensor of rank 0 counts as one of rank 1.
  ET_LOG_MSG_AND_RETURN_IF_FALSE(nonzero_dim(index) == nonzero_dim(tensor),
                                 "expected an index of rank %zd, got %zd", tensor.dim(),
                                 index.dim());
  for (ssize_t d = 0; d < nonzero_dim(tensor); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        d == except || nonempty_size(index, d) <= nonempty_size(tensor, d),
        "the index has size %zd at dimension %zd, at most %zd expected", nonempty_size(index, d), d,
        nonempty_size(tensor, d));
  }
  return true;
}

bool index_and_dim_fit(const Tensor& self, int64_t dim, const Tensor& index) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(self, dim));
  return index.numel() == 0 ||
         index_fits(index, self, ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
}

bool check_scatter_args(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(self, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_index_tensor(index));
  return index_and_dim_fit(self, dim, index);
}

}  // namespace

bool check_embedding_args(const Tensor& weight, const Tensor& indices, const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(weight, out));
  ET_LOG_AND_RETURN_IF_FALSE(check_index_tensor(indices));
  return tensor_is_rank(weight, 2);
}

bool check_gather_args(const Tensor& in, int64_t dim, const Tensor& index, bool sparse_grad,
                       Tensor& output) {
  (void)sparse_grad;  // Says how a gradient is stored.
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, output));
  ET_LOG_AND_RETURN_IF_FALSE(
      tensor_is_type(index, ScalarType::Long, ScalarType::Int, ScalarType::Byte));
  return index_and_dim_fit(in, dim, index);
}

bool check_index_select_args(const Tensor& in, int64_t dim, const Tensor& index, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  ET_LOG_AND_RETURN_IF_FALSE(check_index_tensor(index));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_smaller_or_equal_to(index, 1));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(in.dim() > 0 || index.numel() == 1,
                                 "an index of one element is expected for a tensor of rank 0");
  return true;
}

bool check_nonzero_args(const Tensor& in, const Tensor& out) {
  (void)in;
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_type(out, ScalarType::Long));
  return tensor_is_rank(out, 2);
}

bool check_scatter_src_args(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                            Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(self, src));
  ET_LOG_AND_RETURN_IF_FALSE(check_scatter_args(self, dim, index, out));
  return index.numel() == 0 || index_fits(index, src, /*except=*/-1);
}

bool check_scatter_add_args(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                            Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(check_scatter_src_args(self, dim, index, src, out));
  return native::utils::can_add(self.scalar_type());
}

bool check_scatter_value_args(const Tensor& self, int64_t dim, const Tensor& index,
                              const Scalar& value, Tensor& out) {
  (void)value;
  return check_scatter_args(self, dim, index, out);
}

namespace native::utils {

namespace {

/// copy_indexed_rows where all elements lie in memory in logical order.
bool copy_contiguous_rows(const TensorView& table, size_t d, const TensorView& index,
                          const TensorView& out, bool wraps) {
  int64_t before = 1;
  for (size_t i = 0; i < d; ++i) {
    before *= table.sizes[i];
  }
  int64_t row = table.element_size();
  for (size_t i = d + 1; i < table.dim; ++i) {
    row *= table.sizes[i];
  }
  const IndexReader reader(index);
  const int64_t step = index.element_size();
  const int64_t count = index.numel();
  const int64_t size = table.sizes[d];
  const uint8_t* from = table.data();
  uint8_t* to = out.data();
  for (; before > 0; --before, from += size * row) {
    for (int64_t i = 0; i < count; ++i, to += row) {
      int64_t position = reader.at(i * step);
      position += wraps && position < 0 && position >= -size ? size : 0;
      if (!index_in_range(position, size)) {
        return false;
      }
      // Of the sizes of single elements, the compiler should know that they are.
      if (row == 4) {
        std::memcpy(to, from + position * row, 4);
      } else if (row == 8) {
        std::memcpy(to, from + position * row, 8);
      } else {
        std::memmove(to, from + position * row, static_cast<size_t>(row));
      }
    }
  }
  return true;
}

}  // namespace

bool copy_indexed_rows(const TensorView& table, size_t d, const TensorView& index,
                       const TensorView& out, bool wraps) {
  if (out.numel() == 0) {
    return true;
  }
  if (table.is_contiguous() && index.is_contiguous() && out.is_contiguous()) {
    return copy_contiguous_rows(table, d, index, out, wraps);
  }
  // What an index selects lies behind its dimension, once for each coordinate before it, so that
  // memory is read and written in order.
  LoopNest<2> before;
  TensorView from_row = table;
  TensorView to_row = out;
  TensorView places = out;  // of the rows in the output
  for (size_t i = 0; i < index.dim; ++i) {
    to_row.remove(d);
    places.sizes[i] = out.sizes[d + i];
    places.strides[i] = out.strides[d + i];
  }
  places.dim = index.dim;
  from_row.remove(d);
  for (size_t i = 0; i < d; ++i) {
    before.push(table.sizes[i], {out.strides[i], table.strides[i]});
    from_row.remove(0);
    to_row.remove(0);
  }
  const StridedCopy row(from_row, to_row);
  const IndexReader reader(index);
  bool in_range = true;
  before.for_each([&](const LoopNest<2>::Offsets& at) {
    const uint8_t* const from = table.data() + at[1];
    uint8_t* const to = out.data() + at[0];
    Cursor<2> cursor({&index, &places});
    while (in_range && cursor.left() > 0) {
      const int64_t n = cursor.run();
      for (int64_t i = 0; i < n && in_range; ++i) {
        int64_t position = reader.at(cursor.at(0) + i * cursor.step(0));
        position += wraps && position < 0 && position >= -table.sizes[d] ? table.sizes[d] : 0;
        in_range = index_in_range(position, table.sizes[d]);
        if (in_range) {
          row.run(from + position * table.strides[d], to + cursor.at(1) + i * cursor.step(1));
        }
      }
      cursor.advance(n);
    }
  });
  return in_range;
}

bool gather(const TensorView& in, size_t d, const TensorView& index, const TensorView& out) {
  bool in_range = true;
  dispatch_element_size(in.element_size(), [&](auto size) {
    const auto move = [source = in.data(), target = out.data()](int64_t from, int64_t to) {
      std::memmove(target + to, source + from, decltype(size)::value);
    };
    in_range = for_each_indexed(index, d, in, out, move);
  });
  return in_range;
}

bool scatter(const TensorView& out, size_t d, const TensorView& index, const TensorView& src) {
  bool in_range = true;
  dispatch_element_size(out.element_size(), [&](auto size) {
    const auto move = [source = src.data(), target = out.data()](int64_t to, int64_t from) {
      std::memmove(target + to, source + from, decltype(size)::value);
    };
    in_range = for_each_indexed(index, d, out, src, move);
  });
  return in_range;
}

namespace {

template <typename T>
T sum_of(T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return a || b;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  } else {
    return static_cast<T>(a + b);
  }
}

template <typename T>
void add_run_of(int64_t n, const uint8_t* in, int64_t in_step, uint8_t* out, int64_t out_step) {
  for (int64_t i = 0; i < n; ++i) {
    T* sum = reinterpret_cast<T*>(out + i * out_step);
    *sum = sum_of<T>(*sum, *reinterpret_cast<const T*>(in + i * in_step));
  }
}

}  // namespace

void add_run(ScalarType dtype, int64_t n, const uint8_t* in, int64_t in_step, uint8_t* out,
             int64_t out_step) {
  if (::executorch::runtime::isComplexType(dtype)) {
    // Real parts, then imaginary parts.
    const ScalarType part = ::executorch::runtime::toRealValueType(dtype);
    const size_t size = ::executorch::runtime::elementSize(part);
    add_run(part, n, in, in_step, out, out_step);
    return add_run(part, n, in + size, in_step, out + size, out_step);
  }
  switch (dtype) {
#define ET_ADD_CASE(T, name)                      \
  case ScalarType::name:                          \
    add_run_of<T>(n, in, in_step, out, out_step); \
    break;
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ET_ADD_CASE)
#undef ET_ADD_CASE
    default:
      ET_CHECK_MSG(false, "Elements of type %s cannot be added",
                   ::executorch::runtime::toString(dtype));
  }
}

bool can_add(ScalarType dtype) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(::executorch::runtime::isRealHBBF16Type(dtype) ||
                                     ::executorch::runtime::isComplexType(dtype) ||
                                     ::executorch::runtime::isBarebonesUnsignedType(dtype),
                                 "elements of %s cannot be added",
                                 ::executorch::runtime::toString(dtype));
  return true;
}

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
