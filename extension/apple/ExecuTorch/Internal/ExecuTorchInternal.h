// SPDX-License-Identifier: BSD-3-Clause
//
// How the Objective-C classes reach the C++ objects in them.
#import "../Exported/ExecuTorchError.h"
#import "../Exported/ExecuTorchValue.h"

#import <executorch/extension/tensor/tensor_ptr.h>
#import <executorch/runtime/core/error.h>
#import <executorch/runtime/core/evalue.h>

NS_ASSUME_NONNULL_BEGIN

/// The runtime's error with the sentence that it left.
NSError* ExecuTorchErrorWithRuntimeError(executorch::runtime::Error error);

@interface ExecuTorchTensor (Internal)

- (instancetype)initWithTensorPtr:(executorch::extension::TensorPtr)tensor;
- (const executorch::extension::TensorPtr&)tensorPtr;

@end

NS_ASSUME_NONNULL_END
