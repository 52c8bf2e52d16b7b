// SPDX-License-Identifier: Apache-2.0
#pragma once
// What kernel bodies are written with. A body is a functor that is handed a thread's place in the
// grid; kernels call it on the device, tests call it for every thread of an emulated grid.

#include "cumulus/exec/cuda/evaluate_lanes.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// A thread's place in a grid of one dimension.
struct thread_coordinates {
  index_t block;
  index_t blocks;
  int thread;
  int threads;  ///< of a block

  CUMULUS_HD index_t in_grid() const { return block * threads + thread; }
  CUMULUS_HD index_t grid_size() const { return blocks * threads; }
};

/// Blocks, threads per block and bytes of shared memory of a launch; no blocks, no launch. Only
/// bodies whose shared_memory is std::byte, its first one, choose the bytes.
struct launch_shape {
  index_t blocks = 0;
  int threads = 256;
  int shared_bytes = 0;
};

/// Blocks that one launch may have; the bodies go round again where that is not enough.
inline constexpr index_t most_blocks = 0x7fffffff;

/// As many blocks as cover `items` with `per_block` each.
inline index_t blocks_for(index_t items, index_t per_block) {
  index_t const blocks = (items + per_block - 1) / per_block;
  return blocks < most_blocks ? blocks : most_blocks;
}

/// The upper half of a product.
CUMULUS_HD inline std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
#if defined(__CUDA_ARCH__)
  return __umul64hi(a, b);
#else
  __extension__ typedef unsigned __int128 wide;
  return static_cast<std::uint64_t>((static_cast<wide>(a) * b) >> 64);
#endif
}

/// Division by a number that is known when a kernel is launched: a product and a shift. One width
/// serves every size; a branch between two of them costs more than the longer product.
struct divider {
  index_t by = 1;
  std::uint64_t multiplier = std::uint64_t{1} << 63;
  std::uint32_t shift = 0;

  divider() = default;
  /// Granlund and Montgomery (1994): with 2^(63 + ceil(log2 d)) / d rounded up, the quotient of the
  /// product is exact for every dividend below 2^63.
  explicit divider(index_t d) : by(d > 0 ? d : 1) {
    while (shift < 63 && (std::uint64_t{1} << shift) < static_cast<std::uint64_t>(by)) {
      ++shift;
    }
    __extension__ typedef unsigned __int128 wide;
    wide const divisor = static_cast<wide>(by);
    multiplier = static_cast<std::uint64_t>(((wide{1} << (63 + shift)) + divisor - 1) / divisor);
  }

  /// For n in [0, 2^63).
  CUMULUS_HD index_t quotient(index_t n) const {
    return static_cast<index_t>(high_product(static_cast<std::uint64_t>(n) << 1, multiplier) >>
                                shift);
  }
};

/// The axes of a kernel's operands.
struct kernel_axes {
  int rank = 1;              ///< the last one is the row
  divider extent[max_rank];  ///< of the outer axes
  int* bad_index = nullptr;  ///< where a gather reports an index out of range

  CUMULUS_ONCE kernel_axes() {}  // many stores, which every kernel's arguments need
};

/// The operands of a kernel, passed by value: strides count bytes along the outer axes and elements
/// along the row. They come last, so that what stands before lies where it does for any count.
template <int Count> struct kernel_operands : kernel_axes {
  operand of[Count];
};

/// Sets operands over `extent`, of which the last axis is the row.
[[gnu::noinline]] inline void set_kernel_operands(kernel_axes& axes, operand* of, int rank,
                                                  index_t const* extent,
                                                  std::span<operand const> operands,
                                                  int* bad_index) {
  for (operand const& o : operands) {
    *of = o;
    for (int k = 0; k < rank - 1; ++k) {
      of->stride[k] *= o.item_bytes;
    }
    ++of;
  }
  for (int k = 0; k < rank - 1; ++k) {
    axes.extent[k] = divider(extent[k]);
  }
  axes.rank = rank;
  axes.bad_index = bad_index;
}

template <int Count>
kernel_operands<Count> make_kernel_operands(int rank, index_t const* extent,
                                            std::span<operand const> operands, int* bad_index) {
  kernel_operands<Count> result;
  set_kernel_operands(result, result.of, rank, extent, operands.first(Count), bad_index);
  return result;
}

/// As moved(), in a form that lets nvcc see an address of global memory.
CUMULUS_HD inline std::byte const* displaced(std::byte const* p, index_t bytes) {
#if defined(__CUDA_ARCH__)
  return p + bytes;
#else
  return moved(p, bytes);
#endif
}

/// Adds to `offset`, in bytes, where position `position` of the axes [first, last) lies in each
/// operand; gives the index along the first of them, which needs no division. The loop over axes is
/// not unrolled: what it indexes are parameters, and the offsets stay in registers.
template <int Count>
CUMULUS_HD index_t add_offsets(kernel_operands<Count> const& a, int first, int last,
                               index_t position, index_t (&offset)[Count]) {
  CUMULUS_NO_UNROLL
  for (int k = last - 1; k > first; --k) {
    index_t const rest = a.extent[k].quotient(position);
    index_t const index = position - rest * a.extent[k].by;
    CUMULUS_UNROLL
    for (int i = 0; i < Count; ++i) {
      offset[i] += index * a.of[i].stride[k];
    }
    position = rest;
  }
  if (last > first) {
    CUMULUS_UNROLL
    for (int i = 0; i < Count; ++i) {
      offset[i] += position * a.of[i].stride[first];
    }
  }
  return position;
}

/// Sets `at` to where position `position` of the first `axes` axes lies in each operand.
template <int Count>
CUMULUS_HD void find_position(kernel_operands<Count> const& a, int axes, index_t position,
                              std::byte const* (&at)[Count]) {
  index_t offset[Count] = {};
  add_offsets(a, 0, axes, position, offset);
  CUMULUS_UNROLL
  for (int i = 0; i < Count; ++i) {
    at[i] = displaced(a.of[i].data, offset[i]);
  }
}

/// Sets `at` to where row number `row` begins in each operand.
template <int Count>
CUMULUS_HD void find_row(kernel_operands<Count> const& a, index_t row,
                         std::byte const* (&at)[Count]) {
  find_position(a, a.rank - 1, row, at);
}

/// The leaves of a row, of which operands[0] is the output.
template <int Count>
CUMULUS_HD row_cursor<Count - 1> leaves_of_row(kernel_operands<Count> const& a,
                                               std::byte const* const (&at)[Count]) {
  row_cursor<Count - 1> c;
  CUMULUS_UNROLL
  for (int i = 1; i < Count; ++i) {
    c.at[i - 1] = at[i];
    c.step[i - 1] = a.of[i].stride[a.rank - 1];
  }
  c.operands = a.of + 1;
  c.bad_index = a.bad_index;
  return c;
}

/// Bytes of the narrowest element that a tree loads in packs.
template <class Tree> inline constexpr int narrowest_v = 16;
template <class T> inline constexpr int narrowest_v<tree::array<T>> = sizeof(T);
template <class Op, class R, class... Children>
inline constexpr int narrowest_v<tree::apply<Op, R, Children...>> = [] {
  int narrowest = 16;
  ((narrowest = narrowest_v<Children> < narrowest ? narrowest_v<Children> : narrowest), ...);
  return narrowest;
}();
template <class F, class R, class... Children>
inline constexpr int narrowest_v<tree::map<F, R, Children...>> =
    narrowest_v<tree::apply<F, R, Children...>>;
template <class Value, class Valid>
inline constexpr int narrowest_v<tree::masked<Value, Valid>> =
    narrowest_v<Value> < narrowest_v<Valid> ? narrowest_v<Value> : narrowest_v<Valid>;
template <class Value> inline constexpr int narrowest_v<tree::not_nan<Value>> = narrowest_v<Value>;

/// Elements of a kernel's packs: words of 16 bytes for the narrowest type, and at most two of them
/// for the widest.
template <class Tree>
inline constexpr int kernel_pack_size = [] {
  int const result = sizeof(typename Tree::value_type);
  int const narrowest = narrowest_v<Tree> < result ? narrowest_v<Tree> : result;
  int const widest = widest_v<Tree> > result ? widest_v<Tree> : result;
  int const wanted = 16 / narrowest;
  int const allowed = 32 / widest;
  return wanted < allowed ? wanted : allowed;
}();
template <class Tree> using kernel_packs = pack_policy<kernel_pack_size<Tree>, false>;

/// Single elements that a thread has in flight, lanes of a pack that lie apart from each other:
/// more of narrow ones, fewer where each comes from several arrays.
template <class Tree>
inline constexpr int lanes_in_flight = [] {
  int const leaves = Tree::leaf_count <= 4 ? 4 : (Tree::leaf_count <= 8 ? 2 : 1);
  return widest_v<Tree> <= 2 ? 2 * leaves : leaves;
}();

}  // namespace cumulus::inline CUMULUS_TARGET
