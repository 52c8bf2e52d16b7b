# SPDX-License-Identifier: Apache-2.0
#
# What is queued in which order is tested with a CUDA runtime of the test's own, which a CUDA build
# has no room for: nvcc brings the real one.
foreach(name cuda_graph cuda_launch cuda_order)
  if(TARGET test_memory_${name} AND NOT CUMULUS_CUDA)
    target_include_directories(test_memory_${name} BEFORE
                               PRIVATE "${CMAKE_CURRENT_LIST_DIR}/stand_in_runtime")
    target_compile_definitions(test_memory_${name} PRIVATE CUMULUS_STAND_IN_RUNTIME=1)
  endif()
endforeach()
if(TARGET test_memory_cuda_graph AND NOT CUMULUS_CUDA)
  # Kernels are launched there and never run; g++ sees their phases out of order.
  target_compile_options(test_memory_cuda_graph PRIVATE -Wno-maybe-uninitialized)
endif()
