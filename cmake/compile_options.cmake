# SPDX-License-Identifier: BSD-3-Clause
# Compiler settings that every target shares, and the ones that only the freestanding part takes.

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(EXECUTORCH_BUILD_PYBIND OR EXECUTORCH_BUILD_SHARED)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Else GCC inlines no public function, in case another library replaces it. Weak ones still can be.
    add_compile_options(-fno-semantic-interposition)
  endif()
endif()

# What __FILE__ and debug information say does not depend on where the tree is.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

if(EXECUTORCH_OPTIMIZE_SIZE)
  # After CMake's own -O2 or -O3, so that it wins in any build type.
  add_compile_options(-Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables)
  # The freestanding sources have neither in any build; here the extensions go without, too.
  add_compile_options(-fno-exceptions -fno-rtti)
  if(APPLE)
    add_link_options(-Wl,-dead_strip)
  else()
    add_link_options(-Wl,--gc-sections)
  endif()
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_link_options(-Wl,-z,noseparate-code) # no padding to pages between code and constants
  endif()
  if(NOT DEFINED CMAKE_INTERPROCEDURAL_OPTIMIZATION AND NOT EXECUTORCH_USE_SANITIZER)
    include(CheckIPOSupported)
    check_ipo_supported(RESULT CMAKE_INTERPROCEDURAL_OPTIMIZATION LANGUAGES CXX)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      add_compile_options(-ffat-lto-objects) # so that the libraries can be linked without it as well
    endif()
  endif()
endif()

if(EXECUTORCH_USE_SANITIZER)
  string(REPLACE ";" "," _sanitizers "${EXECUTORCH_USE_SANITIZER}")
  add_compile_options(-fsanitize=${_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${_sanitizers})
  if(_sanitizers MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr) # needs RTTI, which the runtime has not
    if(EXECUTORCH_BUILD_FUZZERS)
      add_compile_options(-fno-sanitize=bool) # a Bool tensor that a damaged plan lays over another tensor
    endif()
  endif()
endif()

# Warnings for the targets of this project (third-party code is not held to them).
add_library(executorch_warnings INTERFACE)
target_compile_options(executorch_warnings INTERFACE -Wall -Wextra)
if(EXECUTORCH_USE_SANITIZER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives: the instrumentation hides from gcc that a flatbuffers table is larger than its first byte.
  target_compile_options(executorch_warnings INTERFACE -Wno-stringop-overread -Wno-stringop-overflow -Wno-array-bounds)
endif()

# Language subset of runtime/, schema/ and kernels/.
add_library(executorch_freestanding INTERFACE)
target_compile_options(executorch_freestanding INTERFACE -fno-exceptions -fno-rtti)

# Definitions that change what public headers mean: users must compile with the same ones.
add_library(executorch_definitions INTERFACE)
target_compile_definitions(
  executorch_definitions
  INTERFACE C10_USING_CUSTOM_GENERATED_MACROS
            ET_LOG_ENABLED=$<BOOL:${EXECUTORCH_ENABLE_LOGGING}>
            ET_MIN_LOG_LEVEL=${EXECUTORCH_LOG_LEVEL}
            ET_ERROR_MESSAGES_ENABLED=$<BOOL:${EXECUTORCH_ENABLE_ERROR_MESSAGES}>
            ET_ENABLE_PROGRAM_VERIFICATION=$<BOOL:${EXECUTORCH_ENABLE_PROGRAM_VERIFICATION}>
)
if(EXECUTORCH_ENABLE_EVENT_TRACER)
  target_compile_definitions(executorch_definitions INTERFACE ET_EVENT_TRACER_ENABLED)
endif()
install(TARGETS executorch_definitions EXPORT executorch)
