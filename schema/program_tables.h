// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * program.fbs, described to the verifier. Fields are in the order of the schema.
 */
#pragma once

#include <executorch/schema/flatbuffer_verifier.h>

namespace executorch {
namespace runtime {
namespace flatbuffer {
namespace program {

enum TableIndex : uint8_t {
  kAllocationDetails,
  kExtraTensorInfo,
  kTensor,
  kNull,
  kInt,
  kBool,
  kDouble,
  kString,
  kIntList,
  kDoubleList,
  kBoolList,
  kTensorList,
  kOptionalTensorList,
  kEValue,
  kOperator,
  kKernelCall,
  kDelegateCall,
  kMoveCall,
  kJumpFalseCall,
  kFreeCall,
  kInstruction,
  kFrame,
  kFrameList,
  kChain,
  kCompileSpec,
  kBackendDelegateDataReference,
  kBackendDelegateInlineData,
  kBackendDelegate,
  kContainerMetadata,
  kNonConstBufferDevice,
  kExecutionPlan,
  kBuffer,
  kDataSegment,
  kSubsegmentOffsets,
  kNamedData,
  kProgram,
};

enum UnionIndex : uint8_t { kKernelTypes, kInstructionArguments };

constexpr Field kAllocationDetailsFields[] = {scalar(4), scalar(4), scalar(4)};
constexpr Field kExtraTensorInfoFields[] = {scalar(8), string(), scalar(1), scalar(1), scalar(1)};
constexpr Field kTensorFields[] = {scalar(1),
                                   scalar(4),
                                   vector(4),
                                   vector(1),
                                   scalar(1),
                                   scalar(4),
                                   table(kAllocationDetails),
                                   scalar(1),
                                   scalar(1),
                                   table(kExtraTensorInfo)};
constexpr Field kIntFields[] = {scalar(8)};
constexpr Field kBoolFields[] = {scalar(1)};
constexpr Field kDoubleFields[] = {scalar(8)};
constexpr Field kStringFields[] = {string()};
constexpr Field kIntListFields[] = {vector(8)};
constexpr Field kDoubleListFields[] = {vector(8)};
constexpr Field kBoolListFields[] = {vector(1)};
constexpr Field kTensorListFields[] = {vector(4)};
constexpr Field kOptionalTensorListFields[] = {vector(4)};
constexpr Field kEValueFields[] = {scalar(1), union_value(kKernelTypes)};
constexpr Field kOperatorFields[] = {string(), string()};
constexpr Field kKernelCallFields[] = {scalar(4), vector(4)};
constexpr Field kDelegateCallFields[] = {scalar(4), vector(4)};
constexpr Field kMoveCallFields[] = {scalar(4), scalar(4)};
constexpr Field kJumpFalseCallFields[] = {scalar(4), scalar(4)};
constexpr Field kFreeCallFields[] = {scalar(4)};
constexpr Field kInstructionFields[] = {scalar(1), union_value(kInstructionArguments)};
constexpr Field kFrameFields[] = {string(), scalar(4), string(), string()};
constexpr Field kFrameListFields[] = {table_vector(kFrame)};
constexpr Field kChainFields[] = {vector(4), vector(4), table_vector(kInstruction),
                                  table_vector(kFrameList)};
constexpr Field kCompileSpecFields[] = {string(), vector(1)};
constexpr Field kBackendDelegateDataReferenceFields[] = {scalar(1), scalar(4)};
constexpr Field kBackendDelegateInlineDataFields[] = {vector(1)};
constexpr Field kBackendDelegateFields[] = {string(), table(kBackendDelegateDataReference),
                                            table_vector(kCompileSpec)};
constexpr Field kContainerMetadataFields[] = {string(), string()};
constexpr Field kNonConstBufferDeviceFields[] = {scalar(4), scalar(1), scalar(1)};
constexpr Field kExecutionPlanFields[] = {string(),
                                          table(kContainerMetadata),
                                          table_vector(kEValue),
                                          vector(4),
                                          vector(4),
                                          table_vector(kChain),
                                          table_vector(kOperator),
                                          table_vector(kBackendDelegate),
                                          vector(8),
                                          table_vector(kNonConstBufferDevice)};
constexpr Field kBufferFields[] = {vector(1)};
constexpr Field kDataSegmentFields[] = {scalar(8), scalar(8)};
constexpr Field kSubsegmentOffsetsFields[] = {scalar(4), vector(8)};
constexpr Field kNamedDataFields[] = {string(), scalar(4)};
constexpr Field kProgramFields[] = {scalar(4),
                                    table_vector(kExecutionPlan),
                                    table_vector(kBuffer),
                                    table_vector(kBackendDelegateInlineData),
                                    table_vector(kDataSegment),
                                    table(kSubsegmentOffsets),
                                    table_vector(kSubsegmentOffsets),
                                    table_vector(kNamedData)};

// In the order of TableIndex.
constexpr auto kTables = make_tables(
    kAllocationDetailsFields, kExtraTensorInfoFields, kTensorFields,
    NoFields(),  // Null
    kIntFields, kBoolFields, kDoubleFields, kStringFields, kIntListFields, kDoubleListFields,
    kBoolListFields, kTensorListFields, kOptionalTensorListFields, kEValueFields, kOperatorFields,
    kKernelCallFields, kDelegateCallFields, kMoveCallFields, kJumpFalseCallFields, kFreeCallFields,
    kInstructionFields, kFrameFields, kFrameListFields, kChainFields, kCompileSpecFields,
    kBackendDelegateDataReferenceFields, kBackendDelegateInlineDataFields, kBackendDelegateFields,
    kContainerMetadataFields, kNonConstBufferDeviceFields, kExecutionPlanFields, kBufferFields,
    kDataSegmentFields, kSubsegmentOffsetsFields, kNamedDataFields, kProgramFields);
static_assert(sizeof(kTables.ends) == kProgram + 1, "one entry per TableIndex");

constexpr uint8_t kKernelTypesMembers[] = {kNull,
                                           kInt,
                                           kBool,
                                           kDouble,
                                           kTensor,
                                           kString,
                                           kIntList,
                                           kDoubleList,
                                           kBoolList,
                                           kTensorList,
                                           kOptionalTensorList};
constexpr uint8_t kInstructionArgumentsMembers[] = {kKernelCall, kDelegateCall, kMoveCall,
                                                    kJumpFalseCall, kFreeCall};
// In the order of UnionIndex.
constexpr Union kUnions[] = {kKernelTypesMembers, kInstructionArgumentsMembers};

constexpr Schema kSchema = {kTables.fields, kTables.ends, kUnions, kProgram, "ET12"};

}  // namespace program
}  // namespace flatbuffer
}  // namespace runtime
}  // namespace executorch
