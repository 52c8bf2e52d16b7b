// SPDX-License-Identifier: Apache-2.0
#pragma once
// The functions of expr/elementary.hpp on packs of the host's vector registers. A row of
// expr/elementwise.def may say "simd" when every function that its expression calls is here.

#include "cumulus/expr/elementary.hpp"
#include "cumulus/expr/vector_functions.hpp"

namespace cumulus::inline CUMULUS_TARGET::elementary {

template <class T, int N> simd<T, N> add(simd<T, N> a, simd<T, N> b) { return a + b; }
template <class T, int N> simd<T, N> subtract(simd<T, N> a, simd<T, N> b) { return a - b; }
template <class T, int N> simd<T, N> multiply(simd<T, N> a, simd<T, N> b) { return a * b; }
template <class T, int N> simd<T, N> negative(simd<T, N> a) { return -a; }
template <class T, int N> simd<T, N> invert(simd<T, N> a) { return ~a; }
template <int N, int W> mask<N, W> invert(mask<N, W> a) { return !a; }
template <class T, int N> mask<N, sizeof(T)> is_nan(simd<T, N> a) { return a != a; }
template <class T, int N> simd<T, N> maximum(simd<T, N> a, simd<T, N> b) {
  return select((!(a >= b)) & (a == a), b, a);
}
template <class T, int N> simd<T, N> minimum(simd<T, N> a, simd<T, N> b) {
  return select((!(b >= a)) & (a == a), b, a);
}
template <class T, int N> simd<T, N> fmax(simd<T, N> a, simd<T, N> b) {
  return select(is_nan(b) | !((a < b) | is_nan(a)), a, b);
}
template <class T, int N> simd<T, N> fmin(simd<T, N> a, simd<T, N> b) {
  return select(is_nan(b) | !((b < a) | is_nan(a)), a, b);
}
template <class T, int N> simd<T, N> absolute(simd<T, N> a) {
  if constexpr (std::is_floating_point_v<T>) {
    using bits = simd<typename signed_of_size<sizeof(T)>::type, N>;
    constexpr auto rest = std::numeric_limits<typename signed_of_size<sizeof(T)>::type>::max();
    return {(typename simd<T, N>::vec)((typename bits::vec)a.v() & bits::splat(rest).v())};
  } else if constexpr (std::is_signed_v<T>) {
    return select(a < simd<T, N>::splat(0), -a, a);
  } else {
    return a;
  }
}
template <class T, int N> simd<T, N> sqrt(simd<T, N> a) {
  auto r = a.v();
  // The compilers do not vectorise std::sqrt, which may set errno.
#if defined(__AVX__)
  if constexpr (sizeof(r) >= 16 && sizeof(T) == 4) {
    asm("vsqrtps %1, %0" : "=v"(r) : "v"(a.v()));
  } else if constexpr (sizeof(r) >= 16) {
    asm("vsqrtpd %1, %0" : "=v"(r) : "v"(a.v()));
  } else
#elif defined(__SSE2__)
  if constexpr (sizeof(r) == 16 && sizeof(T) == 4) {
    asm("sqrtps %1, %0" : "=x"(r) : "x"(a.v()));
  } else if constexpr (sizeof(r) == 16) {
    asm("sqrtpd %1, %0" : "=x"(r) : "x"(a.v()));
  } else
#endif
  {
    for (int l = 0; l < N; ++l) {
      r[l] = std::sqrt(r[l]);
    }
  }
  return {r};
}
/// Rounds to nearest (0), down (1), up (2) or to zero (3).
template <int Mode, class T, int N> simd<T, N> rounded(simd<T, N> a) {
  auto r = a.v();
#if defined(__AVX512F__) && defined(__AVX512VL__)
  if constexpr (sizeof(r) >= 16 && sizeof(T) == 4) {
    asm("vrndscaleps %2, %1, %0" : "=v"(r) : "v"(a.v()), "n"(Mode | 8));
  } else if constexpr (sizeof(r) >= 16) {
    asm("vrndscalepd %2, %1, %0" : "=v"(r) : "v"(a.v()), "n"(Mode | 8));
  } else
#elif defined(__AVX__)
  if constexpr (sizeof(r) >= 16 && sizeof(T) == 4) {
    asm("vroundps %2, %1, %0" : "=x"(r) : "x"(a.v()), "n"(Mode | 8));
  } else if constexpr (sizeof(r) >= 16) {
    asm("vroundpd %2, %1, %0" : "=x"(r) : "x"(a.v()), "n"(Mode | 8));
  } else
#endif
  {
    for (int l = 0; l < N; ++l) {
      r[l] = Mode == 0   ? std::nearbyint(r[l])
             : Mode == 1 ? std::floor(r[l])
             : Mode == 2 ? std::ceil(r[l])
                         : std::trunc(r[l]);
    }
  }
  return {r};
}
template <class T, int N> simd<T, N> round_half_even(simd<T, N> a) { return rounded<0>(a); }
template <class T, int N> simd<T, N> floor(simd<T, N> a) { return rounded<1>(a); }
template <class T, int N> simd<T, N> ceil(simd<T, N> a) { return rounded<2>(a); }
template <class T, int N> simd<T, N> trunc(simd<T, N> a) { return rounded<3>(a); }
template <class T, int N> mask<N, sizeof(T)> is_finite(simd<T, N> a) {
  return (a - a) == simd<T, N>::splat(0);
}
template <class T, int N> mask<N, sizeof(T)> is_inf(simd<T, N> a) {
  return !(is_finite(a) | is_nan(a));
}
template <class T, int N> mask<N, sizeof(T)> less(simd<T, N> a, simd<T, N> b) { return a < b; }
template <class T, int N> mask<N, sizeof(T)> equal(simd<T, N> a, simd<T, N> b) { return a == b; }
template <class T, int N> mask<N, sizeof(T)> less_equal(simd<T, N> a, simd<T, N> b) {
  return a <= b;
}

template <class T, int N> mask<N, sizeof(T)> truth(simd<T, N> a) {
  return a != simd<T, N>::splat(0);
}

// Functions of the maths library.

#define CUMULUS_UNARY(name)                                    \
  template <class T, int N> simd<T, N> name(simd<T, N> x) {    \
    return vector_functions::apply<vector_functions::name>(x); \
  }
#define CUMULUS_BINARY(name, function)                                    \
  template <class T, int N> simd<T, N> name(simd<T, N> x, simd<T, N> y) { \
    return vector_functions::apply<vector_functions::function>(x, y);     \
  }
CUMULUS_UNARY(exp)
CUMULUS_UNARY(exp2)
CUMULUS_UNARY(expm1)
CUMULUS_UNARY(log)
CUMULUS_UNARY(log2)
CUMULUS_UNARY(log10)
CUMULUS_UNARY(log1p)
CUMULUS_UNARY(sin)
CUMULUS_UNARY(cos)
CUMULUS_UNARY(tan)
CUMULUS_UNARY(asin)
CUMULUS_UNARY(acos)
CUMULUS_UNARY(atan)
CUMULUS_UNARY(sinh)
CUMULUS_UNARY(cosh)
CUMULUS_UNARY(tanh)
CUMULUS_UNARY(asinh)
CUMULUS_UNARY(acosh)
CUMULUS_UNARY(atanh)
CUMULUS_BINARY(power, pow)
CUMULUS_BINARY(atan2, atan2)
CUMULUS_BINARY(hypot, hypot)
#undef CUMULUS_UNARY
#undef CUMULUS_BINARY

// Masks: the arithmetic of bool.

template <int N, int W, int V> auto add(mask<N, W> a, mask<N, V> b) { return a | b; }
template <int N, int W, int V> auto multiply(mask<N, W> a, mask<N, V> b) { return a & b; }
template <int N, int W, int V> auto maximum(mask<N, W> a, mask<N, V> b) { return a | b; }
template <int N, int W, int V> auto minimum(mask<N, W> a, mask<N, V> b) { return a & b; }
template <int N, int W, int V> auto fmax(mask<N, W> a, mask<N, V> b) { return a | b; }
template <int N, int W, int V> auto fmin(mask<N, W> a, mask<N, V> b) { return a & b; }
template <int N, int W, int V> auto less(mask<N, W> a, mask<N, V> b) { return (!a) & b; }
template <int N, int W, int V> auto equal(mask<N, W> a, mask<N, V> b) { return !(a ^ b); }
template <int N, int W, int V> auto less_equal(mask<N, W> a, mask<N, V> b) { return (!a) | b; }
template <int N, int W> mask<N, W> truth(mask<N, W> a) { return a; }
template <int N, int W> mask<N, W> absolute(mask<N, W> a) { return a; }
template <int N, int W> mask<N, W> is_nan(mask<N, W> a) { return a ^ a; }
template <int N, int W> mask<N, W> is_inf(mask<N, W> a) { return a ^ a; }
template <int N, int W> mask<N, W> is_finite(mask<N, W> a) { return !(a ^ a); }

}  // namespace cumulus::inline CUMULUS_TARGET::elementary
