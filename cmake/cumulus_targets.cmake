# SPDX-License-Identifier: Apache-2.0
#
# The targets of cumulus, the same in a source tree and in an installed copy: the top-level
# CMakeLists.txt and cumulusConfig.cmake both include this file. Before it, set
#   CUMULUS_INCLUDE_DIR   the folder that holds cumulus/
#   CUMULUS_TARGET_SCOPE  GLOBAL in a source tree, empty in a package
# It defines cumulus::cumulus; cumulus_add_component(<name>) defines cumulus::<name> where what the
# component depends on is found, and says in cumulus_<name>_REASON what is missing where it is not.

set(CUMULUS_COMPONENTS cuda linalg netcdf figure)
set(CUMULUS_CUDA_MINIMUM 12.4)

if(NOT TARGET cumulus::cumulus)
  if(NOT TARGET OpenMP::OpenMP_CXX)
    find_package(OpenMP QUIET COMPONENTS CXX)
  endif()
  add_library(cumulus::cumulus INTERFACE IMPORTED ${CUMULUS_TARGET_SCOPE})
  set_target_properties(
    cumulus::cumulus PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${CUMULUS_INCLUDE_DIR}"
                                INTERFACE_COMPILE_FEATURES cxx_std_20)
  if(TARGET OpenMP::OpenMP_CXX)
    set_property(TARGET cumulus::cumulus PROPERTY INTERFACE_LINK_LIBRARIES OpenMP::OpenMP_CXX)
  endif()
endif()

# Finds <module> through pkg-config, else the library and the header by name; sets
# <prefix>_LIBRARY to a target or a path and <prefix>_INCLUDE, both empty where it is not found.
macro(cumulus_find_library prefix module library header)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND AND NOT TARGET PkgConfig::${prefix})
    pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${CUMULUS_TARGET_SCOPE} ${module})
  endif()
  if(TARGET PkgConfig::${prefix})
    set(${prefix}_LIBRARY PkgConfig::${prefix})
    set(${prefix}_INCLUDE "")
  else()
    find_library(${prefix}_LIBRARY ${library})
    find_path(${prefix}_INCLUDE ${header} PATH_SUFFIXES ${library})
    if(NOT ${prefix}_LIBRARY OR NOT ${prefix}_INCLUDE)
      set(${prefix}_LIBRARY "")
      set(${prefix}_INCLUDE "")
    endif()
  endif()
endmacro()

macro(cumulus_add_library_component name prefix libraries)
  add_library(cumulus::${name} INTERFACE IMPORTED ${CUMULUS_TARGET_SCOPE})
  set_target_properties(
    cumulus::${name} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${${prefix}_INCLUDE}"
                                INTERFACE_LINK_LIBRARIES "cumulus::cumulus;${libraries}")
endmacro()

# Sets cumulus_cuda_REASON to what is wrong with the CUDA toolkit and compiler, empty if nothing is.
# Not find_package(CUDAToolkit <version>), which would not say what it found.
macro(cumulus_check_cuda)
  find_package(CUDAToolkit QUIET)
  set(cumulus_cuda_REASON "")
  if(NOT CUDAToolkit_FOUND)
    set(cumulus_cuda_REASON "the CUDA toolkit (${CUMULUS_CUDA_MINIMUM} or newer) is not found")
  elseif(CUDAToolkit_VERSION VERSION_LESS CUMULUS_CUDA_MINIMUM)
    string(CONCAT cumulus_cuda_REASON
                  "the CUDA toolkit must be ${CUMULUS_CUDA_MINIMUM} or newer, but "
                  "${CUDAToolkit_BIN_DIR} has ${CUDAToolkit_VERSION}")
  elseif(CMAKE_CUDA_COMPILER_ID STREQUAL "NVIDIA"
         AND CMAKE_CUDA_COMPILER_VERSION VERSION_LESS CUMULUS_CUDA_MINIMUM)
    string(CONCAT cumulus_cuda_REASON
                  "nvcc must be ${CUMULUS_CUDA_MINIMUM} or newer, but ${CMAKE_CUDA_COMPILER} is "
                  "${CMAKE_CUDA_COMPILER_VERSION}")
  endif()
endmacro()

macro(cumulus_add_component name)
  if(TARGET cumulus::${name})
    set(cumulus_${name}_FOUND TRUE)
  else()
    set(cumulus_${name}_FOUND FALSE)
    if("${name}" STREQUAL "cuda")
      cumulus_check_cuda()
      if(NOT cumulus_cuda_REASON)
        add_library(cumulus::cuda INTERFACE IMPORTED ${CUMULUS_TARGET_SCOPE})
        # -std=c++20 is passed here because CMake before 3.26 drops CUDA_STANDARD 20 in silence.
        # The default space must be the same in every source of a program, so it is defined for
        # the C++ sources too.
        set_target_properties(
          cumulus::cuda
          PROPERTIES
            INTERFACE_COMPILE_DEFINITIONS "CUMULUS_DEFAULT_SPACE=cuda"
            INTERFACE_COMPILE_OPTIONS
            "$<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;--extended-lambda;--expt-relaxed-constexpr>"
            INTERFACE_LINK_LIBRARIES "cumulus::cumulus;CUDA::cudart")
        if(TARGET OpenMP::OpenMP_CXX AND OpenMP_CXX_FLAGS)
          string(REPLACE " " "," cumulus_openmp_flags "${OpenMP_CXX_FLAGS}")
          set_property(
            TARGET cumulus::cuda
            APPEND
            PROPERTY INTERFACE_COMPILE_OPTIONS
                     "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=${cumulus_openmp_flags}>")
        endif()
        set(cumulus_cuda_FOUND TRUE)
      endif()
    elseif("${name}" STREQUAL "linalg")
      cumulus_find_library(CUMULUS_OPENBLAS openblas openblas cblas.h)
      if(CUMULUS_OPENBLAS_LIBRARY)
        set(cumulus_libraries ${CUMULUS_OPENBLAS_LIBRARY})
        # A project that compiles CUDA has matmul on its GPU arrays too. (The link language cannot
        # decide this: one C++ library among the dependencies turns it from CUDA into CXX.)
        get_property(cumulus_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
        if("CUDA" IN_LIST cumulus_languages)
          find_package(CUDAToolkit QUIET)
          if(TARGET CUDA::cublas)
            list(APPEND cumulus_libraries CUDA::cublas)
          endif()
        endif()
        cumulus_add_library_component(linalg CUMULUS_OPENBLAS "${cumulus_libraries}")
        set(cumulus_linalg_FOUND TRUE)
      else()
        set(cumulus_linalg_REASON "OpenBLAS is not found (Debian: libopenblas-dev)")
      endif()
    elseif("${name}" STREQUAL "netcdf")
      cumulus_find_library(CUMULUS_NETCDF netcdf netcdf netcdf.h)
      if(CUMULUS_NETCDF_LIBRARY)
        cumulus_add_library_component(netcdf CUMULUS_NETCDF "${CUMULUS_NETCDF_LIBRARY}")
        set(cumulus_netcdf_FOUND TRUE)
      else()
        set(cumulus_netcdf_REASON "netCDF-C is not found (Debian: libnetcdf-dev)")
      endif()
    elseif("${name}" STREQUAL "figure")
      cumulus_find_library(CUMULUS_CAIRO cairo cairo cairo.h)
      if(CUMULUS_CAIRO_LIBRARY)
        cumulus_add_library_component(figure CUMULUS_CAIRO "${CUMULUS_CAIRO_LIBRARY}")
        set(cumulus_figure_FOUND TRUE)
      else()
        set(cumulus_figure_REASON "cairo is not found (Debian: libcairo2-dev)")
      endif()
    else()
      set(cumulus_${name}_REASON
          "cumulus has no component '${name}'; the components are ${CUMULUS_COMPONENTS}")
    endif()
  endif()
endmacro()
