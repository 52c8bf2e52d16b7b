// SPDX-License-Identifier: Apache-2.0
// Packs of every element type and length become every other one, lane by lane as static_cast does,
// and truth values keep what they say. Oracle: static_cast.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

#include "cumulus/core/simd.hpp"

namespace {

namespace cm = cumulus;

using numbers = std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                           std::uint16_t, std::uint32_t, std::uint64_t, float, double>;

template <class F> void for_each_type(F const& f) {
  std::apply([&](auto... x) { (f(x), ...); }, numbers{});
}

/// Values at both ends, around zero, and of any bits.
template <class T> T value_at(int i) {
  static std::mt19937_64 random(1);
  T const ends[] = {T(0), T(1), static_cast<T>(-1), std::numeric_limits<T>::max(),
                    std::numeric_limits<T>::lowest()};
  if (i % 3 == 0) {
    return ends[i / 3 % 5];
  }
  std::uint64_t const bits = random();
  T x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

template <class T> bool are_same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return (a == b && std::signbit(a) == std::signbit(b)) || (a != a && b != b);
  } else {
    return a == b;
  }
}

template <int N, class From, class To> void converts() {
  constexpr int wider = sizeof(From) > sizeof(To) ? sizeof(From) : sizeof(To);
  if constexpr (wider * N <= cm::vector_bytes &&
                !(std::is_floating_point_v<From> && std::is_integral_v<To>)) {
    for (int round = 0; round < 50; ++round) {
      From from[N];
      for (int l = 0; l < N; ++l) {
        from[l] = value_at<From>(round * N + l);
      }
      To to[N];
      cm::store_unaligned(to, cm::convert<To>(cm::load_unaligned<From, N>(from)));
      for (int l = 0; l < N; ++l) {
        EXPECT_TRUE(are_same(to[l], static_cast<To>(from[l])))
            << "lane " << l << " of " << N << ": " << +from[l] << " became " << +to[l];
      }
    }
  }
}

template <int N, int From, int To> void resizes() {
  if constexpr (N * (From > To ? From : To) <= cm::vector_bytes) {
    cm::mask<N, From> m{};
    for (int l = 0; l < N; ++l) {
      m.set(l, value_at<std::int8_t>(l) % 2 != 0);
    }
    cm::mask<N, To> const resized = cm::resize_mask<To>(m);
    for (int l = 0; l < N; ++l) {
      EXPECT_EQ(resized[l], m[l]) << "lane " << l << " of " << N;
      EXPECT_EQ(resized.v()[l], m[l] ? -1 : 0);
    }
  }
}

template <int N> void converts_all() {
  for_each_type([](auto from) {
    for_each_type([&](auto to) { converts<N, decltype(from), decltype(to)>(); });
  });
}
template <int N, int From> void resizes_from() {
  resizes<N, From, 1>();
  resizes<N, From, 2>();
  resizes<N, From, 4>();
  resizes<N, From, 8>();
}
template <int N> void resizes_all() {
  resizes_from<N, 1>();
  resizes_from<N, 2>();
  resizes_from<N, 4>();
  resizes_from<N, 8>();
}

TEST(vector_convert, elements) {
  converts_all<2>();
  converts_all<4>();
  converts_all<8>();
  converts_all<16>();
  converts_all<32>();
  converts_all<64>();
}

TEST(vector_convert, truths) {
  resizes_all<2>();
  resizes_all<4>();
  resizes_all<8>();
  resizes_all<16>();
  resizes_all<32>();
  resizes_all<64>();
}

}  // namespace
