// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel bodies of a scatter: a thread per position. Where positions may name the same element,
// each first claims its element in a table, and the highest claim writes.

#include <cstring>

#include "cumulus/exec/cuda/kernel_body.hpp"
#include "cumulus/exec/plan/scatter_plan.hpp"

namespace cumulus::inline CUMULUS_TARGET {

struct scatter_arguments {
  index_t size;
  int rank;
  index_t extent[max_rank];
  index_t stride[3][max_rank];  ///< of index, target and value, in elements
  index_t const* index;
  std::byte* target;
  std::byte const* value;
  std::byte const* lowest;  ///< the first element that may be written
  long long* claims;        ///< for each element from there, the last position that names it
};

inline scatter_arguments make_scatter_arguments(scatter_plan const& plan, long long* claims) {
  scatter_arguments a{.size = plan.shape.size(),
                      .rank = plan.shape.rank(),
                      .extent = {},
                      .stride = {},
                      .index = reinterpret_cast<index_t const*>(plan.index.op.data),
                      .target = const_cast<std::byte*>(plan.target.op.data),
                      .value = plan.value.op.data,
                      .lowest = reinterpret_cast<std::byte const*>(plan.reach.begin),
                      .claims = claims};
  for (int k = 0; k < a.rank; ++k) {
    a.extent[k] = plan.shape[k];
    a.stride[0][k] = plan.index.op.stride[k];
    a.stride[1][k] = plan.target.op.stride[k];
    a.stride[2][k] = plan.value.op.stride[k];
  }
  return a;
}

enum class scatter_pass {
  clear,   ///< no position has claimed the elements that will be named
  claim,   ///< the highest position claims its element
  settle,  ///< positions whose claim stands write
  write,   ///< every position writes: no two name the same element
};

template <int Bytes, scatter_pass Pass> struct scatter_body {
  CUMULUS_HD void operator()(thread_coordinates const& at, scatter_arguments const& a) const {
    for (index_t i = at.in_grid(); i < a.size; i += at.grid_size()) {
      index_t offset[3] = {};
      index_t rest = i;
      for (int k = a.rank - 1; k >= 0; --k) {
        index_t const position = rest % a.extent[k];
        rest /= a.extent[k];
        offset[0] += position * a.stride[0][k];
        offset[1] += position * a.stride[1][k];
        offset[2] += position * a.stride[2][k];
      }
      std::byte* const element = a.target + (offset[1] + a.index[offset[0]]) * Bytes;
      if constexpr (Pass != scatter_pass::write) {
        long long& claim = a.claims[(element - a.lowest) / Bytes];
        if constexpr (Pass == scatter_pass::clear) {
          claim = -1;
        } else if constexpr (Pass == scatter_pass::claim) {
          raise(claim, i);
        } else if (claim == i) {
          copy(element, a.value + offset[2] * Bytes);
        }
      } else {
        copy(element, a.value + offset[2] * Bytes);
      }
    }
  }

 private:
  static CUMULUS_HD void raise(long long& claim, index_t position) {
#if defined(__CUDA_ARCH__)
    atomicMax(&claim, static_cast<long long>(position));
#else
    claim = claim < position ? position : claim;
#endif
  }

  static CUMULUS_HD void copy(std::byte* to, std::byte const* from) {
    // 16-byte elements are complex numbers, aligned to 8 or 16 bytes; words of 8 serve both.
    constexpr int word = Bytes < 8 ? Bytes : 8;
    for (int b = 0; b < Bytes; b += word) {
      detail::store_word<word>(to + b, from + b);
    }
  }
};

}  // namespace cumulus::inline CUMULUS_TARGET
