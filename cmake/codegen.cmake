# SPDX-License-Identifier: BSD-3-Clause
# Registration of kernels, of all or of those that an application needs. docs/selective-build.md explains the functions;
# they work in this project, in one that has it as a subdirectory, and after find_package(executorch).
#
# Set by whoever includes this:
#   EXECUTORCH_PYTHON_PATH   folder of the Python package executorch
#   EXECUTORCH_KERNEL_ROOT   folder of the portable kernels' sources and functions.yaml
#   EXECUTORCH_RUNNER_ROOT   folder of the sources of executor_runner

include_guard(GLOBAL)

# et_codegen_command(<variable> <module>): the start of a command line that runs executorch.codegen.<module>.
function(et_codegen_command variable module)
  if(NOT Python_EXECUTABLE)
    find_package(Python 3.10 REQUIRED COMPONENTS Interpreter)
  endif()
  set(${variable}
      ${CMAKE_COMMAND} -E env PYTHONPATH=${EXECUTORCH_PYTHON_PATH} ${Python_EXECUTABLE} -m executorch.codegen.${module}
      PARENT_SCOPE
  )
endfunction()

# Runs executorch.codegen.<module> with the given arguments now.
function(_et_codegen_run module)
  et_codegen_command(_command ${module})
  execute_process(COMMAND ${_command} ${ARGN} RESULT_VARIABLE _failed OUTPUT_VARIABLE _output ERROR_VARIABLE _messages)
  if(_failed)
    message(FATAL_ERROR "executorch.codegen.${module} failed:\n${_messages}")
  endif()
  set(_codegen_output "${_output}" PARENT_SCOPE)
endfunction()

# gen_selected_ops(LIB_NAME <name> [OPS_SCHEMA_YAML <file>] [ROOT_OPS <operators>] [INCLUDE_ALL_OPS <bool>]
#                  [OPS_FROM_MODEL <file.pte>...] [DTYPE_SELECTIVE_BUILD <bool>])
# Which operators <name> has: those of a kernel YAML, those of a comma-separated list, all, those of programs; several add
# up. With DTYPE_SELECTIVE_BUILD, kernels are compiled for the element types in the programs alone. Runs at configure time
# (the files have to exist) and again when a file changes.
function(gen_selected_ops)
  set(_values LIB_NAME OPS_SCHEMA_YAML INCLUDE_ALL_OPS DTYPE_SELECTIVE_BUILD)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "${_values}" "ROOT_OPS;OPS_FROM_MODEL")
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIB_NAME})
  file(REMOVE_RECURSE ${_directory}/oplists)
  file(MAKE_DIRECTORY ${_directory}/oplists)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${arg_OPS_SCHEMA_YAML} ${arg_OPS_FROM_MODEL})

  set(_options "")
  if(arg_OPS_SCHEMA_YAML)
    list(APPEND _options --ops_schema_yaml_path=${arg_OPS_SCHEMA_YAML})
  endif()
  if(arg_ROOT_OPS)
    list(JOIN arg_ROOT_OPS "," _root_ops)
    list(APPEND _options --root_ops=${_root_ops})
  endif()
  if(arg_INCLUDE_ALL_OPS)
    list(APPEND _options --include_all_operators)
  endif()
  _et_codegen_run(tools.gen_oplist --output_path=${_directory}/oplists/0.yaml ${_options})
  set(_lists ${_directory}/oplists/0.yaml)
  foreach(_model IN LISTS arg_OPS_FROM_MODEL)
    list(LENGTH _lists _index)
    _et_codegen_run(tools.gen_oplist --output_path=${_directory}/oplists/${_index}.yaml --model_file_path=${_model})
    list(APPEND _lists ${_directory}/oplists/${_index}.yaml)
  endforeach()
  list(JOIN _lists "\n" _lines)
  file(WRITE ${_directory}/oplists/list "${_lines}\n")
  _et_codegen_run(
    tools.gen_all_oplist --output_dir=${_directory}/oplists --model_file_list_path=@${_directory}/oplists/list
    --allow_include_all_overloads
  )
  # Unchanged files keep their time, so that nothing is built again.
  file(COPY_FILE ${_directory}/oplists/selected_operators.yaml ${_directory}/selected_operators.yaml ONLY_IF_DIFFERENT)
  if(arg_DTYPE_SELECTIVE_BUILD)
    _et_codegen_run(
      tools.gen_selected_op_variants --yaml_file_path=${_directory}/selected_operators.yaml
      --output_dir=${_directory}/oplists
    )
    set(_variants executorch/kernels/portable/cpu/selected_op_variants.h)
    file(MAKE_DIRECTORY ${_directory}/include/executorch/kernels/portable/cpu)
    file(COPY_FILE ${_directory}/oplists/selected_op_variants.h ${_directory}/include/${_variants} ONLY_IF_DIFFERENT)
  endif()
endfunction()

# generate_bindings_for_kernels(LIB_NAME <name> FUNCTIONS_YAML <file>... [CUSTOM_OPS_YAML <file>]
#                               [DTYPE_SELECTIVE_BUILD <bool>])
# Registration code of <name> for the kernels of the YAMLs, or for those that gen_selected_ops(LIB_NAME <name>) has chosen.
# Where two YAMLs have an operator, the first one decides.
function(generate_bindings_for_kernels)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LIB_NAME;DTYPE_SELECTIVE_BUILD" "FUNCTIONS_YAML;CUSTOM_OPS_YAML")
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIB_NAME})
  set(_yamls ${arg_FUNCTIONS_YAML} ${arg_CUSTOM_OPS_YAML})
  set(_options "")
  foreach(_yaml IN LISTS _yamls)
    list(APPEND _options --yaml ${_yaml})
  endforeach()
  set(_selection "")
  if(EXISTS ${_directory}/selected_operators.yaml)
    set(_selection ${_directory}/selected_operators.yaml)
    list(APPEND _options --selection ${_selection})
  endif()
  if(arg_DTYPE_SELECTIVE_BUILD)
    list(APPEND _options --dtype-selective)
  endif()
  et_generate_bindings(
    ${arg_LIB_NAME} LIBRARY ${arg_LIB_NAME} DIRECTORY ${_directory} OPTIONS ${_options} DEPENDS ${_yamls} ${_selection}
  )
  set_property(GLOBAL PROPERTY EXECUTORCH_YAMLS_OF_${arg_LIB_NAME} "${_yamls}")
endfunction()

# et_generate_bindings(<name> LIBRARY <folder> DIRECTORY <dir> OPTIONS <option>... DEPENDS <file>...)
# Target <name>_generate: <dir>/RegisterKernels.cpp and the headers in <dir>/executorch/kernels/<folder>/.
function(et_generate_bindings name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LIBRARY;DIRECTORY" "OPTIONS;DEPENDS")
  set(_outputs NativeFunctions.h Functions.h RegisterKernels.h)
  list(TRANSFORM _outputs PREPEND ${arg_DIRECTORY}/executorch/kernels/${arg_LIBRARY}/)
  list(APPEND _outputs ${arg_DIRECTORY}/RegisterKernels.cpp)
  file(GLOB _codegen ${EXECUTORCH_PYTHON_PATH}/executorch/codegen/*.py)
  et_codegen_command(_command gen_kernels)
  add_custom_command(
    OUTPUT ${_outputs}
    COMMAND ${_command} --library ${arg_LIBRARY} --output-dir ${arg_DIRECTORY} --schemas
            ${EXECUTORCH_KERNEL_ROOT}/functions.yaml ${arg_OPTIONS}
    DEPENDS ${arg_DEPENDS} ${_codegen}
    COMMENT "Bindings of ${name}"
    VERBATIM
  )
  add_custom_target(${name}_generate DEPENDS ${_outputs})
endfunction()

# gen_operators_lib([SHARED] LIB_NAME <name> [KERNEL_LIBS <target>...] [DEPS <target>...] [DTYPE_SELECTIVE_BUILD <bool>])
# Library <name>: whoever links it, directly or not, has the kernels registered that
# generate_bindings_for_kernels(LIB_NAME <name>) has bound. KERNEL_LIBS have the kernels. With DTYPE_SELECTIVE_BUILD, those
# that are needed are compiled anew, for the selected element types, as <name>_kernels.
function(gen_operators_lib)
  cmake_parse_arguments(PARSE_ARGV 0 arg "SHARED" "LIB_NAME;DTYPE_SELECTIVE_BUILD" "KERNEL_LIBS;DEPS")
  set(_name ${arg_LIB_NAME})
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${_name})
  set(_kernels ${arg_KERNEL_LIBS})
  if(arg_DTYPE_SELECTIVE_BUILD)
    set(_kernels "")
    foreach(_kernel_lib IN LISTS arg_KERNEL_LIBS)
      _et_add_kernels_of_dtypes(${_name}_${_kernel_lib} ${_kernel_lib} ${_name} ${_directory})
      list(APPEND _kernels ${_name}_${_kernel_lib})
    endforeach()
  endif()
  if(arg_SHARED)
    add_library(${_name} SHARED ${_directory}/RegisterKernels.cpp)
    set(_objects ${_name})
    target_link_libraries(${_name} PUBLIC ${_kernels} ${arg_DEPS})
  else()
    set(_objects ${_name}_registration)
    add_library(${_objects} OBJECT ${_directory}/RegisterKernels.cpp)
    target_link_libraries(${_objects} PRIVATE ${_kernels} ${arg_DEPS})
    add_library(${_name} INTERFACE)
    # Nothing refers to the registration: as an object file, not in an archive, the linker keeps it.
    target_link_libraries(${_name} INTERFACE $<TARGET_OBJECTS:${_objects}> ${_kernels} ${arg_DEPS})
  endif()
  add_dependencies(${_objects} ${_name}_generate)
  target_include_directories(${_objects} PRIVATE ${_directory})
  target_compile_features(${_objects} PRIVATE cxx_std_17)
  target_include_directories(${_name} INTERFACE $<BUILD_INTERFACE:${_directory}>)
endfunction()

# The sources of <kernel_lib> that the selection of <lib_name> needs, as static library <name>.
function(_et_add_kernels_of_dtypes name kernel_lib lib_name directory)
  get_target_property(_aliased ${kernel_lib} ALIASED_TARGET)
  if(_aliased)
    set(kernel_lib ${_aliased})
  endif()
  get_target_property(_imported ${kernel_lib} IMPORTED)
  if(_imported)
    file(GLOB_RECURSE _sources ${EXECUTORCH_KERNEL_ROOT}/cpu/*.cpp)
  else()
    get_target_property(_sources ${kernel_lib} SOURCES)
    get_target_property(_source_dir ${kernel_lib} SOURCE_DIR)
    list(TRANSFORM _sources PREPEND "${_source_dir}/" REGEX "^[^/]")
  endif()
  get_property(_yamls GLOBAL PROPERTY EXECUTORCH_YAMLS_OF_${lib_name})
  set(_options "")
  foreach(_yaml IN LISTS _yamls)
    list(APPEND _options --yaml ${_yaml})
  endforeach()
  list(JOIN _sources "\n" _lines)
  file(WRITE ${directory}/${name}_sources "${_lines}\n")
  _et_codegen_run(
    kernel_sources ${_options} --schemas ${EXECUTORCH_KERNEL_ROOT}/functions.yaml
    --selection ${directory}/selected_operators.yaml --sources ${directory}/${name}_sources
  )
  string(REPLACE "\n" ";" _needed "${_codegen_output}")
  list(FILTER _needed EXCLUDE REGEX "^$")
  add_library(${name} STATIC ${_needed})
  target_compile_definitions(${name} PRIVATE EXECUTORCH_SELECTIVE_BUILD_DTYPE)
  # Headers only: linking the library itself would bring the kernels for all types.
  target_include_directories(
    ${name} PRIVATE ${directory}/include $<TARGET_PROPERTY:${kernel_lib},INTERFACE_INCLUDE_DIRECTORIES>
                    $<$<NOT:$<BOOL:${_imported}>>:$<TARGET_PROPERTY:${kernel_lib},INCLUDE_DIRECTORIES>>
  )
  target_link_libraries(${name} PUBLIC executorch_core)
  target_compile_features(${name} PRIVATE cxx_std_17)
  target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
  if(NOT _imported)
    add_dependencies(${name} ${kernel_lib})
  endif()
  if(COMMAND et_optimize_kernels)
    et_optimize_kernels(${name})
  endif()
endfunction()

# executorch_add_model_runner(<name> MODEL <file.pte>... [DTYPE_SELECTIVE_BUILD] [FUNCTIONS_YAML <file>...]
#                             [KERNEL_LIBS <target>...])
# Program <name>: executor_runner with the kernels that the models call and no others. FUNCTIONS_YAML and KERNEL_LIBS are
# where kernels come from; by default, the libraries of this build.
function(executorch_add_model_runner name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "DTYPE_SELECTIVE_BUILD" "" "MODEL;FUNCTIONS_YAML;KERNEL_LIBS")
  set(_yamls ${arg_FUNCTIONS_YAML})
  set(_kernel_libs ${arg_KERNEL_LIBS})
  if(NOT _yamls)
    get_property(_yamls GLOBAL PROPERTY EXECUTORCH_KERNEL_YAMLS)
    get_property(_kernel_libs GLOBAL PROPERTY EXECUTORCH_KERNEL_LIBS)
  endif()
  gen_selected_ops(
    LIB_NAME ${name}_kernels OPS_FROM_MODEL ${arg_MODEL} DTYPE_SELECTIVE_BUILD ${arg_DTYPE_SELECTIVE_BUILD}
  )
  generate_bindings_for_kernels(
    LIB_NAME ${name}_kernels FUNCTIONS_YAML ${_yamls} DTYPE_SELECTIVE_BUILD ${arg_DTYPE_SELECTIVE_BUILD}
  )
  gen_operators_lib(
    LIB_NAME ${name}_kernels KERNEL_LIBS ${_kernel_libs} DEPS executorch DTYPE_SELECTIVE_BUILD
    ${arg_DTYPE_SELECTIVE_BUILD}
  )
  file(GLOB _sources ${EXECUTORCH_RUNNER_ROOT}/*.cpp)
  add_executable(${name} ${_sources})
  target_compile_features(${name} PRIVATE cxx_std_17)
  target_link_libraries(
    ${name} PRIVATE ${name}_kernels $<TARGET_NAME_IF_EXISTS:extension_threadpool> extension_data_loader
                    extension_evalue_util extension_flat_tensor extension_runner_util extension_tensor
  )
  if(TARGET etdump AND TARGET bundled_program)
    target_compile_definitions(${name} PRIVATE ET_RUNNER_DEVTOOLS)
    target_link_libraries(${name} PRIVATE bundled_program etdump)
  endif()
endfunction()

# merge_yaml(FUNCTIONS_YAML <file> FALLBACK_YAML <file> OUTPUT_DIR <dir>)
# <dir>/merged.yaml: all entries of both, the first one's where both have an operator. Runs at configure time.
function(merge_yaml)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "FUNCTIONS_YAML;FALLBACK_YAML;OUTPUT_DIR" "")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${arg_FUNCTIONS_YAML} ${arg_FALLBACK_YAML})
  _et_codegen_run(
    tools.merge_yaml --functions_yaml_path=${arg_FUNCTIONS_YAML} --fallback_yaml_path=${arg_FALLBACK_YAML}
    --output_dir=${arg_OUTPUT_DIR}
  )
endfunction()

# gen_selected_max_kernel_num(LIB_NAME <name> OPLIST_YAMLS <file>...)
# Interface library <name> with the header selected_max_kernel_num.h: how many kernels the selections have. Tables of kernels,
# which generated code registers, need no room in the registry; it is for applications that register kernels one by one and
# set MAX_KERNEL_NUM.
function(gen_selected_max_kernel_num)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LIB_NAME" "OPLIST_YAMLS")
  set(_options "")
  foreach(_yaml IN LISTS arg_OPLIST_YAMLS)
    list(APPEND _options --oplist_yaml=${_yaml})
  endforeach()
  _et_codegen_run(
    tools.gen_max_kernel_num ${_options} --prim_ops_source=${EXECUTORCH_KERNEL_ROOT}/../prim_ops/register_prim_ops.cpp
    --output_path=${CMAKE_CURRENT_BINARY_DIR}/${arg_LIB_NAME}/selected_max_kernel_num.h
  )
  add_library(${arg_LIB_NAME} INTERFACE)
  target_include_directories(${arg_LIB_NAME} INTERFACE ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIB_NAME})
endfunction()

# gen_selected_prim_ops_lib(LIB_NAME <name> OPLIST_YAMLS <file>...)
# Object library <name>: the prim ops that the selections have, registered. An application links it with executorch_no_prim_ops
# (or executorch_core) in place of executorch.
function(gen_selected_prim_ops_lib)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "LIB_NAME" "OPLIST_YAMLS")
  set(_directory ${CMAKE_CURRENT_BINARY_DIR}/${arg_LIB_NAME})
  set(_folders "")
  foreach(_yaml IN LISTS arg_OPLIST_YAMLS)
    list(LENGTH _folders _index)
    _et_codegen_run(tools.gen_selected_prim_ops --op_selection_yaml_path=${_yaml} --output_dir=${_directory}/${_index})
    list(APPEND _folders ${_directory}/${_index})
  endforeach()
  list(JOIN _folders "\n" _lines)
  file(WRITE ${_directory}/folders "${_lines}\n")
  _et_codegen_run(tools.combine_prim_ops_headers --header_files=@${_directory}/folders --output_dir=${_directory})
  file(GLOB _sources ${EXECUTORCH_KERNEL_ROOT}/../prim_ops/*.cpp)
  add_library(${arg_LIB_NAME}_registration OBJECT ${_sources})
  target_compile_definitions(${arg_LIB_NAME}_registration PRIVATE EXECUTORCH_ENABLE_PRIM_OPS_SELECTIVE_BUILD)
  target_compile_features(${arg_LIB_NAME}_registration PRIVATE cxx_std_17)
  target_compile_options(
    ${arg_LIB_NAME}_registration PRIVATE -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
  )
  target_include_directories(${arg_LIB_NAME}_registration PRIVATE ${_directory})
  target_link_libraries(${arg_LIB_NAME}_registration PRIVATE executorch_core)
  add_library(${arg_LIB_NAME} INTERFACE)
  target_link_libraries(${arg_LIB_NAME} INTERFACE $<TARGET_OBJECTS:${arg_LIB_NAME}_registration> executorch_core)
endfunction()

# Upstream compiles kernels against ATen to make a library that PyTorch loads; the headers of this project have no such mode.
function(gen_custom_ops_aot_lib)
  message(
    FATAL_ERROR
      "gen_custom_ops_aot_lib: kernels cannot be compiled against ATen here. For export, declare the operator with "
      "torch.library in Python; generate_bindings_for_kernels registers its kernel in the application."
  )
endfunction()
