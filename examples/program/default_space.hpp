// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way between files and pictures, which are on the host, and the space where an example
// computes: the library's default.

#include <type_traits>
#include <utility>

#include "cumulus/cumulus.hpp"

namespace program {

namespace cm = cumulus;

/// The array in the space where programs compute by default; nothing is copied if it is there.
template <class T> cm::ndarray<T> in_default_space(cm::ndarray<T, cm::host> x) {
  if constexpr (std::is_same_v<cm::default_space, cm::host>) {
    return x;
  } else {
    return x.template to<cm::default_space>();
  }
}

/// The elements where the host reaches them; a view if they are there.
template <class T> auto on_host(cm::ndarray<T> const& x) {
  if constexpr (std::is_same_v<cm::default_space, cm::host>) {
    return x.view();
  } else {
    return x.template to<cm::host>();
  }
}

}  // namespace program
