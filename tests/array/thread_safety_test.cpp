// SPDX-License-Identifier: Apache-2.0
// Concurrent const use, reference counts, exceptions out of parallel regions, and results that do
// not depend on the number of threads. Oracles: closed forms, and a loop of one thread.

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/thread_count.hpp"
#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;
using cm::_;
using cm::shape;
using cm::slice;
using array = cm::ndarray<double, cm::host>;

constexpr index_t large = 400000;  // several threads' worth

template <class F> void on_threads(int count, F const& f) {
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) {
    threads.emplace_back([&f, t] { f(t); });
  }
  for (std::thread& t : threads) {
    t.join();
  }
}

TEST(thread_safety, constant_arrays_may_be_read_by_many) {
  auto const a = counting<cm::host, double>(shape{500, 40});
  std::atomic<int> wrong{0};
  on_threads(8, [&](int t) {
    for (int n = 0; n < 50; ++n) {
      cm::ndarray const b = cm::transpose(a)(t, slice(n, _)) * 2.0 + a(slice(n, _), t);
      for (index_t i = 0; i < b.size(); ++i) {
        wrong += b.data()[i] != 3.0 * static_cast<double>((n + i) * 40 + t);
      }
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(thread_safety, reference_counts_are_atomic) {
  auto const a = counting<cm::host, double>(shape{64});
  auto const shared = a + 1.0;
  on_threads(8, [&](int) {
    for (int n = 0; n < 20000; ++n) {
      auto const copy = shared;
      auto const view = a(slice(1, _));
      auto const third = view;
    }
  });
  EXPECT_EQ(a.owner().use_count(), 2);  // a itself and the expression
}

TEST(thread_safety, threads_write_parts_of_one_array) {
  array a(shape{16, 5000});
  on_threads(16, [&](int t) { a(t) = cm::arange<double, cm::host>(5000) + double(t); });
  for (int t = 0; t < 16; ++t) {
    ASSERT_EQ(a(t, 4999).item(), 4999 + t);
  }
}

struct fails_at {
  double where;
  double operator()(double x) const {
    if (x == where) {
      throw std::runtime_error("the user's functor");
    }
    return x;
  }
};
struct always_fails {
  double operator()(double) const { throw std::invalid_argument("each element"); }
};

TEST(thread_safety, an_exception_of_a_functor_arrives_once) {
  auto const a = counting<cm::host, double>(shape{large});
  for (double where : {0.0, 1234.0, double(large / 2), double(large - 1)}) {
    int caught = 0;
    try {
      array const b = cm::map(fails_at{where}, a);
    } catch (std::runtime_error const& e) {
      ++caught;
      EXPECT_STREQ(e.what(), "the user's functor");
    }
    EXPECT_EQ(caught, 1) << where;
  }
  EXPECT_THROW(array(cm::map(always_fails{}, a)), std::invalid_argument);
  array const works = cm::map(fails_at{-1.0}, a);
  EXPECT_EQ(works(-1).item(), double(large - 1));
}

TEST(thread_safety, an_owner_is_unchanged_when_its_new_value_throws) {
  auto a = counting<cm::host, double>(shape{large});
  auto const view = a(_);  // so that the assignment is not in place
  EXPECT_THROW(a = cm::map(fails_at{5.0}, a), std::runtime_error);
  EXPECT_EQ(a(4).item(), 4);
  EXPECT_EQ(a(6).item(), 6);
  EXPECT_EQ(a.owner(), view.owner());
}

#if defined(_OPENMP)

/// The bits of a few statements, large enough for threads.
std::vector<float> results_with(int threads) {
  thread_count const scope(threads);
  auto const a = counting<cm::host, float>(shape{301, 1009});
  cm::ndarray<float, cm::host> b = (a * 0.1f - cm::transpose(cm::transpose(a) * 0.3f)) / (a + 1.0);
  b(slice(1, _)) = b(slice(_, -1)) * 1.5;
  b(_, slice(_, _, 2)) += cm::sqrt(b(slice(_, _, -1), slice(_, _, 2)) + 7.0);
  return values_of(b);
}

TEST(thread_safety, results_do_not_depend_on_the_number_of_threads) {
  auto const expected = results_with(1);
  for (int threads : {2, 3, 4, 7, 16}) {
    EXPECT_TRUE(std::ranges::equal(expected, results_with(threads), same_bits<float>)) << threads;
  }
}

TEST(thread_safety, works_inside_a_parallel_region_of_the_user) {
  std::atomic<int> wrong{0};
#  pragma omp parallel for num_threads(4)
  for (int t = 0; t < 8; ++t) {
    cm::ndarray const b = cm::arange<double, cm::host>(large) * 2.0;
    wrong += b(t).item() != 2.0 * t || b(-1).item() != 2.0 * (large - 1);
    try {
      array const c = cm::map(always_fails{}, b);
      ++wrong;
    } catch (std::invalid_argument const&) {
    }
  }
  EXPECT_EQ(wrong, 0);
}

#endif

}  // namespace
