// SPDX-License-Identifier: Apache-2.0
#pragma once
// Packs: N elements handled at once. simd<T, N> is a vector register of the host, mask<N, W> the
// result of comparing two of them, lanes<T, N> N plain elements (kernels, and types that no
// register holds). The evaluator hands packs to the operations; see docs/decisions/0001-packs.md.

#include <cstring>

#include "cumulus/core/dtype.hpp"
#include "cumulus/core/vector_convert.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// The signed integer of a size, whose vectors serve as masks.
template <int Bytes> struct signed_of_size;
template <> struct signed_of_size<1> {
  using type = std::int8_t;
};
template <> struct signed_of_size<2> {
  using type = std::int16_t;
};
template <> struct signed_of_size<4> {
  using type = std::int32_t;
};
template <> struct signed_of_size<8> {
  using type = std::int64_t;
};

/// N plain elements, aligned so that a kernel moves them in words of 16 bytes.
template <class T, int N> struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) lanes {
  T lane[N];
};

namespace detail {

/// Holds a vector of the compiler. nvcc refuses every function that a kernel could call and in
/// which a vector occurs, even if only the host instantiates it; there packs are bytes, and vectors
/// live inside host functions alone.
#if defined(__CUDACC__)
template <class T, int N> class vector_storage {
  using vec = vector_t<T, N>;

 public:
  vector_storage() = default;
  explicit vector_storage(vec v) { std::memcpy(bytes_, &v, sizeof(v)); }
  vec get() const {
    vec v;
    std::memcpy(&v, bytes_, sizeof(v));
    return v;
  }
  void set(int l, T x) { std::memcpy(bytes_ + l * sizeof(T), &x, sizeof(T)); }

 private:
  alignas(sizeof(T) * N) unsigned char bytes_[sizeof(T) * N];
};
#else
template <class T, int N> class vector_storage {
  using vec = vector_t<T, N>;

 public:
  vector_storage() = default;
  explicit vector_storage(vec v) : v_(v) {}
  vec get() const { return v_; }
  void set(int l, T x) { v_[l] = x; }

 private:
  vec v_;
};
#endif

}  // namespace detail

/// N elements of an arithmetic type in a vector of the compiler.
template <class T, int N> struct simd {
  using element = T;
  using vec = detail::vector_t<T, N>;

  simd() = default;
  simd(vec v) : storage_(v) {}
  /// x - 0, because 0 + x would lose the sign of a zero.
  static simd splat(T x) { return {x - vec{}}; }
  vec v() const { return storage_.get(); }
  T operator[](int l) const { return v()[l]; }
  void set(int l, T x) { storage_.set(l, x); }

 private:
  detail::vector_storage<T, N> storage_;
};

/// N elements that need not be aligned. A vector is what is copied: g++ keeps in memory, and out of
/// registers, a class that bytes are copied to.
template <class T, int N> simd<T, N> load_unaligned(T const* from) {
  typename simd<T, N>::vec v;
  std::memcpy(&v, from, sizeof(v));
  return {v};
}
template <class T, int N> void store_unaligned(T* to, simd<T, N> const& x) {
  auto const v = x.v();
  std::memcpy(static_cast<void*>(to), &v, sizeof(v));
}

/// The same, where registers of 64 bytes are loaded by halves: one core reads memory a twentieth
/// faster where each line of the cache is looked up twice. Sanitizers do not see what assembler
/// loads.
template <class T, int N> simd<T, N> load_by_halves(T const* from) {
#if defined(__AVX512VL__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
  if constexpr (sizeof(T) * N == 64) {
    typename simd<T, N>::vec v;
    struct half {
      char byte[32];
    };
    half const* const at = reinterpret_cast<half const*>(from);
    asm("vmovups {%1, %t0|%t0, %1}\n\tvinsertf64x4 {$1, %2, %0, %0|%0, %0, %2, 1}"
        : "=&v"(v)
        : "m"(at[0]), "m"(at[1]));
    return {v};
  }
#endif
  return load_unaligned<T, N>(from);
}

/// N truth values, each an integer of W bytes that is 0 or -1.
template <int N, int W> struct mask {
  using element = typename signed_of_size<W>::type;
  using vec = detail::vector_t<element, N>;

  mask() = default;
  mask(vec v) : storage_(v) {}
  vec v() const { return storage_.get(); }
  bool operator[](int l) const { return v()[l] != 0; }
  void set(int l, bool x) { storage_.set(l, static_cast<element>(x ? -1 : 0)); }

 private:
  detail::vector_storage<element, N> storage_;
};

template <class P> inline constexpr bool is_simd_v = false;
template <class T, int N> inline constexpr bool is_simd_v<simd<T, N>> = true;
template <class P> inline constexpr bool is_mask_v = false;
template <int N, int W> inline constexpr bool is_mask_v<mask<N, W>> = true;
template <class P> inline constexpr bool is_register_v = is_simd_v<P> || is_mask_v<P>;

/// Types that simd holds.
template <class T>
inline constexpr bool fits_simd_v =
    fixed_integer<T> || std::is_same_v<T, float> || std::is_same_v<T, double>;

/// The same truth values in lanes of To bytes.
template <int To, int N, int W> mask<N, To> resize_mask(mask<N, W> m) {
  if constexpr (To == W) {
    return m;
  } else {
    using integer = typename mask<N, To>::element;
    return {detail::converted_vector<integer, typename mask<N, W>::element, N>(m.v())};
  }
}

/// Converts between arithmetic types as C++ does; float to integer must go through saturate_cast.
template <class To, class T, int N> simd<To, N> convert(simd<T, N> a) {
  return {detail::converted_vector<To, T, N>(a.v())};
}

namespace detail {

// Signed overflow wraps, as in NumPy, because the arithmetic is done unsigned.
template <class T, int N> auto wrapping(simd<T, N> a) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return (typename simd<U, N>::vec)a.v();
  } else {
    return a.v();
  }
}

}  // namespace detail

template <class T, int N> simd<T, N> operator+(simd<T, N> a, simd<T, N> b) {
  return {(typename simd<T, N>::vec)(detail::wrapping(a) + detail::wrapping(b))};
}
template <class T, int N> simd<T, N> operator-(simd<T, N> a, simd<T, N> b) {
  return {(typename simd<T, N>::vec)(detail::wrapping(a) - detail::wrapping(b))};
}
template <class T, int N> simd<T, N> operator*(simd<T, N> a, simd<T, N> b) {
  if constexpr (std::is_integral_v<T>) {
    return {(typename simd<T, N>::vec)(detail::wrapping(a) * detail::wrapping(b))};
  } else {
    return {uncontracted<typename simd<T, N>::vec>(a.v() * b.v())};
  }
}
/// a - b where many sums are made: as a * 1 - b, for which processors have units of their own.
template <int N> simd<double, N> difference(simd<double, N> a, simd<double, N> b) {
#if defined(__FMA__)
  auto one = simd<double, N>::splat(1).v();
  asm("" : "+x"(one));
  return {a.v() * one - b.v()};
#else
  return a - b;
#endif
}
template <class T, int N> simd<T, N> operator/(simd<T, N> a, simd<T, N> b) {
  static_assert(std::is_floating_point_v<T>);
  return {a.v() / b.v()};
}
template <class T, int N> simd<T, N> operator-(simd<T, N> a) {
  if constexpr (std::is_integral_v<T>) {
    return simd<T, N>::splat(0) - a;
  } else {
    return {-a.v()};
  }
}
template <class T, int N> simd<T, N> operator&(simd<T, N> a, simd<T, N> b) {
  return {a.v() & b.v()};
}
template <class T, int N> simd<T, N> operator|(simd<T, N> a, simd<T, N> b) {
  return {a.v() | b.v()};
}
template <class T, int N> simd<T, N> operator^(simd<T, N> a, simd<T, N> b) {
  return {a.v() ^ b.v()};
}
template <class T, int N> simd<T, N> operator~(simd<T, N> a) { return {~a.v()}; }

template <class T, int N> mask<N, sizeof(T)> operator<(simd<T, N> a, simd<T, N> b) {
  return {(typename mask<N, sizeof(T)>::vec)(a.v() < b.v())};
}
template <class T, int N> mask<N, sizeof(T)> operator<=(simd<T, N> a, simd<T, N> b) {
  return {(typename mask<N, sizeof(T)>::vec)(a.v() <= b.v())};
}
template <class T, int N> mask<N, sizeof(T)> operator>(simd<T, N> a, simd<T, N> b) { return b < a; }
template <class T, int N> mask<N, sizeof(T)> operator>=(simd<T, N> a, simd<T, N> b) {
  return b <= a;
}
template <class T, int N> mask<N, sizeof(T)> operator==(simd<T, N> a, simd<T, N> b) {
  return {(typename mask<N, sizeof(T)>::vec)(a.v() == b.v())};
}
template <class T, int N> mask<N, sizeof(T)> operator!=(simd<T, N> a, simd<T, N> b) {
  return {(typename mask<N, sizeof(T)>::vec)(a.v() != b.v())};
}

template <int N, int W, int V> auto operator&(mask<N, W> a, mask<N, V> b) {
  constexpr int widest = W > V ? W : V;
  return mask<N, widest>{resize_mask<widest>(a).v() & resize_mask<widest>(b).v()};
}
template <int N, int W, int V> auto operator|(mask<N, W> a, mask<N, V> b) {
  constexpr int widest = W > V ? W : V;
  return mask<N, widest>{resize_mask<widest>(a).v() | resize_mask<widest>(b).v()};
}
template <int N, int W, int V> auto operator^(mask<N, W> a, mask<N, V> b) {
  constexpr int widest = W > V ? W : V;
  return mask<N, widest>{resize_mask<widest>(a).v() ^ resize_mask<widest>(b).v()};
}
template <int N, int W> mask<N, W> operator!(mask<N, W> a) { return {~a.v()}; }

/// Lane by lane a < b ? a : b. Of equals, and where one is NaN, it is b.
template <class T, int N> simd<T, N> lesser(simd<T, N> a, simd<T, N> b) {
#if defined(__AVX__) && !defined(__clang__)
  // One instruction; g++ makes two or three.
  if constexpr (std::is_floating_point_v<T> && sizeof(T) * N >= 16) {
    typename simd<T, N>::vec x;
    if constexpr (std::is_same_v<T, float>) {
      asm("vminps {%2, %1, %0|%0, %1, %2}" : "=v"(x) : "v"(a.v()), "vm"(b.v()));
    } else {
      asm("vminpd {%2, %1, %0|%0, %1, %2}" : "=v"(x) : "v"(a.v()), "vm"(b.v()));
    }
    return {x};
  }
#endif
  return {a.v() < b.v() ? a.v() : b.v()};
}
/// Lane by lane a > b ? a : b. Of equals, and where one is NaN, it is b.
template <class T, int N> simd<T, N> greater(simd<T, N> a, simd<T, N> b) {
#if defined(__AVX__) && !defined(__clang__)
  // One instruction; g++ makes two or three.
  if constexpr (std::is_floating_point_v<T> && sizeof(T) * N >= 16) {
    typename simd<T, N>::vec x;
    if constexpr (std::is_same_v<T, float>) {
      asm("vmaxps {%2, %1, %0|%0, %1, %2}" : "=v"(x) : "v"(a.v()), "vm"(b.v()));
    } else {
      asm("vmaxpd {%2, %1, %0|%0, %1, %2}" : "=v"(x) : "v"(a.v()), "vm"(b.v()));
    }
    return {x};
  }
#endif
  return {a.v() > b.v() ? a.v() : b.v()};
}

/// Lane by lane, a where the mask is set, else b.
template <int N, int W, class T> simd<T, N> select(mask<N, W> m, simd<T, N> a, simd<T, N> b) {
  return {resize_mask<sizeof(T)>(m).v() ? a.v() : b.v()};
}
template <int N, int W, int V, int U> auto select(mask<N, W> m, mask<N, V> a, mask<N, U> b) {
  return (m & a) | ((!m) & b);
}
template <class T> CUMULUS_HD constexpr T select(bool condition, T a, T b) {
  return condition ? a : b;
}

}  // namespace cumulus::inline CUMULUS_TARGET
