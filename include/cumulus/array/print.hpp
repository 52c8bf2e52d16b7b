// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays and expressions as text, laid out as NumPy's str(): `std::cout << a` and to_string(a).

#include <iosfwd>

#include "cumulus/array/ndarray.hpp"
#include "cumulus/array/print/print_options.hpp"

#if !defined(__CUDA_ARCH__)  // the pass for kernels writes no text
#  include "cumulus/array/print/host_text.hpp"
#endif

namespace cumulus::inline CUMULUS_TARGET {

/// The elements as NumPy's str() writes them; bfloat16 as the float it is.
///     to_string(a)      to_string(a, {.precision = 3, .threshold = 100})
/// Long arrays are summarised, rows are broken at 75 columns. An expression is evaluated first, a
/// CUDA array is copied to the host.
/// Throws: value_error if an option is negative or edgeitems is 0.
/// Source: numpy.array2string with the rules of NumPy 1.24 to 2.2.
template <array_like X> std::string to_string(X const& x, print_options const& options = {}) {
  using T = value_type_of<X>;
  if constexpr (!requires { x.strides(); }) {
    return to_string(ndarray<T, space_of<X>>(x), options);
  } else if constexpr (!std::is_same_v<space_of<X>, host>) {
    return to_string(x.template to<host>(), options);
  } else {
#if !defined(__CUDA_ARCH__)
    return detail::host_text<T>(x.data(), x.shape(), x.strides(), options);
#else
    return {};
#endif
  }
}

/// Writes to_string(x).
template <class Traits, array_like X>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, X const& x) {
  return out << to_string(x).c_str();
}

}  // namespace cumulus::inline CUMULUS_TARGET
