# SPDX-License-Identifier: Apache-2.0
#
# What is tested without running the library: the layers, sizes and format of the sources, each
# header compiled alone, what must not compile, and the projects that consume the library.

# Each header alone: one generated source per header, which includes it twice, in one object
# library, so that the build does it in parallel and only where something changed.
set(header_components "")
foreach(component linalg netcdf figure)
  if(TARGET cumulus::${component})
    list(APPEND header_components ${component})
  endif()
endforeach()
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/cumulus/*.hpp")
if(NOT CUMULUS_CUDA)
  # Only nvcc compiles these: they call a CUDA library in their signatures.
  list(FILTER headers EXCLUDE REGEX "_(cuda|cub|cublas|cufft|curand|cusolver)\\.hpp$")
endif()
list(LENGTH header_components found)
if(found LESS 3)
  list(FILTER headers EXCLUDE REGEX
       "cumulus/((linalg|io|labelled|climate)/|(linalg|io|labelled|climate)\\.hpp)")
  message(STATUS "headers of linalg, io, labelled and climate are not compiled alone: "
                 "a component is missing")
endif()
set(alone "")
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND alone "${source}")
endforeach()
if(alone)
  add_library(headers_alone OBJECT ${alone})
  cumulus_program(headers_alone ${header_components})
  target_compile_options(headers_alone PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O0>)
endif()

# The rest is done once, where every room is tested.
set(all_rooms core memory expr exec array ops linalg io labelled climate)
if(NOT "${CUMULUS_TEST_ROOMS}" STREQUAL "${all_rooms}")
  return()
endif()

function(cumulus_add_consumer_test mode)
  cumulus_add_test(
    consumer/${mode}
    ${CMAKE_COMMAND}
    -D MODE=${mode}
    -D "CONSUMER_DIR=${CMAKE_CURRENT_SOURCE_DIR}/consumer"
    -D "WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/consumer_${mode}"
    -D "CUMULUS_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    -D "CUMULUS_BINARY_DIR=${PROJECT_BINARY_DIR}"
    -D "CXX_COMPILER=${CMAKE_CXX_COMPILER}"
    -D "CUDA_COMPILER=${CMAKE_CUDA_COMPILER}"
    -D "CUDA_ARCHITECTURES=${CMAKE_CUDA_ARCHITECTURES}"
    -D "COMPONENTS=${header_components}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/consumer/consume.cmake")
endfunction()

if(CUMULUS_CUDA)
  cumulus_add_consumer_test(cuda)
  return()
endif()

foreach(check layers sizes format reference)
  cumulus_add_test(checks/${check} ${Python3_EXECUTABLE}
                   "${CMAKE_CURRENT_SOURCE_DIR}/checks/${check}.py")
endforeach()

# The machine code of kernels needs the CUDA compiler, no GPU.
find_program(CUMULUS_NVCC nvcc HINTS /usr/local/cuda/bin)
mark_as_advanced(CUMULUS_NVCC)
if(CUMULUS_NVCC)
  cumulus_add_test(checks/kernels ${Python3_EXECUTABLE}
                   "${CMAKE_CURRENT_SOURCE_DIR}/checks/kernels.py" ${CUMULUS_NVCC})
endif()

# The machine code of loops on the host: it names the instructions of x86-64.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  cumulus_add_test(checks/host_loops ${Python3_EXECUTABLE}
                   "${CMAKE_CURRENT_SOURCE_DIR}/checks/host_loops.py" ${CMAKE_CXX_COMPILER})
endif()

# What compiling costs a user, against its budgets; other compilers have none.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CUMULUS_NATIVE)
  cumulus_add_test(
    checks/compile_time ${Python3_EXECUTABLE}
    "${PROJECT_SOURCE_DIR}/benchmarks/compile_time/measure.py" --check --compiler g++)
  set_tests_properties(checks/compile_time PROPERTIES RUN_SERIAL TRUE)
endif()

# tests/compile_fail/<name>.cpp must not compile, with the sentence that its first line expects.
set(flags -std=c++20 -I "${CUMULUS_INCLUDE_DIR}")
if(TARGET OpenMP::OpenMP_CXX)
  list(APPEND flags ${OpenMP_CXX_FLAGS})
endif()
file(GLOB forbidden CONFIGURE_DEPENDS compile_fail/*.cpp)
foreach(source IN LISTS forbidden)
  cmake_path(GET source STEM name)
  cumulus_add_test(
    compile_fail/${name} ${Python3_EXECUTABLE}
    "${CMAKE_CURRENT_SOURCE_DIR}/checks/compile_fail.py" ${source} -- ${CMAKE_CXX_COMPILER}
    ${flags})
endforeach()

foreach(mode find_package add_subdirectory fetch_content)
  cumulus_add_consumer_test(${mode})
endforeach()
