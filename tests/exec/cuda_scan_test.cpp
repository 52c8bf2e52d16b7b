// SPDX-License-Identifier: Apache-2.0
// The kernel bodies of scans on an emulated grid. Oracle: plain loops on integers, whose partial
// results are exact in every order of joining neighbours; one operation is not commutative.

#include "cumulus/exec/cuda/scan_arguments.hpp"

#include <deque>
#include <functional>

#include "tests/exec/emulated_grid.hpp"
#include "tests/exec/scan_cases.hpp"

namespace {

using namespace scan_cases;
using cm::_;
using cm::slice;
using emulated_grid::thread_order;

struct grid {
  index_t blocks;
  thread_order order;
};
constexpr grid grids[] = {
    {1, thread_order::forward}, {3, thread_order::reverse}, {7, thread_order::random}};

/// Launches of one scan.
struct launches {
  int all = 0;
  index_t most_blocks = 0;
};

/// Runs the kernels of a scan as scan_cuda launches them; the result is row-major.
template <class S, class E>
launches run(E const& source, int axis, S const& scanner, grid const& g,
             std::vector<typename S::result>& result) {
  using R = typename S::result;
  auto const e = cm::as_expression(source);
  using Tree = cm::tree_of<E const&>;
  constexpr int count = 1 + Tree::leaf_count;
  cm::axis_set set = cm::all_axes(axis < 0 ? e.rank() : 0);
  if (axis >= 0) {
    set.member[axis] = true;
  }
  result.assign(static_cast<std::size_t>(e.size()), R(77));
  cm::operand operands[count];
  operands[0] = {.data = reinterpret_cast<std::byte const*>(result.data()),
                 .item_bytes = sizeof(R),
                 .kind = cm::leaf_kind::array};
  cm::strides const st = cm::row_major_strides(e.shape());
  std::copy(st.begin(), st.end(), operands[0].stride);
  for (int k = 1; k < count; ++k) {
    operands[k] = e.leaves()[k - 1].op;
  }
  cm::scan_plan const plan = cm::plan_scan(e.shape(), set, operands);
  launches counted;
  std::deque<std::vector<std::byte>> memory;
  cm::scan_levels<Tree>(
      plan, operands, scanner, nullptr,
      [&]<class L>(index_t n, std::type_identity<L>) {
        auto& bytes = memory.emplace_back(static_cast<std::size_t>(n) * sizeof(L) + 64);
        void* at = bytes.data();
        std::size_t space = bytes.size();
        return static_cast<L*>(std::align(alignof(L), sizeof(L), at, space));
      },
      [&]<class Body, class Arguments>(std::type_identity<Body>, Arguments const& a) {
        ++counted.all;
        counted.most_blocks = std::max(counted.most_blocks, a.work_blocks);
        // Bodies without phases share the work among all threads, however many blocks there are.
        emulated_grid::emulate<Body>(std::min(g.blocks, a.work_blocks), 256, a, g.order);
      });
  return counted;
}

template <class S, class T, class E, class Join>
void expect_scan(E const& source, array<T> const& values, S const& scanner, Join const& join) {
  std::vector<typename S::result> got;
  for (int axis = -1; axis < values.rank(); ++axis) {
    auto const expected = plain_scan<typename S::result>(values, axis, join);
    for (grid const& g : grids) {
      run(source, axis, scanner, g, got);
      for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_EQ(got[i], expected[i]) << to_string(values.shape()) << " axis " << axis
                                       << ", element " << i << ", " << g.blocks << " blocks";
      }
    }
  }
}

using number = cm::complex<double>;
using affine_scan = cm::scanners::of<affine, number>;

TEST(CudaScan, ElementsAreJoinedInOrder) {
  for (cm::shape const& s :
       {cm::shape{1}, cm::shape{7}, cm::shape{8}, cm::shape{9}, cm::shape{2047}, cm::shape{2048},
        cm::shape{2049}, cm::shape{9000}, cm::shape{3, 5}, cm::shape{40, 33}, cm::shape{5, 4500},
        cm::shape{4500, 9}, cm::shape{700, 3}, cm::shape{3, 70, 12}, cm::shape{2, 3, 4, 5}}) {
    array<number> const x = small_integers<number>(s);
    expect_scan(x, x, affine_scan{}, affine{});
  }
}

TEST(CudaScan, AnyLayout) {
  array<number> const wide = small_integers<number>({50, 6, 40});
  auto const check = [](auto const& view) {
    expect_scan(view, array<number>(view), affine_scan{}, affine{});
  };
  check(wide(_, _, slice(_, _, 2)));
  check(wide(slice(_, _, -1), slice(1, _, 2), slice(_, _, -3)));
  check(cm::transpose(wide));
  check(cm::broadcast_to(wide(0), {30, 6, 40}));
}

// Sums of doubles that round: which elements are joined first shows.
TEST(CudaScan, BitsDoNotDependOnTheLayout) {
  array<double> const x =
      cm::sin(cm::astype<double>(cm::reshape(cm::arange(index_t{60000}), {3000, 5, 4})));
  array<double> const turned = cm::transpose(x, {0, 2, 1});
  std::vector<double> expected;
  std::vector<double> result;
  run(x, 0, cm::scanners::sum<double>{}, grids[0], expected);
  run(cm::transpose(turned, {0, 2, 1}), 0, cm::scanners::sum<double>{}, grids[0], result);
  EXPECT_EQ(result, expected);
}

TEST(CudaScan, OtherTypes) {
  array<std::int8_t> const bytes = small_integers<std::int8_t>({3000, 10});
  expect_scan(bytes, bytes, cm::scanners::sum<std::int8_t>{}, std::plus<std::int64_t>{});
  array<float> const x = small_integers<float>({300, 9});
  expect_scan(x, x, cm::scanners::sum<float>{}, std::plus<float>{});
  auto const smaller = [](float a, float b) { return b < a ? b : a; };
  expect_scan(x, x, cm::scanners::min<float>{}, smaller);
  array<cm::float16> const halves = cm::astype<cm::float16>(x);
  expect_scan(halves, halves, cm::scanners::min<cm::float16>{}, [](cm::float16 a, cm::float16 b) {
    return static_cast<float>(b) < static_cast<float>(a) ? b : a;
  });
  array<bool> const truth = x > 0.0f;
  expect_scan(truth, truth, cm::scanners::sum<bool>{}, std::plus<std::int64_t>{});
}

TEST(CudaScan, ExpressionsAndMasks) {
  array<double> const x = small_integers<double>({60, 70});
  array<double> const row = small_integers<double>({70});
  array<double> const product = x * row + 1;
  expect_scan(x * row + 1, product, cm::scanners::sum<double>{}, std::plus<double>{});
  array<double> const kept = cm::where(x > 0, x, 0.0);
  expect_scan(cm::masked(x, x > 0), kept, cm::scanners::sum<double>{}, std::plus<double>{});
}

// Oracle: counted by hand.
TEST(CudaScan, Launches) {
  std::vector<number> result;
  auto const launched = [&](cm::shape const& s, int axis) {
    array<number> const x = small_integers<number>(s);
    return run(x, axis, affine_scan{}, grids[0], result);
  };
  EXPECT_EQ(launched({2048}, 0).all, 1);
  // Totals of 2 tiles, their scan, the tiles.
  EXPECT_EQ(launched({2049}, 0).all, 3);
  // Teams of 4 threads for rows of 30: 64 rows to a block.
  EXPECT_EQ(launched({130, 30}, 1).most_blocks, 3);
  // 9 columns in tiles of 32 rows: 4 tiles.
  EXPECT_EQ(launched({128, 9}, 0).all, 3);
  EXPECT_EQ(launched({32, 9}, 0).all, 1);
  EXPECT_EQ(cm::scan_column_tile(1 << 16, 1000), 1000);
  EXPECT_EQ(cm::scan_column_tile(1 << 10, 6400), 100);
}

// Long enough for totals of totals: 2048 * 2048 elements and some.
TEST(CudaScan, ThreeLevels) {
  cm::shape const s{2048 * 2048 + 5000};
  array<std::int32_t> const x = small_integers<std::int32_t>(s);
  std::vector<std::int64_t> got;
  launches const counted = run(x, 0, cm::scanners::sum<std::int32_t>{}, grids[1], got);
  EXPECT_EQ(counted.all, 5);
  auto const expected = plain_scan<std::int64_t>(x, 0, std::plus<std::int64_t>{});
  EXPECT_EQ(got, expected);
}

}  // namespace
