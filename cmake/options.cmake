# SPDX-License-Identifier: BSD-3-Clause
# Every option of the build. Names follow upstream's where upstream has the same option.

# What is built
option(EXECUTORCH_BUILD_FUZZERS "Build the fuzz targets of test/fuzz; needs clang with libFuzzer" OFF)
option(EXECUTORCH_THREADPOOL_USE_ALL_LOGICAL_CORES
       "Give the thread pool a thread for every logical processor (default: one for every performance core)" OFF)
option(EXECUTORCH_BUILD_PORTABLE_OPS "Build the portable kernels and their registration" ON)
option(EXECUTORCH_BUILD_KERNELS_QUANTIZED "Build the kernels of quantized_decomposed and their registration" OFF)
option(EXECUTORCH_BUILD_XNNPACK "Build the XNNPACK backend" OFF)
option(EXECUTORCH_BUILD_PTHREADPOOL "Build pthreadpool, which extension_threadpool and the XNNPACK backend use"
       ${EXECUTORCH_BUILD_XNNPACK})
option(EXECUTORCH_BUILD_CPUINFO "Build cpuinfo, which extension_threadpool and the XNNPACK backend use"
       ${EXECUTORCH_BUILD_XNNPACK})
option(EXECUTORCH_BUILD_EXECUTOR_RUNNER "Build executor_runner, a command line tool that runs a .pte" OFF)
option(EXECUTORCH_BUILD_C_API "Build libexecutorch_c, the interface for C and other languages" OFF)
option(EXECUTORCH_BUILD_ANDROID_JNI "Build libexecutorch_jni, which the Java classes of org.pytorch.executorch use" OFF)
option(EXECUTORCH_BUILD_APPLE "Build extension_apple, the classes of Objective-C" OFF)
option(EXECUTORCH_BUILD_DEVTOOLS "Build the ETDump generator and bundled programs" OFF)
option(EXECUTORCH_BUILD_PYBIND "Build the Python module executorch.extension.pybindings._portable_lib" OFF)
option(EXECUTORCH_BUILD_SHARED "Build shared instead of static libraries" OFF)
option(EXECUTORCH_BUILD_TESTS "Build the unit tests" OFF)
option(EXECUTORCH_BUILD_BENCHMARKS "Build the benchmarks" OFF)
option(EXECUTORCH_BUILD_SIZE_TEST "Build size_test, the program whose size is gated" OFF)

set(_optimized_default ${EXECUTORCH_BUILD_PTHREADPOOL})
if(EXECUTORCH_OPTIMIZE_SIZE OR EXECUTORCH_USE_SANITIZER OR EXECUTORCH_BUILD_SHARED)
  set(_optimized_default OFF)
endif()
option(EXECUTORCH_BUILD_KERNELS_OPTIMIZED
       "Build the optimized kernels, which replace portable ones (default: ON for static libraries with a thread pool)" ${_optimized_default})

# What the libraries contain
set(_debug_default OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(_debug_default ON)
endif()
option(EXECUTORCH_ENABLE_LOGGING "Compile log messages in (default: ON in Debug)" ${_debug_default})
set(EXECUTORCH_LOG_LEVEL Info CACHE STRING "Lowest level that is logged: Debug, Info, Error or Fatal")
set_property(CACHE EXECUTORCH_LOG_LEVEL PROPERTY STRINGS Debug Info Error Fatal)
option(EXECUTORCH_OPTIMIZE_SIZE "Optimize for size" OFF)
set(_messages_default ON)
if(EXECUTORCH_OPTIMIZE_SIZE)
  set(_messages_default OFF)
endif()
option(EXECUTORCH_ENABLE_ERROR_MESSAGES
       "Compile in the sentences that explain an Error (default: OFF with EXECUTORCH_OPTIMIZE_SIZE)" ${_messages_default})
option(EXECUTORCH_ENABLE_EVENT_TRACER "Compile the event tracer hooks in" OFF)
option(EXECUTORCH_ENABLE_PROGRAM_VERIFICATION
       "Support Program::Verification::InternalConsistency (Minimal is always memory-safe)" ON)
set(EXECUTORCH_PAL_DEFAULT posix CACHE STRING "Default platform layer: posix or minimal")
set_property(CACHE EXECUTORCH_PAL_DEFAULT PROPERTY STRINGS posix minimal)

# Which kernels executorch_selected_kernels has (docs/selective-build.md); the target exists if one of the three is set
set(EXECUTORCH_SELECT_OPS_LIST "" CACHE STRING "Operators, separated by commas: aten::add.out,aten::mm.out")
set(EXECUTORCH_SELECT_OPS_YAML "" CACHE FILEPATH "A kernel YAML, whose operators are selected")
set(EXECUTORCH_SELECT_OPS_MODEL "" CACHE STRING "Programs (.pte), whose operators are selected")
option(EXECUTORCH_ENABLE_DTYPE_SELECTIVE_BUILD
       "Compile the selected kernels for the element types in EXECUTORCH_SELECT_OPS_MODEL alone" OFF)

# How it is compiled
set(EXECUTORCH_USE_SANITIZER "" CACHE STRING "Sanitizers, e.g. address;undefined or thread")

# The XNNPACK backend
option(EXECUTORCH_XNNPACK_SHARED_WORKSPACE "One workspace for all delegates is the default" ON)
option(EXECUTORCH_XNNPACK_ENABLE_WEIGHT_CACHE "Packed weights are shared between delegates by default" OFF)
