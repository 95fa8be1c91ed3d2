// SPDX-License-Identifier: BSD-3-Clause
#import "ExecuTorchLog.h"

#import <executorch/runtime/platform/platform.h>

@interface ExecuTorchLog ()

- (void)logWithLevel:(ExecuTorchLogLevel)level
           timestamp:(NSTimeInterval)timestamp
            filename:(NSString*)filename
                line:(NSUInteger)line
             message:(NSString*)message;

@end

@implementation ExecuTorchLog {
  NSMutableOrderedSet<id<ExecuTorchLogSink>>* _sinks;
}

+ (ExecuTorchLog*)sharedLog {
  static ExecuTorchLog* sharedLog;
  static dispatch_once_t once;
  dispatch_once(&once, ^{
    sharedLog = [[self alloc] initPrivate];
  });
  return sharedLog;
}

- (instancetype)initPrivate {
  self = [super init];
  if (self) {
    _sinks = [NSMutableOrderedSet new];
  }
  return self;
}

- (void)addSink:(id<ExecuTorchLogSink>)sink {
  @synchronized(_sinks) {
    [_sinks addObject:sink];
  }
}

- (void)removeSink:(id<ExecuTorchLogSink>)sink {
  @synchronized(_sinks) {
    [_sinks removeObject:sink];
  }
}

- (void)logWithLevel:(ExecuTorchLogLevel)level
           timestamp:(NSTimeInterval)timestamp
            filename:(NSString*)filename
                line:(NSUInteger)line
             message:(NSString*)message {
  @synchronized(_sinks) {
    for (id<ExecuTorchLogSink> sink in _sinks) {
      [sink logWithLevel:level timestamp:timestamp filename:filename line:line message:message];
    }
    if (_sinks.count == 0) {
      NSLog(@"ExecuTorch: %@:%lu] %@", filename, static_cast<unsigned long>(line), message);
    }
  }
}

@end

static ExecuTorchLogLevel ExecuTorchLogLevelFrom(et_pal_log_level_t level) {
  switch (level) {
    case et_pal_log_level_t::kDebug:
      return ExecuTorchLogLevelDebug;
    case et_pal_log_level_t::kInfo:
      return ExecuTorchLogLevelInfo;
    case et_pal_log_level_t::kError:
      return ExecuTorchLogLevelError;
    case et_pal_log_level_t::kFatal:
      return ExecuTorchLogLevelFatal;
    default:
      return ExecuTorchLogLevelUnknown;
  }
}

void et_pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level,
                             const char* filename, const char* function, size_t line,
                             const char* message, size_t length) {
  (void)function;
  @autoreleasepool {
    const et_tick_ratio_t ratio = et_pal_ticks_to_ns_multiplier();
    NSString* text = [[NSString alloc] initWithBytes:message
                                              length:length
                                            encoding:NSUTF8StringEncoding];
    [ExecuTorchLog.sharedLog
        logWithLevel:ExecuTorchLogLevelFrom(level)
           timestamp:static_cast<double>(timestamp) * static_cast<double>(ratio.numerator) /
                     static_cast<double>(ratio.denominator) / 1e9
            filename:@(filename)
                line:line
             message:text ?: @""];
  }
}
