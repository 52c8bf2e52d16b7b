// SPDX-License-Identifier: Apache-2.0
// Oracles: NumPy's advanced indexing for random selections (selection_cases.py gives the positions
// that are read, and for assignments the winner of a loop over them in order); closed forms.
#include "cumulus/array/selection.hpp"

#include <fstream>
#include <functional>
#include <sstream>
#include <type_traits>

#include "tests/message_of.hpp"
#include "tests/oracle_process.hpp"
#include "tests/typed_arrays.hpp"

namespace {

namespace cm = cumulus;
using cm::_;
using cm::index_t;
using typed_arrays::array_of;
using typed_arrays::on_host;
using typed_arrays::values_of;

using tested_types = typed_arrays::type_list<bool, std::int64_t, float, double, cm::complex<float>>;

/// The element at a flat position of the base array, and the one assigned from a flat position.
template <class T> T element_at(index_t position) {
  if constexpr (cm::boolean<T>) {
    return position % 3 != 0;
  } else if constexpr (cm::complex_floating<T>) {
    return T(static_cast<float>(position + 1), static_cast<float>(-position));
  } else {
    return static_cast<T>(position + 1);
  }
}
template <class T> T value_at(index_t position) {
  if constexpr (cm::boolean<T>) {
    return position % 2 != 0;
  } else {
    return element_at<T>(1000 + 7 * position);
  }
}

struct selection_case {
  std::string text;
  cm::shape base;
  std::vector<index_t> steps;
  std::vector<int> order;
  std::vector<cm::selection_item<cm::host>> items;
  cm::shape result;
  std::vector<index_t> positions;
  cm::shape value;
  std::vector<index_t> winners;
};

cm::shape read_shape(std::istream& in) {
  int rank = -1;
  in >> rank;
  cm::shape s;
  for (int k = 0; k < rank; ++k) {
    index_t n = -1;
    in >> n;
    s.push_back(n);
  }
  return s;
}

std::vector<index_t> read_numbers(std::istream& in, index_t count) {
  std::vector<index_t> numbers(static_cast<std::size_t>(count));
  for (index_t& n : numbers) {
    in >> n;
  }
  return numbers;
}

cm::slice_bound read_bound(std::istream& in) {
  std::string word;
  in >> word;
  return word == "_" ? cm::slice_bound(_) : cm::slice_bound(std::stol(word));
}

cm::selection_item<cm::host> read_item(std::istream& in) {
  using kind = cm::selection_item<cm::host>::kind;
  char letter = 0;
  in >> letter;
  switch (letter) {
    case 'i':
      return {.item = read_numbers(in, 1)[0]};
    case 's': {
      auto const start = read_bound(in);
      auto const stop = read_bound(in);
      return {.item = cm::slice(start, stop, read_numbers(in, 1)[0])};
    }
    case 'w':
      return {.item = _};
    case 'x':
      return {.item = cm::newaxis};
    case 'e':
      return {.item = cm::ellipsis};
    default: {
      cm::shape const s = read_shape(in);
      auto const positions = array_of<cm::host>(s, read_numbers(in, s.size()));
      if (letter == 'a') {
        return {.what = kind::positions, .positions = positions.view()};
      }
      return {.what = kind::mask, .mask = cm::ndarray<bool>(positions != 0).view()};
    }
  }
}

selection_case read_case(std::string const& line) {
  std::istringstream in(line);
  selection_case c;
  c.text = line;
  std::string word;
  in >> word;
  c.base = read_shape(in);
  c.steps = read_numbers(in, c.base.rank());
  for (index_t k : read_numbers(in, c.base.rank())) {
    c.order.push_back(static_cast<int>(k));
  }
  in >> word;
  for (index_t n = read_numbers(in, 1)[0]; n > 0; --n) {
    c.items.push_back(read_item(in));
  }
  in >> word;
  c.result = read_shape(in);
  c.positions = read_numbers(in, c.result.size());
  in >> word;
  c.value = read_shape(in);
  c.winners = read_numbers(in, c.base.size());
  EXPECT_TRUE(in) << line;
  return c;
}

bool has_numpy() { return oracle::has_python_module("numpy"); }

std::vector<selection_case> const& numpy_cases() {
  static std::vector<selection_case> const cases = [] {
    std::string const path = oracle::scratch("selection_cases.txt");
    auto const made = oracle::run(std::string(CUMULUS_PYTHON) + " " + oracle::source_dir() +
                                  "/tests/array/selection_cases.py 600 " + path);
    EXPECT_EQ(made.status, 0);
    std::ifstream file(path);
    std::vector<selection_case> result;
    for (std::string line; std::getline(file, line);) {
      result.push_back(read_case(line));
    }
    return result;
  }();
  return cases;
}

template <class Space, class T> cm::ndarray<T, Space> base_of(selection_case const& c) {
  cm::ndarray<T, cm::host> values(c.base);
  for (index_t i = 0; i < values.size(); ++i) {
    values.data()[i] = element_at<T>(i);
  }
  return cm::ndarray<T, Space>(c.base, std::as_const(values).data());
}

template <class Space, class T>
cm::array_view<T, Space> view_of(selection_case const& c, cm::ndarray<T, Space>& base) {
  cm::array_view<T, Space> view = base.view();
  for (int k = 0; k < c.base.rank(); ++k) {
    std::vector<cm::index_item> items(static_cast<std::size_t>(k), cm::index_item(_));
    items.push_back(cm::slice(_, _, c.steps[static_cast<std::size_t>(k)]));
    view.rebind(view.mapped(cm::map_index(view.shape(), items)));
  }
  return cm::transpose(view, c.order);
}

template <class Space, class T> cm::ndarray<T, Space> value_of(selection_case const& c) {
  cm::ndarray<T, cm::host> values(c.value);
  for (index_t i = 0; i < values.size(); ++i) {
    values.data()[i] = value_at<T>(i);
  }
  return cm::ndarray<T, Space>(c.value, std::as_const(values).data());
}

template <class Space> std::vector<cm::selection_item<Space>> items_in(selection_case const& c) {
  std::vector<cm::selection_item<Space>> items;
  for (auto const& item : c.items) {
    using kind = typename cm::selection_item<Space>::kind;
    cm::selection_item<Space> copy{.what = static_cast<kind>(item.what), .item = item.item};
    copy.positions.rebind(cm::ndarray<index_t, Space>(item.positions.shape(),
                                                      cm::ndarray<index_t>(item.positions).data())
                              .view());
    copy.mask.rebind(
        cm::ndarray<bool, Space>(item.mask.shape(), cm::ndarray<bool>(item.mask).data()).view());
    items.push_back(copy);
  }
  return items;
}

/// Calls use(a(items…)) with the items as arguments of their own types when there are at most two.
template <class View, class Space, class Use, class... Done>
void with_arguments(View const& v, std::span<cm::selection_item<Space> const> items, Use const& use,
                    Done const&... done) {
  if (items.empty()) {
    if constexpr ((cm::array_like<Done> || ...)) {
      use(v(done...));
      return;
    }
  } else if constexpr (sizeof...(Done) < 2) {
    using kind = typename cm::selection_item<Space>::kind;
    auto const rest = items.subspan(1);
    switch (items[0].what) {
      case kind::view:
        return with_arguments(v, rest, use, done..., items[0].item);
      case kind::positions:
        return with_arguments(v, rest, use, done..., items[0].positions);
      case kind::mask:
        return with_arguments(v, rest, use, done..., items[0].mask);
    }
  }
  throw std::logic_error("no arguments");
}

template <class View, class Space, class Use>
void with_selection(View const& v, std::vector<cm::selection_item<Space>> const& items,
                    Use const& use) {
  if (items.size() <= 2) {
    with_arguments(v, std::span<cm::selection_item<Space> const>(items), use);
    return;
  }
  using T = typename View::value_type;
  use(cm::selection<T, Space>(
      v, cm::select(v.shape(), v.strides(), std::span<cm::selection_item<Space> const>(items),
                    sizeof(T))));
}

/// The base after the assignment of `combine(old element, value)` to the winners.
template <class T, class Combine>
void expect_winners(selection_case const& c, std::vector<index_t> const& winners,
                    auto const& values, Combine const& combine) {
  for (std::size_t i = 0; i < winners.size(); ++i) {
    auto const position = static_cast<index_t>(i);
    T const expected = winners[i] < 0 ? element_at<T>(position)
                                      : combine(element_at<T>(position), value_at<T>(winners[i]));
    ASSERT_EQ(static_cast<T>(values[i]), expected) << "element " << i << " of " << c.text;
  }
}

template <class Space, class T> void check_read(selection_case const& c) {
  auto base = base_of<Space, T>(c);
  auto const view = view_of<Space, T>(c, base);
  with_selection(view, items_in<Space>(c), [&](auto const& selected) {
    ASSERT_EQ(selected.shape(), c.result) << c.text;
    cm::ndarray const copy = selected;
    auto const values = values_of(copy);
    auto const through_expression = values_of(cm::where(true, selected, selected));
    for (std::size_t i = 0; i < c.positions.size(); ++i) {
      ASSERT_EQ(static_cast<T>(values[i]), element_at<T>(c.positions[i])) << c.text;
      ASSERT_EQ(static_cast<T>(through_expression[i]), element_at<T>(c.positions[i])) << c.text;
    }
  });
}

template <class Space, class T> void check_write(selection_case const& c) {
  auto base = base_of<Space, T>(c);
  with_selection(view_of<Space, T>(c, base), items_in<Space>(c),
                 [&](auto selected) { selected = value_of<Space, T>(c); });
  expect_winners<T>(c, c.winners, values_of(base), [](T, T value) { return value; });

  // One number for all of them.
  auto filled = base_of<Space, T>(c);
  with_selection(view_of<Space, T>(c, filled), items_in<Space>(c),
                 [&](auto selected) { selected = value_at<T>(5); });
  std::vector<index_t> fives = c.winners;
  for (index_t& w : fives) {
    w = w < 0 ? w : 5;
  }
  expect_winners<T>(c, fives, values_of(filled), [](T, T value) { return value; });

  if constexpr (!cm::boolean<T>) {
    auto sum = base_of<Space, T>(c);
    with_selection(view_of<Space, T>(c, sum), items_in<Space>(c),
                   [&](auto selected) { selected += value_of<Space, T>(c); });
    expect_winners<T>(c, c.winners, values_of(sum), [](T old, T value) { return old + value; });

    auto difference = base_of<Space, T>(c);
    with_selection(view_of<Space, T>(c, difference), items_in<Space>(c),
                   [&](auto selected) { selected -= value_at<T>(5); });
    expect_winners<T>(c, fives, values_of(difference), [](T old, T value) { return old - value; });
  }
}

template <class Space> using Selection = typed_arrays::in_each_space<Space>;
TYPED_TEST_SUITE(Selection, typed_arrays::spaces);

TYPED_TEST(Selection, ReadsWhatNumPyReads) {
  CUMULUS_TEST_NEEDS(has_numpy(), "Python's numpy");
  ASSERT_EQ(numpy_cases().size(), 600);
  typed_arrays::for_each_type(tested_types{}, []<class T>(std::type_identity<T>) {
    for (auto const& c : numpy_cases()) {
      check_read<TypeParam, T>(c);
    }
  });
}

TYPED_TEST(Selection, WritesWhatAnOrderedLoopOverNumPysPositionsWrites) {
  CUMULUS_TEST_NEEDS(has_numpy(), "Python's numpy");
  ASSERT_EQ(numpy_cases().size(), 600);
  typed_arrays::for_each_type(tested_types{}, []<class T>(std::type_identity<T>) {
    for (auto const& c : numpy_cases()) {
      check_write<TypeParam, T>(c);
    }
  });
}

// The closed forms below are NumPy's answers to the expressions in the comments, worked by hand.

TYPED_TEST(Selection, AcceptsAnyIntegerTypeListsAndExpressions) {
  auto const a = array_of<TypeParam, int>({5}, {10, 11, 12, 13, 14});
  std::vector<int> const expected = {14, 10, 13};
  EXPECT_EQ(values_of(a(array_of<TypeParam, std::int8_t>({3}, {-1, 0, 3}))), expected);
  EXPECT_EQ(values_of(a(array_of<TypeParam, std::uint64_t>({3}, {4, 0, 3}))), expected);
  EXPECT_EQ(values_of(a(array_of<TypeParam, int>({3}, {-2, -1, 2}) + 1)), expected);
  EXPECT_EQ(values_of(a(std::vector<int>{-1, 0, 3})), expected);
  EXPECT_EQ(values_of(a(std::array<index_t, 3>{-1, 0, 3})), expected);
  auto const m = array_of<TypeParam, int>({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values_of(m(std::vector<int>{1, 0}, 1)), (std::vector<int>{4, 2}));
}

TYPED_TEST(Selection, TakesPartInExpressionsAsAnArray) {
  auto const a = array_of<TypeParam, double>({4}, {1, -2, 3, -4});
  std::vector<int> const i = {3, 3, 0};
  EXPECT_EQ(values_of(a(i) + 1), (std::vector<double>{-3, -3, 2}));
  EXPECT_EQ(values_of(a(i) * a(i)), (std::vector<double>{16, 16, 1}));
  EXPECT_EQ(cm::ndarray(cm::sum(a(a > 0))).item(), 4);
  EXPECT_EQ(values_of(a(a < 0)(cm::slice(_, _, -1))), (std::vector<double>{-4, -2}));
  EXPECT_EQ(a(a > 2).item(), 3);
  auto const e = a(i) + 0;  // a copy of the elements as they are now
  auto changed = a;
  auto const from_changed = changed(i) + 0;
  changed(_) = 0;
  EXPECT_EQ(values_of(from_changed), values_of(e));
}

TYPED_TEST(Selection, AssignsOneSelectionToAnother) {
  auto a = array_of<TypeParam, int>({5}, {0, 1, 2, 3, 4});
  a(std::vector<int>{0, 1, 2, 3, 4}) = cm::flip(a);  // a[[0, 1, 2, 3, 4]] = a[::-1]
  EXPECT_EQ(values_of(a), (std::vector<int>{4, 3, 2, 1, 0}));
  a(std::vector<int>{0, 1, 2}) = a(std::vector<int>{2, 0, 1});
  EXPECT_EQ(values_of(a), (std::vector<int>{2, 4, 3, 1, 0}));
  a(a > 2) = a(a < 2);
  EXPECT_EQ(values_of(a), (std::vector<int>{2, 1, 0, 1, 0}));
  a(a(_)) = a(_) * 10;  // indices 2 1 0 1 0 of the old elements; the last of a repeated one wins
  EXPECT_EQ(values_of(a), (std::vector<int>{0, 10, 20, 1, 0}));
}

TYPED_TEST(Selection, ViewsOfItselfAreReadBeforeTheyAreWritten) {
  auto a = array_of<TypeParam, int>({6}, {0, 1, 2, 3, 4, 5});
  a(cm::slice(1, _))(std::vector<int>{0, 1, 2, 3, 4}) = a(cm::slice(_, -1));
  EXPECT_EQ(values_of(a), (std::vector<int>{0, 0, 1, 2, 3, 4}));
  auto b = array_of<TypeParam, int>({6}, {0, 1, 2, 3, 4, 5});
  b(cm::slice(1, _))(b(cm::slice(_, -1)) < 2) = -1;  // the mask overlaps what it selects
  EXPECT_EQ(values_of(b), (std::vector<int>{0, -1, -1, 3, 4, 5}));
}

TYPED_TEST(Selection, AMaskedScalarIsWrittenThroughEveryKindOfArray) {
  auto z = array_of<TypeParam, float>({2, 3}, {1, NAN, 3, NAN, 5, 6});
  z(cm::isnan(z)) = 0;
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 3, 0, 5, 6}));
  cm::transpose(z)(cm::transpose(z) > 2) *= 2.0;
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 6, 0, 10, 12}));
  z(array_of<TypeParam, bool>({2}, {false, true})) = 7;  // a mask of the first axis
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 6, 7, 7, 7}));
  z(z > 6) = array_of<TypeParam, float>({1}, {9});
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 6, 9, 9, 9}));
  z(z > 8) -= cm::scalar<double>(1);
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 6, 8, 8, 8}));
  z(z > 100) = array_of<TypeParam, float>({0}, {});  // as many values as true elements: none
  EXPECT_EQ(values_of(z), (std::vector<float>{1, 0, 6, 8, 8, 8}));
}

TYPED_TEST(Selection, AMaskOfManyArraysIsEvaluatedFirst) {
  auto a = array_of<TypeParam, int>({3}, {1, 2, 3});
  auto const four = a + a + a + a;
  auto const mask = four + four + four + (a + a + a) > 30;  // 16 leaves
  a(mask) = 0;
  EXPECT_EQ(values_of(a), (std::vector<int>{1, 2, 0}));
}

// The statement z(mask) = x must not look for positions: it is where(mask, x, z), lazily.
TYPED_TEST(Selection, AMaskIsKeptAsAnExpression) {
  auto z = array_of<TypeParam, float>({2}, {1, 2});
  using Proxy = decltype(z(z > 1));
  using Mask = decltype(z > 1);
  static_assert(
      std::is_same_v<Proxy, cm::mask_selection<float, TypeParam, typename Mask::tree_type>>);
  auto const proxy = z(z > 1);
  EXPECT_EQ(proxy.shape(), (cm::shape{1}));
}

TYPED_TEST(Selection, ConvertsAsAssignmentDoes) {
  auto f = array_of<TypeParam, float>({3}, {1, 2, 3});
  f(std::vector<int>{0}) = array_of<TypeParam, double>({1}, {0.5});
  f(std::vector<int>{1}) = 7;
  f(f > 6) /= array_of<TypeParam, double>({1}, {2});
  EXPECT_EQ(values_of(f), (std::vector<float>{0.5F, 3.5F, 3}));
  cm::ndarray<double, TypeParam> const wide = f(std::vector<int>{0, 2});
  EXPECT_EQ(values_of(wide), (std::vector<double>{0.5, 3}));
}

TYPED_TEST(Selection, NamesTheShapesInItsErrors) {
  using ints = std::vector<int>;
  auto a = array_of<TypeParam, int>({2, 3}, {0, 1, 2, 3, 4, 5});
  auto const short_mask = array_of<TypeParam, bool>({3}, {true, false, true});
  EXPECT_EQ(message_of<cm::index_error>([&] { a(short_mask) = 1; }),
            "index: expected a mask with the extents of the first axes of shape (2, 3), got a mask "
            "of shape (3,)");
  EXPECT_EQ(message_of<cm::index_error>([&] { a(short_mask, 1) = 1; }),
            "index: expected a mask with the extents of axes 0 to 0 of shape (2, 3), got a mask of "
            "shape (3,)");
  EXPECT_EQ(message_of<cm::index_error>([&] { a(ints{0}, 3) = 1; }),
            "index: expected an index in [-3, 3) along axis 1, got 3");
  EXPECT_EQ(
      message_of<cm::index_error>([&] { a(ints{0}, 0, 0) = 1; }),
      "index: expected at most 2 indexed axes and one ellipsis for shape (2, 3), got 3 and 0");
  EXPECT_EQ(message_of<cm::shape_error>([&] { a(ints{0, 1}, ints{0, 1, 2}) = 1; }),
            "index: cannot broadcast (2,) with (3,): axis 0 is 2 and 3");
  EXPECT_EQ(
      message_of<cm::shape_error>([&] { a(ints{0}) = array_of<TypeParam, int>({2}, {1, 2}); }),
      "assign: cannot broadcast (2,) to (1, 3)");
  EXPECT_EQ(
      message_of<cm::shape_error>([&] { a(a > 3) = array_of<TypeParam, int>({3}, {1, 2, 3}); }),
      "assign: cannot broadcast (3,) to (2,)");
  EXPECT_EQ(values_of(a), (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

// On a device an index out of range is found when the work is done.
TEST(SelectionHost, NamesAnIndexOutOfRange) {
  using ints = std::vector<int>;
  cm::ndarray<int> a{{0, 1, 2}, {3, 4, 5}};
  EXPECT_EQ(message_of<cm::index_error>([&] { a(_, ints{0, -4}) = 1; }),
            "index: expected an index in [-3, 3) along axis 1, got -4");
  EXPECT_EQ(message_of<cm::index_error>([&] { a(ints{0, 2}) += 1; }),
            "index: expected an index in [-2, 2) along axis 0, got 2");
  EXPECT_EQ(values_of(a), (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

// numpy.nonzero, argwhere and flatnonzero of [[0, 2, nan], [0, 0, -1]]
TYPED_TEST(Selection, FindsWhereElementsAreNotZero) {
  auto const a = array_of<TypeParam, double>({2, 3}, {0, 2, NAN, -0.0, 0, -1});
  auto const where = cm::nonzero(a);
  ASSERT_EQ(where.size(), 2);
  EXPECT_EQ(values_of(where[0]), (std::vector<index_t>{0, 0, 1}));
  EXPECT_EQ(values_of(where[1]), (std::vector<index_t>{1, 2, 2}));
  EXPECT_EQ(cm::argwhere(a).shape(), (cm::shape{3, 2}));
  EXPECT_EQ(values_of(cm::argwhere(a)), (std::vector<index_t>{0, 1, 0, 2, 1, 2}));
  EXPECT_EQ(values_of(cm::flatnonzero(cm::transpose(a))), (std::vector<index_t>{2, 4, 5}));
  EXPECT_EQ(values_of(a(where[0], where[1]) < 0), (std::vector<unsigned char>{0, 0, 1}));
  EXPECT_EQ(cm::nonzero(array_of<TypeParam, int>({0, 3}, {})).at(1).shape(), cm::shape{0});
  EXPECT_EQ(cm::argwhere(array_of<TypeParam, int>({}, {7})).shape(), (cm::shape{1, 0}));
  EXPECT_EQ(values_of(cm::flatnonzero(array_of<TypeParam, int>({}, {7}))), std::vector<index_t>{0});
  EXPECT_THROW(cm::nonzero(array_of<TypeParam, int>({}, {7})), cm::shape_error);
}

// Longer than the blocks that threads share: every third element, counted by division.
TYPED_TEST(Selection, FindsThePositionsOfALongMask) {
  index_t const rows = 317;
  index_t const columns = 1009;
  auto const i = typed_arrays::counting<TypeParam, std::int64_t>({rows, columns});
  auto const found = values_of(cm::flatnonzero(i % 3 == 0));
  ASSERT_EQ(found.size(), (rows * columns + 2) / 3);
  for (std::size_t k = 0; k < found.size(); ++k) {
    ASSERT_EQ(found[k], static_cast<index_t>(3 * k));
  }
  EXPECT_EQ(values_of(i(i % 3 == 0)), found);
  auto const where = cm::nonzero(i % 3 == 0);
  EXPECT_EQ(values_of(where[0] * columns + where[1]), found);
}

TYPED_TEST(Selection, RefusesASizeThatDoesNotFit) {
  index_t const n = index_t{1} << 30;
  auto const a = cm::broadcast_to(array_of<TypeParam, int>({1}, {7}), {1, n, n});
  auto const i = array_of<TypeParam, index_t>({3}, {0, 0, 0});
  EXPECT_THROW(a(i), cm::shape_error);
}

}  // namespace
