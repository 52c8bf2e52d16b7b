// SPDX-License-Identifier: Apache-2.0
// The kernel bodies of elementwise statements, on an emulated grid. Oracle: closed forms of the
// position, computed by plain loops here; plans are compared with what is worked out by hand.

#include "cumulus/exec/cuda/assign_body.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "cumulus/cumulus.hpp"
#include "cumulus/exec/cuda/general_body.hpp"
#include "tests/exec/emulated_grid.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using cm::newaxis;
using cm::slice;
template <class T> using array = cm::ndarray<T, cm::host>;

/// An elementwise statement as the device would get it.
template <class Tree> struct statement {
  cm::expression<Tree, cm::host> expression;  // keeps what the operands point to
  cm::operand operands[1 + Tree::leaf_count];
  cm::elementwise_plan sweep;
  cm::assign_plan plan;

  statement(cm::assign_target const& out, cm::expression<Tree, cm::host> const& e) : expression(e) {
    operands[0] = out.op;
    for (int k = 0; k < Tree::leaf_count; ++k) {
      operands[1 + k] = e.leaves()[k].op;
    }
    std::span<cm::operand> const all(operands);
    sweep = cm::plan_elementwise(out.shape, all);
    plan = cm::plan_assign(sweep, all, cm::assign_widths_of<Tree>);
  }

  /// The same statement in the general case, which every one can be.
  cm::assign_plan general() const {
    cm::assign_plan p = plan;
    p.what = cm::assign_case::general;
    p.general =
        cm::plan_general(sweep, std::span<cm::operand const>(operands), cm::lanes_in_flight<Tree>);
    p.launch.shared_bytes = p.general.tile_bytes;
    return p;
  }

  static constexpr int most = 1 + cm::max_leaves;

  /// What a launch hands to the kernel of Body: as many of the bytes as its parameter has.
  template <class Body, class Arguments>
  static typename Body::arguments received(Arguments const& a) {
    typename Body::arguments result;
    static_assert(sizeof(result) <= sizeof(a));
    std::memcpy(static_cast<void*>(&result), &a, sizeof(result));
    return result;
  }

  void run(cm::assign_plan const& p, index_t blocks, int threads, emulated_grid::thread_order order,
           int* bad_index) const {
    using namespace emulated_grid;
    std::span<cm::operand const> const all(operands);
    cm::assign_plan of_grid = p;
    of_grid.launch.blocks = blocks;
    of_grid.launch.threads = threads;
    if (p.what == cm::assign_case::general) {
      // A row of a tile has a thread to each of its elements.
      of_grid.launch.threads = std::max(threads, p.general.tile);
      auto const a = cm::make_general_arguments<most>(sweep, all, of_grid, bad_index);
      return emulate<cm::general_body<Tree>>(blocks, of_grid.launch.threads,
                                             received<cm::general_body<Tree>>(a), order);
    }
    auto const a = cm::make_packs_arguments<most>(sweep, all, of_grid, bad_index);
    emulate<cm::packs_body<Tree>>(blocks, threads, received<cm::packs_body<Tree>>(a), order);
  }
};

template <class E> auto as_statement(cm::assign_target const& out, E const& e) {
  auto const x = cm::as_expression(e);
  return statement<cm::tree_of<E const&>>(
      out, x.mapped(cm::map_broadcast(x.shape(), out.shape, "test")));
}

/// Stores e to `view` of `owner` on many grids, and expects `value` of each position of the view in
/// row-major order and untouched elements elsewhere.
template <class T, class View, class E>
void expect_on_every_grid(array<T>& owner, View const& view, E const& e, cm::assign_case what,
                          std::function<T(index_t)> const& value) {
  auto const s = as_statement(cm::target_of(view), e);
  ASSERT_EQ(s.plan.what, what) << to_string(s.plan) << " of " << to_string(s.sweep);
  T const untouched = T(77);
  std::vector<T> wanted(static_cast<std::size_t>(owner.size()), untouched);
  index_t position = 0;
  for (auto it = view.begin(); it != view.end(); ++it, ++position) {
    wanted[static_cast<std::size_t>(&*it - owner.data())] = value(position);
  }
  cm::assign_plan const plans[] = {s.plan, s.general()};
  {
    for (cm::assign_plan const& plan : plans) {
      for (index_t blocks : {1, 2, 7}) {
        for (int threads : {32, 128, 256}) {
          for (auto order : emulated_grid::thread_orders) {
            std::fill(owner.data(), owner.data() + owner.size(), untouched);
            s.run(plan, blocks, threads, order, nullptr);
            for (index_t i = 0; i < owner.size(); ++i) {
              ASSERT_EQ(owner.data()[i], wanted[static_cast<std::size_t>(i)])
                  << "element " << i << ", " << blocks << " x " << threads << ", "
                  << to_string(plan);
            }
          }
        }
      }
    }
  }
}

/// 0, 1, 2, … in row-major order, small enough for every type.
template <class T> array<T> counting(cm::shape const& s, int modulus = 100) {
  array<T> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = static_cast<T>(i % modulus);
  }
  return a;
}

using cm::assign_case;

TEST(CudaAssign, UnaryOnOneRow) {
  for (index_t n : {1, 3, 4, 5, 1000, 1023}) {
    array<float> const a = counting<float>({n});
    array<float> out(cm::shape{n});
    expect_on_every_grid<float>(out, out.view(), -a, assign_case::packs,
                                [](index_t i) { return -static_cast<float>(i % 100); });
  }
}

TEST(CudaAssign, BinaryOfDoublesAndOfSmallIntegers) {
  array<double> const a = counting<double>({37, 29});
  array<double> out(cm::shape{37, 29});
  expect_on_every_grid<double>(out, out.view(), a * a + 0.5, assign_case::packs,
                               [](index_t i) { return double(i % 100) * double(i % 100) + 0.5; });
  array<std::int8_t> const b = counting<std::int8_t>({1111});
  array<std::int8_t> small(cm::shape{1111});
  expect_on_every_grid<std::int8_t>(small, small.view(), b + b, assign_case::packs,
                                    [](index_t i) { return std::int8_t(i % 100 * 2); });
}

TEST(CudaAssign, CastsBetweenWidths) {
  array<float> const a = counting<float>({517});
  array<double> wide(cm::shape{517});
  expect_on_every_grid<double>(wide, wide.view(), cm::astype<double>(a), assign_case::packs,
                               [](index_t i) { return double(i % 100); });
  array<double> const b = counting<double>({517}, 300);
  array<std::int8_t> narrow(cm::shape{517});
  // Beyond 127 a cast saturates.
  expect_on_every_grid<std::int8_t>(
      narrow, narrow.view(), cm::astype<std::int8_t>(b), assign_case::packs,
      [](index_t i) { return std::int8_t(std::min<index_t>(i % 300, 127)); });
  array<std::int8_t> const c = counting<std::int8_t>({517});
  array<float> single(cm::shape{517});
  expect_on_every_grid<float>(single, single.view(), cm::astype<float>(c) * 2.0f,
                              assign_case::packs, [](index_t i) { return float(i % 100) * 2.0f; });
  array<cm::float16> half(cm::shape{517});
  // Integers below 2048 are exact in float16.
  auto const s = as_statement(cm::target_of(half.view()), cm::astype<cm::float16>(a));
  for (auto order : emulated_grid::thread_orders) {
    half.fill(0);
    s.run(s.plan, 2, 32, order, nullptr);
    for (index_t i = 0; i < 517; ++i) {
      ASSERT_EQ(static_cast<float>(half.data()[i]), float(i % 100));
    }
  }
}

TEST(CudaAssign, WhereAndBool) {
  array<float> const a = counting<float>({6, 40});
  array<float> out(cm::shape{6, 40});
  expect_on_every_grid<float>(out, out.view(), cm::where(a > 50.0f, a, -1.0f), assign_case::packs,
                              [](index_t i) { return i % 100 > 50 ? float(i % 100) : -1.0f; });
  array<bool> truth(cm::shape{6, 40});
  auto const s = as_statement(cm::target_of(truth.view()), a < 7.0f);
  for (auto order : emulated_grid::thread_orders) {
    truth.fill(true);
    s.run(s.plan, 7, 32, order, nullptr);
    for (index_t i = 0; i < truth.size(); ++i) {
      ASSERT_EQ(truth.data()[i], i % 100 < 7);
    }
  }
}

TEST(CudaAssign, BroadcastRowsAndColumns) {
  array<float> const a = counting<float>({5, 7, 64});
  array<float> const row = counting<float>({64});
  array<float> const month = counting<float>({5, 1, 64}, 1000);
  array<float> const column = counting<float>({7, 1});
  array<float> out(cm::shape{5, 7, 64});
  expect_on_every_grid<float>(out, out.view(), a - row, assign_case::packs,
                              [](index_t i) { return float(i % 100) - float(i % 64); });
  expect_on_every_grid<float>(out, out.view(), a - month, assign_case::packs, [](index_t i) {
    return float(i % 100) - float(i / (7 * 64) * 64 + i % 64);
  });
  expect_on_every_grid<float>(out, out.view(), a * column, assign_case::packs,
                              [](index_t i) { return float(i % 100) * float(i / 64 % 7); });
  // Rows of 63 are no whole packs.
  array<float> const odd = counting<float>({5, 63});
  array<float> odd_out(cm::shape{5, 63});
  expect_on_every_grid<float>(odd_out, odd_out.view(), odd - odd(0), assign_case::general,
                              [](index_t i) { return float(i % 100) - float(i % 63); });
}

TEST(CudaAssign, TransposedAndReversed) {
  array<double> const a = counting<double>({9, 13});
  array<double> out(cm::shape{13, 9});
  expect_on_every_grid<double>(out, out.view(), cm::transpose(a) + 0.0, assign_case::general,
                               [](index_t i) { return double((i % 9 * 13 + i / 9) % 100); });
  array<double> flipped(cm::shape{9, 13});
  expect_on_every_grid<double>(flipped, flipped.view(), a(slice(_, _, -1), slice(_, _, -1)) * 1.0,
                               assign_case::general,
                               [](index_t i) { return double((116 - i) % 100); });
  // The output itself runs backwards; both being walked from the other end is one row.
  expect_on_every_grid<double>(flipped, flipped.view()(slice(_, _, -1), slice(_, _, -1)), a * 1.0,
                               assign_case::general, [](index_t i) { return double(i % 100); });
}

template <class T> T value_at(index_t i) {
  if constexpr (cm::complex_floating<T>) {
    return T(static_cast<cm::real_t<T>>(i % 50000), static_cast<cm::real_t<T>>(i % 7));
  } else {
    return static_cast<T>(i % 120);
  }
}
template <class T> array<T> values_of(cm::shape const& s) {
  array<T> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = value_at<T>(i);
  }
  return a;
}

/// Runs a statement as planned on a few grids and compares `out`, which it writes, with value(i).
template <class T, class E, class Value>
void expect_tiles(array<T>& out, E const& e, int tile, Value const& value) {
  auto const s = as_statement(cm::target_of(out.view()), e);
  ASSERT_EQ(s.plan.general.tile, tile) << to_string(s.plan) << " of " << to_string(s.sweep);
  {
    cm::assign_plan const& plan = s.plan;
    for (index_t blocks : {1, 5}) {
      for (int threads : {128, 256}) {
        for (auto order : emulated_grid::thread_orders) {
          out.fill(T(77));
          s.run(plan, blocks, threads, order, nullptr);
          for (index_t i = 0; i < out.size(); ++i) {
            ASSERT_EQ(out.data()[i], value(i))
                << "element " << i << ", " << blocks << " x " << threads << to_string(plan);
          }
        }
      }
    }
  }
}

/// A transposed copy and a sum with a transposed array, of extents that fill tiles and do not.
template <class T> void expect_transposed(int tile) {
  for (auto const& [rows, columns] : {std::pair<index_t, index_t>{64, 128}, {67, 101}}) {
    array<T> const a = values_of<T>({columns, rows});
    array<T> const b = values_of<T>({rows, columns});
    array<T> out(cm::shape{rows, columns});
    auto const other = [rows = rows, columns = columns](index_t i) {
      return value_at<T>(i % columns * rows + i / columns);
    };
    expect_tiles<T>(out, cm::transpose(a), tile, other);
    expect_tiles<T>(out, b + cm::transpose(a), tile,
                    [&](index_t i) { return T(value_at<T>(i) + other(i)); });
  }
}

TEST(CudaAssign, TilesOfTransposedArrays) {
  expect_transposed<std::uint8_t>(64);
  expect_transposed<std::int16_t>(64);
  expect_transposed<float>(32);
  expect_transposed<double>(32);
  expect_transposed<cm::complex<double>>(32);
}

TEST(CudaAssign, TilesOfPermutedAxesAndOfSeveralArrays) {
  array<float> const a = values_of<float>({70, 3, 65});
  array<float> out(cm::shape{65, 3, 70});
  // out(i, j, k) = a(k, j, i)
  auto const turned = [](index_t i) {
    return value_at<float>((i % 70 * 3 + i / 70 % 3) * 65 + i / 210);
  };
  expect_tiles<float>(out, cm::transpose(a), 32, turned);
  // Backwards and with a pitch; with a row, a column, a gather along the rows and a generator.
  array<float> const row = values_of<float>({70});
  array<float> const column = values_of<float>({65, 1, 1});
  array<float> const table = values_of<float>({3, 70});
  array<float> const wide = values_of<float>({70, 3, 130});
  expect_tiles<float>(out, cm::transpose(wide(_, _, slice(_, 65)))(_, _, slice(_, _, -1)) + row, 32,
                      [](index_t i) {
                        return value_at<float>(((69 - i % 70) * 3 + i / 70 % 3) * 130 + i / 210) +
                               value_at<float>(i % 70);
                      });
  expect_tiles<float>(
      out, cm::transpose(a) * column + cm::take(table, {2, 0, 1}, 0) + cm::arange<float>(0.0, 70.0),
      32, [&](index_t i) {
        index_t const from[] = {2, 0, 1};
        return turned(i) * value_at<float>(i / 210) +
               value_at<float>(from[i / 70 % 3] * 70 + i % 70) + float(i % 70);
      });
  // Of different widths: half a tile along each axis, so that both fit.
  array<double> const x = values_of<double>({128, 66});
  array<cm::complex<double>> const y = values_of<cm::complex<double>>({128, 66});
  array<std::uint8_t> const z = values_of<std::uint8_t>({128, 66});
  array<cm::complex<double>> sum(cm::shape{66, 128});
  expect_tiles<cm::complex<double>>(
      sum, cm::transpose(x) + cm::transpose(y) * cm::transpose(z), 16, [](index_t i) {
        index_t const from = i % 128 * 66 + i / 128;
        return value_at<double>(from) +
               value_at<cm::complex<double>>(from) * double(value_at<std::uint8_t>(from));
      });
  // Every other element of the output.
  array<float> holes(cm::shape{65, 3, 140});
  auto const s = as_statement(cm::target_of(holes.view()(_, _, slice(_, _, 2))), cm::transpose(a));
  EXPECT_EQ(s.plan.general.tile, 32);
  holes.fill(77);
  s.run(s.plan, 3, 256, emulated_grid::thread_order::random, nullptr);
  for (index_t i = 0; i < holes.size(); ++i) {
    ASSERT_EQ(holes.data()[i], i % 2 == 0 ? turned(i / 2) : 77.0f);
  }
}

TEST(CudaAssign, MoreTransposedArraysThanTilesOf32) {
  std::vector<array<double>> a;
  for (int k = 0; k < 6; ++k) {
    a.push_back(values_of<double>({64 + k, 70})(slice(k, _), _));
  }
  auto const t = [&](int k) { return cm::transpose(a[k]); };
  array<double> out(cm::shape{70, 64});
  expect_tiles<double>(out, t(0) + t(1) + t(2) + t(3) + t(4) + t(5), 16, [](index_t i) {
    double sum = 0;
    for (int k = 0; k < 6; ++k) {
      sum += value_at<double>((i % 64 + k) * 70 + i / 64);
    }
    return sum;
  });
}

TEST(CudaAssign, RowsOfAnyLengthAndAlignment) {
  // A climatology whose rows begin elsewhere in a pack than those of the field.
  array<float> const field = values_of<float>({6, 7, 181});
  array<float> out(cm::shape{6, 7, 181});
  expect_on_every_grid<float>(
      out, out.view(), field - field(1), assign_case::general,
      [](index_t i) { return value_at<float>(i) - value_at<float>(7 * 181 + i % (7 * 181)); });
  // Rows of a pitch that is a number of packs: the elements at either end are single.
  array<float> const pitched = counting<float>({5, 7, 64});
  array<float> pitched_out(cm::shape{5, 7, 64});
  auto const inner = slice(1, 62);
  expect_on_every_grid<float>(
      pitched_out, pitched_out.view()(_, _, inner),
      pitched(_, _, inner) - pitched(_, slice(2, 3), inner), assign_case::packs, [](index_t i) {
        index_t const at = i / 61 * 64 + i % 61 + 1;
        return float(at % 100) - float((at / 448 * 448 + 128 + at % 64) % 100);
      });
  // Long rows, short rows, and no axis as long as a thread has lanes.
  array<std::int8_t> const bytes = counting<std::int8_t>({3, 2051});
  array<std::int8_t> bytes_out(cm::shape{3, 2051});
  expect_on_every_grid<std::int8_t>(
      bytes_out, bytes_out.view(), bytes + bytes(2), assign_case::general,
      [](index_t i) { return std::int8_t(i % 100 + (4102 + i % 2051) % 100); });
  array<double> const triples = counting<double>({301, 3});
  array<double> triples_out(cm::shape{301, 3});
  expect_on_every_grid<double>(triples_out, triples_out.view(), triples * triples(0),
                               assign_case::general,
                               [](index_t i) { return double(i % 100) * double(i % 3); });
  array<float> const few = counting<float>({2, 3, 3});
  array<float> few_out(cm::shape{2, 3, 3});
  expect_on_every_grid<float>(
      few_out, few_out.view(), few + few(_, slice(_, _, -1)), assign_case::general,
      [](index_t i) { return float(i) + float(i / 9 * 9 + (2 - i / 3 % 3) * 3 + i % 3); });
}

TEST(CudaAssign, OddOffsetsAndLengths) {
  array<float> const a = counting<float>({1010}, 10000);
  array<float> out(cm::shape{1000});
  // Both begin 3 elements into a pack: a head of 1.
  expect_on_every_grid<float>(out, out.view()(slice(3, 998)), a(slice(7, 1002)) * 1.0f,
                              assign_case::packs, [](index_t i) { return float(i + 7); });
  // They begin at different places of a pack.
  expect_on_every_grid<float>(out, out.view()(slice(3, 998)), a(slice(1, 996)) * 1.0f,
                              assign_case::general, [](index_t i) { return float(i + 1); });
  // Every third element.
  expect_on_every_grid<float>(out, out.view()(slice(1, _, 3)), a(slice(_, 333)) * 1.0f,
                              assign_case::general, [](index_t i) { return float(i); });
}

TEST(CudaAssign, NoDimensionsAndNoElements) {
  array<float> const a = counting<float>({5});
  array<float> one(cm::shape{});
  expect_on_every_grid<float>(one, one.view(), a(4) * 2.0f, assign_case::packs,
                              [](index_t) { return 8.0f; });
  array<float> none(cm::shape{3, 0});
  auto const s = as_statement(cm::target_of(none.view()), none * 2.0f);
  EXPECT_EQ(s.plan.launch.blocks, 0);
}

TEST(CudaAssign, FunctorsAndGenerators) {
  array<double> const a = counting<double>({211});
  array<double> out(cm::shape{211});
  struct line {
    double slope;
    double operator()(double x) const { return slope * x + 1; }
  };
  expect_on_every_grid<double>(out, out.view(), cm::map(line{3}, a), assign_case::packs,
                               [](index_t i) { return 3 * double(i % 100) + 1; });
  array<double> table(cm::shape{7, 32});
  expect_on_every_grid<double>(
      table, table.view(),
      cm::reshape(cm::arange<double>(0.0, 7.0), {7, 1}) * cm::arange<double>(0.0, 32.0),
      assign_case::packs, [](index_t i) { return double(i / 32) * double(i % 32); });
}

struct counted_line {
  float slope;
  index_t* calls;
  float operator()(float x, float y) const {
    ++*calls;
    return slope * x + y;
  }
};

// The functor's own operand stands before the leaves of its arguments; others follow. Oracle: the
// formula, and one call for each element.
TEST(CudaAssign, FunctorsInsideOfFormulas) {
  array<float> const a = counting<float>({5, 71});
  array<float> const b = counting<float>({5, 71}, 37);
  array<float> out(cm::shape{71, 5});
  index_t calls = 0;
  counted_line const line{2, &calls};
  auto const value = [](index_t i) {
    float const x = float(i % 100);
    float const y = float(i % 37);
    return (2 * x + (y + 1)) * y - x;
  };
  auto const check = [&](auto const& view, auto const& e, auto const& at) {
    auto const s = as_statement(cm::target_of(view), e);
    cm::assign_plan const plans[] = {s.plan, s.general()};
    for (cm::assign_plan const& plan : plans) {
      std::fill(view.begin(), view.end(), 77.0f);
      calls = 0;
      s.run(plan, 2, 64, emulated_grid::thread_order::forward, nullptr);
      EXPECT_EQ(calls, view.size()) << to_string(plan);
      index_t position = 0;
      for (float x : view) {
        ASSERT_EQ(x, value(at(position))) << position << ", " << to_string(plan);
        ++position;
      }
    }
  };
  array<float> rows(cm::shape{5, 71});
  check(rows.view(), cm::map(line, a, b + 1.0f) * b - a, [](index_t i) { return i; });
  check(rows(_, slice(1, _, 3)),
        cm::map(line, a(_, slice(1, _, 3)), b(_, slice(1, _, 3)) + 1.0f) * b(_, slice(1, _, 3)) -
            a(_, slice(1, _, 3)),
        [](index_t i) { return i / 24 * 71 + 1 + i % 24 * 3; });
  check(out.view(),
        cm::map(line, cm::transpose(a), cm::transpose(b) + 1.0f) * cm::transpose(b) -
            cm::transpose(a),
        [](index_t i) { return i % 5 * 71 + i / 5; });
}

TEST(CudaAssign, TakeWithTransposedIndices) {
  array<std::int8_t> const a = counting<std::int8_t>({50});
  array<double> const b = counting<double>({70, 100});
  array<index_t> const index = counting<index_t>({70, 100}, 49);
  array<double> out(cm::shape{100, 70});
  expect_on_every_grid<double>(out, out.view(),
                               cm::take(a, cm::transpose(index) - 50, 0) * cm::transpose(b),
                               assign_case::general, [](index_t i) {
                                 index_t const position = i % 70 * 100 + i / 70;
                                 return double(position % 49) * double(position % 100);
                               });
}

TEST(CudaAssign, TakeAlongEitherAxis) {
  array<float> const a = counting<float>({12, 20}, 1000);
  array<float> rows(cm::shape{4, 20});
  expect_on_every_grid<float>(rows, rows.view(), cm::take(a, {11, 0, -1, 5}, 0) + 0.0f,
                              assign_case::packs, [](index_t i) {
                                index_t const picked[] = {11, 0, 11, 5};
                                return float(picked[i / 20] * 20 + i % 20);
                              });
  array<float> columns(cm::shape{12, 3});
  expect_on_every_grid<float>(columns, columns.view(), cm::take(a, {19, 2, -20}, 1) + 0.0f,
                              assign_case::general, [](index_t i) {
                                index_t const picked[] = {19, 2, 0};
                                return float(i / 3 * 20 + picked[i % 3]);
                              });
}

// Oracle: the indices 12 and -13 do not exist along an axis of 12.
TEST(CudaAssign, TakeReportsAnIndexOutOfRange) {
  array<float> const a = counting<float>({12, 20}, 1000);
  for (index_t bad : {12, -13, 4}) {
    array<float> out(cm::shape{2, 20});
    auto const s = as_statement(cm::target_of(out.view()), cm::take(a, {0, bad}, 0) + 0.0f);
    for (cm::assign_plan const& plan : {s.plan, s.general()}) {
      int flag = 0;
      s.run(plan, 2, 32, emulated_grid::thread_order::forward, &flag);
      EXPECT_EQ(flag, bad == 4 ? 0 : 1) << bad;
      EXPECT_EQ(out.data()[39], bad == 4 ? 99.0f : 19.0f);
    }
  }
}

TEST(CudaAssignPlan, PacksAreWordsOfSixteenBytes) {
  using f = cm::tree::array<float>;
  using d = cm::tree::array<double>;
  using b = cm::tree::array<std::int8_t>;
  using z = cm::tree::array<cm::complex<double>>;
  EXPECT_EQ(cm::kernel_pack_size<f>, 4);
  EXPECT_EQ(cm::kernel_pack_size<d>, 2);
  EXPECT_EQ(cm::kernel_pack_size<b>, 16);
  EXPECT_EQ(cm::kernel_pack_size<z>, 1);
  // 16 bytes of float, two words of double.
  EXPECT_EQ((cm::kernel_pack_size<cm::tree::apply<cm::operations::cast<double>, double, f>>), 4);
  // A byte beside a double: two words of double, not eight.
  EXPECT_EQ((cm::kernel_pack_size<cm::tree::apply<cm::operations::cast<double>, double, b>>), 4);
}

TEST(CudaAssignPlan, ReadsAsText) {
  array<float> const a(cm::shape{1000});
  array<float> out(cm::shape{1000});
  auto const text = [](auto const& view, auto const& e) {
    return to_string(as_statement(cm::target_of(view), e).plan);
  };
  EXPECT_EQ(text(out.view(), -a), "packs: 250 of 4 in a row, head 0, tail 0");
  EXPECT_EQ(text(out.view()(slice(3, _)), -a(slice(3, _))),
            "packs: 249 of 4 in a row, head 1, tail 0");
  EXPECT_EQ(text(out.view()(slice(3, 5)), -a(slice(3, 5))),
            "packs: 0 of 4 in a row, head 1, tail 1");
  EXPECT_EQ(text(out.view()(slice(3, _)), -a(slice(_, 997))),
            "general: 250 groups of lanes 250 apart along axis 0, 250 in a row");
  array<float> const table(cm::shape{10, 100});
  array<float> sum(cm::shape{10, 100});
  EXPECT_EQ(text(sum.view(), table + table(0)), "packs: 25 of 4 in a row, head 0, tail 0");
  // The pitch keeps the rows of a part aligned alike.
  EXPECT_EQ(text(sum.view()(_, slice(1, 99)), table(_, slice(1, 99)) + table(0, slice(1, 99))),
            "packs: 23 of 4 in a row, head 3, tail 3");
  EXPECT_EQ(text(sum.view()(_, slice(1, 5)), table(_, slice(1, 5)) + table(0, slice(1, 5))),
            "general: 12 groups of lanes 3 apart along axis 0, 4 in a row");
  array<float> const odd(cm::shape{10, 99});
  EXPECT_EQ(text(array<float>(cm::shape{10, 99}).view(), odd + odd(0)),
            "general: 250 groups of lanes 25 apart along axis 1, 25 in a row");
  array<float> const square(cm::shape{100, 100});
  EXPECT_EQ(text(array<float>(cm::shape{100, 100}).view(), square + cm::transpose(square)),
            "general: 16 tiles of 32 x 32, 4 in a row");
}

// More than 2^31 elements; nothing is read, so the addresses need not exist.
TEST(CudaAssignPlan, LargeArrays) {
  for (index_t n : {(index_t{1} << 31) - 1, index_t{1} << 31, index_t{1} << 40}) {
    cm::operand operands[2];
    for (cm::operand& o : operands) {
      o = cm::operand{.data = nullptr, .item_bytes = 1, .kind = cm::leaf_kind::array};
      o.stride[0] = 2;
    }
    auto const sweep = cm::plan_elementwise(cm::shape{n}, operands);
    auto const plan = cm::plan_assign(sweep, operands, {16, 2, 1});
    EXPECT_EQ(plan.what, assign_case::general);
    EXPECT_EQ(plan.launch.blocks, std::min((n + 255) / 256, cm::most_blocks));
  }
}

// Oracle: the processor's division.
TEST(Divider, IsExact) {
  std::mt19937_64 numbers(1);
  constexpr std::uint64_t most = 0x7fffffffffffffff;
  std::vector<std::uint64_t> large = {
      1, 2, 3, 5, 7, 1024, 64800, 0x7fffffff, 1u << 31, (std::uint64_t{1} << 62) + 1, most};
  for (int k = 0; k < 500; ++k) {
    large.push_back((numbers() >> (1 + k % 63)) | 1);
  }
  for (std::uint64_t d : large) {
    cm::divider const divide(static_cast<index_t>(d));
    std::vector<std::uint64_t> dividends = {0, 1, d - 1, d, most, most - 1, most / d * d};
    for (int k = 0; k < 200; ++k) {
      std::uint64_t const multiple = numbers() % (most / d + 1) * d;
      dividends.insert(dividends.end(),
                       {multiple, multiple == 0 ? 0 : multiple - 1, numbers() >> (1 + k % 63)});
    }
    for (std::uint64_t n : dividends) {
      ASSERT_EQ(divide.quotient(static_cast<index_t>(n)), static_cast<index_t>(n / d))
          << n << " / " << d;
    }
  }
}

// Oracle: what a device refuses, a word at an address that is no multiple of its size.
TEST(CudaAssign, EmulationRefusesMisalignedWords) {
  array<float> const a(cm::shape{64});
  array<float> out(cm::shape{64});
  auto const s = as_statement(cm::target_of(out.view()), a + 1.0f);
  cm::assign_plan p = s.plan;
  ASSERT_EQ(p.what, cm::assign_case::packs);
  EXPECT_NO_THROW(s.run(p, 1, 32, emulated_grid::thread_order::forward, nullptr));
  // Packs that begin one element late, as a plan would have them that knew of no alignment.
  p.head = 1;
  p.tail = 3;
  p.packs -= 1;
  EXPECT_THROW(s.run(p, 1, 32, emulated_grid::thread_order::forward, nullptr), cm::value_error);

  using four = cm::pack_policy<4, false>;
  constexpr cm::access aligned = cm::access::aligned;
  alignas(16) std::byte memory[48] = {};
  auto const pack = cm::load<float, four, aligned>(memory + 16, 1, 0, 4);
  EXPECT_THROW((cm::load<float, four, aligned>(memory + 8, 1, 0, 4)), cm::value_error);
  EXPECT_THROW((cm::load<std::int8_t, four, aligned>(memory + 2, 1, 0, 4)), cm::value_error);
  EXPECT_NO_THROW((cm::store<float, four, aligned>(memory, 1, 4, 4, pack)));
  EXPECT_THROW((cm::store<float, four, aligned>(memory + 4, 1, 0, 4, pack)), cm::value_error);
}

}  // namespace
