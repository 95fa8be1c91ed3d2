# SPDX-License-Identifier: BSD-3-Clause
# From a library's kernel YAML to the code that declares, calls and registers its kernels.

find_package(Python 3.10 REQUIRED COMPONENTS Interpreter)

# generate_bindings_for_kernels(LIB_NAME <target> KERNEL_LIB <target> LIBRARY <name> FUNCTIONS_YAML <file>)
# KERNEL_LIB gets the headers <executorch/kernels/<name>/{NativeFunctions,Functions,RegisterKernels}.h>, and LIB_NAME, an
# interface library that links it, the registration of the kernels that are listed in FUNCTIONS_YAML.
function(generate_bindings_for_kernels)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LIB_NAME;KERNEL_LIB;LIBRARY;FUNCTIONS_YAML" "")
  set(_script ${PROJECT_SOURCE_DIR}/codegen/gen_kernels.py)
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIBRARY}/generated)
  set(_outputs NativeFunctions.h Functions.h RegisterKernels.h)
  list(TRANSFORM _outputs PREPEND ${_directory}/executorch/kernels/${arg_LIBRARY}/)
  list(APPEND _outputs ${_directory}/RegisterKernels.cpp)
  file(GLOB _codegen CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/codegen/*.py)
  add_custom_command(
    OUTPUT ${_outputs}
    COMMAND ${Python_EXECUTABLE} ${_script} --yaml ${arg_FUNCTIONS_YAML} --library ${arg_LIBRARY} --output-dir ${_directory}
    DEPENDS ${arg_FUNCTIONS_YAML} ${_codegen}
    COMMENT "Bindings of the ${arg_LIBRARY} kernels"
    VERBATIM
  )
  add_custom_target(${arg_LIB_NAME}_generate DEPENDS ${_outputs})
  add_dependencies(${arg_KERNEL_LIB} ${arg_LIB_NAME}_generate)
  target_include_directories(${arg_KERNEL_LIB} PUBLIC $<BUILD_INTERFACE:${_directory}>)
  install(DIRECTORY ${_directory}/executorch DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  et_add_registration(${arg_LIB_NAME} SOURCES ${_directory}/RegisterKernels.cpp LIBS ${arg_KERNEL_LIB})
  add_dependencies(${arg_LIB_NAME}_registration ${arg_LIB_NAME}_generate)
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
