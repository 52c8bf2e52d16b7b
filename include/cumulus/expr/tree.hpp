// SPDX-License-Identifier: Apache-2.0
#pragma once
// The compile-time half of an expression: types without data that say which operations are applied
// to which leaves. Leaves are numbered from left to right; the evaluator counts along.

#include "cumulus/core/simd.hpp"
#include "cumulus/expr/leaf.hpp"

namespace cumulus::inline CUMULUS_TARGET {
namespace tree {

/// Elements of an array.
template <class T> struct array {
  using value_type = T;
  static constexpr int leaf_count = 1;
};

/// One value for every position.
template <class T> struct constant {
  using value_type = T;
  static constexpr int leaf_count = 1;
};

/// Elements computed from their position: `Sequence` has a value_type and value_type at(index_t).
template <class Sequence> struct generator {
  using value_type = typename Sequence::value_type;
  static constexpr int leaf_count = 1;
};

/// Elements of an array that an index array selects along one axis. Leaf 0 is the index (int64),
/// leaf 1 the array, whose value holds a gather_extent.
template <class T> struct gather {
  using value_type = T;
  static constexpr int leaf_count = 2;
};

/// Whether a tree gives values with a truth each.
template <class Tree> inline constexpr bool is_masked_v = false;

/// Values with a truth value each that says whether a reduction counts them.
template <class Value, class Valid> struct masked {
  static_assert(!is_masked_v<Value> && !is_masked_v<Valid>,
                "cumulus: these values are masked already; combine the masks with &&");
  using value_type = typename Value::value_type;
  static constexpr int leaf_count = Value::leaf_count + Valid::leaf_count;
};

/// Values of which a reduction counts those that are not NaN.
template <class Value> struct not_nan {
  using value_type = typename Value::value_type;
  static constexpr int leaf_count = Value::leaf_count;
};

template <class Value, class Valid> inline constexpr bool is_masked_v<masked<Value, Valid>> = true;
template <class Value> inline constexpr bool is_masked_v<not_nan<Value>> = true;

/// An operation of the library, giving R.
template <class Op, class R, class... Children> struct apply {
  static_assert(!(is_masked_v<Children> || ...),
                "cumulus: a masked expression can only be reduced; apply the operation to the "
                "values before masked()");
  using value_type = R;
  static constexpr int leaf_count = (Children::leaf_count + ... + 0);
};

/// A user's functor, giving R; it is the first leaf.
template <class F, class R, class... Children> struct map {
  static_assert(!(is_masked_v<Children> || ...),
                "cumulus: a masked expression can only be reduced; apply the operation to the "
                "values before masked()");
  using value_type = R;
  static constexpr int leaf_count = 1 + (Children::leaf_count + ... + 0);
};

/// Whether some elements are what functors make.
template <class Tree> inline constexpr bool has_map_v = false;
template <class F, class R, class... Children>
inline constexpr bool has_map_v<map<F, R, Children...>> = true;
template <class Op, class R, class... Children>
inline constexpr bool has_map_v<apply<Op, R, Children...>> = (has_map_v<Children> || ...);

/// Whether some elements are computed from their positions.
template <class Tree> inline constexpr bool has_generator_v = false;
template <class Sequence> inline constexpr bool has_generator_v<generator<Sequence>> = true;
template <class Op, class R, class... Children>
inline constexpr bool has_generator_v<apply<Op, R, Children...>> =
    (has_generator_v<Children> || ...);
template <class F, class R, class... Children>
inline constexpr bool has_generator_v<map<F, R, Children...>> = (has_generator_v<Children> || ...);
template <class Value, class Valid>
inline constexpr bool has_generator_v<masked<Value, Valid>> =
    has_generator_v<Value> || has_generator_v<Valid>;
template <class Value>
inline constexpr bool has_generator_v<not_nan<Value>> = has_generator_v<Value>;

}  // namespace tree

/// The parameters of a gather, in the value of its array leaf.
struct gather_extent {
  index_t stride;  ///< elements between neighbours along the gathered axis
  index_t extent;  ///< indices are in [-extent, extent), or checked already when it is `unchecked`
  static constexpr index_t unchecked = -1;
};

}  // namespace cumulus::inline CUMULUS_TARGET
