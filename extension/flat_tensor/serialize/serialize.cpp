// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/flat_tensor/serialize/serialize.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <executorch/extension/flat_tensor/serialize/flat_tensor_generated.h>
#include <executorch/extension/flat_tensor/serialize/flat_tensor_header.h>

namespace executorch {
namespace extension {
namespace flat_tensor {

using aten::Tensor;
using runtime::Error;

namespace {

namespace fb = flat_tensor_flatbuffer;

// Of the header, so that the flatbuffer after it stays aligned.
constexpr size_t kHeaderAlignment = 16;

size_t aligned(size_t size, size_t alignment) {
  return (size + alignment - 1) & ~(alignment - 1);
}

void append_number(std::string* bytes, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    *bytes += static_cast<char>(value >> (8 * i) & 0xff);
  }
}

void write_padding(std::ostream& out, size_t size) {
  out << std::string(size, '\0');
}

}  // namespace

Error save_ptd(std::ostream& out, const std::map<std::string, Tensor>& tensor_map,
               size_t tensor_alignment) {
  ET_CHECK_OR_RETURN_ERROR(
      tensor_alignment != 0 && (tensor_alignment & (tensor_alignment - 1)) == 0, InvalidArgument,
      "alignment %zu is not a power of two", tensor_alignment);
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::DataSegment>> segments;
  std::vector<flatbuffers::Offset<fb::NamedData>> entries;
  size_t end = 0;
  for (const auto& [name, tensor] : tensor_map) {
    ET_CHECK_OR_RETURN_ERROR(
        tensor.device().is_cpu() && (tensor.nbytes() == 0 || tensor.const_data_ptr() != nullptr),
        InvalidArgument, "tensor '%s' has no data in the memory of the CPU", name.c_str());
    const size_t offset = aligned(end, tensor_alignment);
    end = offset + tensor.nbytes();
    const std::vector<int32_t> sizes(tensor.sizes().begin(), tensor.sizes().end());
    const std::vector<uint8_t> dim_order(tensor.dim_order().begin(), tensor.dim_order().end());
    const auto layout = fb::CreateTensorLayoutDirect(
        builder, static_cast<executorch_flatbuffer::ScalarType>(tensor.scalar_type()), &sizes,
        &dim_order);
    entries.push_back(fb::CreateNamedDataDirect(builder, name.c_str(),
                                                static_cast<uint32_t>(segments.size()), layout));
    segments.push_back(fb::CreateDataSegment(builder, offset, tensor.nbytes()));
  }
  fb::FinishFlatTensorBuffer(
      builder, fb::CreateFlatTensorDirect(builder, /*version=*/0, &segments, &entries));

  // The header comes after the flatbuffer's first 8 bytes: where its root is, and its type.
  const size_t header_size = aligned(FlatTensorHeader::kHeaderExpectedLength, kHeaderAlignment);
  const size_t flatbuffer_end = header_size + builder.GetSize();
  const size_t segment_base = aligned(flatbuffer_end, tensor_alignment);
  const auto* flatbuffer = builder.GetBufferPointer();
  std::string head;
  append_number(&head, flatbuffers::ReadScalar<uint32_t>(flatbuffer) + header_size, 4);
  head.append(reinterpret_cast<const char*>(flatbuffer) + 4, 4);
  head += FlatTensorHeader::kMagic;
  append_number(&head, FlatTensorHeader::kHeaderExpectedLength, 4);
  append_number(&head, header_size, 8);
  append_number(&head, builder.GetSize(), 8);
  append_number(&head, segment_base, 8);
  append_number(&head, end, 8);
  head.resize(FlatTensorHeader::kHeaderOffset + header_size);
  out << head;
  out.write(reinterpret_cast<const char*>(flatbuffer) + FlatTensorHeader::kHeaderOffset,
            static_cast<std::streamsize>(builder.GetSize() - FlatTensorHeader::kHeaderOffset));
  write_padding(out, segment_base - flatbuffer_end);
  size_t position = 0;
  for (const auto& [name, tensor] : tensor_map) {
    write_padding(out, aligned(position, tensor_alignment) - position);
    out.write(static_cast<const char*>(tensor.const_data_ptr()),
              static_cast<std::streamsize>(tensor.nbytes()));
    position = aligned(position, tensor_alignment) + tensor.nbytes();
  }
  ET_CHECK_OR_RETURN_ERROR(out.good(), AccessFailed, "cannot write the .ptd file");
  return Error::Ok;
}

Error save_ptd(const std::string& path, const std::map<std::string, Tensor>& tensor_map,
               size_t tensor_alignment) {
  std::ofstream file(path, std::ios::binary);
  ET_CHECK_OR_RETURN_ERROR(file.is_open(), AccessFailed, "cannot open '%s' for writing: %s",
                           path.c_str(), std::strerror(errno));
  ET_CHECK_OK_OR_RETURN_ERROR(save_ptd(file, tensor_map, tensor_alignment));
  file.close();
  ET_CHECK_OR_RETURN_ERROR(!file.fail(), AccessFailed, "cannot write '%s': %s", path.c_str(),
                           std::strerror(errno));
  return Error::Ok;
}

}  // namespace flat_tensor
}  // namespace extension
}  // namespace executorch
