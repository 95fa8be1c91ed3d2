# SPDX-License-Identifier: BSD-3-Clause
# optimized_kernels: the kernels of optimized.yaml, from the sources of the portable ones, with threads and for newer
# instruction sets than the compiler's default. optimized_native_cpu_ops_lib: all portable kernels registered, and for
# those the best that the processor can run.
#
# Every set is compiled with the namespace `native` renamed, and linked into one object of which only the registration is
# visible: inline functions that it has in common with the rest of the program must not be taken from it by a linker, for
# processors that do not know its instructions.

set(_yaml ${CMAKE_CURRENT_SOURCE_DIR}/optimized/optimized.yaml)
et_glob(_sources portable/cpu/*.cpp)
list(JOIN _sources "\n" _lines)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/optimized/sources "${_lines}\n")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_yaml})
_et_codegen_run(
  kernel_sources --yaml ${_yaml} --schemas ${EXECUTORCH_KERNEL_ROOT}/functions.yaml
  --sources ${CMAKE_CURRENT_BINARY_DIR}/optimized/sources
)
string(REGEX REPLACE "\n+" ";" _sources "${_codegen_output}")
list(FILTER _sources EXCLUDE REGEX "^$")

# _et_add_instruction_set(<name> <option>...): object file <name>.o in _optimized_objects, and HAS_<NAME> in
# _optimized_definitions.
function(_et_add_instruction_set name)
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/optimized/${name})
  et_generate_bindings(
    optimized_${name} LIBRARY optimized_${name} DIRECTORY ${_directory}/generated
    OPTIONS --yaml ${_yaml} --on-request DEPENDS ${_yaml}
  )
  add_library(optimized_${name} OBJECT ${_sources})
  target_compile_options(optimized_${name} PRIVATE ${ARGN})
  et_optimize_kernels(optimized_${name})
  # Runs on every processor.
  add_library(optimized_${name}_table OBJECT ${_directory}/generated/RegisterKernels.cpp)
  foreach(_target IN ITEMS optimized_${name} optimized_${name}_table)
    et_compile_as_own(${_target} TRUE)
    target_compile_definitions(${_target} PRIVATE native=native_${name} ET_USE_THREADPOOL)
    target_include_directories(
      ${_target} PRIVATE ${_directory}/generated ${CMAKE_CURRENT_BINARY_DIR}/portable/generated
    )
    target_link_libraries(${_target} PRIVATE executorch_core)
    # Constants inside inline functions would otherwise be of a kind that objcopy leaves visible.
    target_compile_options(${_target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    add_dependencies(${_target} optimized_${name}_generate portable_ops_lib_generate)
  endforeach()
  set(_object ${_directory}/${name}.o)
  add_custom_command(
    OUTPUT ${_object}
    COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o ${_object} $<TARGET_OBJECTS:optimized_${name}>
            $<TARGET_OBJECTS:optimized_${name}_table>
    COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=*register_optimized_${name}_kernels* ${_object}
    DEPENDS $<TARGET_OBJECTS:optimized_${name}> $<TARGET_OBJECTS:optimized_${name}_table>
    COMMENT "Kernels for ${name}"
    VERBATIM COMMAND_EXPAND_LISTS
  )
  set(_optimized_objects ${_optimized_objects} ${_object} PARENT_SCOPE)
  string(TOUPPER ${name} _upper)
  set(_optimized_definitions ${_optimized_definitions} ET_HAS_${_upper} PARENT_SCOPE)
  set(_optimized_includes ${_optimized_includes} ${_directory}/generated PARENT_SCOPE)
endfunction()

set(_optimized_objects "")
set(_optimized_definitions "")
set(_optimized_includes "")
# Not every linker can take the groups apart in which inline functions come.
execute_process(COMMAND ${CMAKE_LINKER} --help OUTPUT_VARIABLE _linker_help ERROR_QUIET)
if(_linker_help MATCHES "--force-group-allocation" AND CMAKE_OBJCOPY)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    _et_add_instruction_set(x86_64_v3 -mavx2 -mbmi -mbmi2 -mf16c -mfma -mlzcnt -mmovbe -mpopcnt)
  else()
    _et_add_instruction_set(baseline)
  endif()
endif()

et_add_library(
  optimized_kernels SOURCES ${_optimized_objects} LIBS portable_kernels executorch_core extension_threadpool
)
if(_optimized_objects)
  set_source_files_properties(${_optimized_objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  set_target_properties(optimized_kernels PROPERTIES LINKER_LANGUAGE CXX)
endif()
et_add_library(optimized_native_cpu_ops_lib LIBS optimized_kernels portable_ops_lib)
et_add_registration(
  optimized_native_cpu_ops_lib SOURCES optimized/register_optimized_kernels.cpp LIBS optimized_kernels
)
target_compile_definitions(optimized_native_cpu_ops_lib_registration PRIVATE ${_optimized_definitions})
target_include_directories(optimized_native_cpu_ops_lib_registration PRIVATE ${_optimized_includes})
add_dependencies(optimized_native_cpu_ops_lib_registration portable_ops_lib_generate)
# As in upstream, where it registers no other kernels.
et_add_library(optimized_ops_lib LIBS optimized_native_cpu_ops_lib)
add_library(executorch::executorch_kernels_optimized ALIAS optimized_native_cpu_ops_lib)
et_add_tests(optimized LIBS optimized_native_cpu_ops_lib)
