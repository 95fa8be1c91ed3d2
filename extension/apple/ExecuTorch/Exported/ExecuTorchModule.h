// SPDX-License-Identifier: BSD-3-Clause
#import "ExecuTorchValue.h"

NS_ASSUME_NONNULL_BEGIN

/// How files are read.
typedef NS_ENUM(NSInteger, ExecuTorchModuleLoadMode) {
  ExecuTorchModuleLoadModeFile = 0,
  ExecuTorchModuleLoadModeMmap,
  ExecuTorchModuleLoadModeMmapUseMlock,
  ExecuTorchModuleLoadModeMmapUseMlockIgnoreErrors,
} NS_SWIFT_NAME(ModuleLoadMode);

/// How much of a program is checked when it is loaded. Both are safe with any file.
typedef NS_ENUM(uint8_t, ExecuTorchVerification) {
  ExecuTorchVerificationMinimal,
  ExecuTorchVerificationInternalConsistency,
} NS_SWIFT_NAME(ModuleVerification);

/// What is known of a method without loading it.
NS_SWIFT_NAME(MethodMetadata)
@interface ExecuTorchMethodMetadata : NSObject

@property(nonatomic, readonly) NSString* name;
/// ExecuTorchValueTag numbers.
@property(nonatomic, readonly) NSArray<NSNumber*>* inputValueTags;
@property(nonatomic, readonly) NSArray<NSNumber*>* outputValueTags;
@property(nonatomic, readonly) NSArray<NSString*>* backendNames;
/// Bytes of each planned arena.
@property(nonatomic, readonly) NSArray<NSNumber*>* memoryPlannedBufferSizes;
@property(nonatomic, readonly) NSUInteger instructionCount;

+ (instancetype)new NS_UNAVAILABLE;
- (instancetype)init NS_UNAVAILABLE;

@end

/// A program and its loaded methods. Used by one thread at a time. Programs and methods are loaded
/// when they are first needed. Results are copies and stay valid.
NS_SWIFT_NAME(Module)
@interface ExecuTorchModule : NSObject

- (instancetype)initWithFilePath:(NSString*)filePath
                   dataFilePaths:(NSArray<NSString*>*)dataFilePaths
                        loadMode:(ExecuTorchModuleLoadMode)loadMode NS_DESIGNATED_INITIALIZER;
- (instancetype)initWithFilePath:(NSString*)filePath
                        loadMode:(ExecuTorchModuleLoadMode)loadMode
    NS_SWIFT_NAME(init(filePath:loadMode:));
- (instancetype)initWithFilePath:(NSString*)filePath NS_SWIFT_NAME(init(filePath:));

- (BOOL)loadWithVerification:(ExecuTorchVerification)verification
                       error:(NSError**)error NS_SWIFT_NAME(load(_:));
- (BOOL)load:(NSError**)error;
- (BOOL)isLoaded;

- (BOOL)loadMethod:(NSString*)methodName error:(NSError**)error NS_SWIFT_NAME(load(_:));
- (BOOL)isMethodLoaded:(NSString*)methodName NS_SWIFT_NAME(isLoaded(_:));
/// @return whether it was loaded.
- (BOOL)unloadMethod:(NSString*)methodName NS_SWIFT_NAME(unload(_:));

- (nullable NSSet<NSString*>*)methodNames:(NSError**)error;
- (nullable ExecuTorchMethodMetadata*)methodMetadata:(NSString*)methodName
                                               error:(NSError**)error
    NS_SWIFT_NAME(methodMetadata(_:));

- (nullable NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                          withInputs:(NSArray<ExecuTorchValue*>*)values
                                               error:(NSError**)error NS_SWIFT_NAME(execute(_:_:));
- (nullable NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                           withInput:(ExecuTorchValue*)value
                                               error:(NSError**)error NS_SWIFT_NAME(execute(_:_:));
/// With the inputs that were set.
- (nullable NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                               error:(NSError**)error NS_SWIFT_NAME(execute(_:));
- (nullable NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                         withTensors:(NSArray<ExecuTorchTensor*>*)tensors
                                               error:(NSError**)error NS_SWIFT_NAME(execute(_:_:));
- (nullable NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                          withTensor:(ExecuTorchTensor*)tensor
                                               error:(NSError**)error NS_SWIFT_NAME(execute(_:_:));

- (nullable NSArray<ExecuTorchValue*>*)forwardWithInputs:(NSArray<ExecuTorchValue*>*)values
                                                   error:(NSError**)error
    NS_SWIFT_NAME(forward(_:));
- (nullable NSArray<ExecuTorchValue*>*)forwardWithInput:(ExecuTorchValue*)value
                                                  error:(NSError**)error NS_SWIFT_NAME(forward(_:));
- (nullable NSArray<ExecuTorchValue*>*)forward:(NSError**)error;
- (nullable NSArray<ExecuTorchValue*>*)forwardWithTensors:(NSArray<ExecuTorchTensor*>*)tensors
                                                    error:(NSError**)error
    NS_SWIFT_NAME(forward(_:));
- (nullable NSArray<ExecuTorchValue*>*)forwardWithTensor:(ExecuTorchTensor*)tensor
                                                   error:(NSError**)error
    NS_SWIFT_NAME(forward(_:));

/// The value is kept until another one is set.
- (BOOL)setInput:(ExecuTorchValue*)value
         atIndex:(NSInteger)index
      methodName:(NSString*)methodName
           error:(NSError**)error NS_SWIFT_NAME(setInput(_:at:method:));

+ (instancetype)new NS_UNAVAILABLE;
- (instancetype)init NS_UNAVAILABLE;

@end

NS_ASSUME_NONNULL_END
