// SPDX-License-Identifier: Apache-2.0
// Views of arrays and of lazy expressions: random sequences of operations against NumPy, and the
// spellings and errors that random sequences do not reach.

#include "tests/answers_file.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;

constexpr int cases = 1200;

oracle::answers const& answers() {
  return oracle::answers_of("array/views_cases.py", std::to_string(cases));
}

/// One step of a program of views_cases.py; operations are numbered as there.
struct step {
  int op;
  std::vector<std::int64_t> arguments;

  std::vector<cm::index_item> items() const {
    std::vector<cm::index_item> list;
    for (std::size_t i = 0; i < arguments.size(); i += 6) {
      std::int64_t const* const a = &arguments[i];
      auto const bound = [&](int k) {
        return a[k] != 0 ? cm::slice_bound(a[k + 1]) : cm::slice_bound(_);
      };
      switch (a[0]) {
        case 0:
          list.emplace_back(a[2]);
          break;
        case 1:
          list.emplace_back(slice(bound(1), bound(3), a[5]));
          break;
        case 2:
          list.emplace_back(_);
          break;
        case 3:
          list.emplace_back(cm::newaxis);
          break;
        default:
          list.emplace_back(cm::ellipsis);
      }
    }
    return list;
  }
  int axis(int k) const { return static_cast<int>(arguments[k]); }
  shape extents() const { return shape(std::span<index_t const>(arguments)); }
};

std::vector<step> program_of(cm::ndarray<std::int64_t, cm::host> const& code) {
  std::vector<step> steps;
  for (auto at = code.begin(); at != code.end();) {
    step s{static_cast<int>(*at++), {}};
    for (index_t n = *at++; n > 0; --n) {
      s.arguments.push_back(*at++);
    }
    steps.push_back(s);
  }
  return steps;
}

template <class V> auto indexed(V const& v, std::vector<cm::index_item> const& i) {
  switch (i.size()) {
    case 0:
      return v();
    case 1:
      return v(i[0]);
    case 2:
      return v(i[0], i[1]);
    case 3:
      return v(i[0], i[1], i[2]);
    case 4:
      return v(i[0], i[1], i[2], i[3]);
    default:
      return v.mapped(cm::map_index(v.shape(), i));
  }
}

/// V is a read-only view or an expression; reshape gives a V through `adopt`.
template <class V, class Adopt> V run(V v, std::vector<step> const& program, Adopt const& adopt) {
  for (step const& s : program) {
    std::vector<int> const axes(s.arguments.begin(), s.arguments.end());
    switch (s.op) {
      case 0:
        v = adopt(indexed(v, s.items()));
        break;
      case 1:
        v = adopt(cm::transpose(v, axes));
        break;
      case 2:
        v = adopt(axes.empty()       ? v
                  : axes.size() == 1 ? cm::flip(v, axes[0])
                  : axes.size() == 2 ? cm::flip(v, {axes[0], axes[1]})
                                     : cm::flip(cm::flip(v, {axes[0], axes[1]}), axes[2]));
        for (std::size_t k = 3; k < axes.size(); ++k) {
          v = adopt(cm::flip(v, axes[k]));
        }
        break;
      case 3:
        v = adopt(cm::expand_dims(v, s.axis(0)));
        break;
      case 4:
        v = adopt(axes.empty() ? cm::squeeze(v) : cm::squeeze(v, s.axis(0)));
        break;
      case 5:
        v = adopt(cm::moveaxis(v, s.axis(0), s.axis(1)));
        break;
      case 6:
        v = adopt(cm::swapaxes(v, s.axis(0), s.axis(1)));
        break;
      case 7:
        v = adopt(cm::broadcast_to(v, s.extents()));
        break;
      default:
        if constexpr (Adopt::reshapes) {
          v = adopt(cm::reshape(v, s.extents()));
        }
    }
  }
  return v;
}

/// A variable that takes another view, as views have no assignment of their own.
template <class T, class Space> struct held_view : cm::array_view<T, Space> {
  using base = cm::array_view<T, Space>;
  held_view(base const& v) : base(v) {}
  held_view(held_view const&) = default;
  held_view& operator=(held_view const& other) {
    this->rebind(other);
    return *this;
  }
};

struct keep {
  static constexpr bool reshapes = false;
  template <class V> V operator()(V const& v) const { return v; }
};
template <class Space> struct adopt_view {
  static constexpr bool reshapes = true;
  held_view<std::int64_t const, Space> operator()(
      cm::array_view<std::int64_t const, Space> const& v) const {
    return v;
  }
};
struct plus_zero {
  static constexpr bool reshapes = true;
  template <cm::array_like V> auto operator()(V const& v) const {
    if constexpr (requires { v.view(); }) {
      return v + std::int64_t{0};
    } else {
      return v;
    }
  }
};

void expect_case(int number, cm::ndarray<std::int64_t, cm::host> const& got) {
  auto const expected =
      answers().at("case/" + std::to_string(number) + "/result").as<std::int64_t>();
  ASSERT_EQ(to_string(got.shape()), to_string(expected.shape())) << "case " << number;
  ASSERT_TRUE(std::equal(got.begin(), got.end(), expected.begin())) << "case " << number;
}

template <class Space> void random_programs_on_arrays() {
  int views = 0;
  for (int n = 0; n < cases; ++n) {
    std::string const name = "case/" + std::to_string(n);
    auto const extents = answers().at(name + "/shape").as<std::int64_t>();
    auto const a = counting<Space, std::int64_t>(
        shape(std::span<index_t const>(extents.data(), static_cast<std::size_t>(extents.size()))));
    using view = cm::array_view<std::int64_t const, Space>;
    auto const result =
        run(held_view<std::int64_t const, Space>(a.view()),
            program_of(answers().at(name + "/program").as<std::int64_t>()), adopt_view<Space>{});
    expect_case(n, on_host(static_cast<view const&>(result)));
    bool const is_view = answers().at(name + "/is_view").as<bool>().item();
    ASSERT_TRUE(result.size() == 0 || (result.owner() == a.owner()) == is_view) << name;
    views += is_view;
  }
  EXPECT_GT(views, cases / 2);
  EXPECT_LT(views, cases - 20);
}

template <class Space> void random_programs_on_expressions() {
  for (int n = 0; n < cases; ++n) {
    std::string const name = "case/" + std::to_string(n);
    auto const extents = answers().at(name + "/shape").as<std::int64_t>();
    auto const a = counting<Space, std::int64_t>(
        shape(std::span<index_t const>(extents.data(), static_cast<std::size_t>(extents.size()))));
    auto const e = a + std::int64_t{0};
    expect_case(n, on_host(run(e, program_of(answers().at(name + "/program").as<std::int64_t>()),
                               plus_zero{})));
  }
}

/// A generator leaf has positions and no memory; NumPy's answers are the same.
template <class Space> void random_programs_on_generators() {
  for (int n = 0; n < cases; n += 3) {
    std::string const name = "case/" + std::to_string(n);
    auto const extents = answers().at(name + "/shape").as<std::int64_t>();
    auto const program = program_of(answers().at(name + "/program").as<std::int64_t>());
    bool reshaped = extents.size() != 1;
    for (step const& s : program) {
      reshaped = reshaped || s.op == 8;
    }
    if (!reshaped) {
      auto const e = cm::arange<std::int64_t, Space>(extents.item());
      expect_case(n, on_host(run(e, program, keep{})));
    }
  }
}

template <class Space> class views : public in_each_space<Space> {};
TYPED_TEST_SUITE(views, spaces);

TYPED_TEST(views, random_programs_on_arrays) { random_programs_on_arrays<TypeParam>(); }
TYPED_TEST(views, random_programs_on_expressions) { random_programs_on_expressions<TypeParam>(); }
TYPED_TEST(views, random_programs_on_generators) { random_programs_on_generators<TypeParam>(); }

TEST(views, are_read_only_where_the_array_is) {
  cm::ndarray<float, cm::host> a{{1, 2}, {3, 4}};
  cm::ndarray<float, cm::host> const& constant = a;
  static_assert(std::is_same_v<decltype(a(0)), cm::array_view<float, cm::host>>);
  static_assert(std::is_same_v<decltype(constant(0)), cm::array_view<float const, cm::host>>);
  static_assert(
      std::is_same_v<decltype(cm::transpose(constant)), cm::array_view<float const, cm::host>>);
  static_assert(std::is_same_v<decltype(cm::broadcast_to(a, shape{2, 2, 2})),
                               cm::array_view<float const, cm::host>>);
  cm::transpose(a)(0, 1) = 7.0f;
  EXPECT_EQ(a(1, 0).item(), 7);
}

TEST(views, of_a_temporary_live_on) {
  auto const v = cm::ndarray<int, cm::host>{1, 2, 3}(slice(1, _));
  EXPECT_EQ(v(0).item(), 2);
  EXPECT_EQ(v(1).item(), 3);
  auto const t = cm::transpose(cm::ndarray<int, cm::host>{{1, 2}, {3, 4}});
  EXPECT_EQ(t(0, 1).item(), 3);
}

template <class F> std::string message_of(F const& f) {
  try {
    f();
  } catch (cm::error const& e) {
    return e.what();
  }
  return "";
}

TEST(views, messages_name_shapes_and_axes) {
  cm::ndarray<int, cm::host> const a(shape{2, 3});
  EXPECT_EQ(message_of([&] { cm::reshape(a, shape{4, 2}); }),
            "reshape: cannot reshape (2, 3) to (4, 2)");
  EXPECT_EQ(message_of([&] { cm::reshape(a, shape{-1, -1}); }),
            "reshape: cannot reshape (2, 3) to (-1, -1)");
  EXPECT_EQ(message_of([&] { cm::reshape(a, shape{-1, 0}); }),
            "reshape: cannot reshape (2, 3) to (-1, 0)");
  EXPECT_EQ(message_of([&] { a(0, 3); }),
            "index: expected an index in [-3, 3) along axis 1 of shape (2, 3), got 3");
  EXPECT_EQ(message_of([&] { a(0, 0, 0); }),
            "index: expected at most 2 indices and one ellipsis for shape (2, 3), got 3 and 0");
  EXPECT_EQ(message_of([&] { cm::squeeze(a, 1); }),
            "squeeze: expected extent 1 on axis 1, got shape (2, 3)");
  EXPECT_THROW(a(cm::ellipsis, cm::ellipsis), cm::index_error);
  EXPECT_THROW(a(slice(_, _, 0)), cm::value_error);
  EXPECT_THROW(cm::transpose(a, {0, 0}), cm::axis_error);
  EXPECT_THROW(cm::transpose(a, {0}), cm::axis_error);
  EXPECT_THROW(cm::swapaxes(a, 0, 2), cm::axis_error);
  EXPECT_THROW(cm::moveaxis(a, {0, 1}, {0}), cm::axis_error);
  EXPECT_THROW(cm::expand_dims(a, 4), cm::axis_error);
  EXPECT_THROW(cm::flip(a, -3), cm::axis_error);
  EXPECT_THROW(cm::broadcast_to(a, shape{3}), cm::shape_error);
  EXPECT_THROW(cm::broadcast_to(a, shape{2, 2}), cm::shape_error);
  EXPECT_THROW(cm::expand_dims(cm::reshape(a, {1, 1, 1, 1, 1, 1, 2, 3}), 0), cm::shape_error);
}

TEST(views, reshape_without_elements_takes_any_extents) {
  index_t const large = index_t{1} << 40;
  cm::ndarray<double, cm::host> const a(shape{0});
  EXPECT_EQ(cm::reshape(a, {0, large, large}).shape(), (shape{0, large, large}));
}

}  // namespace
