// SPDX-License-Identifier: BSD-3-Clause
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// The domain of the runtime's errors. Their localized description is a sentence that says what was
/// expected and got.
FOUNDATION_EXPORT NSErrorDomain const ExecuTorchErrorDomain NS_SWIFT_NAME(ErrorDomain);

/// The numbers of executorch::runtime::Error.
typedef NS_ERROR_ENUM(ExecuTorchErrorDomain, ExecuTorchErrorCode){
    ExecuTorchErrorCodeOk = 0x00,
    ExecuTorchErrorCodeInternal = 0x01,
    ExecuTorchErrorCodeInvalidState = 0x02,
    ExecuTorchErrorCodeEndOfMethod = 0x03,
    ExecuTorchErrorCodeNotSupported = 0x10,
    ExecuTorchErrorCodeNotImplemented = 0x11,
    ExecuTorchErrorCodeInvalidArgument = 0x12,
    ExecuTorchErrorCodeInvalidType = 0x13,
    ExecuTorchErrorCodeOperatorMissing = 0x14,
    ExecuTorchErrorCodeNotFound = 0x20,
    ExecuTorchErrorCodeMemoryAllocationFailed = 0x21,
    ExecuTorchErrorCodeAccessFailed = 0x22,
    ExecuTorchErrorCodeInvalidProgram = 0x23,
    ExecuTorchErrorCodeInvalidExternalData = 0x24,
    ExecuTorchErrorCodeOutOfResources = 0x25,
    ExecuTorchErrorCodeDelegateInvalidCompatibility = 0x30,
    ExecuTorchErrorCodeDelegateMemoryAllocationFailed = 0x31,
    ExecuTorchErrorCodeDelegateInvalidHandle = 0x32,
} NS_SWIFT_NAME(ErrorCode);

/// The name of a code, such as "Error::InvalidArgument".
FOUNDATION_EXPORT NSString* ExecuTorchErrorDescription(ExecuTorchErrorCode code)
    NS_SWIFT_NAME(getter:ErrorCode.description(self:));

NS_ASSUME_NONNULL_END
