// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/search_sorted_util.h>

#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

namespace {

/// A sorted line of the sequence; strides in bytes.
struct Line {
  const uint8_t* data;
  ScalarType dtype;
  int64_t size;
  int64_t stride;
  const uint8_t* sorter;
  int64_t sorter_stride;
};

/// -1 where the sorter holds an index out of range.
template <typename T>
int64_t search(const Line& line, T value, bool right) {
  int64_t begin = 0;
  int64_t end = line.size;
  while (begin < end) {
    const int64_t middle = begin + (end - begin) / 2;
    int64_t at = middle;
    if (line.sorter != nullptr) {
      at = *reinterpret_cast<const int64_t*>(line.sorter + middle * line.sorter_stride);
      if (!index_in_range(at, line.size)) {
        return -1;
      }
    }
    const T element = load_element<T>(line.data + at * line.stride, line.dtype, 0);
    if (right ? !(element > value) : !(element >= value)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

bool check_sequence(const Tensor& sequence, const Operand& values, const Tensor* sorter) {
  const auto rank = static_cast<size_t>(sequence.dim());
  ET_CHECK_OR_RETURN_FALSE(rank > 0, "the sorted sequence has no dimensions");
  bool fits = rank == 1 || rank == values.sizes().size();
  for (size_t d = 0; fits && d + 1 < rank; ++d) {
    fits = sequence.sizes()[d] == values.sizes()[d];
  }
  ET_CHECK_OR_RETURN_FALSE(
      fits, "the sorted sequence must have one dimension or those of the values but the last");
  if (sorter != nullptr) {
    return tensor_is_type(*sorter, ScalarType::Long) && tensors_have_same_shape(sequence, *sorter);
  }
  return true;
}

}  // namespace

Tensor& search_sorted(KernelRuntimeContext& ctx, const Tensor& sequence, const Operand& values,
                      bool out_int32, bool right, const Tensor* sorter, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  tensor_is_realhbf16_type(sequence) &&
                      ::executorch::runtime::isRealHBBF16Type(values.dtype()) &&
                      tensor_is_type(out, out_int32 ? ScalarType::Int : ScalarType::Long) &&
                      check_sequence(sequence, values, sorter) &&
                      resize_tensor(out, values.sizes()) == Error::Ok,
                  InvalidArgument, out);
  const TensorView lines(sequence);
  const int64_t element = lines.element_size();
  const size_t last = lines.dim - 1;
  // Strides of the values, the sequence, the sorter and the output, in elements.
  LoopNest<4> nest;
  for (size_t d = 0; d < values.sizes().size(); ++d) {
    const bool has_lines = last > 0 && d < last;
    nest.push(values.sizes()[d],
              {values.strides()[d], has_lines ? lines.strides[d] / element : 0,
               has_lines && sorter != nullptr ? sorter->strides()[d] : 0, out.strides()[d]});
  }
  const auto in_type = [&](auto tag) {
    using T = typename decltype(tag)::type;
    bool in_range = true;
    nest.for_each([&](const LoopNest<4>::Offsets& at) {
      const auto* const order =
          sorter == nullptr ? nullptr : sorter->const_data_ptr<uint8_t>() + at[2] * 8;
      const Line line = {lines.data() + at[1] * element,
                         lines.dtype,
                         lines.sizes[last],
                         lines.strides[last],
                         order,
                         sorter == nullptr ? 0 : sorter->strides()[last] * 8};
      const int64_t found =
          search(line, load_element<T>(values.data(), values.dtype(), at[0]), right);
      in_range = in_range && found >= 0;
      store_element<int64_t>(found, out.mutable_data_ptr(), out.scalar_type(), at[3]);
    });
    if (!in_range) {
      ctx.fail(Error::InvalidArgument);
    }
  };
  dispatch_wide_compute_type(
      ::executorch::runtime::promoteTypes(sequence.scalar_type(), values.dtype()), in_type);
  return out;
}

bool parse_side(bool& right, const optional<string_view>& side) {
  if (side.has_value()) {
    ET_CHECK_OR_RETURN_FALSE(*side == "left" || *side == "right",
                             "side is '%.*s', expected left or right",
                             static_cast<int>(side->size()), side->data());
    ET_CHECK_OR_RETURN_FALSE(!right || *side == "right", "side is left and right is true");
    right = *side == "right";
  }
  return true;
}

}  // namespace torch::executor::native::utils
