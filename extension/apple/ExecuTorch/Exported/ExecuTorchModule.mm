// SPDX-License-Identifier: BSD-3-Clause
#import "ExecuTorchModule.h"

#import "../Internal/ExecuTorchInternal.h"

#import <executorch/extension/module/module.h>
#import <executorch/extension/tensor/tensor_ptr.h>

using executorch::aten::ArrayRef;
using executorch::extension::Module;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::MethodMeta;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Tag;

/// @returns whether there was no error; stores it otherwise.
static BOOL ExecuTorchSucceeded(Error status, NSError** error) {
  if (status == Error::Ok) {
    return YES;
  }
  if (error) {
    *error = ExecuTorchErrorWithRuntimeError(status);
  }
  return NO;
}

namespace {

/// The inputs of a call as the runtime takes them. What they refer to belongs to the Objective-C
/// values, and to this.
struct Inputs {
  explicit Inputs(NSArray<ExecuTorchValue*>* from) : texts(from.count), characters(from.count) {
    values.reserve(from.count);
    for (NSUInteger i = 0; i < from.count; ++i) {
      ExecuTorchValue* value = from[i];
      switch (value.tag) {
        case ExecuTorchValueTagTensor:
          values.emplace_back(*value.tensorValue.tensorPtr);
          break;
        case ExecuTorchValueTagString:
          texts[i] = value.stringValue.UTF8String;
          characters[i] = ArrayRef<char>(texts[i].data(), texts[i].size());
          values.emplace_back(&characters[i]);
          break;
        case ExecuTorchValueTagDouble:
          values.emplace_back(value.doubleValue);
          break;
        case ExecuTorchValueTagInteger:
          values.emplace_back(static_cast<int64_t>(value.intValue));
          break;
        case ExecuTorchValueTagBoolean:
          values.emplace_back(static_cast<bool>(value.boolValue));
          break;
        default:
          values.emplace_back();
      }
    }
  }

  std::vector<EValue> values;
  std::vector<std::string> texts;
  std::vector<ArrayRef<char>> characters;
};

}  // namespace

static ExecuTorchValue* ExecuTorchValueFrom(const EValue& value, NSError** error) {
  switch (value.tag) {
    case Tag::None:
      return [ExecuTorchValue new];
    case Tag::Tensor: {
      // The method's own memory is used again by its next call.
      const auto borrowed = executorch::extension::make_tensor_ptr(value.toTensor());
      return [ExecuTorchValue
          valueWithTensor:[[ExecuTorchTensor alloc]
                              initWithTensorPtr:executorch::extension::clone_tensor_ptr(borrowed)]];
    }
    case Tag::String: {
      const auto text = value.toString();
      NSString* string = [[NSString alloc] initWithBytes:text.data()
                                                  length:text.size()
                                                encoding:NSUTF8StringEncoding];
      return [ExecuTorchValue valueWithString:string ?: @""];
    }
    case Tag::Double:
      return [ExecuTorchValue valueWithDouble:value.toDouble()];
    case Tag::Int:
      return [ExecuTorchValue valueWithInteger:static_cast<NSInteger>(value.toInt())];
    case Tag::Bool:
      return [ExecuTorchValue valueWithBoolean:value.toBool()];
    default:
      executorch::runtime::set_last_error("The method returns a list, which a Value cannot hold");
      ExecuTorchSucceeded(Error::NotSupported, error);
      return nil;
  }
}

@implementation ExecuTorchMethodMetadata

- (instancetype)initWithMethodMeta:(const MethodMeta&)meta {
  self = [super init];
  if (self) {
    _name = @(meta.name());
    NSMutableArray<NSNumber*>* inputs = [NSMutableArray new];
    for (size_t i = 0; i < meta.num_inputs(); ++i) {
      const auto tag = meta.input_tag(i);
      [inputs addObject:@(static_cast<uint32_t>(tag.ok() ? *tag : Tag::None))];
    }
    _inputValueTags = inputs;
    NSMutableArray<NSNumber*>* outputs = [NSMutableArray new];
    for (size_t i = 0; i < meta.num_outputs(); ++i) {
      const auto tag = meta.output_tag(i);
      [outputs addObject:@(static_cast<uint32_t>(tag.ok() ? *tag : Tag::None))];
    }
    _outputValueTags = outputs;
    NSMutableArray<NSString*>* backends = [NSMutableArray new];
    for (size_t i = 0; i < meta.num_backends(); ++i) {
      const auto name = meta.get_backend_name(i);
      if (name.ok()) {
        [backends addObject:@(*name)];
      }
    }
    _backendNames = backends;
    NSMutableArray<NSNumber*>* sizes = [NSMutableArray new];
    for (size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
      const auto size = meta.memory_planned_buffer_size(i);
      [sizes addObject:@(size.ok() ? *size : 0)];
    }
    _memoryPlannedBufferSizes = sizes;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"  // marks what is experimental
    _instructionCount = meta.num_instructions();
#pragma clang diagnostic pop
  }
  return self;
}

@end

@implementation ExecuTorchModule {
  std::unique_ptr<Module> _module;
  // By method and index: what setInput: was called with.
  NSMutableDictionary<NSString*, NSMutableDictionary<NSNumber*, ExecuTorchValue*>*>* _inputs;
}

- (instancetype)initWithFilePath:(NSString*)filePath
                   dataFilePaths:(NSArray<NSString*>*)dataFilePaths
                        loadMode:(ExecuTorchModuleLoadMode)loadMode {
  self = [super init];
  if (self) {
    std::vector<std::string> dataFiles;
    for (NSString* path in dataFilePaths) {
      dataFiles.emplace_back(path.UTF8String);
    }
    _module = std::make_unique<Module>(filePath.UTF8String, std::move(dataFiles),
                                       static_cast<Module::LoadMode>(loadMode));
    _inputs = [NSMutableDictionary new];
  }
  return self;
}

- (instancetype)initWithFilePath:(NSString*)filePath loadMode:(ExecuTorchModuleLoadMode)loadMode {
  return [self initWithFilePath:filePath dataFilePaths:@[] loadMode:loadMode];
}

- (instancetype)initWithFilePath:(NSString*)filePath {
  return [self initWithFilePath:filePath loadMode:ExecuTorchModuleLoadModeFile];
}

- (BOOL)loadWithVerification:(ExecuTorchVerification)verification error:(NSError**)error {
  return ExecuTorchSucceeded(_module->load(static_cast<Program::Verification>(verification)),
                             error);
}

- (BOOL)load:(NSError**)error {
  return [self loadWithVerification:ExecuTorchVerificationMinimal error:error];
}

- (BOOL)isLoaded {
  return _module->is_loaded();
}

- (BOOL)loadMethod:(NSString*)methodName error:(NSError**)error {
  return ExecuTorchSucceeded(_module->load_method(methodName.UTF8String), error);
}

- (BOOL)isMethodLoaded:(NSString*)methodName {
  return _module->is_method_loaded(methodName.UTF8String);
}

- (BOOL)unloadMethod:(NSString*)methodName {
  return _module->unload_method(methodName.UTF8String);
}

- (NSSet<NSString*>*)methodNames:(NSError**)error {
  const auto names = _module->method_names();
  if (!ExecuTorchSucceeded(names.error(), error)) {
    return nil;
  }
  NSMutableSet<NSString*>* result = [NSMutableSet new];
  for (const std::string& name : *names) {
    [result addObject:@(name.c_str())];
  }
  return result;
}

- (ExecuTorchMethodMetadata*)methodMetadata:(NSString*)methodName error:(NSError**)error {
  const auto meta = _module->method_meta(methodName.UTF8String);
  return ExecuTorchSucceeded(meta.error(), error)
             ? [[ExecuTorchMethodMetadata alloc] initWithMethodMeta:*meta]
             : nil;
}

- (NSArray<ExecuTorchValue*>*)valuesFrom:(const Result<std::vector<EValue>>&)outputs
                                   error:(NSError**)error {
  if (!ExecuTorchSucceeded(outputs.error(), error)) {
    return nil;
  }
  NSMutableArray<ExecuTorchValue*>* result = [NSMutableArray arrayWithCapacity:outputs->size()];
  for (const EValue& output : *outputs) {
    ExecuTorchValue* value = ExecuTorchValueFrom(output, error);
    if (value == nil) {
      return nil;
    }
    [result addObject:value];
  }
  return result;
}

- (NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                 withInputs:(NSArray<ExecuTorchValue*>*)values
                                      error:(NSError**)error {
  const Inputs inputs(values);
  return [self valuesFrom:_module->execute(methodName.UTF8String, inputs.values) error:error];
}

- (NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                  withInput:(ExecuTorchValue*)value
                                      error:(NSError**)error {
  return [self executeMethod:methodName withInputs:@[ value ] error:error];
}

- (NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName error:(NSError**)error {
  NSMutableDictionary<NSNumber*, ExecuTorchValue*>* inputs = _inputs[methodName];
  NSMutableArray<ExecuTorchValue*>* values = [NSMutableArray arrayWithCapacity:inputs.count];
  // Without a gap: what is missing then makes the call fail with a wrong number of inputs.
  for (NSUInteger i = 0; inputs[@(i)] != nil; ++i) {
    [values addObject:inputs[@(i)]];
  }
  return [self executeMethod:methodName withInputs:values error:error];
}

- (BOOL)setInput:(ExecuTorchValue*)value
         atIndex:(NSInteger)index
      methodName:(NSString*)methodName
           error:(NSError**)error {
  const auto meta = _module->method_meta(methodName.UTF8String);
  if (!ExecuTorchSucceeded(meta.error(), error)) {
    return NO;
  }
  if (index < 0 || static_cast<size_t>(index) >= meta->num_inputs()) {
    executorch::runtime::set_last_error("%s takes %zu inputs, there is no input %ld",
                                        methodName.UTF8String, meta->num_inputs(),
                                        static_cast<long>(index));
    return ExecuTorchSucceeded(Error::InvalidArgument, error);
  }
  if (_inputs[methodName] == nil) {
    _inputs[methodName] = [NSMutableDictionary new];
  }
  _inputs[methodName][@(index)] = value;
  return YES;
}

- (NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                withTensors:(NSArray<ExecuTorchTensor*>*)tensors
                                      error:(NSError**)error {
  NSMutableArray<ExecuTorchValue*>* values = [NSMutableArray arrayWithCapacity:tensors.count];
  for (ExecuTorchTensor* tensor in tensors) {
    [values addObject:[ExecuTorchValue valueWithTensor:tensor]];
  }
  return [self executeMethod:methodName withInputs:values error:error];
}

- (NSArray<ExecuTorchValue*>*)executeMethod:(NSString*)methodName
                                 withTensor:(ExecuTorchTensor*)tensor
                                      error:(NSError**)error {
  return [self executeMethod:methodName withTensors:@[ tensor ] error:error];
}

- (NSArray<ExecuTorchValue*>*)forwardWithInputs:(NSArray<ExecuTorchValue*>*)values
                                          error:(NSError**)error {
  return [self executeMethod:@"forward" withInputs:values error:error];
}

- (NSArray<ExecuTorchValue*>*)forwardWithInput:(ExecuTorchValue*)value error:(NSError**)error {
  return [self executeMethod:@"forward" withInput:value error:error];
}

- (NSArray<ExecuTorchValue*>*)forward:(NSError**)error {
  return [self executeMethod:@"forward" error:error];
}

- (NSArray<ExecuTorchValue*>*)forwardWithTensors:(NSArray<ExecuTorchTensor*>*)tensors
                                           error:(NSError**)error {
  return [self executeMethod:@"forward" withTensors:tensors error:error];
}

- (NSArray<ExecuTorchValue*>*)forwardWithTensor:(ExecuTorchTensor*)tensor error:(NSError**)error {
  return [self executeMethod:@"forward" withTensor:tensor error:error];
}

@end
