// SPDX-License-Identifier: Apache-2.0
// map: a function of one's own. Expected values are the function applied in a plain loop, or
// written out.

#include <array>
#include <stdexcept>

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::shape;
using cm::slice;

struct polynomial {
  template <class T> CUMULUS_HD T operator()(T x, T y) const { return x * x + y; }
};
struct plus {
  double amount;
  CUMULUS_HD double operator()(double x) const { return x + amount; }
};
struct is_even {
  CUMULUS_HD bool operator()(std::int64_t x) const { return x % 2 == 0; }
};
struct modulus {
  CUMULUS_HD float operator()(cm::complex<float> z) const { return z.re * z.re + z.im * z.im; }
};
struct through_library_functions {
  template <class T> CUMULUS_HD T operator()(T x) const {
    return cm::maximum(cm::sqrt(cm::abs(x)), T(2));
  }
};

template <class Space> void applies_elementwise_and_broadcasts() {
  auto const x = counting<Space, float>(shape{3, 5});
  auto const y = counting<Space, float>(shape{5});
  auto const got = values_of(cm::map(polynomial{}, x, y));
  for (int i = 0; i < 15; ++i) {
    ASSERT_EQ(got[i], static_cast<float>(i * i + i % 5));
  }
  EXPECT_EQ(values_of(cm::map(polynomial{}, x(1), 2.0f)), (std::vector<float>{27, 38, 51, 66, 83}));
  EXPECT_EQ(
      values_of(cm::map(polynomial{}, cm::transpose(x)(0) + 1.0, x(slice(cm::_, cm::_, -1), 0))),
      (std::vector<float>{11, 41, 121}));
  EXPECT_THROW(cm::map(polynomial{}, x, x(0, slice(0, 2))), cm::shape_error);
}

template <class Space> void has_the_type_that_the_function_returns() {
  auto const n = counting<Space, std::int64_t>(shape{4});
  auto const even = cm::map(is_even{}, n);
  static_assert(std::is_same_v<cm::value_type_of<decltype(even)>, bool>);
  EXPECT_EQ(values_of(even), (std::vector<unsigned char>{1, 0, 1, 0}));
  std::vector<cm::complex<float>> const z{{3, 4}, {0, 2}};
  EXPECT_EQ(values_of(cm::map(modulus{}, array_of<Space>(shape{2}, z))),
            (std::vector<float>{25, 4}));
  EXPECT_EQ(values_of(cm::map(plus{0.5}, counting<Space, double>(shape{3})) * 2.0),
            (std::vector<double>{1, 3, 5}));
}

template <class Space> void half_floats_arrive_as_float() {
  std::vector<cm::float16> const h{cm::float16(1.5), cm::float16(-2)};
  auto const got = cm::map(polynomial{}, array_of<Space>(shape{2}, h), 0.25f);
  static_assert(std::is_same_v<cm::value_type_of<decltype(got)>, float>);
  EXPECT_EQ(values_of(got), (std::vector<float>{2.5, 4.25}));
}

template <class Space> void library_functions_work_on_numbers() {
  auto const x = array_of<Space>(shape{3}, std::vector<double>{-16, 1, 9});
  EXPECT_EQ(values_of(cm::map(through_library_functions{}, x)), (std::vector<double>{4, 2, 3}));
  EXPECT_EQ(cm::add(std::int8_t(100), std::int8_t(100)), std::int8_t(-56));
  EXPECT_EQ(cm::divide(1, 2), 0.5);
  EXPECT_EQ(cm::remainder(-7, 3), 2);
  EXPECT_EQ(cm::floor_divide(-7, 0), 0);
  EXPECT_EQ(cm::left_shift(1, 40), 0);
  static_assert(std::is_same_v<decltype(cm::sqrt(std::int8_t(4))), cm::float16>);
}

template <class Space> class map : public in_each_space<Space> {};
TYPED_TEST_SUITE(map, spaces);
TYPED_TEST(map, applies_elementwise_and_broadcasts) {
  applies_elementwise_and_broadcasts<TypeParam>();
}
TYPED_TEST(map, has_the_type_that_the_function_returns) {
  has_the_type_that_the_function_returns<TypeParam>();
}
TYPED_TEST(map, half_floats_arrive_as_float) { half_floats_arrive_as_float<TypeParam>(); }
TYPED_TEST(map, library_functions_work_on_numbers) {
  library_functions_work_on_numbers<TypeParam>();
}

// On the host a functor may be of any size and own memory.
struct table {
  std::array<double, 100> value;
  double operator()(double x) const { return value[static_cast<std::size_t>(x)]; }
};
struct owner {
  std::vector<double> value;
  double operator()(double x) const { return value[static_cast<std::size_t>(x)]; }
};
auto map_of_a_temporary(cm::ndarray<double, cm::host> const& x) {
  table squares{};
  owner doubles;
  for (int i = 0; i < 100; ++i) {
    squares.value[i] = i * i;
    doubles.value.push_back(2 * i);
  }
  return cm::map(squares, x) + cm::map(doubles, x);
}
TEST(map_on_the_host, keeps_large_functors_alive) {
  auto const x = counting<cm::host, double>(shape{100});
  auto const e = map_of_a_temporary(x);
  auto const copy = e;
  EXPECT_EQ(values_of(copy)[9], 99);
  EXPECT_EQ(values_of(e)[99], 99 * 99 + 2 * 99);
}

/// Fails where it is called for a position that the sequence does not have.
struct below {
  double end;
  double operator()(double x) const {
    if (!(x >= 0 && x < end)) {
      throw std::out_of_range("called for what is not there");
    }
    return 2 * x;
  }
};
TEST(map_on_the_host, never_calls_a_functor_beyond_a_sequence) {
  for (cm::index_t n : {1, 3, 7, 9, 63, 65, 513, 1025}) {
    double const end = static_cast<double>(n);
    cm::ndarray<double, cm::host> const a(cm::map(below{end}, cm::arange<double, cm::host>(n)));
    for (cm::index_t i = 0; i < n; ++i) {
      ASSERT_EQ(a.data()[i], 2.0 * static_cast<double>(i)) << n;
    }
    auto const sum = cm::sum(cm::map(below{end}, cm::arange<double, cm::host>(n)));
    EXPECT_EQ(sum.item(), end * (end - 1));
  }
}

struct without_memory : table {
  static void* operator new(std::size_t) { throw std::bad_alloc(); }
  static void operator delete(void*) {}
};
TEST(map_on_the_host, throws_out_of_memory) {
  auto const x = counting<cm::host, double>(shape{3});
  try {
    cm::map(without_memory{}, x);
    ADD_FAILURE() << "nothing thrown";
  } catch (cm::out_of_memory const& e) {
    EXPECT_STREQ(e.what(), "map: expected memory for a function of 800 bytes, got none");
  }
}

}  // namespace
