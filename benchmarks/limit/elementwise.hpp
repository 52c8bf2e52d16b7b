// SPDX-License-Identifier: Apache-2.0
#pragma once
// Loops over contiguous operands, and over an outer axis with an inner contiguous one.

#include <cmath>

#include "limit/vector.hpp"

namespace limit {

/// out[i] = f(in[i]...) for i in [begin, end) of one thread. `f` takes vectors and numbers alike;
/// out must be aligned to 64 bytes where streams are asked for, at begin = 0.
template <output Output, class T, class R, class F, class... In>
inline void sweep(index begin, index end, R* out, F const& f, In const*... in) {
  // As many elements as fill a register of the wider type.
  constexpr int n = register_bytes / (sizeof(T) > sizeof(R) ? sizeof(T) : sizeof(R));
  index i = begin;
  for (; i < end && reinterpret_cast<std::uintptr_t>(out + i) % 64 != 0; ++i) {
    out[i] = f(in[i]...);
  }
#pragma GCC unroll 2
  for (; i + n <= end; i += n) {
    put<Output>(out + i, f(load<vec<T, n>>(in + i)...));
  }
  for (; i < end; ++i) {
    out[i] = f(in[i]...);
  }
  if constexpr (Output == output::streamed) {
    drain();
  }
}

template <output Output, class R, class F, class T, class... In>
void elementwise(index n, R* out, F const& f, T const* first, In const*... in) {
  in_parts(n, 64, n, [=](part own) { sweep<Output, T>(own.begin, own.end, out, f, first, in...); });
}

inline float root(float x) { return std::sqrt(x); }
inline double root(double x) { return std::sqrt(x); }
/// The compilers do not make a vector instruction of a loop over std::sqrt, which may set errno;
/// these files are compiled with -fno-math-errno.
template <class T, int N> inline vec<T, N> root_of(vec<T, N> x) {
  for (int k = 0; k < N; ++k) {
    x[k] = std::sqrt(x[k]);
  }
  return x;
}
#if defined(__AVX512F__)
inline vec<float, 16> root(vec<float, 16> x) {
  return (vec<float, 16>)_mm512_maskz_sqrt_ps(0xffff, (__m512)x);
}
inline vec<double, 8> root(vec<double, 8> x) {
  return (vec<double, 8>)_mm512_maskz_sqrt_pd(0xff, (__m512d)x);
}
#elif defined(__AVX__)
inline vec<float, 8> root(vec<float, 8> x) { return (vec<float, 8>)_mm256_sqrt_ps((__m256)x); }
inline vec<double, 4> root(vec<double, 4> x) { return (vec<double, 4>)_mm256_sqrt_pd((__m256d)x); }
#else
inline vec<float, 4> root(vec<float, 4> x) { return root_of<float, 4>(x); }
inline vec<double, 2> root(vec<double, 2> x) { return root_of<double, 2>(x); }
#endif

struct copy_of {
  template <class V> V operator()(V a) const { return a; }
};
struct triad_of {
  template <class V> V operator()(V a, V b) const { return a + 3 * b; }
};
struct fma_sqrt_of {
  template <class V> V operator()(V a, V b, V c) const {
    V const magnitude = a < 0 ? -a : a;
    return a * b + 2 * c - root(magnitude);
  }
};
struct where_of {
  template <class V> V operator()(V x) const {
    using T = std::remove_cvref_t<decltype(x + 0)>;
    T const square = x * x;
    return x > half(x) ? square : -x;
  }
  static float half(float) { return 0.5f; }
  static double half(double) { return 0.5; }
  template <class V> static V half(V) {
    return V{} + half(std::remove_cvref_t<decltype(V{}[0])>());
  }
};
/// y + 2.5 x, with y also the result.
struct axpy_of {
  template <class V> V operator()(V x, V y) const { return scaled(x) + y; }
  static float scaled(float x) { return 2.5f * x; }
  static double scaled(double x) { return 2.5 * x; }
  template <class V> static V scaled(V x) {
    using T = std::remove_cvref_t<decltype(x[0])>;
    return T(2.5) * x;
  }
};
struct minus {
  template <class V> V operator()(V a, V b) const { return a - b; }
};

template <class T> struct converted {
  template <class V> auto operator()(V x) const {
    if constexpr (std::is_arithmetic_v<V>) {
      return static_cast<T>(x);
    } else {
      constexpr int n = sizeof(V) / sizeof(x[0]);
      return __builtin_convertvector(x, vec<T, n>);
    }
  }
};

template <output Output, class T> void fill(index n, T* out, T value) {
  in_parts(n, 64, n, [=](part own) {
    constexpr int width = register_bytes / sizeof(T);
    index i = own.begin;
    for (; i + width <= own.end; i += width) {
      put<Output>(out + i, splat<vec<T, width>>(value));
    }
    for (; i < own.end; ++i) {
      out[i] = value;
    }
    drain();
  });
}

/// out[i, j] = x[i, j] - m[row(i), j] over `outer` rows of `inner` elements.
template <output Output, class T, class Row>
void anomaly(index outer, index inner, T* out, T const* x, T const* m, Row const& row) {
  in_parts(outer, 1, outer * inner, [=](part own) {
    for (index i = own.begin; i < own.end; ++i) {
      sweep<Output, T>(0, inner, out + i * inner, minus{}, x + i * inner, m + row(i) * inner);
    }
  });
}

/// out[i, j, k] = x[i, j, k] * w[j] over outer * middle rows of `inner` elements.
template <output Output, class T>
void weighted(index outer, index middle, index inner, T* out, T const* x, T const* w) {
  in_parts(outer * middle, 1, outer * middle * inner, [=](part own) {
    index j = own.begin % middle;
    for (index i = own.begin; i < own.end; ++i) {
      T const weight = w[j];
      sweep<Output, T>(
          0, inner, out + i * inner, [weight](auto v) { return v * weight; }, x + i * inner);
      j = j + 1 == middle ? 0 : j + 1;
    }
  });
}

/// out[i, j] = a[i, j] + row[j] + column[i].
template <output Output, class T>
void row_and_column(index n, index m, T* out, T const* a, T const* row, T const* column) {
  in_parts(n, 1, n * m, [=](part own) {
    for (index i = own.begin; i < own.end; ++i) {
      T const c = column[i];
      sweep<Output, T>(
          0, m, out + i * m, [c](auto x, auto r) { return x + r + c; }, a + i * m, row);
    }
  });
}

}  // namespace limit
