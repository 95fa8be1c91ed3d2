// SPDX-License-Identifier: BSD-3-Clause

// The native side of org.pytorch.executorch.Module and ExecuTorchRuntime. The classes' fields and
// methods that it uses are private to them; both sides change together.

#include <jni.h>

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/module/module.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/platform.h>
#ifdef EXECUTORCH_JNI_PROFILING
#include <executorch/devtools/etdump/etdump_flatcc.h>
#include <cstdio>
#endif
#ifdef EXECUTORCH_JNI_THREADS
#include <executorch/extension/threadpool/threadpool.h>
#endif
#ifdef __ANDROID__
#include <android/log.h>
#endif

namespace {

using executorch::aten::ArrayRef;
using executorch::aten::ScalarType;
using executorch::aten::TensorImpl;
using executorch::extension::Module;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::kTensorDimensionLimit;
using executorch::runtime::Result;
using executorch::runtime::Tag;

// --- The classes of the other side ---------------------------------------------------------------

struct JavaClasses {
  jclass string;
  jclass exception;
  jmethodID exception_new;
  jclass evalue;
  jfieldID evalue_code;
  jfieldID evalue_data;
  jmethodID evalue_none;
  jmethodID evalue_from_tensor;
  jmethodID evalue_from_bool;
  jmethodID evalue_from_int;
  jmethodID evalue_from_double;
  jmethodID evalue_from_string;
  jclass tensor;
  jfieldID tensor_buffer;
  jfieldID tensor_shape;
  jmethodID tensor_dtype;
  jmethodID tensor_new;
  jmethodID boolean_value;
  jmethodID long_value;
  jmethodID double_value;
};

JavaClasses java;

/// Looks everything up. After the first failure, which leaves a Java exception, nothing more.
class ClassFinder {
 public:
  explicit ClassFinder(JNIEnv* env) : env_(env) {}

  jclass find(const char* name) {
    if (env_->ExceptionCheck()) {
      return nullptr;
    }
    jclass local = env_->FindClass(name);
    if (local == nullptr) {
      return nullptr;
    }
    jclass global = static_cast<jclass>(env_->NewGlobalRef(local));
    env_->DeleteLocalRef(local);
    return global;
  }
  jmethodID method(jclass owner, const char* name, const char* signature) {
    return env_->ExceptionCheck() ? nullptr : env_->GetMethodID(owner, name, signature);
  }
  jmethodID function(jclass owner, const char* name, const char* signature) {
    return env_->ExceptionCheck() ? nullptr : env_->GetStaticMethodID(owner, name, signature);
  }
  jfieldID field(jclass owner, const char* name, const char* signature) {
    return env_->ExceptionCheck() ? nullptr : env_->GetFieldID(owner, name, signature);
  }

 private:
  JNIEnv* env_;
};

bool find_classes(JNIEnv* env) {
  ClassFinder finder(env);
  java.string = finder.find("java/lang/String");
  java.exception = finder.find("org/pytorch/executorch/ExecutorchRuntimeException");
  java.exception_new = finder.method(java.exception, "<init>", "(ILjava/lang/String;)V");

#define ET_EVALUE "Lorg/pytorch/executorch/EValue;"
#define ET_TENSOR "Lorg/pytorch/executorch/Tensor;"
  java.evalue = finder.find("org/pytorch/executorch/EValue");
  java.evalue_code = finder.field(java.evalue, "mTypeCode", "I");
  java.evalue_data = finder.field(java.evalue, "mData", "Ljava/lang/Object;");
  java.evalue_none = finder.function(java.evalue, "optionalNone", "()" ET_EVALUE);
  java.evalue_from_tensor = finder.function(java.evalue, "from", "(" ET_TENSOR ")" ET_EVALUE);
  java.evalue_from_bool = finder.function(java.evalue, "from", "(Z)" ET_EVALUE);
  java.evalue_from_int = finder.function(java.evalue, "from", "(J)" ET_EVALUE);
  java.evalue_from_double = finder.function(java.evalue, "from", "(D)" ET_EVALUE);
  java.evalue_from_string = finder.function(java.evalue, "from", "(Ljava/lang/String;)" ET_EVALUE);

  java.tensor = finder.find("org/pytorch/executorch/Tensor");
  java.tensor_buffer = finder.field(java.tensor, "buffer", "Ljava/nio/Buffer;");
  java.tensor_shape = finder.field(java.tensor, "shape", "[J");
  java.tensor_dtype = finder.method(java.tensor, "dtypeJniCode", "()I");
  java.tensor_new = finder.function(java.tensor, "nativeNewTensor", "(I[J)" ET_TENSOR);
#undef ET_EVALUE
#undef ET_TENSOR

  java.boolean_value = finder.method(finder.find("java/lang/Boolean"), "booleanValue", "()Z");
  java.long_value = finder.method(finder.find("java/lang/Long"), "longValue", "()J");
  java.double_value = finder.method(finder.find("java/lang/Double"), "doubleValue", "()D");
  return !env->ExceptionCheck();
}

// --- Strings and failures ------------------------------------------------------------------------

// JNI's own conversions know "modified UTF-8" only, in which what lies beyond the basic plane and
// the zero character are written in another way. Code units go through UTF-16 here.

std::string to_utf8(JNIEnv* env, jstring text) {
  const jsize length = env->GetStringLength(text);
  std::u16string units(static_cast<size_t>(length), u'\0');
  env->GetStringRegion(text, 0, length, reinterpret_cast<jchar*>(units.data()));
  std::string result;
  for (size_t i = 0; i < units.size(); ++i) {
    uint32_t code = units[i];
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < units.size() && units[i + 1] >= 0xdc00 &&
        units[i + 1] < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (units[++i] - 0xdc00u);
    } else if (code >= 0xd800 && code < 0xe000) {
      code = 0xfffd;  // half of a pair
    }
    if (code < 0x80) {
      result += static_cast<char>(code);
    } else if (code < 0x800) {
      result += static_cast<char>(0xc0 | (code >> 6));
      result += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      result += static_cast<char>(0xe0 | (code >> 12));
      result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      result += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      result += static_cast<char>(0xf0 | (code >> 18));
      result += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
      result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      result += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return result;
}

/// Bytes that are not UTF-8 become U+FFFD.
jstring to_java(JNIEnv* env, const char* text, size_t length) {
  std::u16string units;
  for (size_t i = 0; i < length;) {
    const uint8_t first = static_cast<uint8_t>(text[i]);
    const size_t count = first < 0x80             ? 1
                         : (first & 0xe0) == 0xc0 ? 2
                         : (first & 0xf0) == 0xe0 ? 3
                         : (first & 0xf8) == 0xf0 ? 4
                                                  : 0;
    bool valid = count != 0 && count <= length - i;
    uint32_t code = count == 1 ? first : first & (0xffu >> (count + 1));
    for (size_t k = 1; valid && k < count; ++k) {
      const uint8_t next = static_cast<uint8_t>(text[i + k]);
      valid = (next & 0xc0) == 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    if (!valid || code > 0x10ffff) {
      units += u'\xfffd';
      ++i;
      continue;
    }
    if (code < 0x10000) {
      units += static_cast<char16_t>(code);
    } else {
      units += static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10));
      units += static_cast<char16_t>(0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    i += count;
  }
  return env->NewString(reinterpret_cast<const jchar*>(units.data()),
                        static_cast<jsize>(units.size()));
}

jstring to_java(JNIEnv* env, const std::string& text) {
  return to_java(env, text.data(), text.size());
}

void throw_java(JNIEnv* env, Error error, const std::string& message) {
  if (env->ExceptionCheck()) {
    return;
  }
  jstring text = to_java(env, message);
  if (text == nullptr) {
    return;
  }
  jobject exception =
      env->NewObject(java.exception, java.exception_new, static_cast<jint>(error), text);
  if (exception != nullptr) {
    env->Throw(static_cast<jthrowable>(exception));
  }
}

/// With the sentence that the runtime left.
void throw_last(JNIEnv* env, Error error) {
  const char* sentence = executorch::runtime::last_error_message();
  throw_java(env, error, *sentence != '\0' ? sentence : executorch::runtime::to_string(error));
}

template <typename Strings>
jobjectArray to_java_array(JNIEnv* env, const Strings& strings) {
  jobjectArray result =
      env->NewObjectArray(static_cast<jsize>(strings.size()), java.string, nullptr);
  jsize i = 0;
  for (const std::string& text : strings) {
    if (result == nullptr || env->ExceptionCheck()) {
      return nullptr;
    }
    jstring element = to_java(env, text);
    env->SetObjectArrayElement(result, i++, element);
    env->DeleteLocalRef(element);
  }
  return result;
}

/// Runs f(), which may use the standard library; running out of memory becomes an exception of
/// Java.
template <typename F>
auto guarded(JNIEnv* env, const F& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    throw_java(env, Error::MemoryAllocationFailed, "Out of memory");
  } catch (const std::exception& error) {
    throw_java(env, Error::Internal, error.what());
  }
  return decltype(f())();
}

// --- The log -------------------------------------------------------------------------------------

constexpr size_t kLogLines = 500;

struct LogBuffer {
  std::mutex mutex;
  std::deque<std::string> lines;
};

/// Never destroyed: something may be logged while the process ends.
LogBuffer& log_buffer() {
  static LogBuffer& buffer = *new LogBuffer;
  return buffer;
}

// --- Modules -------------------------------------------------------------------------------------

Module* from_handle(jlong handle) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): Java has no type for pointers.
  return reinterpret_cast<Module*>(static_cast<intptr_t>(handle));
}

/// An input of a method. It refers to the memory of the Java object, which the caller's frame
/// holds.
struct Input {
  std::vector<TensorImpl::SizesType> sizes;
  std::vector<TensorImpl::DimOrderType> dim_order;
  std::vector<TensorImpl::StridesType> strides;
  std::optional<TensorImpl> tensor;
  std::string text;
  ArrayRef<char> characters;
  EValue value;
};

/// @returns false with a Java exception.
bool read_tensor(JNIEnv* env, jobject object, size_t index, Input& input) {
  const auto fail = [&](const std::string& message) {
    throw_java(env, Error::InvalidArgument, "Input " + std::to_string(index) + ": " + message);
    return false;
  };
  jlongArray shape = static_cast<jlongArray>(env->GetObjectField(object, java.tensor_shape));
  const size_t rank = static_cast<size_t>(env->GetArrayLength(shape));
  if (rank > kTensorDimensionLimit) {
    return fail("a tensor has at most " + std::to_string(kTensorDimensionLimit) +
                " dimensions, got " + std::to_string(rank));
  }
  jlong sizes[kTensorDimensionLimit];
  env->GetLongArrayRegion(shape, 0, static_cast<jsize>(rank), sizes);
  for (size_t i = 0; i < rank; ++i) {
    if (sizes[i] < 0 || sizes[i] > INT32_MAX) {
      return fail("dimension " + std::to_string(i) + " has the size " + std::to_string(sizes[i]));
    }
    input.sizes.push_back(static_cast<TensorImpl::SizesType>(sizes[i]));
    input.dim_order.push_back(static_cast<TensorImpl::DimOrderType>(i));
  }
  input.strides.resize(rank);
  const Error error = executorch::runtime::dim_order_to_stride(
      input.sizes.data(), input.dim_order.data(), rank, input.strides.data());
  const ScalarType type = static_cast<ScalarType>(env->CallIntMethod(object, java.tensor_dtype));
  if (env->ExceptionCheck()) {
    return false;
  }
  if (error != Error::Ok || !executorch::runtime::isValid(type)) {
    return fail("a shape or an element type that the runtime does not know");
  }
  // Java compared the size of the buffer with the shape when it made the tensor.
  jobject buffer = env->GetObjectField(object, java.tensor_buffer);
  input.tensor.emplace(type, static_cast<ssize_t>(rank), input.sizes.data(),
                       env->GetDirectBufferAddress(buffer), input.dim_order.data(),
                       input.strides.data());
  input.value = EValue(executorch::aten::Tensor(&*input.tensor));
  return true;
}

/// @returns false with a Java exception.
bool read_input(JNIEnv* env, jobject evalue, size_t index, Input& input) {
  if (evalue == nullptr) {
    throw_java(env, Error::InvalidArgument, "Input " + std::to_string(index) + " is null");
    return false;
  }
  jobject data = env->GetObjectField(evalue, java.evalue_data);
  switch (static_cast<Tag>(env->GetIntField(evalue, java.evalue_code))) {
    case Tag::Tensor:
      return read_tensor(env, data, index, input);
    case Tag::String:
      input.text = to_utf8(env, static_cast<jstring>(data));
      input.characters = ArrayRef<char>(input.text.data(), input.text.size());
      input.value = EValue(&input.characters);
      return true;
    case Tag::Double:
      input.value = EValue(static_cast<double>(env->CallDoubleMethod(data, java.double_value)));
      return !env->ExceptionCheck();
    case Tag::Int:
      input.value = EValue(static_cast<int64_t>(env->CallLongMethod(data, java.long_value)));
      return !env->ExceptionCheck();
    case Tag::Bool:
      input.value = EValue(env->CallBooleanMethod(data, java.boolean_value) != JNI_FALSE);
      return !env->ExceptionCheck();
    default:
      input.value = EValue();
      return true;
  }
}

/// Copies elements in any dim order to the order of the dimensions.
void copy_contiguous(const executorch::aten::Tensor& tensor, uint8_t* to) {
  const uint8_t* from = static_cast<const uint8_t*>(tensor.const_data_ptr());
  const size_t size = executorch::runtime::elementSize(tensor.scalar_type());
  const size_t rank = static_cast<size_t>(tensor.dim());
  if (executorch::runtime::is_contiguous_dim_order(tensor.dim_order().data(), rank)) {
    std::memcpy(to, from, tensor.nbytes());
    return;
  }
  TensorImpl::SizesType position[kTensorDimensionLimit] = {};
  for (ssize_t i = 0; i < tensor.numel(); ++i, to += size) {
    size_t offset = 0;
    for (size_t d = 0; d < rank; ++d) {
      offset += static_cast<size_t>(position[d]) * static_cast<size_t>(tensor.strides()[d]);
    }
    std::memcpy(to, from + offset * size, size);
    for (size_t d = rank; d-- > 0 && ++position[d] == tensor.size(static_cast<ssize_t>(d));) {
      position[d] = 0;
    }
  }
}

jobject to_java_tensor(JNIEnv* env, const executorch::aten::Tensor& tensor) {
  const jsize rank = static_cast<jsize>(tensor.dim());
  jlong sizes[kTensorDimensionLimit];
  for (jsize i = 0; i < rank; ++i) {
    sizes[i] = tensor.size(i);
  }
  jlongArray shape = env->NewLongArray(rank);
  if (shape == nullptr) {
    return nullptr;
  }
  env->SetLongArrayRegion(shape, 0, rank, sizes);
  jobject result = env->CallStaticObjectMethod(java.tensor, java.tensor_new,
                                               static_cast<jint>(tensor.scalar_type()), shape);
  if (env->ExceptionCheck()) {
    return nullptr;
  }
  if (tensor.numel() > 0) {
    jobject buffer = env->GetObjectField(result, java.tensor_buffer);
    copy_contiguous(tensor, static_cast<uint8_t*>(env->GetDirectBufferAddress(buffer)));
  }
  return result;
}

/// @returns null with a Java exception.
jobject to_java_value(JNIEnv* env, const EValue& value, size_t index) {
  jvalue argument = {};
  switch (value.tag) {
    case Tag::None:
      return env->CallStaticObjectMethod(java.evalue, java.evalue_none);
    case Tag::Tensor:
      argument.l = to_java_tensor(env, value.toTensor());
      return argument.l == nullptr
                 ? nullptr
                 : env->CallStaticObjectMethodA(java.evalue, java.evalue_from_tensor, &argument);
    case Tag::Bool:
      argument.z = value.toBool() ? JNI_TRUE : JNI_FALSE;
      return env->CallStaticObjectMethodA(java.evalue, java.evalue_from_bool, &argument);
    case Tag::Int:
      argument.j = value.toInt();
      return env->CallStaticObjectMethodA(java.evalue, java.evalue_from_int, &argument);
    case Tag::Double:
      argument.d = value.toDouble();
      return env->CallStaticObjectMethodA(java.evalue, java.evalue_from_double, &argument);
    case Tag::String: {
      const auto text = value.toString();
      argument.l = to_java(env, text.data(), text.size());
      return argument.l == nullptr
                 ? nullptr
                 : env->CallStaticObjectMethodA(java.evalue, java.evalue_from_string, &argument);
    }
    default:
      throw_java(env, Error::NotSupported,
                 "Output " + std::to_string(index) + " is a list, which EValue cannot hold");
      return nullptr;
  }
}

jobjectArray execute(JNIEnv* env, Module& module, const std::string& method,
                     jobjectArray java_inputs) {
  const jsize count = java_inputs == nullptr ? 0 : env->GetArrayLength(java_inputs);
  // Objects of the inputs stay referred to until the method has run.
  if (count > 0 && env->EnsureLocalCapacity(5 * count + 16) != JNI_OK) {
    return nullptr;
  }
  std::vector<Input> inputs(static_cast<size_t>(count));
  std::vector<EValue> values;
  values.reserve(inputs.size());
  for (jsize i = 0; i < count; ++i) {
    Input& input = inputs[static_cast<size_t>(i)];
    if (!read_input(env, env->GetObjectArrayElement(java_inputs, i), static_cast<size_t>(i),
                    input)) {
      return nullptr;
    }
    values.push_back(input.value);
  }

  const Result<std::vector<EValue>> outputs = module.execute(method, values);
  if (!outputs.ok()) {
    throw_last(env, outputs.error());
    return nullptr;
  }
  jobjectArray result =
      env->NewObjectArray(static_cast<jsize>(outputs->size()), java.evalue, nullptr);
  for (size_t i = 0; result != nullptr && i < outputs->size(); ++i) {
    if (env->PushLocalFrame(16) != JNI_OK) {
      return nullptr;
    }
    jobject value = to_java_value(env, (*outputs)[i], i);
    const bool failed = env->ExceptionCheck();
    jobject output = env->PopLocalFrame(value);
    if (failed) {
      return nullptr;
    }
    env->SetObjectArrayElement(result, static_cast<jsize>(i), output);
    env->DeleteLocalRef(output);
  }
  return result;
}

}  // namespace

// --- What Java calls -----------------------------------------------------------------------------

extern "C" {

/// Keeps the last lines for Module.readLogBuffer(), and hands them to the system's log.
void et_pal_emit_log_message(et_timestamp_t, et_pal_log_level_t level, const char* filename,
                             const char*, size_t line, const char* message, size_t length) {
  const std::string text(message, length);
#ifdef __ANDROID__
  const int priority = level == et_pal_log_level_t::kFatal   ? ANDROID_LOG_FATAL
                       : level == et_pal_log_level_t::kError ? ANDROID_LOG_ERROR
                       : level == et_pal_log_level_t::kInfo  ? ANDROID_LOG_INFO
                                                             : ANDROID_LOG_DEBUG;
  __android_log_print(priority, "ExecuTorch", "%s", text.c_str());
#endif
  LogBuffer& buffer = log_buffer();
  const std::lock_guard<std::mutex> lock(buffer.mutex);
  if (buffer.lines.size() == kLogLines) {
    buffer.lines.pop_front();
  }
  buffer.lines.push_back(std::string(1, static_cast<char>(level)) + " " + filename + ":" +
                         std::to_string(line) + "] " + text);
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
  JNIEnv* env = nullptr;
  if (vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_6) != JNI_OK || !find_classes(env)) {
    return JNI_ERR;
  }
  return JNI_VERSION_1_6;
}

JNIEXPORT jlong JNICALL Java_org_pytorch_executorch_Module_nativeLoad(JNIEnv* env, jclass,
                                                                      jstring path, jint load_mode,
                                                                      jint num_threads) {
  return guarded(env, [&]() -> jlong {
    static constexpr Module::LoadMode kModes[] = {Module::LoadMode::File, Module::LoadMode::Mmap,
                                                  Module::LoadMode::MmapUseMlock,
                                                  Module::LoadMode::MmapUseMlockIgnoreErrors};
    std::unique_ptr<executorch::runtime::EventTracer> tracer;
#ifdef EXECUTORCH_JNI_PROFILING
    tracer = std::make_unique<executorch::etdump::ETDumpGen>();
#endif
    auto module =
        std::make_unique<Module>(to_utf8(env, path), kModes[load_mode], std::move(tracer));
    const Error error = module->load();
    if (error != Error::Ok) {
      throw_last(env, error);
      return 0;
    }
    if (num_threads > 0) {
#ifdef EXECUTORCH_JNI_THREADS
      if (!executorch::extension::threadpool::get_threadpool()->set_num_threads(
              static_cast<size_t>(num_threads))) {
        throw_java(env, Error::InvalidArgument,
                   "Cannot use " + std::to_string(num_threads) + " threads");
        return 0;
      }
#else
      throw_java(env, Error::NotSupported, "The library was built without threads");
      return 0;
#endif
    }
    return static_cast<jlong>(reinterpret_cast<intptr_t>(module.release()));
  });
}

JNIEXPORT void JNICALL Java_org_pytorch_executorch_Module_nativeDestroy(JNIEnv*, jclass,
                                                                        jlong handle) {
  delete from_handle(handle);
}

JNIEXPORT jobjectArray JNICALL Java_org_pytorch_executorch_Module_nativeExecute(
    JNIEnv* env, jclass, jlong handle, jstring method, jobjectArray inputs) {
  return guarded(env,
                 [&] { return execute(env, *from_handle(handle), to_utf8(env, method), inputs); });
}

JNIEXPORT jint JNICALL Java_org_pytorch_executorch_Module_nativeLoadMethod(JNIEnv* env, jclass,
                                                                           jlong handle,
                                                                           jstring method) {
  return guarded(env, [&] {
    return static_cast<jint>(from_handle(handle)->load_method(to_utf8(env, method)));
  });
}

JNIEXPORT jobjectArray JNICALL Java_org_pytorch_executorch_Module_nativeGetMethods(JNIEnv* env,
                                                                                   jclass,
                                                                                   jlong handle) {
  return guarded(env, [&]() -> jobjectArray {
    const auto names = from_handle(handle)->method_names();
    if (!names.ok()) {
      throw_last(env, names.error());
      return nullptr;
    }
    return to_java_array(env, *names);
  });
}

JNIEXPORT jobjectArray JNICALL Java_org_pytorch_executorch_Module_nativeGetBackends(
    JNIEnv* env, jclass, jlong handle, jstring method) {
  return guarded(env, [&]() -> jobjectArray {
    const auto meta = from_handle(handle)->method_meta(to_utf8(env, method));
    if (!meta.ok()) {
      throw_last(env, meta.error());
      return nullptr;
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < meta->num_backends(); ++i) {
      const auto name = meta->get_backend_name(i);
      if (!name.ok()) {
        throw_last(env, name.error());
        return nullptr;
      }
      names.emplace_back(*name);
    }
    return to_java_array(env, names);
  });
}

JNIEXPORT jboolean JNICALL Java_org_pytorch_executorch_Module_nativeEtdump(JNIEnv* env, jclass,
                                                                           jlong handle,
                                                                           jstring path) {
  return guarded(env, [&]() -> jboolean {
#ifdef EXECUTORCH_JNI_PROFILING
    auto* tracer = static_cast<executorch::etdump::ETDumpGen*>(from_handle(handle)->event_tracer());
    const executorch::etdump::ETDumpResult dump = tracer->get_etdump_data();
    bool written = false;
    if (dump.buf != nullptr) {
      if (std::FILE* file = std::fopen(to_utf8(env, path).c_str(), "wb")) {
        written = std::fwrite(dump.buf, 1, dump.size, file) == dump.size;
        written = std::fclose(file) == 0 && written;
      }
      std::free(dump.buf);
    }
    return written ? JNI_TRUE : JNI_FALSE;
#else
    static_cast<void>(handle);
    static_cast<void>(path);
    return JNI_FALSE;
#endif
  });
}

JNIEXPORT jobjectArray JNICALL Java_org_pytorch_executorch_Module_readLogBufferStatic(JNIEnv* env,
                                                                                      jclass) {
  return guarded(env, [&] {
    LogBuffer& buffer = log_buffer();
    std::deque<std::string> lines;
    {
      const std::lock_guard<std::mutex> lock(buffer.mutex);
      lines = buffer.lines;
    }
    return to_java_array(env, lines);
  });
}

JNIEXPORT jobjectArray JNICALL
Java_org_pytorch_executorch_ExecuTorchRuntime_getRegisteredOps(JNIEnv* env, jclass) {
  return guarded(env, [&] {
    std::set<std::string> names;
    for (const auto& kernel : executorch::runtime::get_registered_kernels()) {
      names.emplace(kernel.name_);
    }
    for (const auto* library = executorch::runtime::get_kernel_libraries(); library != nullptr;
         library = library->next) {
      for (const auto& kernel : library->kernels) {
        names.emplace(kernel.name_);
      }
    }
    return to_java_array(env, names);
  });
}

JNIEXPORT jobjectArray JNICALL
Java_org_pytorch_executorch_ExecuTorchRuntime_getRegisteredBackends(JNIEnv* env, jclass) {
  return guarded(env, [&] {
    std::vector<std::string> names;
    for (size_t i = 0; i < executorch::runtime::get_num_registered_backends(); ++i) {
      const auto name = executorch::runtime::get_backend_name(i);
      if (name.ok()) {
        names.emplace_back(*name);
      }
    }
    return to_java_array(env, names);
  });
}

}  // extern "C"
