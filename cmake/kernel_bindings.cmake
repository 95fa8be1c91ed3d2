# SPDX-License-Identifier: BSD-3-Clause
# How this project declares a library of kernels.

# et_add_kernel_bindings(LIB_NAME <target> KERNEL_LIB <target> LIBRARY <name> FUNCTIONS_YAML <file>)
# KERNEL_LIB gets the headers <executorch/kernels/<name>/{NativeFunctions,Functions,RegisterKernels}.h>, and LIB_NAME, an
# interface library that links it, the registration of the kernels that are listed in FUNCTIONS_YAML. A selective build
# takes kernels from it, before libraries that were declared earlier.
function(et_add_kernel_bindings)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LIB_NAME;KERNEL_LIB;LIBRARY;FUNCTIONS_YAML" "")
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIBRARY}/generated)
  et_generate_bindings(
    ${arg_LIB_NAME} LIBRARY ${arg_LIBRARY} DIRECTORY ${_directory} OPTIONS --yaml ${arg_FUNCTIONS_YAML}
    DEPENDS ${arg_FUNCTIONS_YAML}
  )
  add_dependencies(${arg_KERNEL_LIB} ${arg_LIB_NAME}_generate)
  target_include_directories(${arg_KERNEL_LIB} PUBLIC $<BUILD_INTERFACE:${_directory}>)
  install(DIRECTORY ${_directory}/executorch DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  et_add_registration(${arg_LIB_NAME} SOURCES ${_directory}/RegisterKernels.cpp LIBS ${arg_KERNEL_LIB})
  add_dependencies(${arg_LIB_NAME}_registration ${arg_LIB_NAME}_generate)
  foreach(_item IN ITEMS YAMLS:${arg_FUNCTIONS_YAML} LIBS:${arg_KERNEL_LIB})
    string(REGEX MATCH "^([A-Z]+):(.*)$" _match ${_item})
    get_property(_known GLOBAL PROPERTY EXECUTORCH_KERNEL_${CMAKE_MATCH_1})
    set_property(GLOBAL PROPERTY EXECUTORCH_KERNEL_${CMAKE_MATCH_1} ${CMAKE_MATCH_2} ${_known})
  endforeach()
endfunction()

# Kernels are loops: vectorize them, without the code growth of -O3. (At -O2 clang vectorizes fully, gcc only where it
# costs nothing.)
function(et_optimize_kernels target)
  if(NOT EXECUTORCH_OPTIMIZE_SIZE)
    set(_vectorize -ftree-vectorize -fvect-cost-model=dynamic)
    target_compile_options(
      ${target} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O2 $<$<CXX_COMPILER_ID:GNU>:${_vectorize}>>
    )
  endif()
endfunction()
