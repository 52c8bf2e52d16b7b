// SPDX-License-Identifier: Apache-2.0
#pragma once
// Loading, storing and combining packs. A `pack_policy` says how many elements a position holds and
// whether they live in the host's vector registers or in plain lanes (kernels).

#include "cumulus/core/error.hpp"
#include "cumulus/expr/operations.hpp"
#include "cumulus/expr/tree.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// N elements at a position, in vector registers if `Registers`.
template <int N, bool Registers> struct pack_policy {
  static constexpr int size = N;
  static constexpr bool registers = Registers && N > 1;
};

/// What holds N elements of T.
template <class T, class Policy>
using pack_of =
    std::conditional_t<Policy::registers && fits_simd_v<T>, simd<T, Policy::size>,
                       std::conditional_t<Policy::registers && boolean<T>, mask<Policy::size, 1>,
                                          lanes<T, Policy::size>>>;

/// How the elements of a row lie in memory.
enum class access {
  unit,                 ///< side by side, whole packs (all that the host has; see host_cursor)
  aligned,              ///< side by side, whole packs, on addresses that are multiples of the pack
  aligned_or_repeated,  ///< the same, or one element for the whole row (step 0) or the whole pack
  strided,              ///< at any step, packs that may be cut off at the end of the row
  loaded,               ///< not in memory: lanes of packs that kernels have loaded before
};

template <class T, int N> CUMULUS_HD T lane_of(lanes<T, N> const& p, int l) { return p.lane[l]; }
template <class T, int N> T lane_of(simd<T, N> const& p, int l) { return p[l]; }
template <int N, int W> bool lane_of(mask<N, W> const& p, int l) { return p[l]; }
template <class T, int N> CUMULUS_HD void set_lane(lanes<T, N>& p, int l, T x) { p.lane[l] = x; }
template <class T, int N> void set_lane(simd<T, N>& p, int l, T x) { p.set(l, x); }
template <int N, int W> void set_lane(mask<N, W>& p, int l, bool x) { p.set(l, x); }

CUMULUS_NO_EXEC_CHECK
template <class T, class Policy> CUMULUS_HD pack_of<T, Policy> splat(T x) {
  using P = pack_of<T, Policy>;
  if constexpr (is_simd_v<P>) {
    return P::splat(x);
  } else {
    P p;
    for (int l = 0; l < Policy::size; ++l) {
      set_lane(p, l, x);
    }
    return p;
  }
}

namespace detail {

/// What one instruction of a kernel moves.
#if defined(__CUDA_ARCH__)
template <int Bytes>
using memory_word = std::conditional_t<
    Bytes == 16, uint4,
    std::conditional_t<
        Bytes == 8, uint2,
        std::conditional_t<Bytes == 4, unsigned,
                           std::conditional_t<Bytes == 2, unsigned short, unsigned char>>>>;
#endif

/// The words of the host are those of emulated kernels, and must lie where a device's must.
/// Throws: value_error.
inline void check_alignment(std::uintptr_t address, int bytes) {
  int const behind = static_cast<int>(address % static_cast<std::uintptr_t>(bytes));
  if (behind != 0) {
    raise<value_error>({"kernel: expected a word of ", bytes,
                        " bytes at a multiple of them, got one ", behind, " bytes behind"});
  }
}

/// One aligned load of a word.
template <int Bytes> CUMULUS_HD void copy_word(void* to, std::byte const* from) {
#if defined(__CUDA_ARCH__)
  *static_cast<memory_word<Bytes>*>(to) = *reinterpret_cast<memory_word<Bytes> const*>(from);
#else
  check_alignment(reinterpret_cast<std::uintptr_t>(to), Bytes);
  check_alignment(reinterpret_cast<std::uintptr_t>(from), Bytes);
  std::memcpy(to, from, Bytes);
#endif
}

/// One aligned store of a word. The compiler takes a plain assignment apart into four stores in
/// some kernels; the intrinsic is one instruction.
template <int Bytes> CUMULUS_HD void store_word(std::byte* to, void const* from) {
#if defined(__CUDA_ARCH__)
  __stwb(reinterpret_cast<memory_word<Bytes>*>(to), *static_cast<memory_word<Bytes> const*>(from));
#else
  check_alignment(reinterpret_cast<std::uintptr_t>(to), Bytes);
  check_alignment(reinterpret_cast<std::uintptr_t>(from), Bytes);
  std::memcpy(to, from, Bytes);
#endif
}

/// N values of bool, each a byte of 0 or 1.
template <int N> mask<N, 1> mask_from_bytes(bool const* from) {
  typename mask<N, 1>::vec bytes;
  std::memcpy(&bytes, from, N);
  return {-bytes};
}
template <int N, int W> void mask_to_bytes(bool* to, mask<N, W> const& m) {
  auto const bytes = resize_mask<1>(m).v() & 1;
  std::memcpy(to, &bytes, N);
}

}  // namespace detail

/// The pack at element i of a row that begins at `row`: side by side, or `step` elements apart, of
/// which the first `count` exist; with aligned_or_repeated the whole pack, or one element for all.
CUMULUS_NO_EXEC_CHECK
template <class T, class Policy, access Access>
CUMULUS_HD pack_of<T, Policy> load(std::byte const* row, index_t step, index_t i, int count) {
  constexpr int N = Policy::size;
  using P = pack_of<T, Policy>;
  T const* const at = reinterpret_cast<T const*>(row);
  if constexpr (Access == access::aligned_or_repeated) {
    return step == 0 || count < N ? splat<T, Policy>(at[i * step])
                                  : load<T, Policy, access::aligned>(row, step, i, count);
  } else if constexpr (Access == access::aligned) {
    constexpr int bytes = sizeof(T) * N;
    constexpr int word = bytes < 16 ? bytes : 16;
    P p;
    for (int b = 0; b < bytes; b += word) {
      detail::copy_word<word>(reinterpret_cast<std::byte*>(&p) + b,
                              reinterpret_cast<std::byte const*>(at + i) + b);
    }
    return p;
  } else if constexpr (!Policy::registers) {
    P p;
    CUMULUS_UNROLL
    for (int l = 0; l < N; ++l) {
      set_lane(p, l, at[(l < count ? i + l : i) * step]);
    }
    return p;
  } else {
    static_assert(Access == access::unit);
    if constexpr (is_mask_v<P>) {
      return detail::mask_from_bytes<N>(at + i);
    } else if constexpr (is_simd_v<P>) {
      return load_unaligned<T, N>(at + i);
    } else {
      P p;
      std::memcpy(static_cast<void*>(&p), at + i, sizeof(T) * N);
      return p;
    }
  }
}

/// Stores the first `count` lanes of a pack.
CUMULUS_NO_EXEC_CHECK
template <class T, class Policy, access Access, class P>
CUMULUS_HD void store(std::byte* row, index_t step, index_t i, int count, P const& p) {
  constexpr int N = Policy::size;
  T* const at = reinterpret_cast<T*>(row);
  if constexpr (Access == access::aligned || Access == access::aligned_or_repeated) {
    constexpr int bytes = sizeof(T) * N;
    constexpr int word = bytes < 16 ? bytes : 16;
    for (int b = 0; b < bytes; b += word) {
      detail::store_word<word>(reinterpret_cast<std::byte*>(at + i) + b,
                               reinterpret_cast<std::byte const*>(&p) + b);
    }
  } else if constexpr (!Policy::registers) {
    CUMULUS_UNROLL
    for (int l = 0; l < N; ++l) {
      if (l < count) {
        at[(i + l) * step] = lane_of(p, l);
      }
    }
  } else {
    static_assert(Access == access::unit);
    if constexpr (is_mask_v<P>) {
      detail::mask_to_bytes(at + i, p);
    } else if constexpr (is_simd_v<P>) {
      store_unaligned(at + i, p);
    } else {
      std::memcpy(static_cast<void*>(at + i), &p, sizeof(T) * N);
    }
  }
}

namespace detail {

template <class T> CUMULUS_HD compute_t<T> to_compute(T x) { return static_cast<compute_t<T>>(x); }

/// True if a comparison has int64 on one side and uint64 on the other, which no instruction takes.
template <class P, class... Rest>
inline constexpr bool mixed_integers_v =
    is_simd_v<P> && ((is_simd_v<Rest> && !std::is_same_v<P, Rest>) || ...);

template <class P>
inline constexpr bool is_simd_of_floats_v = [] {
  if constexpr (is_simd_v<P>) {
    return std::is_floating_point_v<typename P::element>;
  } else {
    return false;
  }
}();

/// True if packs of these types can go through an operation as a whole.
template <class Op, class R, class... P>
inline constexpr bool whole_packs_v =
    (is_register_v<P> && ...) && !mixed_integers_v<P...> &&
    (Op::width == operations::pack_width::simd ||
     (Op::width == operations::pack_width::floats && (is_simd_of_floats_v<P> && ...))) &&
    (fits_simd_v<R> || boolean<R>);

template <class Op> inline constexpr bool is_cast_v = false;
template <class To> inline constexpr bool is_cast_v<operations::cast<To>> = true;

template <class To, class P> auto cast_pack(P const& p) {
  constexpr int N = sizeof(P) / sizeof(typename P::element);
  if constexpr (is_mask_v<P>) {
    if constexpr (boolean<To>) {
      return p;
    } else {
      return select(p, simd<To, N>::splat(1), simd<To, N>::splat(0));
    }
  } else if constexpr (boolean<To>) {
    return p != P::splat(0);
  } else {
    return convert<To>(p);
  }
}

/// Casts that a vector instruction does as elementary::cast does: all but float to integer.
template <class To, class P>
inline constexpr bool cast_packs_v = [] {
  if constexpr (is_simd_v<P> && fixed_integer<To>) {
    return std::is_integral_v<decltype(P{}[0])>;
  } else {
    return true;
  }
}();

}  // namespace detail

/// Op applied to packs, giving elements of R: as a whole where the registers allow it, else lane by
/// lane. The 16-bit types compute in float and are rounded after every operation, as in NumPy.
CUMULUS_NO_EXEC_CHECK
template <class Policy, class R, class Op, class... P>
CUMULUS_HD auto apply_operation(Op const& op, P const&... p) {
  constexpr bool whole = detail::whole_packs_v<Op, R, P...>;
  if constexpr (whole && detail::is_cast_v<Op>) {
    if constexpr ((detail::cast_packs_v<R, P> && ...)) {
      return detail::cast_pack<R>(p...);
    } else {
      pack_of<R, Policy> result;
      for (int l = 0; l < Policy::size; ++l) {
        set_lane(result, l, R(op(lane_of(p, l)...)));
      }
      return result;
    }
  } else if constexpr (whole) {
    return op(p...);
  } else if constexpr (Policy::size == 1) {
    return pack_of<R, Policy>{{elementary::cast<R>(op(detail::to_compute(lane_of(p, 0))...))}};
  } else {
    pack_of<R, Policy> result;
    CUMULUS_UNROLL
    for (int l = 0; l < Policy::size; ++l) {
      set_lane(result, l, elementary::cast<R>(op(detail::to_compute(lane_of(p, l))...)));
    }
    return result;
  }
}

namespace detail {

/// The elements of a register in memory.
template <class T, int N> struct stored_lanes {
  alignas(sizeof(T) * N) T lane[N];

  explicit stored_lanes(simd<T, N> const& p) {
    std::memcpy(lane, static_cast<void const*>(&p), sizeof(lane));
  }
};
template <class T, int N> stored_lanes<T, N> stored(simd<T, N> const& p) {
  return stored_lanes<T, N>(p);
}

/// A functor applied to whole registers in a loop over memory, which the compiler makes a loop over
/// registers again where the functor allows it.
template <class R, int N, class F, class... T>
simd<R, N> call_for_lanes(F const& f, stored_lanes<T, N> const&... in) {
  R out[N];
  for (int l = 0; l < N; ++l) {
    out[l] = elementary::cast<R>(f(in.lane[l]...));
  }
  simd<R, N> result;
  std::memcpy(static_cast<void*>(&result), out, sizeof(out));
  return result;
}

}  // namespace detail

/// A user's functor applied to the first `count` lanes: it never sees an element that is not there.
CUMULUS_NO_EXEC_CHECK
template <class Policy, class R, class F, class... P>
CUMULUS_HD pack_of<R, Policy> apply_functor(F const& f, int count, P const&... p) {
  if constexpr (fits_simd_v<R> && (is_simd_v<P> && ...)) {
    if (count == Policy::size) {
      return detail::call_for_lanes<R, Policy::size>(f, detail::stored(p)...);
    }
  }
  pack_of<R, Policy> result = {};
  CUMULUS_UNROLL
  for (int l = 0; l < Policy::size; ++l) {
    if (l < count) {
      set_lane(result, l, elementary::cast<R>(f(detail::to_compute(lane_of(p, l))...)));
    }
  }
  return result;
}

}  // namespace cumulus::inline CUMULUS_TARGET
