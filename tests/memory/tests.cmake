# SPDX-License-Identifier: Apache-2.0
#
# What is queued in which order is tested with a CUDA runtime of the test's own, which a CUDA build
# has no room for: nvcc brings the real one.
if(TARGET test_memory_cuda_order AND NOT CUMULUS_CUDA)
  target_include_directories(test_memory_cuda_order BEFORE
                             PRIVATE "${CMAKE_CURRENT_LIST_DIR}/stand_in_runtime")
  target_compile_definitions(test_memory_cuda_order PRIVATE CUMULUS_STAND_IN_RUNTIME=1)
endif()
