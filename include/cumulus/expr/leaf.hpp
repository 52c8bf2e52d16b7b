// SPDX-License-Identifier: Apache-2.0
#pragma once
// The run-time half of an expression: a flat array of leaves. Everything done to leaves (views,
// broadcasting, merging of axes, overlap) is ordinary code that no expression type instantiates.

#include <cstring>
#include <new>
#include <type_traits>

#include "cumulus/core/plain.hpp"
#include "cumulus/expr/untyped_array.hpp"

namespace cumulus::inline v1 {

/// Leaves of one expression: what fits the parameters of a kernel.
inline constexpr int max_leaves = 16;

enum class leaf_kind : unsigned char {
  constant,   ///< a scalar or a functor
  array,      ///< elements in memory at fixed strides
  indirect,   ///< elements in memory that an index leaf selects
  generator,  ///< elements computed from their position
};

/// What a kernel needs of one leaf, trivially copyable. `data` is the address of the first element,
/// or the first position of a generator; `stride` counts elements along the axes of the expression;
/// `value` holds a scalar, a generator's parameters, a functor, or a gather's extent.
/// Members have no initial values, because room for the operands of any expression is 2 KB.
struct operand {
  std::byte const* data;
  int item_bytes;
  leaf_kind kind;
  index_t stride[max_rank];
  alignas(16) std::byte value[48];

  /// True if strides lead through memory.
  bool in_memory() const { return kind == leaf_kind::array || kind == leaf_kind::indirect; }

  /// True if a row along `axis` is read in packs: side by side, one repeated element, or computed.
  bool is_packed_along(int axis) const {
    return !in_memory() || stride[axis] == 1 || stride[axis] == 0;
  }

  template <class V> void set_value(V const& v) {
    static_assert(sizeof(V) <= sizeof(value) && alignof(V) <= 16 &&
                  std::is_trivially_copyable_v<V>);
    std::memcpy(value, &v, sizeof(V));
  }
  template <class V> CUMULUS_HD V const& value_as() const {
    return *reinterpret_cast<V const*>(value);
  }
};

/// The operand that elements in memory are.
inline operand array_operand(void const* first, int item_bytes, strides const& st = {}) {
  operand o{};
  o.data = static_cast<std::byte const*>(first);
  o.item_bytes = item_bytes;
  o.kind = leaf_kind::array;
  std::memcpy(o.stride, st.begin(), sizeof(o.stride));  // 0 behind the last axis
  return o;
}

/// True if a functor travels in an operand, as kernels need it.
template <class F>
inline constexpr bool fits_operand_v =
    std::is_trivially_copyable_v<F> && sizeof(F) <= sizeof(operand::value) && alignof(F) <= 16;

/// `p` moved by `bytes`, in integer arithmetic because a generator's position is no real address.
CUMULUS_HD inline std::byte const* moved(std::byte const* p, index_t bytes) {
  return reinterpret_cast<std::byte const*>(reinterpret_cast<std::uintptr_t>(p) +
                                            static_cast<std::uintptr_t>(bytes));
}

/// An operand and the reference that keeps its storage alive.
struct leaf {
  operand op = {};
  buffer owner;

  strides strides_over(int rank) const {
    return strides(std::span<index_t const>(op.stride, rank));
  }
  void set_strides(strides const& st) {
    std::memcpy(op.stride, st.begin(), sizeof(op.stride));  // 0 behind the last axis
  }
  /// Moves the first element by `distance` elements.
  void advance(index_t distance) { op.data = moved(op.data, distance * op.item_bytes); }

  /// The same leaf seen through a view of the expression.
  void apply(axis_map const& map) {
    strides const st = strides_over(map.source.rank());
    advance(map.offset(st));
    set_strides(map.apply(st));
  }
};

/// A constant operand.
template <class V> leaf constant_leaf(V const& value) {
  leaf result;
  result.op.set_value(value);
  return result;
}

/// Makes `to` the elements of an array.
inline void set_array(leaf& to, untyped_array const& a, int item_bytes) {
  to.op.data = a.data;
  to.op.item_bytes = item_bytes;
  to.op.kind = leaf_kind::array;
  to.set_strides(a.strides);
  to.owner = a.owner;
}
inline leaf array_leaf(untyped_array const& a, int item_bytes) {
  leaf result;
  set_array(result, a, item_bytes);
  return result;
}

namespace detail {

/// Copies of the leaves at `from`, or new ones if it is null.
[[gnu::noinline]] inline void construct_leaves(leaf* leaves, int count, leaf const* from) noexcept {
  for (int i = 0; i < count; ++i) {
    if (from != nullptr) {
      new (leaves + i) leaf(from[i]);
    } else {
      new (leaves + i) leaf;
    }
  }
}

/// Moves leaves; those at `from` have no owner any more.
[[gnu::noinline]] inline void take_leaves(leaf* leaves, leaf* from, int count) noexcept {
  for (int i = 0; i < count; ++i) {
    leaves[i].op = from[i].op;
    leaves[i].owner.swap(from[i].owner);
    from[i].op.data = nullptr;
  }
}

[[gnu::noinline]] inline void destroy_leaves(leaf* leaves, int count) noexcept {
  for (int i = 0; i < count; ++i) {
    leaves[i].~leaf();
  }
}

}  // namespace detail

/// N leaves. What happens to them is not compiled for every N.
template <int N> class leaf_list {
 public:
  leaf_list() : leaf_list(nullptr) {}
  leaf_list(leaf_list const& other) : leaf_list(other.leaves_) {}
  leaf_list(leaf_list&& other) noexcept : leaf_list() {
    detail::take_leaves(leaves_, other.leaves_, N);
  }
  leaf_list& operator=(leaf_list const& other) {
    plain::copy(other.leaves_, other.leaves_ + N, leaves_);
    return *this;
  }
  ~leaf_list() { detail::destroy_leaves(leaves_, N); }

  leaf* data() { return leaves_; }
  leaf const* data() const { return leaves_; }

 private:
  explicit leaf_list(leaf const* from) { detail::construct_leaves(leaves_, N, from); }

  union {
    leaf leaves_[N];
  };
};

}  // namespace cumulus::inline v1
