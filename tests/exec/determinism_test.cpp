// SPDX-License-Identifier: Apache-2.0
// The same bits from every number of threads, every layout and every build. Oracle:
// plain_summation.hpp; what two builds find equal to it is equal between them.

#include <bit>
#include <cmath>
#include <string>

#include "tests/exec/plain_summation.hpp"
#include "tests/thread_count.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;

/// FNV-1a over the bytes of results.
class hash {
 public:
  template <class T> void add(T x) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &x, sizeof x);
    for (unsigned char b : bytes) {
      state_ = (state_ ^ b) * 1099511628211ull;
    }
  }
  template <cm::array_like X> void add_all(X const& x) {
    for (auto value : values_of(x)) {
      add(value);
    }
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037ull;
};

constexpr index_t rows = 2500;
constexpr index_t columns = 131;

/// Elements of mixed size, exactly the same on every machine.
template <class T> cm::ndarray<T, cm::host> made() {
  cm::ndarray<T, cm::host> a(cm::shape{rows, columns});
  std::uint64_t state = 1;
  for (index_t i = 0; i < a.size(); ++i) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    double const unit = static_cast<double>(state >> 11) / 9007199254740992.0;
    a.data()[i] = static_cast<T>(280.0 + std::ldexp(unit - 0.5, static_cast<int>(state % 7)));
  }
  return a;
}

template <class T> std::uint64_t plain_hash(cm::ndarray<T, cm::host> const& a) {
  using sequence = plain_summation::sequence<double>;
  sequence whole;
  std::vector<sequence> row(rows);
  std::vector<sequence> column(columns);
  for (index_t i = 0; i < rows; ++i) {
    for (index_t j = 0; j < columns; ++j) {
      double const x = static_cast<double>(a.data()[i * columns + j]);
      whole.x.push_back(x);
      row[static_cast<std::size_t>(i)].x.push_back(x);
      column[static_cast<std::size_t>(j)].x.push_back(x);
    }
  }
  hash h;
  h.add(static_cast<T>(plain_summation::total(whole).value));
  h.add(static_cast<T>(plain_summation::variance(whole, 1)));
  for (sequence const& s : row) {
    h.add(static_cast<T>(plain_summation::mean(s)));
  }
  for (sequence const& s : column) {
    h.add(static_cast<T>(plain_summation::mean(s)));
  }
  for (sequence const& s : column) {
    h.add(static_cast<T>(plain_summation::variance(s, 0)));
  }
  return h.value();
}

template <class X> std::uint64_t library_hash(X const& x) {
  hash h;
  h.add_all(cm::sum(x));
  h.add_all(cm::var(x, {0, 1}, {.ddof = 1}));
  h.add_all(cm::mean(x, 1));
  h.add_all(cm::mean(x, 0));
  h.add_all(cm::var(x, 0));
  return h.value();
}

template <class Space> class determinism : public in_each_space<Space> {};
TYPED_TEST_SUITE(determinism, spaces);

TYPED_TEST(determinism, one_hash_for_all_threads_and_layouts) {
  for_each_type(type_list<float, double>{}, [&]<class T>(std::type_identity<T>) {
    auto const host = made<T>();
    std::uint64_t const expected = plain_hash(host);
    cm::ndarray<T, TypeParam> const a(host.shape(), host.data());
    cm::ndarray<T, TypeParam> const turned = cm::transpose(a);
    auto const transposed = cm::transpose(turned);
    for (int threads : {1, 2, 3, 4, 7}) {
      thread_count const scope(threads);
      EXPECT_EQ(library_hash(a), expected) << threads << " threads";
      EXPECT_EQ(library_hash(transposed), expected) << threads << " threads, transposed";
    }
  });
}

// Constants that the x86-64 baseline and the native build have in common: a fused multiply-add or
// another order in either would show. They are what the plain loops gave when this was written.
TYPED_TEST(determinism, one_hash_for_all_builds) {
  EXPECT_EQ(plain_hash(made<float>()), 844108456476311896u);
  EXPECT_EQ(plain_hash(made<double>()), 18199846546795800418u);
}

// A float that counts ones stops at 2^24.
TYPED_TEST(determinism, mean_of_many_ones_is_one) {
  cm::ndarray<float, TypeParam> const ones =
      cm::ones<float, TypeParam>(cm::shape{index_t{1} << 25, 2});
  EXPECT_EQ(values_of(cm::mean(ones, 0)), (std::vector<float>{1.0f, 1.0f}));
}

// More elements than 32 bits count. Oracle: closed forms.
TYPED_TEST(determinism, more_than_2_to_the_31_elements) {
  index_t const n = (index_t{1} << 31) + 3;
  EXPECT_EQ(cm::count_nonzero(cm::full<bool, TypeParam>(cm::shape{n}, true)).item(), n);
  EXPECT_EQ(cm::sum(cm::full<std::int8_t, TypeParam>(cm::shape{n}, 3)).item(), 3 * n);
  // The largest stands at the end, beyond any 32-bit index.
  EXPECT_EQ(cm::argmax(cm::arange<std::int64_t, TypeParam>(n)).item(), n - 1);
}

}  // namespace
