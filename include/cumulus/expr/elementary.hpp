// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arithmetic of one element, with NumPy's answers for the cases in which C++ has none (integer
// division by zero, NaN in maximum, wrapping). The operations of expr/elementwise.def are written
// with these; expr/elementary_packs.hpp has the same on packs.

#include <bit>
#include <cmath>
#include <limits>

#include "cumulus/core/simd.hpp"
#include "cumulus/expr/elementary_functions.hpp"

namespace cumulus::inline CUMULUS_TARGET::elementary {

// Arithmetic. Small integers wrap in their own type; bool adds as "or" and multiplies as "and".

template <dtype T> CUMULUS_HD T add(T a, T b) {
  if constexpr (boolean<T>) {
    return a || b;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  } else if constexpr (std::is_floating_point_v<T>) {
    return add_rn(a, b);
  } else {
    return a + b;
  }
}
template <class T> CUMULUS_HD T subtract(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  } else {
    return a - b;
  }
}
template <dtype T> CUMULUS_HD T multiply(T a, T b) {
  if constexpr (boolean<T>) {
    return a && b;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  } else if constexpr (std::is_floating_point_v<T>) {
    return mul_rn(a, b);
  } else {
    return a * b;
  }
}
template <class T> CUMULUS_HD T negative(T a) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(std::uint64_t{0} - static_cast<std::uint64_t>(a));
  } else {
    return -a;
  }
}

/// Integer x // 0 is 0 and MIN // -1 is MIN, as in NumPy; floats follow Python's floor division.
template <class T> CUMULUS_HD T floor_divide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) {
      return 0;
    }
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) {
        return negative(a);
      }
      T const quotient = static_cast<T>(a / b);
      return static_cast<T>(a % b != 0 && ((a < 0) != (b < 0)) ? quotient - 1 : quotient);
    } else {
      return static_cast<T>(a / b);
    }
  } else {
    if (b == 0) {
      return a / b;
    }
    T mod = std::fmod(a, b);
    T div = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0)) {
      div -= T(1);
    }
    if (div == 0) {
      return std::copysign(T(0), a / b);
    }
    T const floored = std::floor(div);
    return div - floored > T(0.5) ? floored + T(1) : floored;
  }
}

/// The remainder with the sign of the divisor; integer x % 0 is 0.
template <class T> CUMULUS_HD T remainder(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) {
      return 0;
    }
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) {
        return 0;
      }
      T const rest = static_cast<T>(a % b);
      return static_cast<T>(rest != 0 && ((rest < 0) != (b < 0)) ? rest + b : rest);
    } else {
      return static_cast<T>(a % b);
    }
  } else {
    T const rest = std::fmod(a, b);
    if (rest != 0) {
      return (b < 0) != (rest < 0) ? rest + b : rest;
    }
    return b == 0 ? rest : std::copysign(T(0), b);
  }
}

/// C's remainder, with the sign of the dividend; integer x % 0 is 0.
template <class T> CUMULUS_HD T fmod(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>) {
      return b == 0 || b == -1 ? T(0) : static_cast<T>(a % b);
    } else {
      return b == 0 ? T(0) : static_cast<T>(a % b);
    }
  } else {
    return std::fmod(a, b);
  }
}

/// Integers by repeated squaring, wrapping; a negative exponent gives 0 unless the base is 1 or -1.
template <class T> CUMULUS_HD T power(T a, T b) {
  if constexpr (boolean<T>) {
    return a || !b;
  } else if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>) {
      if (b < 0) {
        return a == 1 ? T(1) : (a == -1 ? (b % 2 == 0 ? T(1) : T(-1)) : T(0));
      }
    }
    T result = 1;
    for (; b != 0; b = static_cast<T>(b >> 1)) {
      result = (b & 1) != 0 ? multiply(result, a) : result;
      a = multiply(a, a);
    }
    return result;
  } else if constexpr (complex_floating<T>) {
    return complex_pow(a, b);
  } else {
    return std::pow(a, b);
  }
}

/// a < b, false if a part is NaN; complex numbers compare by real, then by imaginary part.
template <class T> CUMULUS_HD bool precedes(T a, T b) {
  if constexpr (complex_floating<T>) {
    bool const unordered = a.im != a.im || b.im != b.im;
    return (a.re < b.re && !unordered) || (a.re == b.re && a.im < b.im);
  } else {
    return a < b;
  }
}
template <class T> CUMULUS_HD bool is_nan(T a) {
  if constexpr (complex_floating<T>) {
    return a.re != a.re || a.im != a.im;
  } else if constexpr (std::is_integral_v<T>) {
    return false;
  } else {
    return a != a;
  }
}
/// False if either is NaN.
template <class T> CUMULUS_HD bool precedes_or_equals(T a, T b) {
  if constexpr (complex_floating<T>) {
    return !(precedes(b, a) || is_nan(a) || is_nan(b));
  } else {
    return a <= b;
  }
}
/// a or b with both evaluated: kernels select by it where "||" makes them branch.
CUMULUS_HD inline bool either(bool a, bool b) { return (int{a} | int{b}) != 0; }
/// Largest of two, NaN if either is NaN.
template <dtype T> CUMULUS_HD T maximum(T a, T b) {
  return either(is_nan(a), precedes_or_equals(b, a)) ? a : b;
}
template <dtype T> CUMULUS_HD T minimum(T a, T b) {
  return either(is_nan(a), precedes_or_equals(a, b)) ? a : b;
}
/// Largest of two, ignoring a NaN beside a number.
template <dtype T> CUMULUS_HD T fmax(T a, T b) {
  return either(is_nan(b), precedes_or_equals(b, a)) ? a : b;
}
template <dtype T> CUMULUS_HD T fmin(T a, T b) {
  return either(is_nan(b), precedes_or_equals(a, b)) ? a : b;
}

/// -1, 0 or 1; NaN stays NaN, a complex number gives z / |z|.
template <class T> CUMULUS_HD T sign(T a) {
  if constexpr (complex_floating<T>) {
    auto const size = complex_abs(a);
    return size == 0 ? T(0) : T(a.re / size, a.im / size);
  } else {
    return is_nan(a) ? a : static_cast<T>((a > T(0)) - (a < T(0)));
  }
}
template <class T> CUMULUS_HD auto absolute(T a) {
  if constexpr (complex_floating<T>) {
    return complex_abs(a);
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::fabs(a);
  } else if constexpr (std::is_signed_v<T>) {
    return a < 0 ? negative(a) : a;
  } else {
    return a;
  }
}
template <class T> CUMULUS_HD bool is_finite(T a) {
  if constexpr (complex_floating<T>) {
    return is_finite(a.re) && is_finite(a.im);
  } else if constexpr (std::is_floating_point_v<T>) {
    return a - a == T(0);
  } else {
    return true;
  }
}
template <class T> CUMULUS_HD bool is_inf(T a) {
  if constexpr (complex_floating<T>) {
    return is_inf(a.re) || is_inf(a.im);
  } else {
    return !is_finite(a) && !is_nan(a);
  }
}

// Shifts by a negative count or by the width and more give 0 (-1 for a negative number shifted
// right), where C++ leaves them undefined.
template <class T> CUMULUS_HD T left_shift(T a, T n) {
  return n < T(0) || n >= T(8 * sizeof(T))
             ? T(0)
             : static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << n);
}
template <class T> CUMULUS_HD T right_shift(T a, T n) {
  return n < T(0) || n >= T(8 * sizeof(T)) ? (a < T(0) ? T(-1) : T(0)) : static_cast<T>(a >> n);
}

/// Written on the bits because g++ 12 fails to compile a vectorised std::signbit for AVX-512.
template <class T> CUMULUS_HD bool sign_bit(T a) {
  return std::bit_cast<typename signed_of_size<sizeof(T)>::type>(a) < 0;
}

/// Exact comparison also between int64 and uint64, which share no integer type.
template <class A, class B> CUMULUS_HD bool less(A a, B b) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B> &&
                std::is_signed_v<A> != std::is_signed_v<B>) {
    if constexpr (std::is_signed_v<A>) {
      return a < 0 || static_cast<std::make_unsigned_t<A>>(a) < b;
    } else {
      return b >= 0 && a < static_cast<std::make_unsigned_t<B>>(b);
    }
  } else if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    return a < b;
  } else {
    return precedes(a, b);
  }
}
template <class A, class B> CUMULUS_HD bool equal(A a, B b) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B> && !std::is_same_v<A, B>) {
    return !less(a, b) && !less(b, a);
  } else {
    return a == b;
  }
}
template <class A, class B> CUMULUS_HD bool less_equal(A a, B b) {
  return less(a, b) || equal(a, b);
}

template <class T> CUMULUS_HD bool truth(T a) { return !(a == T(0)); }

template <class T> CUMULUS_HD T reciprocal(T a) {
  if constexpr (std::is_integral_v<T>) {
    return a == T(0) ? T(0) : static_cast<T>(T(1) / a);
  } else if constexpr (complex_floating<T>) {
    return complex_reciprocal(a);
  } else {
    return T(1) / a;
  }
}
template <class T> CUMULUS_HD T invert(T a) {
  if constexpr (boolean<T>) {
    return !a;
  } else {
    return static_cast<T>(~a);
  }
}
template <class T> CUMULUS_HD real_t<T> real_part(T a) {
  if constexpr (complex_floating<T>) {
    return a.re;
  } else {
    return a;
  }
}
template <class T> CUMULUS_HD real_t<T> imaginary_part(T a) {
  if constexpr (complex_floating<T>) {
    return a.im;
  } else {
    return T(0);
  }
}
template <class T> CUMULUS_HD T conjugate(T a) {
  if constexpr (complex_floating<T>) {
    return {a.re, -a.im};
  } else {
    return a;
  }
}

/// static_cast with every case defined: float to integer saturates and NaN gives 0, a complex
/// number loses its imaginary part, anything to bool asks whether it differs from zero.
template <class To, class From> CUMULUS_HD To cast(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (is_storage_float_v<From>) {
    return cast<To>(static_cast<float>(x));
  } else if constexpr (complex_floating<To>) {
    if constexpr (complex_floating<From>) {
      return To(cast<real_t<To>>(x.re), cast<real_t<To>>(x.im));
    } else {
      return To(cast<real_t<To>>(x));
    }
  } else if constexpr (boolean<To>) {
    return truth(x);
  } else if constexpr (complex_floating<From>) {
    return cast<To>(x.re);
  } else if constexpr (fixed_integer<To> && std::is_floating_point_v<From>) {
    // 2^digits is exact in From; the type's maximum may not be.
    constexpr int digits = 8 * sizeof(To) - (std::is_signed_v<To> ? 1 : 0);
    constexpr From bound = From(std::uint64_t{1} << (digits - 1)) * From(2);
    constexpr To highest = static_cast<To>(~std::uint64_t{0} >> (64 - digits));
    if (x >= bound) {
      return highest;
    }
    if constexpr (std::is_signed_v<To>) {
      return x != x ? To(0) : (x <= -bound ? static_cast<To>(-highest - 1) : static_cast<To>(x));
    } else {
      return x > From(0) ? static_cast<To>(x) : To(0);
    }
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET::elementary
