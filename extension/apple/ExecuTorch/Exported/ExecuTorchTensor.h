// SPDX-License-Identifier: BSD-3-Clause
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// The element types of tensors. The numbers are those of torch's ScalarType.
typedef NS_ENUM(int8_t, ExecuTorchDataType) {
  ExecuTorchDataTypeByte = 0,
  ExecuTorchDataTypeChar = 1,
  ExecuTorchDataTypeShort = 2,
  ExecuTorchDataTypeInt = 3,
  ExecuTorchDataTypeLong = 4,
  ExecuTorchDataTypeHalf = 5,
  ExecuTorchDataTypeFloat = 6,
  ExecuTorchDataTypeDouble = 7,
  ExecuTorchDataTypeComplexHalf = 8,
  ExecuTorchDataTypeComplexFloat = 9,
  ExecuTorchDataTypeComplexDouble = 10,
  ExecuTorchDataTypeBool = 11,
  ExecuTorchDataTypeBFloat16 = 15,
  ExecuTorchDataTypeUInt16 = 27,
  ExecuTorchDataTypeUInt32 = 28,
  ExecuTorchDataTypeUInt64 = 29,
} NS_SWIFT_NAME(DataType);

/// Whether the shape of a tensor may change: not at all, within the memory it has, or freely.
typedef NS_ENUM(uint8_t, ExecuTorchShapeDynamism) {
  ExecuTorchShapeDynamismStatic = 0,
  ExecuTorchShapeDynamismDynamicBound = 1,
  ExecuTorchShapeDynamismDynamicUnbound = 2,
} NS_SWIFT_NAME(ShapeDynamism);

/// Bytes of one element.
FOUNDATION_EXPORT NSInteger ExecuTorchSizeOfDataType(ExecuTorchDataType dataType)
    NS_SWIFT_NAME(size(ofDataType:));

/// The product of the sizes.
FOUNDATION_EXPORT NSInteger ExecuTorchElementCountOfShape(NSArray<NSNumber*>* shape)
    NS_SWIFT_NAME(elementCount(ofShape:));

/// Elements of one type in a shape. Arguments that contradict each other (a negative size, data of
/// another length than the shape) are an NSInvalidArgumentException.
NS_SWIFT_NAME(AnyTensor)
@interface ExecuTorchTensor : NSObject <NSCopying>

@property(nonatomic, readonly) ExecuTorchDataType dataType;
@property(nonatomic, readonly) NSArray<NSNumber*>* shape;
/// The dimensions in the order in which they lie in memory, outermost first.
@property(nonatomic, readonly) NSArray<NSNumber*>* dimensionOrder;
/// In elements.
@property(nonatomic, readonly) NSArray<NSNumber*>* strides;
@property(nonatomic, readonly) ExecuTorchShapeDynamism shapeDynamism;
/// The number of elements.
@property(nonatomic, readonly) NSInteger count;

/// Another tensor over the same memory.
- (instancetype)initWithTensor:(ExecuTorchTensor*)otherTensor NS_SWIFT_NAME(init(_:));

/// A tensor with memory of its own.
- (instancetype)copy NS_SWIFT_NAME(copy());

/// Calls the handler with the elements in memory order. The pointer is valid while the handler
/// runs.
- (void)bytesWithHandler:
    (NS_NOESCAPE void (^)(const void* pointer, NSInteger count, ExecuTorchDataType dataType))handler
    NS_SWIFT_NAME(bytes(_:));

- (void)mutableBytesWithHandler:
    (NS_NOESCAPE void (^)(void* pointer, NSInteger count, ExecuTorchDataType dataType))handler
    NS_SWIFT_NAME(mutableBytes(_:));

/// Changes the shape within the memory that the tensor has.
- (BOOL)resizeToShape:(NSArray<NSNumber*>*)shape error:(NSError**)error NS_SWIFT_NAME(resize(to:));

/// Same type, shape and elements.
- (BOOL)isEqualToTensor:(nullable ExecuTorchTensor*)other;

+ (instancetype)new NS_UNAVAILABLE;
- (instancetype)init NS_UNAVAILABLE;

@end

@interface ExecuTorchTensor (Making)

/// Over memory of the caller's, which has to outlive the tensor.
/// @param strides empty: without gaps.
/// @param dimensionOrder empty: 0, 1, 2, ...
- (instancetype)initWithBytesNoCopy:(void*)pointer
                              shape:(NSArray<NSNumber*>*)shape
                            strides:(NSArray<NSNumber*>*)strides
                     dimensionOrder:(NSArray<NSNumber*>*)dimensionOrder
                           dataType:(ExecuTorchDataType)dataType
                      shapeDynamism:(ExecuTorchShapeDynamism)shapeDynamism NS_SWIFT_UNAVAILABLE("");
- (instancetype)initWithBytesNoCopy:(void*)pointer
                              shape:(NSArray<NSNumber*>*)shape
                           dataType:(ExecuTorchDataType)dataType NS_SWIFT_UNAVAILABLE("");

/// Over a copy of the memory.
- (instancetype)initWithBytes:(const void*)pointer
                        shape:(NSArray<NSNumber*>*)shape
                      strides:(NSArray<NSNumber*>*)strides
               dimensionOrder:(NSArray<NSNumber*>*)dimensionOrder
                     dataType:(ExecuTorchDataType)dataType
                shapeDynamism:(ExecuTorchShapeDynamism)shapeDynamism NS_SWIFT_UNAVAILABLE("");
- (instancetype)initWithBytes:(const void*)pointer
                        shape:(NSArray<NSNumber*>*)shape
                     dataType:(ExecuTorchDataType)dataType NS_SWIFT_UNAVAILABLE("");

/// Over the bytes of `data`, which the tensor keeps.
- (instancetype)initWithData:(NSData*)data
                       shape:(NSArray<NSNumber*>*)shape
                    dataType:(ExecuTorchDataType)dataType NS_SWIFT_NAME(init(data:shape:dataType:));

/// Numbers, converted to the type.
- (instancetype)initWithScalars:(NSArray<NSNumber*>*)scalars
                          shape:(NSArray<NSNumber*>*)shape
                       dataType:(ExecuTorchDataType)dataType NS_SWIFT_NAME(init(_:shape:dataType:));

/// A tensor of no dimensions.
- (instancetype)initWithScalar:(NSNumber*)scalar
                      dataType:(ExecuTorchDataType)dataType NS_SWIFT_NAME(init(_:dataType:));

+ (instancetype)fullTensorWithShape:(NSArray<NSNumber*>*)shape
                             scalar:(NSNumber*)scalar
                           dataType:(ExecuTorchDataType)dataType
    NS_SWIFT_NAME(full(shape:scalar:dataType:));
+ (instancetype)onesTensorWithShape:(NSArray<NSNumber*>*)shape
                           dataType:(ExecuTorchDataType)dataType
    NS_SWIFT_NAME(ones(shape:dataType:));
+ (instancetype)zerosTensorWithShape:(NSArray<NSNumber*>*)shape
                            dataType:(ExecuTorchDataType)dataType
    NS_SWIFT_NAME(zeros(shape:dataType:));

@end

NS_ASSUME_NONNULL_END
