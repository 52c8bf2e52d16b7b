// SPDX-License-Identifier: Apache-2.0
#pragma once
// The element types and spaces that tests run over, arrays of a space made from host values and
// read back, and comparison by bits and by units in the last place.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "cumulus/cumulus.hpp"

#if CUMULUS_HAS_CUDA
#  include <cuda_runtime_api.h>
#endif

namespace typed_arrays {

namespace cm = cumulus;
using cm::index_t;

template <class... T> struct type_list {};

using every_dtype =
    type_list<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
              std::uint16_t, std::uint32_t, std::uint64_t, cm::float16, cm::bfloat16, float, double,
              cm::complex<float>, cm::complex<double>>;

/// The builds other than the host's own test a sample of the types (nvcc needs seconds where g++
/// needs a tenth), and of those a few with every option; a full run gives them every type.
#if defined(CUMULUS_TEST_SAMPLE)
template <class T>
inline constexpr bool tested_v =
    std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, float> ||
    std::is_same_v<T, double> || std::is_same_v<T, cm::complex<float>>;
template <class T>
inline constexpr bool tested_with_options_v =
    std::is_same_v<T, float> || std::is_same_v<T, std::int64_t>;
#else
template <class T> inline constexpr bool tested_v = true;
template <class T> inline constexpr bool tested_with_options_v = true;
#endif

/// Calls f(std::type_identity<T>{}) for the tested types of a list.
template <class... T, class F> void for_each_type(type_list<T...>, F const& f) {
  auto const run = [&]<class U>(std::type_identity<U> type) {
    if constexpr (tested_v<U>) {
      f(type);
    }
  };
  (run(std::type_identity<T>{}), ...);
}

// The spaces of this build.
#if CUMULUS_HAS_CUDA
using spaces = testing::Types<cm::host, cm::cuda>;
#else
using spaces = testing::Types<cm::host>;
#endif

template <class Space> bool space_present() {
#if CUMULUS_HAS_CUDA
  if constexpr (std::is_same_v<Space, cm::cuda>) {
    int devices = 0;
    bool const found = cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0;
    cudaGetLastError();
    return found;
  }
#endif
  return true;
}

/// Fixture of tests that run in every space; without a GPU those of its space are skipped.
template <class Space> class in_each_space : public testing::Test {
 protected:
  void SetUp() override {
    if (!space_present<Space>()) {
      GTEST_SKIP() << "no CUDA device";
    }
  }
};

/// An array of a space with the given row-major elements.
template <class Space, class T>
cm::ndarray<T, Space> array_of(cm::shape const& s, std::vector<T> const& values) {
  cm::ndarray<T, cm::host> a(s);
  std::copy(values.begin(), values.end(), a.data());
  return cm::ndarray<T, Space>(s, static_cast<cm::ndarray<T, cm::host> const&>(a).data());
}

/// 0, 1, 2, ... in row-major order.
template <class Space, class T> cm::ndarray<T, Space> counting(cm::shape const& s) {
  cm::ndarray<T, cm::host> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = static_cast<T>(i);
  }
  return cm::ndarray<T, Space>(s, static_cast<cm::ndarray<T, cm::host> const&>(a).data());
}

/// The elements of an array, view or expression of any space, on the host.
template <cm::array_like X> auto on_host(X const& x) {
  using T = cm::value_type_of<X>;
  using Space = cm::space_of<X>;
  cm::ndarray<T, Space> const evaluated(x);
  cm::ndarray<T, cm::host> result(x.shape());
  cm::copy_bytes<cm::host, Space>(result.data(), result.owner(), evaluated.data(),
                                  evaluated.owner(),
                                  static_cast<std::size_t>(x.shape().size()) * sizeof(T));
  return result;
}

/// The elements as a vector (of unsigned char for bool).
template <cm::array_like X> auto values_of(X const& x) {
  using T = cm::value_type_of<X>;
  using V = std::conditional_t<std::is_same_v<T, bool>, unsigned char, T>;
  auto const a = on_host(x);
  return std::vector<V>(a.data(), a.data() + a.size());
}

/// The same elements as a view that lies in a random way in a larger array: axes in any order, any
/// step, backwards, behind a random offset.
template <class Space, class T>
cm::array_view<T const, Space> scattered(cm::ndarray<T, cm::host> const& a,
                                         std::mt19937_64& random) {
  int const rank = a.rank();
  auto const below = [&](index_t n) { return static_cast<index_t>(random() % n); };
  std::vector<int> order(static_cast<std::size_t>(rank));
  for (int k = 0; k < rank; ++k) {
    order[k] = k;
  }
  if (below(3) == 0) {
    std::shuffle(order.begin(), order.end(), random);
  }
  bool const dense = below(3) == 0;
  cm::shape wide;
  std::vector<cm::index_item> items;
  std::vector<int> back(static_cast<std::size_t>(rank));
  for (int k = 0; k < rank; ++k) {  // axis k of the larger array is axis order[k] of a
    index_t const n = a.shape()[order[k]];
    index_t const step = dense ? 1 : 1 + below(3);
    index_t const first = dense ? 0 : below(3);
    wide.push_back(first + (n > 0 ? (n - 1) * step + 1 : 0) + (dense ? 0 : below(2)));
    if (n > 0 && below(3) == 0) {
      items.emplace_back(cm::slice(first + (n - 1) * step,
                                   first == 0 ? cm::slice_bound(cm::_) : first - 1, -step));
    } else {
      items.emplace_back(cm::slice(first, first + (n > 0 ? (n - 1) * step + 1 : 0), step));
    }
    back[order[k]] = k;
  }
  auto const map = cm::map_index(wide, items);
  cm::ndarray<T, cm::host> holder(wide);
  std::fill(holder.data(), holder.data() + holder.size(), T(7));
  auto const target = cm::transpose(holder.view().mapped(map), back);
  target.assign(a);
  cm::ndarray<T, cm::host> const& filled = holder;
  cm::ndarray<T, Space> const there(wide, filled.data());
  return cm::transpose(there.view().mapped(map), back);
}

template <class T> bool is_nan(T x) {
  if constexpr (cm::complex_floating<T>) {
    return is_nan(x.re) || is_nan(x.im);
  } else if constexpr (cm::is_storage_float_v<T>) {
    return is_nan(static_cast<float>(x));
  } else {
    return x != x;
  }
}

/// The same bits; every NaN is the same NaN.
template <class T> bool same_bits(T a, T b) {
  if constexpr (cm::complex_floating<T>) {
    return same_bits(a.re, b.re) && same_bits(a.im, b.im);
  } else {
    return (is_nan(a) && is_nan(b)) || std::memcmp(&a, &b, sizeof(T)) == 0;
  }
}

/// How many representable numbers lie between two real floating numbers: 0 if they are equal or
/// both NaN, infinite if only one is NaN or they differ in being infinite by more than overflow.
template <class T> double ulps_between(T a, T b) {
  if (is_nan(a) || is_nan(b)) {
    return is_nan(a) && is_nan(b) ? 0 : INFINITY;
  }
  using Bits = std::conditional_t<sizeof(T) == 2, std::int16_t,
                                  std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>;
  auto const ordered = [](T x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof x);
    constexpr Bits magnitude = std::numeric_limits<Bits>::max();
    return bits < 0 ? -static_cast<double>(static_cast<Bits>(bits & magnitude))
                    : static_cast<double>(bits);
  };
  // Doubles order 2^62 numbers: exact near each other, which is where the answer matters.
  if constexpr (sizeof(T) == 8) {
    std::int64_t x = std::bit_cast<std::int64_t>(a);
    std::int64_t y = std::bit_cast<std::int64_t>(b);
    x = x < 0 ? std::numeric_limits<std::int64_t>::min() - x : x;
    y = y < 0 ? std::numeric_limits<std::int64_t>::min() - y : y;
    return std::fabs(static_cast<double>(static_cast<long double>(x) - y));
  } else {
    return std::fabs(ordered(a) - ordered(b));
  }
}

/// lo <= x <= hi; NaN where both are NaN; the parts of a complex number alike.
template <class T> bool lies_within(T x, T lo, T hi) {
  if constexpr (cm::complex_floating<T>) {
    return (is_nan(x) && is_nan(lo) && is_nan(hi)) ||
           (lies_within(x.re, lo.re, hi.re) && lies_within(x.im, lo.im, hi.im));
  } else if constexpr (cm::is_storage_float_v<T>) {
    return lies_within(static_cast<float>(x), static_cast<float>(lo), static_cast<float>(hi));
  } else {
    return (is_nan(x) && is_nan(lo) && is_nan(hi)) || (lo <= x && x <= hi);
  }
}

template <class T> std::string printed(T x) {
  if constexpr (cm::complex_floating<T>) {
    return "(" + printed(x.re) + ", " + printed(x.im) + ")";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(x);
  } else {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g",
                  static_cast<double>(static_cast<cm::compute_t<T>>(x)));
    return text;
  }
}

}  // namespace typed_arrays
