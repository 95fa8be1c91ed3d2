# SPDX-License-Identifier: BSD-3-Clause
# How this project declares a library, a registration, generated headers and a test.

if(APPLE)
  set(EXECUTORCH_ORIGIN @loader_path)
else()
  set(EXECUTORCH_ORIGIN $ORIGIN)
endif()

# et_glob(<variable> <pattern>...): the sources below the current folder, without those of tests.
function(et_glob variable)
  file(GLOB_RECURSE _sources CONFIGURE_DEPENDS ${ARGN})
  list(FILTER _sources EXCLUDE REGEX "/(test|testing_util)/")
  set(${variable} ${_sources} PARENT_SCOPE)
endfunction()

# et_add_library(<name> [FREESTANDING] SOURCES <file>... [LIBS <target>...])
# A static library (shared with EXECUTORCH_BUILD_SHARED), also known as executorch::<name>. FREESTANDING compiles it
# without exceptions and RTTI. LIBS are public. Without sources it is an interface library.
function(et_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "FREESTANDING" "" "SOURCES;LIBS")
  if(NOT arg_SOURCES)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LIBS})
  else()
    if(EXECUTORCH_BUILD_SHARED)
      add_library(${name} SHARED ${arg_SOURCES})
      # DEFINE_SYMBOL: compiled as for a static library, so that ccache has one object for both. INSTALL_RPATH: found
      # beside each other, wherever that is.
      set_target_properties(${name} PROPERTIES DEFINE_SYMBOL "" INSTALL_RPATH "${EXECUTORCH_ORIGIN}")
    else()
      add_library(${name} STATIC ${arg_SOURCES})
    endif()
    target_link_libraries(${name} PUBLIC ${arg_LIBS})
    et_compile_as_own(${name} ${arg_FREESTANDING})
  endif()
  add_library(executorch::${name} ALIAS ${name})
  install(TARGETS ${name} EXPORT executorch)
  set_property(GLOBAL APPEND PROPERTY EXECUTORCH_LIBRARIES ${name})
endfunction()

# Compiler settings of this project's own sources.
function(et_compile_as_own name freestanding)
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:executorch_warnings>)
  if(freestanding)
    target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:executorch_freestanding>)
  endif()
endfunction()

# et_add_registration(<library> [ARCHIVE <name>] SOURCES <file>... LIBS <target>...)
# Sources with static registration objects. Whoever links <library>, directly or not, gets these object files on the
# link line: nothing refers to them, so from an archive the linker would drop them. For builds without CMake they also are
# in the archive <name> (by default <library> where that has no file of its own, else <library>_ops_lib), to be linked as
# a whole.
function(et_add_registration library)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ARCHIVE" "SOURCES;LIBS")
  get_target_property(_type ${library} TYPE)
  if(NOT arg_ARCHIVE AND _type STREQUAL "INTERFACE_LIBRARY")
    set(arg_ARCHIVE ${library})
  elseif(NOT arg_ARCHIVE)
    set(arg_ARCHIVE ${library}_ops_lib)
  endif()
  add_library(${library}_registration OBJECT ${arg_SOURCES})
  target_link_libraries(${library}_registration PRIVATE ${arg_LIBS})
  et_compile_as_own(${library}_registration TRUE)
  install(TARGETS ${library}_registration EXPORT executorch OBJECTS DESTINATION ${CMAKE_INSTALL_LIBDIR}/executorch)
  target_link_libraries(
    ${library} INTERFACE $<BUILD_INTERFACE:$<TARGET_OBJECTS:${library}_registration>>
                         $<INSTALL_INTERFACE:$<TARGET_OBJECTS:executorch::${library}_registration>>
  )
  add_library(${library}_archive STATIC $<TARGET_OBJECTS:${library}_registration>)
  set_target_properties(${library}_archive PROPERTIES OUTPUT_NAME ${arg_ARCHIVE} LINKER_LANGUAGE CXX)
  install(TARGETS ${library}_archive)
  set_property(GLOBAL APPEND PROPERTY EXECUTORCH_REGISTRATION_ARCHIVES ${arg_ARCHIVE})
endfunction()

# et_add_aggregate(<name> <target>...)
# Interface library executorch::<name>: those of the targets that this build has.
function(et_add_aggregate name)
  add_library(executorch_${name} INTERFACE)
  set_target_properties(executorch_${name} PROPERTIES EXPORT_NAME ${name})
  foreach(_target IN LISTS ARGN)
    if(TARGET ${_target})
      target_link_libraries(executorch_${name} INTERFACE ${_target})
    endif()
  endforeach()
  add_library(executorch::${name} ALIAS executorch_${name})
  install(TARGETS executorch_${name} EXPORT executorch)
endfunction()

# et_add_flatbuffer_headers(<name> <folder> SCHEMAS <file.fbs>... [LIBS <name>...])
# Interface library <name>: <executorch/<folder>/<file>_generated.h> and the flatbuffers headers. LIBS are the libraries of
# the schemas that these include.
function(et_add_flatbuffer_headers name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SCHEMAS;LIBS")
  set(_directory ${EXECUTORCH_GENERATED_DIR}/executorch/${folder})
  list(TRANSFORM arg_SCHEMAS PREPEND ${PROJECT_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE _schemas)
  list(TRANSFORM arg_SCHEMAS PREPEND ${_directory}/ OUTPUT_VARIABLE _headers)
  list(TRANSFORM _headers REPLACE "\\.fbs$" "_generated.h")
  add_custom_command(
    OUTPUT ${_headers}
    COMMAND ${FLATC} --cpp --cpp-std c++11 --scoped-enums --gen-mutable -I ${PROJECT_SOURCE_DIR}/schema
            -o ${_directory} ${_schemas}
    DEPENDS ${_schemas} ${FLATC_DEPENDS}
    COMMENT "flatc: ${folder}"
    VERBATIM
  )
  add_custom_target(${name}_generate DEPENDS ${_headers})
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_generate)
  # The second directory is where the generated headers look for each other.
  target_include_directories(${name} SYSTEM INTERFACE ${EXECUTORCH_GENERATED_DIR} ${_directory})
  target_link_libraries(${name} INTERFACE flatbuffers_headers ${arg_LIBS})
endfunction()

# et_add_tests(<root> LIBS <target>...)
# One test executable per folder called `test` below <root>, from its *.cpp. ET_TEST_DATA_DIR is the path of test/data.
function(et_add_tests root)
  if(NOT EXECUTORCH_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
  file(GLOB_RECURSE _sources CONFIGURE_DEPENDS ${root}/*.cpp)
  list(FILTER _sources INCLUDE REGEX "/test/[^/]*$")
  set(_folders ${_sources})
  list(TRANSFORM _folders REPLACE "/test/[^/]*$" "")
  list(REMOVE_DUPLICATES _folders)
  foreach(_folder IN LISTS _folders)
    set(_folder_sources ${_sources})
    list(FILTER _folder_sources INCLUDE REGEX "^${_folder}/test/[^/]*$")
    file(RELATIVE_PATH _name ${PROJECT_SOURCE_DIR} ${_folder})
    string(REPLACE "/" "_" _name ${_name}_test)
    add_executable(${_name} ${_folder_sources})
    target_compile_definitions(${_name} PRIVATE ET_TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/test/data")
    target_link_libraries(${_name} PRIVATE ${arg_LIBS} executorch_testing_util GTest::gmock_main)
    et_compile_as_own(${_name} FALSE)
    # Tests have to compile quickly; at -O3, gcc 12 also warns of overflows in std::vector that there are not.
    target_compile_options(${_name} PRIVATE -O1)
    add_test(NAME ${_name} COMMAND ${_name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endforeach()
endfunction()
