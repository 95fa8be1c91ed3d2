// SPDX-License-Identifier: BSD-3-Clause
#import "ExecuTorchTensor.h"

NS_ASSUME_NONNULL_BEGIN

/// What a value is. The numbers are those of executorch::runtime::Tag.
typedef NS_ENUM(uint32_t, ExecuTorchValueTag) {
  ExecuTorchValueTagNone = 0,
  ExecuTorchValueTagTensor = 1,
  ExecuTorchValueTagString = 2,
  ExecuTorchValueTagDouble = 3,
  ExecuTorchValueTagInteger = 4,
  ExecuTorchValueTagBoolean = 5,
} NS_SWIFT_NAME(ValueTag);

/// An argument or a result of a method. It does not change.
NS_SWIFT_NAME(Value)
@interface ExecuTorchValue : NSObject <NSCopying>

@property(nonatomic, readonly) ExecuTorchValueTag tag;
/// Nil if it is of another kind.
@property(nullable, nonatomic, readonly) ExecuTorchTensor* tensorValue NS_SWIFT_NAME(anyTensor);
@property(nullable, nonatomic, readonly) NSString* stringValue NS_SWIFT_NAME(string);
/// False or 0 if it is of another kind.
@property(nonatomic, readonly) BOOL boolValue NS_SWIFT_NAME(boolean);
@property(nonatomic, readonly) NSInteger intValue NS_SWIFT_NAME(integer);
@property(nonatomic, readonly) double doubleValue NS_SWIFT_NAME(double);

@property(nonatomic, readonly) BOOL isNone;
@property(nonatomic, readonly) BOOL isTensor;
@property(nonatomic, readonly) BOOL isString;
@property(nonatomic, readonly) BOOL isBoolean;
@property(nonatomic, readonly) BOOL isInteger;
@property(nonatomic, readonly) BOOL isDouble;

+ (instancetype)valueWithTensor:(ExecuTorchTensor*)value NS_SWIFT_NAME(init(_:));
+ (instancetype)valueWithString:(NSString*)value NS_SWIFT_NAME(init(_:));
+ (instancetype)valueWithBoolean:(BOOL)value NS_SWIFT_NAME(init(_:));
+ (instancetype)valueWithInteger:(NSInteger)value NS_SWIFT_NAME(init(_:));
+ (instancetype)valueWithDouble:(double)value NS_SWIFT_NAME(init(_:));

/// Nothing.
- (instancetype)init;

- (BOOL)isEqualToValue:(nullable ExecuTorchValue*)other;

@end

NS_ASSUME_NONNULL_END
