# SPDX-License-Identifier: BSD-3-Clause
# Each dependency becomes one target, found in this order: the source directory in the cache variable
# <NAME>_SOURCE_DIR, a system package, fetch.sh (pinned and verified). README.md has the table of versions.
# Included by the top-level CMakeLists.txt, so that imported targets are visible everywhere.

set(_third_party_root ${CMAKE_BINARY_DIR}/third-party)
if(PROJECT_IS_TOP_LEVEL)
  # One copy for all presets.
  set(_third_party_root ${PROJECT_SOURCE_DIR}/build/third-party)
endif()

# Sets <variable> to the source directory of <name>; the user can set it beforehand.
function(third_party_source name variable)
  set(${variable} "" CACHE PATH "Sources of ${name} (empty: a system package, else fetched)")
  if(NOT ${variable})
    execute_process(
      COMMAND sh ${PROJECT_SOURCE_DIR}/third-party/fetch.sh ${_third_party_root} ${name}
      OUTPUT_QUIET ERROR_VARIABLE _messages RESULT_VARIABLE _failed
    )
    if(_failed)
      message(FATAL_ERROR "${_messages}Set ${variable} to a directory with the sources of ${name}.")
    endif()
    set(${variable} ${_third_party_root}/${name})
  endif()
  set(${variable} ${${variable}} PARENT_SCOPE)
endfunction()

# flatbuffers: the headers (target flatbuffers_headers) and flatc, which runs on the build machine
# (FLATC, with FLATC_DEPENDS to build it first).
if(NOT FLATBUFFERS_SOURCE_DIR)
  find_package(flatbuffers 23.5.26 CONFIG QUIET)
endif()
add_library(flatbuffers_headers INTERFACE)
if(TARGET flatbuffers::flatc AND TARGET flatbuffers::flatbuffers)
  set(FLATC flatbuffers::flatc)
  set(FLATC_DEPENDS "")
  get_target_property(_flatbuffers_include flatbuffers::flatbuffers INTERFACE_INCLUDE_DIRECTORIES)
else()
  third_party_source(flatbuffers FLATBUFFERS_SOURCE_DIR)
  set(_flatbuffers_include ${FLATBUFFERS_SOURCE_DIR}/include)
  # Built with the build machine's default compiler even when cross-compiling, unoptimized (its inputs are
  # tiny), and once for all presets that share a generator.
  string(MAKE_C_IDENTIFIER flatc-${CMAKE_GENERATOR} _flatc_dir)
  set(_flatc_dir ${_third_party_root}/${_flatc_dir})
  set(FLATC ${_flatc_dir}/flatc${CMAKE_HOST_EXECUTABLE_SUFFIX})
  set(FLATC_DEPENDS flatc)
  include(ExternalProject)
  ExternalProject_Add(
    flatc
    SOURCE_DIR ${FLATBUFFERS_SOURCE_DIR}
    BINARY_DIR ${_flatc_dir}
    DOWNLOAD_COMMAND ""
    UPDATE_COMMAND ""
    INSTALL_COMMAND ""
    CMAKE_ARGS -DCMAKE_POLICY_VERSION_MINIMUM=3.5
               -DCMAKE_BUILD_TYPE=
               -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
               -DFLATBUFFERS_BUILD_TESTS=OFF
               -DFLATBUFFERS_BUILD_FLATLIB=OFF
               -DFLATBUFFERS_BUILD_FLATHASH=OFF
               -DFLATBUFFERS_INSTALL=OFF
    BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> --target flatc
    BUILD_BYPRODUCTS ${FLATC}
    USES_TERMINAL_BUILD ON
  )
endif()
target_include_directories(flatbuffers_headers SYSTEM INTERFACE $<BUILD_INTERFACE:${_flatbuffers_include}>)

# GoogleTest: GTest::gmock_main (with gtest and gmock). Not taken from the system under a sanitizer, which has to
# see the containers that cross its interface.
if(EXECUTORCH_BUILD_TESTS)
  if(NOT GOOGLETEST_SOURCE_DIR AND NOT EXECUTORCH_USE_SANITIZER)
    find_package(GTest 1.16 CONFIG QUIET)
  endif()
  if(NOT TARGET GTest::gmock_main)
    third_party_source(googletest GOOGLETEST_SOURCE_DIR)
    set(INSTALL_GTEST OFF)
    add_subdirectory(${GOOGLETEST_SOURCE_DIR} third-party/googletest EXCLUDE_FROM_ALL)
  endif()
endif()

# Google Benchmark: benchmark::benchmark_main.
if(EXECUTORCH_BUILD_BENCHMARKS)
  if(NOT BENCHMARK_SOURCE_DIR)
    find_package(benchmark 1.9.1 CONFIG QUIET)
  endif()
  if(NOT TARGET benchmark::benchmark_main)
    third_party_source(benchmark BENCHMARK_SOURCE_DIR)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)
    set(BENCHMARK_ENABLE_WERROR OFF)
    set(BENCHMARK_INSTALL_DOCS OFF)
    add_subdirectory(${BENCHMARK_SOURCE_DIR} third-party/benchmark EXCLUDE_FROM_ALL)
  endif()
endif()

# pybind11: from the system, else from the Python package of that name.
if(EXECUTORCH_BUILD_PYBIND)
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
  set(PYBIND11_FINDPYTHON NEW)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -m pybind11 --cmakedir
    OUTPUT_VARIABLE _pybind11_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
  )
  find_package(pybind11 2.11 CONFIG REQUIRED HINTS ${_pybind11_dir})
endif()

# pthreadpool, cpuinfo and XNNPACK: static libraries with hidden symbols (so that they live in one process with another
# copy, torch's), optimized and without sanitizers in every preset, and built once for all presets that share a compiler.

# third_party_archives(<name> LIBRARIES <library>... [C_FLAGS <flags>] [ARGS <cmake argument>...])
# Interface library <name>: these libraries, in this order, of the CMake project in <NAME>_SOURCE_DIR, which is built when
# something links <name>.
function(third_party_archives name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "C_FLAGS" "LIBRARIES;ARGS")
  string(TOUPPER ${name} _upper)
  string(MAKE_C_IDENTIFIER
         "${CMAKE_GENERATOR}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}-${CMAKE_C_COMPILER_ID}-${CMAKE_C_COMPILER_VERSION}"
         _toolchain)
  # By its path, too: CMake forgets all other settings of a build folder in which the compiler's path changes.
  set(_compilers "${CMAKE_C_COMPILER};${CMAKE_CXX_COMPILER}")
  if(arg_C_FLAGS)
    string(APPEND _compilers ";${arg_C_FLAGS}")
  endif()
  string(MD5 _compilers "${_compilers}")
  string(SUBSTRING ${_compilers} 0 8 _compilers)
  string(APPEND _toolchain _${_compilers})
  # Resolved, so that one build serves however its folder is reached.
  file(MAKE_DIRECTORY ${_third_party_root}/${_toolchain})
  file(REAL_PATH ${_third_party_root}/${_toolchain}/${name} _build)
  file(REAL_PATH ${${_upper}_SOURCE_DIR} _source)
  set(_toolchain_args "")
  if(CMAKE_CROSSCOMPILING)
    list(APPEND _toolchain_args -DCMAKE_SYSTEM_NAME=${CMAKE_SYSTEM_NAME} -DCMAKE_SYSTEM_PROCESSOR=${CMAKE_SYSTEM_PROCESSOR})
  endif()
  if(CMAKE_TOOLCHAIN_FILE)
    list(APPEND _toolchain_args -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE})
  endif()
  if(arg_C_FLAGS)
    list(APPEND _toolchain_args "-DCMAKE_C_FLAGS=${arg_C_FLAGS}")
  endif()
  set(_archives ${arg_LIBRARIES})
  list(TRANSFORM _archives REPLACE "(.+)" "${_build}/${CMAKE_STATIC_LIBRARY_PREFIX}\\1${CMAKE_STATIC_LIBRARY_SUFFIX}")
  ExternalProject_Add(
    ${name}_build
    SOURCE_DIR ${_source}
    BINARY_DIR ${_build}
    DOWNLOAD_COMMAND ""
    UPDATE_COMMAND ""
    INSTALL_COMMAND ""
    CMAKE_ARGS -DCMAKE_POLICY_VERSION_MINIMUM=3.5
               -DCMAKE_POLICY_DEFAULT_CMP0063=NEW
               -DCMAKE_BUILD_TYPE=Release
               -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
               -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
               -DCMAKE_C_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
               -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
               -DCMAKE_C_VISIBILITY_PRESET=hidden
               -DCMAKE_CXX_VISIBILITY_PRESET=hidden
               -DCMAKE_POSITION_INDEPENDENT_CODE=ON
               ${_toolchain_args}
               ${arg_ARGS}
    BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> --target ${arg_LIBRARIES}
    BUILD_BYPRODUCTS ${_archives}
    EXCLUDE_FROM_ALL ON
    USES_TERMINAL_BUILD ON
  )
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_build)
  target_include_directories(${name} SYSTEM INTERFACE $<BUILD_INTERFACE:${_source}/include>)
  target_link_libraries(${name} INTERFACE $<BUILD_INTERFACE:${_archives}>)
  foreach(_library IN LISTS arg_LIBRARIES)
    set(_file ${CMAKE_STATIC_LIBRARY_PREFIX}${_library}${CMAKE_STATIC_LIBRARY_SUFFIX})
    target_link_libraries(
      ${name} INTERFACE $<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${CMAKE_INSTALL_LIBDIR}/executorch/${_file}>
    )
  endforeach()
  set_property(GLOBAL APPEND PROPERTY EXECUTORCH_THIRD_PARTY_LIBRARIES ${arg_LIBRARIES})
  install(TARGETS ${name} EXPORT executorch)
  # Those that something links. The shared backend has XNNPACK in it.
  if(NOT EXECUTORCH_BUILD_SHARED OR NOT name STREQUAL "xnnpack")
    install(FILES ${_archives} DESTINATION ${CMAKE_INSTALL_LIBDIR}/executorch OPTIONAL)
  endif()
endfunction()

if(EXECUTORCH_BUILD_PTHREADPOOL OR EXECUTORCH_BUILD_CPUINFO OR EXECUTORCH_BUILD_XNNPACK)
  enable_language(C)
  include(ExternalProject)
  find_package(Threads REQUIRED)
endif()

if(EXECUTORCH_BUILD_PTHREADPOOL)
  third_party_source(fxdiv FXDIV_SOURCE_DIR)
  third_party_source(pthreadpool PTHREADPOOL_SOURCE_DIR)
  set(_pthreadpool_args -DPTHREADPOOL_LIBRARY_TYPE=static -DPTHREADPOOL_BUILD_TESTS=OFF -DPTHREADPOOL_BUILD_BENCHMARKS=OFF
                        -DFXDIV_SOURCE_DIR=${FXDIV_SOURCE_DIR})
  third_party_archives(pthreadpool LIBRARIES pthreadpool ARGS ${_pthreadpool_args})
  target_link_libraries(pthreadpool INTERFACE Threads::Threads)
  install(FILES ${PTHREADPOOL_SOURCE_DIR}/include/pthreadpool.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()

if(EXECUTORCH_BUILD_CPUINFO)
  third_party_source(cpuinfo CPUINFO_SOURCE_DIR)
  set(_cpuinfo_args -DCPUINFO_LIBRARY_TYPE=static -DCPUINFO_BUILD_TOOLS=OFF -DCPUINFO_BUILD_UNIT_TESTS=OFF
                    -DCPUINFO_BUILD_MOCK_TESTS=OFF -DCPUINFO_BUILD_BENCHMARKS=OFF -DCPUINFO_BUILD_PKG_CONFIG=OFF)
  third_party_archives(cpuinfo LIBRARIES cpuinfo ARGS ${_cpuinfo_args})
  target_link_libraries(cpuinfo INTERFACE Threads::Threads)
endif()

if(EXECUTORCH_BUILD_XNNPACK)
  if(NOT EXECUTORCH_BUILD_PTHREADPOOL OR NOT EXECUTORCH_BUILD_CPUINFO)
    message(FATAL_ERROR "EXECUTORCH_BUILD_XNNPACK needs EXECUTORCH_BUILD_PTHREADPOOL and EXECUTORCH_BUILD_CPUINFO")
  endif()
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter)
  third_party_source(fp16 FP16_SOURCE_DIR)
  third_party_source(psimd PSIMD_SOURCE_DIR) # FP16's build asks for it
  third_party_source(xnnpack XNNPACK_SOURCE_DIR)
  # For the few registers of x86, GCC hides in memory what products add up in, and takes twice as long.
  set(_xnnpack_flags "")
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86|AMD64|i.86")
    set(_xnnpack_flags "-fschedule-insns -fsched-pressure")
  endif()
  # KleidiAI and SME need a newer compiler or sources than those that are pinned. Its build makes its own pthreadpool and
  # cpuinfo; they are not linked.
  third_party_archives(
    xnnpack
    LIBRARIES XNNPACK microkernels-prod
    C_FLAGS "${_xnnpack_flags}"
    ARGS -DXNNPACK_LIBRARY_TYPE=static
         -DXNNPACK_BUILD_TESTS=OFF
         -DXNNPACK_BUILD_BENCHMARKS=OFF
         -DXNNPACK_BUILD_ALL_MICROKERNELS=OFF
         -DXNNPACK_ENABLE_KLEIDIAI=OFF
         -DXNNPACK_ENABLE_ARM_SME=OFF
         -DXNNPACK_ENABLE_ARM_SME2=OFF
         -DPython_EXECUTABLE=${Python_EXECUTABLE}
         -DCPUINFO_SOURCE_DIR=${CPUINFO_SOURCE_DIR}
         -DPTHREADPOOL_SOURCE_DIR=${PTHREADPOOL_SOURCE_DIR}
         -DFP16_SOURCE_DIR=${FP16_SOURCE_DIR}
         -DPSIMD_SOURCE_DIR=${PSIMD_SOURCE_DIR}
         ${_pthreadpool_args}
         ${_cpuinfo_args}
  )
  target_link_libraries(xnnpack INTERFACE pthreadpool cpuinfo)
endif()
