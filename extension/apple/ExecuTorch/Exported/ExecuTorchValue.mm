// SPDX-License-Identifier: BSD-3-Clause
#import "ExecuTorchValue.h"

@implementation ExecuTorchValue {
  id _content;
}

- (instancetype)init {
  return [self initWithTag:ExecuTorchValueTagNone content:nil];
}

- (instancetype)initWithTag:(ExecuTorchValueTag)tag content:(id)content {
  self = [super init];
  if (self) {
    _tag = tag;
    _content = content;
  }
  return self;
}

+ (instancetype)valueWithTensor:(ExecuTorchTensor*)value {
  return [[self alloc] initWithTag:ExecuTorchValueTagTensor content:value];
}

+ (instancetype)valueWithString:(NSString*)value {
  return [[self alloc] initWithTag:ExecuTorchValueTagString content:[value copy]];
}

+ (instancetype)valueWithBoolean:(BOOL)value {
  return [[self alloc] initWithTag:ExecuTorchValueTagBoolean content:@(value)];
}

+ (instancetype)valueWithInteger:(NSInteger)value {
  return [[self alloc] initWithTag:ExecuTorchValueTagInteger content:@(value)];
}

+ (instancetype)valueWithDouble:(double)value {
  return [[self alloc] initWithTag:ExecuTorchValueTagDouble content:@(value)];
}

- (instancetype)copyWithZone:(NSZone*)zone {
  (void)zone;
  return self;
}

- (ExecuTorchTensor*)tensorValue {
  return self.isTensor ? _content : nil;
}

- (NSString*)stringValue {
  return self.isString ? _content : nil;
}

- (BOOL)boolValue {
  return self.isBoolean && [_content boolValue];
}

- (NSInteger)intValue {
  return self.isInteger ? [_content integerValue] : 0;
}

- (double)doubleValue {
  return self.isDouble ? [_content doubleValue] : 0;
}

- (BOOL)isNone {
  return _tag == ExecuTorchValueTagNone;
}

- (BOOL)isTensor {
  return _tag == ExecuTorchValueTagTensor;
}

- (BOOL)isString {
  return _tag == ExecuTorchValueTagString;
}

- (BOOL)isBoolean {
  return _tag == ExecuTorchValueTagBoolean;
}

- (BOOL)isInteger {
  return _tag == ExecuTorchValueTagInteger;
}

- (BOOL)isDouble {
  return _tag == ExecuTorchValueTagDouble;
}

- (BOOL)isEqualToValue:(ExecuTorchValue*)other {
  return other != nil && _tag == other->_tag &&
         (_content == other->_content || [_content isEqual:other->_content]);
}

- (BOOL)isEqual:(id)other {
  return self == other ||
         ([other isKindOfClass:[ExecuTorchValue class]] && [self isEqualToValue:other]);
}

- (NSUInteger)hash {
  return [_content hash] ^ _tag;
}

- (NSString*)description {
  return self.isNone ? @"None" : [_content description];
}

@end
