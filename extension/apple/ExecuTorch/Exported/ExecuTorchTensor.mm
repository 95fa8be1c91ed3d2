// SPDX-License-Identifier: BSD-3-Clause
#import "../Internal/ExecuTorchInternal.h"

#import <executorch/extension/tensor/tensor_ptr_maker.h>
#import <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#import <executorch/runtime/core/exec_aten/util/tensor_util.h>

using executorch::aten::DimOrderType;
using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::aten::StridesType;
using executorch::aten::TensorShapeDynamism;
using executorch::extension::TensorPtr;

static void ExecuTorchRequire(BOOL condition, NSString* format, ...) NS_FORMAT_FUNCTION(2, 3);
static void ExecuTorchRequire(BOOL condition, NSString* format, ...) {
  if (condition) {
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  NSString* reason = [[NSString alloc] initWithFormat:format arguments:arguments];
  va_end(arguments);
  @throw [NSException exceptionWithName:NSInvalidArgumentException reason:reason userInfo:nil];
}

template <typename T>
static std::vector<T> ExecuTorchNumbers(NSArray<NSNumber*>* numbers) {
  std::vector<T> result;
  result.reserve(numbers.count);
  for (NSNumber* number in numbers) {
    const long long value = number.longLongValue;
    ExecuTorchRequire(value >= 0 && value <= std::numeric_limits<T>::max(),
                      @"%lld is no size, stride or dimension", value);
    result.push_back(static_cast<T>(value));
  }
  return result;
}

template <typename Numbers>
static NSArray<NSNumber*>* ExecuTorchArray(const Numbers& numbers) {
  NSMutableArray<NSNumber*>* result = [NSMutableArray arrayWithCapacity:numbers.size()];
  for (const auto number : numbers) {
    [result addObject:@(number)];
  }
  return result;
}

NSInteger ExecuTorchSizeOfDataType(ExecuTorchDataType dataType) {
  const auto type = static_cast<ScalarType>(dataType);
  ExecuTorchRequire(executorch::runtime::isValid(type), @"No element type has the number %d",
                    dataType);
  return static_cast<NSInteger>(executorch::runtime::elementSize(type));
}

NSInteger ExecuTorchElementCountOfShape(NSArray<NSNumber*>* shape) {
  NSInteger count = 1;
  for (NSNumber* size in shape) {
    ExecuTorchRequire(
        size.integerValue >= 0 && !__builtin_mul_overflow(count, size.integerValue, &count),
        @"%@ is no shape", shape);
  }
  return count;
}

@implementation ExecuTorchTensor {
  TensorPtr _tensor;
}

- (instancetype)initWithTensorPtr:(TensorPtr)tensor {
  self = [super init];
  if (self) {
    _tensor = std::move(tensor);
  }
  return self;
}

- (const TensorPtr&)tensorPtr {
  return _tensor;
}

- (instancetype)initWithTensor:(ExecuTorchTensor*)otherTensor {
  return [self initWithTensorPtr:executorch::extension::make_tensor_ptr(otherTensor.tensorPtr)];
}

- (instancetype)copyWithZone:(NSZone*)zone {
  return [[[self class] allocWithZone:zone]
      initWithTensorPtr:executorch::extension::clone_tensor_ptr(_tensor)];
}

- (ExecuTorchDataType)dataType {
  return static_cast<ExecuTorchDataType>(_tensor->scalar_type());
}

- (NSArray<NSNumber*>*)shape {
  return ExecuTorchArray(_tensor->sizes());
}

- (NSArray<NSNumber*>*)dimensionOrder {
  return ExecuTorchArray(_tensor->dim_order());
}

- (NSArray<NSNumber*>*)strides {
  return ExecuTorchArray(_tensor->strides());
}

- (ExecuTorchShapeDynamism)shapeDynamism {
  return static_cast<ExecuTorchShapeDynamism>(_tensor->shape_dynamism());
}

- (NSInteger)count {
  return _tensor->numel();
}

- (void)bytesWithHandler:(NS_NOESCAPE void (^)(const void* pointer, NSInteger count,
                                               ExecuTorchDataType dataType))handler {
  handler(_tensor->const_data_ptr(), self.count, self.dataType);
}

- (void)mutableBytesWithHandler:(NS_NOESCAPE void (^)(void* pointer, NSInteger count,
                                                      ExecuTorchDataType dataType))handler {
  handler(_tensor->mutable_data_ptr(), self.count, self.dataType);
}

- (BOOL)resizeToShape:(NSArray<NSNumber*>*)shape error:(NSError**)error {
  const auto status =
      executorch::extension::resize_tensor_ptr(_tensor, ExecuTorchNumbers<SizesType>(shape));
  if (status != executorch::runtime::Error::Ok) {
    if (error) {
      *error = ExecuTorchErrorWithRuntimeError(status);
    }
    return NO;
  }
  return YES;
}

- (BOOL)isEqualToTensor:(ExecuTorchTensor*)other {
  return other != nil && self.dataType == other.dataType &&
         [self.shape isEqualToArray:other.shape] &&
         [self.dimensionOrder isEqualToArray:other.dimensionOrder] &&
         (_tensor->nbytes() == 0 ||
          memcmp(_tensor->const_data_ptr(), other.tensorPtr->const_data_ptr(), _tensor->nbytes()) ==
              0);
}

- (BOOL)isEqual:(id)other {
  return self == other ||
         ([other isKindOfClass:[ExecuTorchTensor class]] && [self isEqualToTensor:other]);
}

- (NSUInteger)hash {
  return self.shape.hash * 31 + static_cast<NSUInteger>(self.dataType);
}

- (NSString*)description {
  return [NSString stringWithFormat:@"Tensor of type %s and shape [%@]",
                                    executorch::runtime::toString(_tensor->scalar_type()),
                                    [self.shape componentsJoinedByString:@", "]];
}

@end

@implementation ExecuTorchTensor (Making)

- (instancetype)initWithBytesNoCopy:(void*)pointer
                              shape:(NSArray<NSNumber*>*)shape
                            strides:(NSArray<NSNumber*>*)strides
                     dimensionOrder:(NSArray<NSNumber*>*)dimensionOrder
                           dataType:(ExecuTorchDataType)dataType
                      shapeDynamism:(ExecuTorchShapeDynamism)shapeDynamism {
  ExecuTorchElementCountOfShape(shape);
  ExecuTorchSizeOfDataType(dataType);
  return [self initWithTensorPtr:executorch::extension::make_tensor_ptr(
                                     ExecuTorchNumbers<SizesType>(shape), pointer,
                                     ExecuTorchNumbers<DimOrderType>(dimensionOrder),
                                     ExecuTorchNumbers<StridesType>(strides),
                                     static_cast<ScalarType>(dataType),
                                     static_cast<TensorShapeDynamism>(shapeDynamism))];
}

- (instancetype)initWithBytesNoCopy:(void*)pointer
                              shape:(NSArray<NSNumber*>*)shape
                           dataType:(ExecuTorchDataType)dataType {
  return [self initWithBytesNoCopy:pointer
                             shape:shape
                           strides:@[]
                    dimensionOrder:@[]
                          dataType:dataType
                     shapeDynamism:ExecuTorchShapeDynamismDynamicBound];
}

- (instancetype)initWithBytes:(const void*)pointer
                        shape:(NSArray<NSNumber*>*)shape
                      strides:(NSArray<NSNumber*>*)strides
               dimensionOrder:(NSArray<NSNumber*>*)dimensionOrder
                     dataType:(ExecuTorchDataType)dataType
                shapeDynamism:(ExecuTorchShapeDynamism)shapeDynamism {
  NSInteger length = 0;
  ExecuTorchRequire(!__builtin_mul_overflow(ExecuTorchElementCountOfShape(shape),
                                            ExecuTorchSizeOfDataType(dataType), &length),
                    @"A tensor of shape %@ is too large", shape);
  const auto* bytes = static_cast<const uint8_t*>(pointer);
  return [self initWithTensorPtr:executorch::extension::make_tensor_ptr(
                                     ExecuTorchNumbers<SizesType>(shape),
                                     std::vector<uint8_t>(bytes, bytes + length),
                                     ExecuTorchNumbers<DimOrderType>(dimensionOrder),
                                     ExecuTorchNumbers<StridesType>(strides),
                                     static_cast<ScalarType>(dataType),
                                     static_cast<TensorShapeDynamism>(shapeDynamism))];
}

- (instancetype)initWithBytes:(const void*)pointer
                        shape:(NSArray<NSNumber*>*)shape
                     dataType:(ExecuTorchDataType)dataType {
  return [self initWithBytes:pointer
                       shape:shape
                     strides:@[]
              dimensionOrder:@[]
                    dataType:dataType
               shapeDynamism:ExecuTorchShapeDynamismDynamicBound];
}

- (instancetype)initWithData:(NSData*)data
                       shape:(NSArray<NSNumber*>*)shape
                    dataType:(ExecuTorchDataType)dataType {
  NSInteger length = 0;
  ExecuTorchRequire(!__builtin_mul_overflow(ExecuTorchElementCountOfShape(shape),
                                            ExecuTorchSizeOfDataType(dataType), &length) &&
                        static_cast<NSUInteger>(length) == data.length,
                    @"A tensor of shape %@ needs %ld bytes, the data has %lu", shape,
                    static_cast<long>(length), static_cast<unsigned long>(data.length));
  // The block of the deleter keeps the data.
  return [self
      initWithTensorPtr:executorch::extension::make_tensor_ptr(
                            ExecuTorchNumbers<SizesType>(shape), const_cast<void*>(data.bytes), {},
                            {}, static_cast<ScalarType>(dataType),
                            executorch::aten::DeviceType::CPU, TensorShapeDynamism::DYNAMIC_BOUND,
                            [data](void*) { (void)data; })];
}

- (instancetype)initWithScalars:(NSArray<NSNumber*>*)scalars
                          shape:(NSArray<NSNumber*>*)shape
                       dataType:(ExecuTorchDataType)dataType {
  const NSInteger count = ExecuTorchElementCountOfShape(shape);
  ExecuTorchRequire(static_cast<NSUInteger>(count) == scalars.count,
                    @"A tensor of shape %@ has %ld elements, got %lu", shape,
                    static_cast<long>(count), static_cast<unsigned long>(scalars.count));
  NSMutableData* data = [NSMutableData
      dataWithLength:scalars.count * static_cast<NSUInteger>(ExecuTorchSizeOfDataType(dataType))];
  void* bytes = data.mutableBytes;
  for (NSUInteger i = 0; i < scalars.count; ++i) {
    NSNumber* scalar = scalars[i];
    switch (dataType) {
      case ExecuTorchDataTypeByte:
        static_cast<uint8_t*>(bytes)[i] = scalar.unsignedCharValue;
        break;
      case ExecuTorchDataTypeChar:
        static_cast<int8_t*>(bytes)[i] = scalar.charValue;
        break;
      case ExecuTorchDataTypeShort:
        static_cast<int16_t*>(bytes)[i] = scalar.shortValue;
        break;
      case ExecuTorchDataTypeInt:
        static_cast<int32_t*>(bytes)[i] = scalar.intValue;
        break;
      case ExecuTorchDataTypeLong:
        static_cast<int64_t*>(bytes)[i] = scalar.longLongValue;
        break;
      case ExecuTorchDataTypeHalf:
        static_cast<executorch::aten::Half*>(bytes)[i] = scalar.floatValue;
        break;
      case ExecuTorchDataTypeBFloat16:
        static_cast<executorch::aten::BFloat16*>(bytes)[i] = scalar.floatValue;
        break;
      case ExecuTorchDataTypeFloat:
        static_cast<float*>(bytes)[i] = scalar.floatValue;
        break;
      case ExecuTorchDataTypeDouble:
        static_cast<double*>(bytes)[i] = scalar.doubleValue;
        break;
      case ExecuTorchDataTypeBool:
        static_cast<bool*>(bytes)[i] = scalar.boolValue;
        break;
      case ExecuTorchDataTypeUInt16:
        static_cast<uint16_t*>(bytes)[i] = scalar.unsignedShortValue;
        break;
      case ExecuTorchDataTypeUInt32:
        static_cast<uint32_t*>(bytes)[i] = scalar.unsignedIntValue;
        break;
      case ExecuTorchDataTypeUInt64:
        static_cast<uint64_t*>(bytes)[i] = scalar.unsignedLongLongValue;
        break;
      default:
        ExecuTorchRequire(NO, @"A tensor of type %d cannot be made of numbers", dataType);
    }
  }
  return [self initWithData:data shape:shape dataType:dataType];
}

- (instancetype)initWithScalar:(NSNumber*)scalar dataType:(ExecuTorchDataType)dataType {
  return [self initWithScalars:@[ scalar ] shape:@[] dataType:dataType];
}

+ (instancetype)fullTensorWithShape:(NSArray<NSNumber*>*)shape
                             scalar:(NSNumber*)scalar
                           dataType:(ExecuTorchDataType)dataType {
  const NSInteger count = ExecuTorchElementCountOfShape(shape);
  NSMutableArray<NSNumber*>* scalars =
      [NSMutableArray arrayWithCapacity:static_cast<NSUInteger>(count)];
  for (NSInteger i = 0; i < count; ++i) {
    [scalars addObject:scalar];
  }
  return [[self alloc] initWithScalars:scalars shape:shape dataType:dataType];
}

+ (instancetype)onesTensorWithShape:(NSArray<NSNumber*>*)shape
                           dataType:(ExecuTorchDataType)dataType {
  return [self fullTensorWithShape:shape scalar:@1 dataType:dataType];
}

+ (instancetype)zerosTensorWithShape:(NSArray<NSNumber*>*)shape
                            dataType:(ExecuTorchDataType)dataType {
  return [self fullTensorWithShape:shape scalar:@0 dataType:dataType];
}

@end
