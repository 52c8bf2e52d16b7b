// SPDX-License-Identifier: Apache-2.0
#pragma once
// A non-owning view with the rank fixed at compile time: what mdspan is in the C++23 library,
// usable in loops and in kernels of one's own.

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

/// Element (i, j, …) of an N-dimensional array; nothing is checked and nothing is kept alive.
template <class T, int N> class strided_span {
 public:
  strided_span(T* data, shape const& s, strides const& st) : data_(data) {
    for (int k = 0; k < N; ++k) {
      extent_[k] = s[k];
      stride_[k] = st[k];
    }
  }

  template <class... Index>
    requires(sizeof...(Index) == N)
  CUMULUS_HD T& operator()(Index... index) const {
    index_t offset = 0;
    int k = 0;
    ((offset += static_cast<index_t>(index) * stride_[k++]), ...);
    return data_[offset];
  }

  CUMULUS_HD T* data() const { return data_; }
  CUMULUS_HD index_t extent(int axis) const { return extent_[axis]; }
  CUMULUS_HD index_t stride(int axis) const { return stride_[axis]; }
  static constexpr int rank() { return N; }

 private:
  T* data_;
  index_t extent_[N == 0 ? 1 : N] = {};
  index_t stride_[N == 0 ? 1 : N] = {};
};

}  // namespace cumulus::inline v1
