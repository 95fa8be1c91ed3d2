# SPDX-License-Identifier: BSD-3-Clause
# `cmake --install`: headers, libraries, and the packages that find_package(executorch) and pkg-config load.

get_property(EXECUTORCH_LIBRARIES GLOBAL PROPERTY EXECUTORCH_LIBRARIES)

# What upstream's packages offer under these names. executorch::<component> is one target for each component of
# find_package(executorch COMPONENTS ...).
set(_extensions ${EXECUTORCH_LIBRARIES})
list(FILTER _extensions INCLUDE REGEX "^extension_")
set(_ops_libs ${EXECUTORCH_LIBRARIES})
list(FILTER _ops_libs INCLUDE REGEX "_ops_lib$")
set(_backends ${EXECUTORCH_LIBRARIES})
list(FILTER _backends INCLUDE REGEX "_backend$")
et_add_aggregate(extensions ${_extensions})
et_add_aggregate(kernels ${_ops_libs})
et_add_aggregate(backends ${_backends})
et_add_aggregate(
  runtime
  executorch
  extension_data_loader
  extension_evalue_util
  extension_flat_tensor
  extension_kernel_util
  extension_memory_allocator
  extension_module
  extension_named_data_map
  extension_runner_util
  extension_tensor
)
set(_components runtime)
if(TARGET optimized_ops_lib)
  set(_optimized optimized_ops_lib)
else()
  set(_optimized portable_ops_lib)
endif()
foreach(
  _pair IN
  ITEMS kernels_portable=portable_ops_lib
        kernels_optimized=${_optimized}
        kernels_quantized=quantized_ops_lib
        backend_xnnpack=xnnpack_backend
        threadpool=extension_threadpool
        etdump=etdump
)
  string(REPLACE "=" ";" _pair ${_pair})
  list(GET _pair 0 _component)
  list(GET _pair 1 _library)
  # The library of an in-tree name may be a target or an alias of it.
  if(TARGET ${_library} AND NOT TARGET executorch::${_component})
    et_add_aggregate(${_component} ${_library})
    list(APPEND _components ${_component})
  endif()
endforeach()

install(EXPORT executorch NAMESPACE executorch:: FILE executorch-targets.cmake DESTINATION ${EXECUTORCH_PACKAGE_DIR})

include(CMakePackageConfigHelpers)
configure_package_config_file(
  cmake/executorch-config.cmake.in ${PROJECT_BINARY_DIR}/executorch-config.cmake
  INSTALL_DESTINATION ${EXECUTORCH_PACKAGE_DIR}
)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/executorch-config-version.cmake COMPATIBILITY SameMajorVersion
)
install(
  FILES ${PROJECT_BINARY_DIR}/executorch-config.cmake ${PROJECT_BINARY_DIR}/executorch-config-version.cmake
  DESTINATION ${EXECUTORCH_PACKAGE_DIR}
)

foreach(_folder IN ITEMS backends devtools extension kernels runtime schema)
  install(
    DIRECTORY ${PROJECT_SOURCE_DIR}/${_folder}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/executorch
    FILES_MATCHING
    PATTERN "*.h"
    PATTERN test EXCLUDE
    PATTERN pybindings EXCLUDE
  )
endforeach()

# What cmake/codegen.cmake works with. Kernels are compiled anew for a selection of element types.
install(FILES cmake/codegen.cmake DESTINATION ${EXECUTORCH_PACKAGE_DIR})
if(NOT SKBUILD)
  install(
    DIRECTORY exporter/executorch/ DESTINATION ${EXECUTORCH_PYTHON_DIR}/executorch
    FILES_MATCHING
    PATTERN "*.py"
    PATTERN tests EXCLUDE
  )
endif()
install(
  DIRECTORY kernels/portable kernels/prim_ops DESTINATION ${EXECUTORCH_DATA_DIR}/kernels
  FILES_MATCHING
  PATTERN "*.cpp"
  PATTERN "*.yaml"
  PATTERN test EXCLUDE
)
install(DIRECTORY examples/portable/executor_runner DESTINATION ${EXECUTORCH_DATA_DIR})

# executorch.pc: for builds without CMake. Registrations are linked as a whole.
set(_real_libraries "")
foreach(_library IN LISTS EXECUTORCH_LIBRARIES)
  get_target_property(_type ${_library} TYPE)
  if(NOT _type STREQUAL "INTERFACE_LIBRARY")
    list(APPEND _real_libraries ${_library})
  endif()
endforeach()
get_property(_archives GLOBAL PROPERTY EXECUTORCH_REGISTRATION_ARCHIVES)
get_property(_third_party GLOBAL PROPERTY EXECUTORCH_THIRD_PARTY_LIBRARIES)
if(NOT TARGET xnnpack_backend)
  list(REMOVE_ITEM _third_party XNNPACK microkernels-prod)
endif()
list(TRANSFORM _archives PREPEND -l)
list(TRANSFORM _real_libraries PREPEND -l)
list(TRANSFORM _third_party PREPEND -l)
list(JOIN _archives " " _archives)
list(JOIN _real_libraries " " _real_libraries)
list(JOIN _third_party " " _third_party)
if(APPLE)
  set(_libs "-Wl,-all_load ${_archives} -Wl,-noall_load ${_real_libraries}")
else()
  set(_libs "-Wl,--whole-archive ${_archives} -Wl,--no-whole-archive -Wl,--start-group ${_real_libraries}")
  string(APPEND _libs " ${_third_party} -Wl,--end-group")
endif()
file(
  GENERATE
  OUTPUT ${PROJECT_BINARY_DIR}/executorch.pc
  CONTENT
    "prefix=\${pcfiledir}/../..
libdir=\${prefix}/${CMAKE_INSTALL_LIBDIR}
includedir=\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}

Name: executorch
Description: ${PROJECT_NAME}
Version: ${PROJECT_VERSION}
Cflags: -I\${includedir} -I\${includedir}/executorch/runtime/core/portable_type/c10 -D$<JOIN:$<TARGET_PROPERTY:executorch_definitions,INTERFACE_COMPILE_DEFINITIONS>, -D>
Libs: -L\${libdir} -L\${libdir}/executorch ${_libs} -lpthread
"
)
if(NOT SKBUILD)
  install(FILES ${PROJECT_BINARY_DIR}/executorch.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
