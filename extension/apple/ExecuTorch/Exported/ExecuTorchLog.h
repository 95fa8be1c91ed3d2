// SPDX-License-Identifier: BSD-3-Clause
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

typedef NS_ENUM(NSInteger, ExecuTorchLogLevel) {
  ExecuTorchLogLevelDebug,
  ExecuTorchLogLevelInfo,
  ExecuTorchLogLevelError,
  ExecuTorchLogLevelFatal,
  ExecuTorchLogLevelUnknown,
} NS_SWIFT_NAME(LogLevel);

/// Takes the messages of the runtime. Called on whatever thread logs, one message after another.
NS_SWIFT_NAME(LogSink)
@protocol ExecuTorchLogSink

/// @param timestamp seconds since the runtime's clock began.
- (void)logWithLevel:(ExecuTorchLogLevel)level
           timestamp:(NSTimeInterval)timestamp
            filename:(NSString*)filename
                line:(NSUInteger)line
             message:(NSString*)message NS_SWIFT_NAME(log(level:timestamp:filename:line:message:));

@end

/// Where the messages of the runtime go: to all sinks, and to the system's log if there is none.
NS_SWIFT_NAME(Log)
@interface ExecuTorchLog : NSObject

@property(class, readonly) ExecuTorchLog* sharedLog NS_SWIFT_NAME(shared);

/// A sink is kept until it is removed. Adding it again does nothing.
- (void)addSink:(id<ExecuTorchLogSink>)sink NS_SWIFT_NAME(add(sink:));

- (void)removeSink:(id<ExecuTorchLogSink>)sink NS_SWIFT_NAME(remove(sink:));

+ (instancetype)new NS_UNAVAILABLE;
- (instancetype)init NS_UNAVAILABLE;

@end

NS_ASSUME_NONNULL_END
