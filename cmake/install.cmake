# SPDX-License-Identifier: BSD-3-Clause
# `cmake --install`: headers, libraries, and the package that find_package(executorch) loads.

set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ExecuTorch)
install(EXPORT executorch NAMESPACE executorch:: FILE executorch-targets.cmake DESTINATION ${_package_dir})

include(CMakePackageConfigHelpers)
get_property(EXECUTORCH_LIBRARIES GLOBAL PROPERTY EXECUTORCH_LIBRARIES)
configure_package_config_file(
  cmake/executorch-config.cmake.in ${PROJECT_BINARY_DIR}/executorch-config.cmake INSTALL_DESTINATION ${_package_dir}
)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/executorch-config-version.cmake COMPATIBILITY SameMajorVersion
)
install(
  FILES ${PROJECT_BINARY_DIR}/executorch-config.cmake ${PROJECT_BINARY_DIR}/executorch-config-version.cmake
  DESTINATION ${_package_dir}
)

foreach(_folder IN ITEMS backends extension kernels runtime schema)
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
install(FILES cmake/codegen.cmake DESTINATION ${_package_dir})
install(
  DIRECTORY exporter/executorch/ DESTINATION ${CMAKE_INSTALL_DATADIR}/executorch/python/executorch
  FILES_MATCHING
  PATTERN "*.py"
  PATTERN tests EXCLUDE
)
install(
  DIRECTORY kernels/portable kernels/prim_ops DESTINATION ${CMAKE_INSTALL_DATADIR}/executorch/kernels
  FILES_MATCHING
  PATTERN "*.cpp"
  PATTERN "*.yaml"
  PATTERN test EXCLUDE
)
install(DIRECTORY examples/portable/executor_runner DESTINATION ${CMAKE_INSTALL_DATADIR}/executorch)
