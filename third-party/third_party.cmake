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
