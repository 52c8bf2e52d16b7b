// SPDX-License-Identifier: Apache-2.0
#pragma once
// The evaluator: the pack of an expression at one position of a row. Hosts and kernels run the same
// code with different pack policies.

#include "cumulus/core/error.hpp"
#include "cumulus/exec/pack/pack.hpp"

namespace cumulus::inline CUMULUS_TARGET {

namespace detail {

/// The distance to the element that a gather selects at one position, or 0 if there is none.
CUMULUS_HD inline index_t checked_gather(index_t index, gather_extent const& g, int* bad_index) {
  if (g.extent == gather_extent::unchecked) {
    return index * g.stride;
  }
  index_t const i = index < 0 ? index + g.extent : index;
  if (i >= 0 && i < g.extent) {
    return i * g.stride;
  }
#if defined(__CUDA_ARCH__)
  *bad_index = 1;
  return 0;
#else
  if (bad_index != nullptr) {
    *bad_index = 1;
    return 0;
  }
  raise<index_error>({"take: expected an index in [", -g.extent, ", ", g.extent, "), got ", index});
#endif
}

}  // namespace detail

/// A row of an expression in a kernel: where each leaf begins and how far its neighbours lie apart.
/// The host has a cursor of its own (exec/host/evaluate_row.hpp).
template <int Leaves> struct row_cursor {
  std::byte const* at[Leaves];
  index_t step[Leaves];
  operand const* operands;
  /// Where a kernel reports an index that is out of range; the host throws instead.
  int* bad_index;

  template <class T> CUMULUS_HD T const& constant(int k) const {
    return operands[k].template value_as<T>();
  }
  /// The row that a gather reads whose index, leaf k, is one for the whole row.
  CUMULUS_HD std::byte const* gathered(int k) const {
    operand const& data = operands[k + 1];
    index_t const offset =
        detail::checked_gather(*reinterpret_cast<index_t const*>(at[k]),
                               data.template value_as<gather_extent>(), bad_index);
    return moved(at[k + 1], offset * data.item_bytes);
  }
};

/// The value and the truth of one position of a masked expression.
template <class Value, class Valid> struct masked_pack {
  Value value;
  Valid valid;
};

namespace detail {

template <class Tree> struct evaluator;

template <class T> struct evaluator<tree::array<T>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    if constexpr (A == access::loaded) {
      return c.template lane<T, K>(i);
    } else if constexpr (A == access::unit) {  // the cursor moves
      if constexpr (C::first_array == K && is_simd_v<pack_of<T, Policy>>) {
        return load_by_halves<T, Policy::size>(reinterpret_cast<T const*>(c.at[K]));
      } else {
        return load<T, Policy, A>(c.at[K], 1, 0, count);
      }
    } else {
      return load<T, Policy, A>(c.at[K], c.step[K], i, count);
    }
  }
};

template <class T> struct evaluator<tree::constant<T>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t, int) {
    return splat<T, Policy>(c.template constant<T>(K));
  }
};

template <class Sequence> struct evaluator<tree::generator<Sequence>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, [[maybe_unused]] int count) {
    using T = typename Sequence::value_type;
    if constexpr (A == access::loaded) {
      return c.template lane<T, K>(i);
    } else {
      Sequence const& sequence = c.operands[K].template value_as<Sequence>();
      index_t const first =
          static_cast<index_t>(reinterpret_cast<std::uintptr_t>(c.at[K])) + i * c.step[K];
      pack_of<T, Policy> p;
      for (int l = 0; l < Policy::size; ++l) {
        // On the host a pack is filled up with its first element, here as in memory.
        int const lane = A == access::unit && l >= count ? 0 : l;
        set_lane(p, l, sequence.at(first + lane * c.step[K]));
      }
      return p;
    }
  }
};

template <class T> struct evaluator<tree::gather<T>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    if constexpr (A == access::loaded) {
      return c.template lane<T, K>(i);
    } else if constexpr (A == access::unit) {
      return load<T, Policy, A>(c.at[K + 1], 1, 0, count);
    } else if (c.step[K] == 0) {
      return load<T, Policy, access::strided>(c.gathered(K), c.step[K + 1], i, count);
    } else {
      index_t const* const index = reinterpret_cast<index_t const*>(c.at[K]);
      gather_extent const& g = c.operands[K + 1].template value_as<gather_extent>();
      T const* const data = reinterpret_cast<T const*>(c.at[K + 1]);
      pack_of<T, Policy> p = {};
      CUMULUS_UNROLL
      for (int l = 0; l < Policy::size; ++l) {
        if (l < count) {
          index_t const j = i + l;
          set_lane(p, l,
                   data[j * c.step[K + 1] + checked_gather(index[j * c.step[K]], g, c.bad_index)]);
        }
      }
      return p;
    }
  }
};

/// The number of the first leaf of each child of a node whose leaves begin at K.
template <int K, class... Children> struct first_leaves {
  static constexpr auto at = [] {
    struct {
      int of[sizeof...(Children)];
    } first = {};
    int const count[] = {Children::leaf_count...};
    for (int child = 0, next = K; child < int{sizeof...(Children)}; ++child) {
      first.of[child] = next;
      next += count[child];
    }
    return first;
  }();
};

template <class Op, class R, class... Children> struct evaluator<tree::apply<Op, R, Children...>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    return from<Policy, A, K>(c, i, count, std::make_index_sequence<sizeof...(Children)>{});
  }

 private:
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C, std::size_t... Child>
  static CUMULUS_HD auto from(C const& c, index_t i, int count, std::index_sequence<Child...>) {
    using first = first_leaves<K, Children...>;
    return apply_operation<Policy, R>(
        Op{}, evaluator<Children>::template at<Policy, A, first::at.of[Child]>(c, i, count)...);
  }
};

template <class F, class R, class... Children> struct evaluator<tree::map<F, R, Children...>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    return from<Policy, A, K>(c, i, count, std::make_index_sequence<sizeof...(Children)>{});
  }

 private:
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C, std::size_t... Child>
  static CUMULUS_HD auto from(C const& c, index_t i, int count, std::index_sequence<Child...>) {
    using first = first_leaves<K + 1, Children...>;
    // A functor that does not fit the operand lives in memory of its own (host only).
    F const& f =
        *reinterpret_cast<F const*>(fits_operand_v<F> ? c.operands[K].value : c.operands[K].data);
    return apply_functor<Policy, R>(
        f, count, evaluator<Children>::template at<Policy, A, first::at.of[Child]>(c, i, count)...);
  }
};

struct make_masked {
  CUMULUS_NO_EXEC_CHECK
  template <class Value, class Valid>
  CUMULUS_HD auto operator()(Value const& value, Valid const& valid) const {
    return masked_pack<Value, Valid>{value, valid};
  }
};

template <class Value, class Valid> struct evaluator<tree::masked<Value, Valid>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    constexpr int next = K + Value::leaf_count;
    return make_masked{}(evaluator<Value>::template at<Policy, A, K>(c, i, count),
                         evaluator<Valid>::template at<Policy, A, next>(c, i, count));
  }
};

template <class Value> struct evaluator<tree::not_nan<Value>> {
  CUMULUS_NO_EXEC_CHECK
  template <class Policy, access A, int K, class C>
  static CUMULUS_HD auto at(C const& c, index_t i, int count) {
    auto const p = evaluator<Value>::template at<Policy, A, K>(c, i, count);
    if constexpr (tree::is_masked_v<Value>) {
      operations::logical_and const both{};
      return make_masked{}(p.value,
                           apply_operation<Policy, bool>(both, p.valid, number<Policy>(p.value)));
    } else {
      return make_masked{}(p, number<Policy>(p));
    }
  }

  template <class Policy, class P> static CUMULUS_HD auto number(P const& value) {
    operations::isnan const isnan{};
    operations::logical_not const negate{};
    return apply_operation<Policy, bool>(negate, apply_operation<Policy, bool>(isnan, value));
  }
};

}  // namespace detail

/// The pack of `Tree` at element i of a row. With strided access only `count` elements exist; with
/// aligned_or_repeated `count` is the whole pack, or 1 for element i in every lane. Of loaded packs
/// it is lane i, which exists if `count` is 1.
/// Throws: index_error on the host if a gather's index is out of range.
CUMULUS_NO_EXEC_CHECK
template <class Tree, class Policy, access A, class C>
CUMULUS_HD auto evaluate(C const& c, index_t i, int count = Policy::size) {
  return detail::evaluator<Tree>::template at<Policy, A, 0>(c, i, count);
}

/// The number of the first leaf that is an array; -1 if none is.
template <class Tree> inline constexpr int first_array_v = -1;
template <class T> inline constexpr int first_array_v<tree::array<T>> = 0;
template <class Op, class R, class... Children>
inline constexpr int first_array_v<tree::apply<Op, R, Children...>> = [] {
  int leaf = 0;
  int found = -1;
  ((found = found < 0 && first_array_v<Children> >= 0 ? leaf + first_array_v<Children> : found,
    leaf += Children::leaf_count),
   ...);
  return found;
}();
template <class F, class R, class... Children>
inline constexpr int first_array_v<tree::map<F, R, Children...>> =
    first_array_v<tree::apply<F, R, Children...>> < 0
        ? -1
        : 1 + first_array_v<tree::apply<F, R, Children...>>;
template <class Value, class Valid>
inline constexpr int first_array_v<tree::masked<Value, Valid>> = first_array_v<Value>;
template <class Value>
inline constexpr int first_array_v<tree::not_nan<Value>> = first_array_v<Value>;

/// Bytes of the widest element type that a tree computes with; packs are sized by it.
template <class Tree> inline constexpr int widest_v = sizeof(typename Tree::value_type);
template <class Op, class R, class... Children>
inline constexpr int widest_v<tree::apply<Op, R, Children...>> = [] {
  int widest = sizeof(compute_t<R>);
  ((widest = widest_v<Children> > widest ? widest_v<Children> : widest), ...);
  return widest;
}();
template <class F, class R, class... Children>
inline constexpr int widest_v<tree::map<F, R, Children...>> =
    widest_v<tree::apply<F, R, Children...>>;
template <class Value, class Valid>
inline constexpr int widest_v<tree::masked<Value, Valid>> =
    widest_v<Value> > widest_v<Valid> ? widest_v<Value> : widest_v<Valid>;
template <class Value> inline constexpr int widest_v<tree::not_nan<Value>> = widest_v<Value>;

}  // namespace cumulus::inline CUMULUS_TARGET
