/* SPDX-License-Identifier: BSD-3-Clause */

/**
 * @file
 * The runtime for programs in C, and for every language that calls C (Rust, Go, Dart, C#, ...):
 *
 *   et_module* module;
 *   if (et_module_load("model.pte", NULL, &module) != ET_OK) {
 *     fprintf(stderr, "%s\n", et_last_error());
 *     return 1;
 *   }
 *   float x[3] = {1, 2, 3};
 *   const int32_t sizes[2] = {1, 3};
 *   et_value* input;
 *   const et_value* output;
 *   if (et_value_new_tensor(ET_DTYPE_FLOAT, 2, sizes, NULL, x, sizeof(x), &input) != ET_OK ||
 *       et_module_set_input(module, "forward", 0, input) != ET_OK ||
 *       et_module_run(module, "forward") != ET_OK ||
 *       et_module_output(module, "forward", 0, &output) != ET_OK) {
 *     fprintf(stderr, "%s\n", et_last_error());
 *   } else {
 *     const float* y = et_tensor_data(output);
 *     ...
 *   }
 *   et_value_free(input);
 *   et_module_free(module);
 *
 * The binary interface is stable: handles are opaque, no structure crosses it, and within one major
 * version functions and numbers are only ever added. No function ends the process or throws; a null
 * pointer where none is allowed is ET_INVALID_ARGUMENT. Out parameters are set only on ET_OK.
 *
 * A module and the values that it returned are used by one thread at a time; different modules may
 * be used by different threads. Strings are UTF-8 and end in a zero byte.
 */
#ifndef EXECUTORCH_EXTENSION_C_API_EXECUTORCH_H_
#define EXECUTORCH_EXTENSION_C_API_EXECUTORCH_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#if defined(EXECUTORCH_C_API_BUILD)
#define ET_C_API __declspec(dllexport)
#else
#define ET_C_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define ET_C_API __attribute__((visibility("default")))
#else
#define ET_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- Version -------------------------------------------------------------------------------- */

/** Of this header. A library with the same major and the same or a higher minor number fits. */
#define ET_C_API_VERSION_MAJOR 1
#define ET_C_API_VERSION_MINOR 0

/** Of the library: major * 65536 + minor. */
ET_C_API uint32_t et_c_api_version(void);

/* --- Status --------------------------------------------------------------------------------- */

/** ET_OK or an error. The numbers are those of executorch::runtime::Error. */
typedef int32_t et_status;
enum {
  ET_OK = 0x00,
  ET_INTERNAL = 0x01,
  ET_INVALID_STATE = 0x02,
  ET_NOT_SUPPORTED = 0x10,
  ET_NOT_IMPLEMENTED = 0x11,
  ET_INVALID_ARGUMENT = 0x12,
  ET_INVALID_TYPE = 0x13,
  ET_OPERATOR_MISSING = 0x14,
  ET_NOT_FOUND = 0x20,
  ET_MEMORY_ALLOCATION_FAILED = 0x21,
  ET_ACCESS_FAILED = 0x22,
  ET_INVALID_PROGRAM = 0x23,
  ET_INVALID_EXTERNAL_DATA = 0x24,
  ET_OUT_OF_RESOURCES = 0x25,
  ET_DELEGATE_INVALID_COMPATIBILITY = 0x30,
  ET_DELEGATE_MEMORY_ALLOCATION_FAILED = 0x31,
  ET_DELEGATE_INVALID_HANDLE = 0x32
};

/** The name of a status, e.g. "Error::InvalidProgram". Never null. */
ET_C_API const char* et_status_name(et_status status);

/**
 * What the calling thread's latest failure was about, in a sentence; "" when there was none. Never
 * null. The text lasts until the thread's next call.
 */
ET_C_API const char* et_last_error(void);

/* --- Values --------------------------------------------------------------------------------- */

/** What a value is. */
typedef int32_t et_kind;
enum {
  ET_KIND_NONE = 0,
  ET_KIND_TENSOR = 1,
  ET_KIND_STRING = 2,
  ET_KIND_DOUBLE = 3,
  ET_KIND_INT = 4,
  ET_KIND_BOOL = 5,
  /** A list, which this interface cannot look into. */
  ET_KIND_LIST = 6
};

/** Element types of tensors; the numbers are those of torch's ScalarType. */
typedef int32_t et_dtype;
enum {
  ET_DTYPE_UINT8 = 0,
  ET_DTYPE_INT8 = 1,
  ET_DTYPE_INT16 = 2,
  ET_DTYPE_INT32 = 3,
  ET_DTYPE_INT64 = 4,
  ET_DTYPE_HALF = 5,
  ET_DTYPE_FLOAT = 6,
  ET_DTYPE_DOUBLE = 7,
  ET_DTYPE_BOOL = 11,
  ET_DTYPE_BFLOAT16 = 15,
  ET_DTYPE_UINT16 = 27,
  ET_DTYPE_UINT32 = 28,
  ET_DTYPE_UINT64 = 29
};

/** Tensors have at most this many dimensions. */
#define ET_MAX_RANK 16

/** A tensor, number, string or nothing: an input of the caller's, or an output of a module. */
typedef struct et_value et_value;

/**
 * A tensor over memory of the caller's, which is not copied and has to outlive the value.
 * @param sizes `rank` numbers; may be null if rank is 0.
 * @param dim_order `rank` numbers: the dimensions in the order in which they lie in memory,
 * outermost first; null: 0, 1, 2, ...
 * @param data the elements, aligned for their type, without gaps; may be null if there are none.
 * @param nbytes of `data`; ET_INVALID_ARGUMENT unless it is what the sizes and the type need.
 */
ET_C_API et_status et_value_new_tensor(et_dtype dtype, size_t rank, const int32_t* sizes,
                                       const uint8_t* dim_order, void* data, size_t nbytes,
                                       et_value** out);
ET_C_API et_status et_value_new_int(int64_t number, et_value** out);
ET_C_API et_status et_value_new_double(double number, et_value** out);
ET_C_API et_status et_value_new_bool(int truth, et_value** out);
/** The text is copied. */
ET_C_API et_status et_value_new_string(const char* text, et_value** out);
ET_C_API et_status et_value_new_none(et_value** out);

/** Frees a value of et_value_new_*(). Null is allowed. */
ET_C_API void et_value_free(et_value* value);

/** ET_KIND_NONE also for null. */
ET_C_API et_kind et_value_kind(const et_value* value);

/** ET_INVALID_TYPE if the value is of another kind. */
ET_C_API et_status et_value_get_int(const et_value* value, int64_t* out);
ET_C_API et_status et_value_get_double(const et_value* value, double* out);
ET_C_API et_status et_value_get_bool(const et_value* value, int* out);
/** Valid as long as the value. */
ET_C_API et_status et_value_get_string(const et_value* value, const char** out);

/* Of a tensor; for any other value -1, 0 or null. */
ET_C_API et_dtype et_tensor_dtype(const et_value* tensor);
ET_C_API size_t et_tensor_rank(const et_value* tensor);
/** et_tensor_rank() numbers. */
ET_C_API const int32_t* et_tensor_sizes(const et_value* tensor);
ET_C_API const uint8_t* et_tensor_dim_order(const et_value* tensor);
ET_C_API const void* et_tensor_data(const et_value* tensor);
ET_C_API size_t et_tensor_nbytes(const et_value* tensor);

/* --- Options -------------------------------------------------------------------------------- */

/** How a module is loaded. */
typedef struct et_options et_options;

/** How files are read. */
typedef int32_t et_load_mode;
enum {
  /** Into memory. */
  ET_LOAD_FILE = 0,
  /** Mapped. */
  ET_LOAD_MMAP = 1,
  /** Mapped and locked in memory. */
  ET_LOAD_MMAP_MLOCK = 2,
  /** The same, but without a lock if the system refuses it. */
  ET_LOAD_MMAP_MLOCK_IGNORE_ERRORS = 3,
  /** Mapped, with read-ahead. */
  ET_LOAD_MMAP_MADVISE = 4
};

ET_C_API et_status et_options_new(et_options** out);
/** Null is allowed. */
ET_C_API void et_options_free(et_options* options);
/** Default: ET_LOAD_MMAP. */
ET_C_API et_status et_options_set_load_mode(et_options* options, et_load_mode mode);
/** Nonzero: check the whole program when it is loaded, not only that reading it is safe. Default 0.
 */
ET_C_API et_status et_options_set_full_verification(et_options* options, int enable);
/** Adds a .ptd file with data that is not in the program. */
ET_C_API et_status et_options_add_data_file(et_options* options, const char* path);
/** Nonzero: record every execution for et_module_write_profile(). Default 0. */
ET_C_API et_status et_options_set_profiling(et_options* options, int enable);
/** A setting of a backend, e.g. "XnnpackBackend", "workspace_sharing_mode". */
ET_C_API et_status et_options_set_backend_int(et_options* options, const char* backend,
                                              const char* key, int value);
ET_C_API et_status et_options_set_backend_bool(et_options* options, const char* backend,
                                               const char* key, int value);
ET_C_API et_status et_options_set_backend_string(et_options* options, const char* backend,
                                                 const char* key, const char* value);

/* --- Modules -------------------------------------------------------------------------------- */

/** A program and its loaded methods. */
typedef struct et_module et_module;

/** Loads a program from a file. `options` may be null, and is not needed afterwards. */
ET_C_API et_status et_module_load(const char* path, const et_options* options, et_module** out);

/** Loads a program from memory, which is not copied and has to outlive the module. */
ET_C_API et_status et_module_load_buffer(const void* data, size_t nbytes, const et_options* options,
                                         et_module** out);

/** Null is allowed. */
ET_C_API void et_module_free(et_module* module);

/** 0 for null. */
ET_C_API size_t et_module_num_methods(const et_module* module);
/** Null if there is no such method. Valid as long as the module. */
ET_C_API const char* et_module_method_name(const et_module* module, size_t index);

/* What a method takes and gives. It need not be loaded. ET_INVALID_ARGUMENT if there is no such
 * method or index. */
ET_C_API et_status et_module_num_inputs(et_module* module, const char* method, size_t* out);
ET_C_API et_status et_module_num_outputs(et_module* module, const char* method, size_t* out);
/**
 * The kind of an input; if it is a tensor, also its type and its shape: the upper bound where
 * dimensions may vary. Each out parameter may be null.
 * @param sizes room for ET_MAX_RANK numbers.
 */
ET_C_API et_status et_module_input_info(et_module* module, const char* method, size_t index,
                                        et_kind* kind, et_dtype* dtype, size_t* rank,
                                        int32_t* sizes);
ET_C_API et_status et_module_output_info(et_module* module, const char* method, size_t index,
                                         et_kind* kind, et_dtype* dtype, size_t* rank,
                                         int32_t* sizes);

/** Loads a method ahead of its first use: binds memory, resolves operators and backends. */
ET_C_API et_status et_module_load_method(et_module* module, const char* method);

/**
 * Sets an input. Numbers and strings must equal those that the program was exported with. The data
 * of a tensor may be used in place: the memory, but not the value, has to last until the method has
 * run.
 */
ET_C_API et_status et_module_set_input(et_module* module, const char* method, size_t index,
                                       const et_value* value);

/** Runs a method. ET_INVALID_ARGUMENT if an input has not been set. */
ET_C_API et_status et_module_run(et_module* module, const char* method);

/**
 * An output of the latest run. The value belongs to the module: do not free it. It and its data are
 * valid until the method runs again or the module is freed.
 */
ET_C_API et_status et_module_output(et_module* module, const char* method, size_t index,
                                    const et_value** out);

/**
 * Writes what was recorded since the last call as an ETDump file. ET_INVALID_STATE without
 * et_options_set_profiling(); ET_NOT_SUPPORTED if the library was built without the event tracer.
 */
ET_C_API et_status et_module_write_profile(et_module* module, const char* path);

/* --- Threads -------------------------------------------------------------------------------- */

/**
 * Sets how many threads kernels and backends use, for the whole process. No module may be running.
 * ET_INVALID_ARGUMENT for 0; ET_NOT_SUPPORTED if the library was built without threads.
 */
ET_C_API et_status et_set_num_threads(uint32_t num_threads);
ET_C_API uint32_t et_get_num_threads(void);

#ifdef __cplusplus
}
#endif

#endif /* EXECUTORCH_EXTENSION_C_API_EXECUTORCH_H_ */
