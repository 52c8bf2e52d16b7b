# SPDX-License-Identifier: Apache-2.0
#
# What the project's own tests, examples and benchmarks are compiled with; never exported.
# cumulus_program(<target> <component>...) links a program of ours with the library, compiled as
# C++ or, with CUMULUS_CUDA, as CUDA from the very same sources.

include(CheckCXXCompilerFlag)

add_library(cumulus_project_options INTERFACE)
# Options are designated initialisers, which name few of the members on purpose; pragmas of nvcc and
# of OpenMP are unknown to a compiler that runs without them.
set(warnings -Wall -Wextra -Wno-missing-field-initializers -Wno-unknown-pragmas)
target_compile_options(
  cumulus_project_options
  INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${warnings}>"
            "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=$<JOIN:${warnings},$<COMMA>>>")
if(CUMULUS_NATIVE)
  check_cxx_compiler_flag(-march=native CUMULUS_HAS_MARCH_NATIVE)
  if(CUMULUS_HAS_MARCH_NATIVE)
    target_compile_options(
      cumulus_project_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-march=native>"
                                        "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-march=native>")
  endif()
endif()

# Our own headers are not system headers to our own programs: their warnings must show.
set_property(TARGET cumulus::cumulus PROPERTY IMPORTED_NO_SYSTEM TRUE)

# cumulus::cuda without its default space: the tests name their space, and those that name none run
# on the host, so that they also pass on a machine that has the toolkit and no GPU.
if(CUMULUS_CUDA)
  add_library(cumulus_cuda_any_space INTERFACE)
  foreach(property INTERFACE_COMPILE_OPTIONS INTERFACE_LINK_LIBRARIES)
    get_target_property(value cumulus::cuda ${property})
    set_target_properties(cumulus_cuda_any_space PROPERTIES ${property} "${value}")
  endforeach()
endif()

function(cumulus_program target)
  target_link_libraries(${target} PRIVATE cumulus_project_options cumulus::cumulus)
  foreach(component IN LISTS ARGN)
    target_link_libraries(${target} PRIVATE cumulus::${component})
  endforeach()
  if(CUMULUS_CUDA)
    get_target_property(sources ${target} SOURCES)
    set_source_files_properties(${sources} PROPERTIES LANGUAGE CUDA)
    target_link_libraries(${target} PRIVATE cumulus_cuda_any_space)
  endif()
endfunction()
