# SPDX-License-Identifier: Apache-2.0
#
# Builds and runs the project beside this script in an empty WORK_DIR, in the way that MODE names.

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK_DIR}")

function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${MODE}: exit status ${status} from: ${command}")
  endif()
endfunction()

set(options -D MODE=${MODE} -D CMAKE_BUILD_TYPE=Release -D "CMAKE_CXX_COMPILER=${CXX_COMPILER}")
if(MODE STREQUAL "add_subdirectory" OR MODE STREQUAL "fetch_content")
  list(APPEND options -D "CUMULUS_SOURCE_DIR=${CUMULUS_SOURCE_DIR}")
else()
  must_run("${CMAKE_COMMAND}" --install "${CUMULUS_BINARY_DIR}" --prefix "${WORK_DIR}/prefix")
  list(APPEND options -D "CMAKE_PREFIX_PATH=${WORK_DIR}/prefix" -D "COMPONENTS=${COMPONENTS}")
endif()
if(MODE STREQUAL "cuda")
  list(APPEND options -D "CMAKE_CUDA_COMPILER=${CUDA_COMPILER}"
       -D "CMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES}")
endif()
find_program(ccache ccache)
if(ccache)
  list(APPEND options -D "CMAKE_CXX_COMPILER_LAUNCHER=${ccache}"
       -D "CMAKE_CUDA_COMPILER_LAUNCHER=${ccache}")
endif()

must_run("${CMAKE_COMMAND}" -G Ninja -S "${CONSUMER_DIR}" -B "${WORK_DIR}/build" ${options})
must_run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
must_run("${WORK_DIR}/build/consumer")
if(MODE STREQUAL "find_package")
  file(GLOB_RECURSE installed RELATIVE "${WORK_DIR}/prefix" "${WORK_DIR}/prefix/*")
  foreach(file include/cumulus/cumulus.hpp share/cmake/cumulus/cumulusConfig.cmake
               share/cmake/cumulus/cumulusConfigVersion.cmake)
    if(NOT file IN_LIST installed)
      message(FATAL_ERROR "the installed copy lacks ${file}")
    endif()
  endforeach()
endif()
