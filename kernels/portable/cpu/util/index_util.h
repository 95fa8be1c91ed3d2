// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Kernels that read or write where an index tensor says. Indices come from data that nobody has
/// checked, and their memory may even overlap the output: each one is read once, checked, and used.

#include <cinttypes>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

// Argument checks: false with a sentence that names what is wrong.
bool check_embedding_args(const Tensor& weight, const Tensor& indices, const Tensor& out);
bool check_gather_args(const Tensor& in, int64_t dim, const Tensor& index, bool sparse_grad,
                       Tensor& output);
bool check_index_select_args(const Tensor& in, int64_t dim, const Tensor& index, Tensor& out);
bool check_nonzero_args(const Tensor& in, const Tensor& out);
bool check_scatter_add_args(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                            Tensor& out);
bool check_scatter_src_args(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                            Tensor& out);
bool check_scatter_value_args(const Tensor& self, int64_t dim, const Tensor& index,
                              const Scalar& value, Tensor& out);

// Shapes of results, for arguments that have been checked.
inline void get_index_select_out_target_size(const Tensor& in, int64_t dim, const Tensor& index,
                                             SizesType* out_sizes, size_t* out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  for (ssize_t d = 0; d < in.dim(); ++d) {
    const bool selected = d == (dim < 0 ? dim + in.dim() : dim);
    out_sizes[d] = selected ? static_cast<SizesType>(index.numel()) : in.sizes()[d];
  }
}
inline void get_embedding_out_target_size(const Tensor& weight, const Tensor& indices,
                                          SizesType* out_sizes, size_t* out_ndim) {
  for (ssize_t d = 0; d < indices.dim(); ++d) {
    out_sizes[d] = indices.sizes()[d];
  }
  out_sizes[indices.dim()] = weight.sizes()[1];
  *out_ndim = static_cast<size_t>(indices.dim()) + 1;
}
inline Error resize_embedding_output(const Tensor& weight, const Tensor& indices,
                                     const Tensor& out) {
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  size_t ndim = 0;
  ET_CHECK_OR_RETURN_ERROR(
      static_cast<size_t>(indices.dim()) < ::executorch::runtime::kTensorDimensionLimit,
      InvalidArgument, "the result would have too many dimensions");
  get_embedding_out_target_size(weight, indices, sizes, &ndim);
  Tensor target = out;
  return resize_tensor(target, ArrayRef<SizesType>(sizes, ndim));
}

namespace native::utils {

/// The elements of a tensor of Byte, Int or Long.
class IndexReader {
 public:
  IndexReader() = default;
  explicit IndexReader(const TensorView& index) : data_(index.data()), dtype_(index.dtype) {}
  /// The element `offset` bytes from the first.
  int64_t at(int64_t offset) const {
    const uint8_t* element = data_ + offset;
    return dtype_ == ScalarType::Long  ? *reinterpret_cast<const int64_t*>(element)
           : dtype_ == ScalarType::Int ? *reinterpret_cast<const int32_t*>(element)
                                       : *element;
  }

 private:
  const uint8_t* data_ = nullptr;
  ScalarType dtype_ = ScalarType::Long;
};

/// Whether 0 <= index < size; leaves a sentence otherwise.
inline bool index_in_range(int64_t index, int64_t size) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(index >= 0 && index < size,
                                 "index %" PRId64 " is out of range for size %" PRId64, index,
                                 size);
  return true;
}

/// Copies, for each coordinate c of `index`, table[..., index[c], ...] to out[..., c, ...], where
/// the index stands in dimension d of the table. An index may count from the end where `wraps` is
/// true. False with a sentence at an index out of range.
bool copy_indexed_rows(const TensorView& table, size_t d, const TensorView& index,
                       const TensorView& out, bool wraps = false);

/// Calls f(indexed_offset, other_offset), in bytes, for each coordinate c of `index` in order; the
/// first offset is that of `indexed` at c with c[d] replaced by index[c], the second that of
/// `other` at c. False with a sentence at an index out of range.
template <typename F>
bool for_each_indexed(const TensorView& index, size_t d, const TensorView& indexed,
                      const TensorView& other, const F& f) {
  LoopNest<3> nest;
  for (size_t i = 0; i < index.dim; ++i) {
    nest.push(index.sizes[i],
              {index.strides[i], i == d ? 0 : indexed.strides[i], other.strides[i]});
  }
  nest.merge();
  const IndexReader reader(index);
  const auto step = nest.run_strides();
  // Copies, so that the compiler need not fear that f writes to them.
  const int64_t size = indexed.sizes[d];
  const int64_t stride = indexed.strides[d];
  bool in_range = true;
  nest.for_each_run([&, size, stride, step, reader](const LoopNest<3>::Offsets& at) {
    int64_t from = at[0];
    int64_t to = at[1];
    int64_t other_at = at[2];
    for (int64_t i = 0; i < nest.run_size() && in_range; ++i) {
      const int64_t position = reader.at(from);
      if (!index_in_range(position, size)) {
        in_range = false;
        return;
      }
      f(to + position * stride, other_at);
      from += step[0];
      to += step[1];
      other_at += step[2];
    }
  });
  return in_range;
}

/// Copies in[..., index[c], ...], the index in dimension d, to out[c] for each coordinate c of
/// `index`. The views have the same type. False at an index out of range.
bool gather(const TensorView& in, size_t d, const TensorView& index, const TensorView& out);

/// Copies src[c] to out[..., index[c], ...], the index in dimension d, for each coordinate c of
/// `index` in order. The views have the same type. False at an index out of range.
bool scatter(const TensorView& out, size_t d, const TensorView& index, const TensorView& src);

/// out += in for `n` elements of a type of REALHBBF16_AND_UINT that are the given bytes apart;
/// integers wrap around, Bool becomes true where either is.
void add_run(ScalarType dtype, int64_t n, const uint8_t* in, int64_t in_step, uint8_t* out,
             int64_t out_step);
/// Whether add_run() knows the type; leaves a sentence otherwise.
bool can_add(ScalarType dtype);

}  // namespace native::utils

}  // namespace executor
}  // namespace torch
