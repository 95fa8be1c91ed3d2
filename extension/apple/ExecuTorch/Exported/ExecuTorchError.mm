// SPDX-License-Identifier: BSD-3-Clause
#import "../Internal/ExecuTorchInternal.h"

using executorch::runtime::Error;

NSErrorDomain const ExecuTorchErrorDomain = @"org.pytorch.executorch.error";

NSString* ExecuTorchErrorDescription(ExecuTorchErrorCode code) {
  return @(executorch::runtime::to_string(static_cast<Error>(code)));
}

NSError* ExecuTorchErrorWithRuntimeError(Error error) {
  const auto code = static_cast<ExecuTorchErrorCode>(error);
  NSString* sentence = @(executorch::runtime::last_error_message());
  return [NSError
      errorWithDomain:ExecuTorchErrorDomain
                 code:code
             userInfo:@{
               NSLocalizedDescriptionKey : sentence.length ? sentence
                                                           : ExecuTorchErrorDescription(code)
             }];
}
