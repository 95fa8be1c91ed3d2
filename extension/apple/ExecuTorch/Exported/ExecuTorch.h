// SPDX-License-Identifier: BSD-3-Clause
//
// Everything that an app in Objective-C or Swift uses.
#import "ExecuTorchError.h"
#import "ExecuTorchLog.h"
#import "ExecuTorchModule.h"
#import "ExecuTorchTensor.h"
#import "ExecuTorchValue.h"
