// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/payload.h>

#include <cinttypes>
#include <cstring>

namespace executorch::backends::xnnpack {

using runtime::Error;
using runtime::Result;
using runtime::Span;

namespace {

constexpr size_t kHeaderSize = 30;
constexpr size_t kMagicOffset = 4;
constexpr char kMagic[] = "XH00";
constexpr size_t kMinFlatbufferSize = 8;
constexpr size_t kAlignment = 8;  // of the widest scalar in the schema
constexpr uint32_t kMaxExterns = 4096;

// The header's fields are not aligned.
template <typename T>
T read_little_endian(const uint8_t* bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(bytes[i]) << (8 * i);
  }
  return value;
}

}  // namespace

Result<Payload> Payload::parse(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(data != nullptr && size >= kHeaderSize, InvalidArgument,
                           "XNNPACK payload of %zu bytes: at least %zu were expected", size,
                           kHeaderSize);
  const auto* bytes = static_cast<const uint8_t*>(data);
  Payload payload = {};
  const uint8_t* flatbuffer = bytes;
  size_t flatbuffer_size = size;
  if (memcmp(bytes + kMagicOffset, kMagic, strlen(kMagic)) == 0) {
    const uint64_t graph_offset = read_little_endian<uint32_t>(bytes + 10);
    const uint64_t graph_size = read_little_endian<uint32_t>(bytes + 14);
    const uint64_t constants_offset = read_little_endian<uint32_t>(bytes + 18);
    const uint64_t constants_size = read_little_endian<uint64_t>(bytes + 22);
    ET_CHECK_OR_RETURN_ERROR(
        graph_size >= kMinFlatbufferSize && graph_offset >= kHeaderSize &&
            graph_offset + graph_size <= size && constants_offset >= graph_offset + graph_size &&
            constants_offset <= size && constants_size <= size - constants_offset,
        InvalidArgument,
        "XNNPACK payload of %zu bytes: the graph (%" PRIu64 " bytes at %" PRIu64
        ") or the constants (%" PRIu64 " bytes at %" PRIu64 ") lie outside or overlap",
        size, graph_size, graph_offset, constants_size, constants_offset);
    flatbuffer = bytes + graph_offset;
    flatbuffer_size = static_cast<size_t>(graph_size);
    payload.constants = {bytes + constants_offset, static_cast<size_t>(constants_size)};
  }
  if (reinterpret_cast<uintptr_t>(flatbuffer) % kAlignment != 0) {
    payload.aligned_copy.resize(flatbuffer_size / sizeof(uint64_t) + 1);
    memcpy(payload.aligned_copy.data(), flatbuffer, flatbuffer_size);
    flatbuffer = reinterpret_cast<const uint8_t*>(payload.aligned_copy.data());
  }
  ET_CHECK_OR_RETURN_ERROR(flatbuffers::BufferHasIdentifier(flatbuffer, "XN01") ||
                               flatbuffers::BufferHasIdentifier(flatbuffer, "XN00"),
                           DelegateInvalidCompatibility,
                           "XNNPACK payload: the graph's identifier is neither XN01 nor XN00");
  // Inline constants ask for 16 bytes, which is more than the address need have: they are copied
  // where it matters.
  flatbuffers::Verifier verifier(flatbuffer, flatbuffer_size);
  ET_CHECK_OR_RETURN_ERROR(verifier.VerifyBuffer<fb_xnnpack::XNNGraph>(nullptr),
                           DelegateInvalidCompatibility,
                           "XNNPACK payload: the flatbuffer is damaged");
  const auto* graph = fb_xnnpack::GetXNNGraph(flatbuffer);
  ET_CHECK_OR_RETURN_ERROR(graph->xvalues() != nullptr && graph->xnodes() != nullptr,
                           InvalidProgram, "XNNPACK payload: the graph has no values or no nodes");
  ET_CHECK_OR_RETURN_ERROR(graph->num_externs() <= kMaxExterns, InvalidProgram,
                           "XNNPACK payload: %" PRIu32 " inputs and outputs; at most %" PRIu32
                           " are supported",
                           graph->num_externs(), kMaxExterns);
  payload.graph = graph;
  return payload;
}

}  // namespace executorch::backends::xnnpack
