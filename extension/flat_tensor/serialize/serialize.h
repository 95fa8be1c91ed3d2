// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <map>
#include <ostream>
#include <string>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>

namespace executorch {
namespace extension {
namespace flat_tensor {

/**
 * Writes named tensors as a data file (.ptd), in the order of their names.
 * @param tensor_alignment of each tensor's data in the file, in bytes; a power of two.
 * @returns InvalidArgument if the alignment is not, or a tensor has no data or data on a device;
 * AccessFailed if the file cannot be written.
 */
ET_NODISCARD runtime::Error save_ptd(
    const std::string& path, const std::map<std::string, executorch::aten::Tensor>& tensor_map,
    size_t tensor_alignment);

/// The same to a stream.
ET_NODISCARD runtime::Error save_ptd(
    std::ostream& out, const std::map<std::string, executorch::aten::Tensor>& tensor_map,
    size_t tensor_alignment);

}  // namespace flat_tensor
}  // namespace extension
}  // namespace executorch
