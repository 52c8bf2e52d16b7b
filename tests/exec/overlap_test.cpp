// SPDX-License-Identifier: Apache-2.0
// Assignments between random views of one buffer against a plain loop that copies the buffer first.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;

constexpr index_t side = 6;

/// A view of a (6, 6, 6) array: its axis k walks count[k] steps along axis[k] of the array. A count
/// of 1 may be stretched to `stretched`.
struct window {
  int axis[3];
  index_t start[3];
  index_t step[3];
  index_t count[3];

  index_t position(index_t const (&i)[3]) const {
    constexpr index_t stride[] = {side * side, side, 1};
    index_t sum = 0;
    for (int k = 0; k < 3; ++k) {
      sum += (start[k] + (count[k] == 1 ? 0 : i[k]) * step[k]) * stride[axis[k]];
    }
    return sum;
  }
  template <class Array> auto of(Array& a) const {
    std::vector<cm::index_item> items(3, cm::_);
    for (int k = 0; k < 3; ++k) {
      index_t const last = start[k] + count[k] * step[k];
      items[axis[k]] = last < 0 ? slice(start[k], _, step[k]) : slice(start[k], last, step[k]);
    }
    return cm::transpose(a(items[0], items[1], items[2]), {axis[0], axis[1], axis[2]});
  }
};

using generator = std::mt19937_64;
index_t below(generator& g, index_t n) {
  return std::uniform_int_distribution<index_t>(0, n - 1)(g);
}

window random_window(generator& g, index_t const (&count)[3]) {
  window w{{0, 1, 2}, {}, {}, {}};
  std::shuffle(w.axis, w.axis + 3, g);
  for (int k = 0; k < 3; ++k) {
    w.count[k] = count[k];
    index_t const longest = count[k] > 1 ? (side - 1) / (count[k] - 1) : 1;
    w.step[k] = (1 + below(g, longest)) * (below(g, 2) != 0 ? 1 : -1);
    index_t const reach = std::abs(w.step[k]) * (count[k] - 1);
    index_t const lowest = below(g, side - reach);
    w.start[k] = w.step[k] > 0 ? lowest : lowest + reach;
  }
  return w;
}

/// What is assigned to the target, of the target t and two sources a and b.
template <class T, class A, class B>
void assign_views(int statement, T const& t, A const& a, B const& b) {
  switch (statement) {
    case 0:
      t(_) = a;
      break;
    case 1:
      t(_) = a * 3 + b;
      break;
    case 2:
      t += a;
      break;
    case 3:
      t(_) = cm::where(a > b, a, b - a);
      break;
    default:
      t -= t * a + b;
  }
}
std::int64_t assign_number(int statement, std::int64_t t, std::int64_t a, std::int64_t b) {
  switch (statement) {
    case 0:
      return a;
    case 1:
      return a * 3 + b;
    case 2:
      return t + a;
    case 3:
      return a > b ? a : b - a;
    default:
      return t - (t * a + b);
  }
}

template <class Space> void random_views_of_one_buffer(int cases, unsigned seed) {
  generator g(seed);
  for (int n = 0; n < cases; ++n) {
    index_t const count[3] = {1 + below(g, side), 1 + below(g, side), 1 + below(g, side)};
    window const target = random_window(g, count);
    index_t source_count[2][3];
    for (auto& c : source_count) {
      for (int k = 0; k < 3; ++k) {
        c[k] = below(g, 5) == 0 ? 1 : count[k];  // sometimes stretched
      }
    }
    window const first = random_window(g, source_count[0]);
    window const second = below(g, 3) == 0 ? target : random_window(g, source_count[1]);
    int const statement = static_cast<int>(below(g, 5));

    std::vector<std::int64_t> old(side * side * side);
    for (auto& x : old) {
      x = below(g, 1000);
    }
    auto expected = old;
    for (index_t i = 0; i < count[0]; ++i) {
      for (index_t j = 0; j < count[1]; ++j) {
        for (index_t k = 0; k < count[2]; ++k) {
          index_t const at = target.position({i, j, k});
          expected[at] = assign_number(statement, old[at], old[first.position({i, j, k})],
                                       old[second.position({i, j, k})]);
        }
      }
    }
    auto array = array_of<Space>(shape{side, side, side}, old);
    assign_views(statement, target.of(array), first.of(array), second.of(array));
    ASSERT_EQ(values_of(array), expected) << "case " << n << ", statement " << statement;
  }
}

/// Long rows, which several threads share and packs cut at any place.
template <class Space> void shifted_long_rows() {
  generator g(7);
  constexpr index_t length = 140001;
  for (int n = 0; n < 24; ++n) {
    std::vector<float> old(length);
    for (auto& x : old) {
      x = static_cast<float>(below(g, 1 << 20));
    }
    index_t const count = length / 2 - below(g, 999);
    index_t const from = below(g, length - count + 1);
    index_t const to = n % 3 == 0 ? std::max<index_t>(0, from - below(g, 40)) : below(g, 500);
    bool const backwards = below(g, 2) != 0;
    auto expected = old;
    for (index_t i = 0; i < count; ++i) {
      expected[to + i] = old[backwards ? from + count - 1 - i : from + i] + 1;
    }
    auto a = array_of<Space>(shape{length}, old);
    auto const source = a(slice(from, from + count));
    a(slice(to, to + count)) = (backwards ? cm::flip(source) : source) + 1.0;
    ASSERT_EQ(values_of(a), expected) << "case " << n;
  }
}

template <class Space> class overlap : public in_each_space<Space> {};
TYPED_TEST_SUITE(overlap, spaces);

TYPED_TEST(overlap, random_views_of_one_buffer) { random_views_of_one_buffer<TypeParam>(4000, 11); }
TYPED_TEST(overlap, shifted_long_rows) { shifted_long_rows<TypeParam>(); }

cm::leaf leaf_at(cm::index_t first, cm::strides const& st, cm::buffer const& owner) {
  cm::leaf l;
  l.op.data = reinterpret_cast<std::byte const*>(owner.data());
  l.op.item_bytes = 8;
  l.op.kind = cm::leaf_kind::array;
  l.owner = owner;
  l.set_strides(st);
  l.advance(first);
  return l;
}

bool hazard(cm::leaf const& output, cm::leaf const& input, shape const& s) {
  return cm::is_hazard(output.op, cm::addresses(output.op, s), input.op, input.owner, s);
}

// Extents beside a 0 may be anything; what they would reach fits no integer.
TEST(hazard, is_none_without_elements) {
  cm::ndarray<float, cm::host> none(shape{0});
  for (shape const& s :
       {shape{0, index_t{1} << 62}, shape{0, index_t{1} << 40, index_t{1} << 40}}) {
    auto const v = cm::reshape(none, s);
    v(_) = v + 1.0f;
    EXPECT_FALSE(cm::any_hazard(cm::target_of(v).op, std::span<cm::leaf const>(), s));
    EXPECT_EQ(cm::addresses(cm::target_of(v).op, s).begin,
              cm::addresses(cm::target_of(v).op, s).end);
    EXPECT_EQ(v.size(), 0);
  }
}

TEST(hazard, is_seen_for_what_it_is) {
  cm::buffer const storage = cm::allocate_host(800);
  cm::buffer const other = cm::allocate_host(800);
  shape const s{4, 5};
  auto const out = leaf_at(0, {5, 1}, storage);
  EXPECT_FALSE(hazard(out, leaf_at(0, {5, 1}, storage), s));    // the same elements
  EXPECT_FALSE(hazard(out, leaf_at(20, {5, 1}, storage), s));   // behind it
  EXPECT_FALSE(hazard(out, leaf_at(0, {1, 4}, other), s));      // elsewhere
  EXPECT_TRUE(hazard(out, leaf_at(19, {5, 1}, storage), s));    // one element shared
  EXPECT_TRUE(hazard(out, leaf_at(0, {1, 4}, storage), s));     // in another order
  EXPECT_TRUE(hazard(out, leaf_at(0, {0, 1}, storage), s));     // the first row, stretched
  EXPECT_TRUE(hazard(out, leaf_at(19, {-5, -1}, storage), s));  // backwards
  EXPECT_FALSE(hazard(out, leaf_at(0, {1, 4}, storage), shape{0, 5}));
}

}  // namespace
