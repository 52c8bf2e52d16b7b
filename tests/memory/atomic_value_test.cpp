// SPDX-License-Identifier: Apache-2.0
#include "cumulus/memory/atomic_value.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace cm = cumulus;

TEST(AtomicValue, GivesTheValueBefore) {
  cm::atomic_value<std::int64_t> x(5);
  EXPECT_EQ(x.add(2), 5);
  EXPECT_EQ(x.subtract(10, cm::atomic_order::acquire_release), 7);
  EXPECT_EQ(x.exchange(40), -3);
  EXPECT_EQ(x.load(cm::atomic_order::acquire), 40);
  x.store(41, cm::atomic_order::release);
  EXPECT_EQ(x = 42, 42);
  EXPECT_EQ(x, 42);
}

TEST(AtomicValue, ReplacesOnlyWhatIsExpected) {
  int a = 0;
  int b = 0;
  cm::atomic_value<int*> x;
  int* expected = &a;
  EXPECT_FALSE(x.replace(expected, &b));
  EXPECT_EQ(expected, nullptr);
  EXPECT_TRUE(x.replace(expected, &b));
  EXPECT_EQ(x, &b);
}

TEST(AtomicValue, LosesNoCount) {
  cm::atomic_value<std::int64_t> added(0);
  cm::atomic_value<std::int64_t> replaced(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100000; ++i) {
        added.add(1, cm::atomic_order::relaxed);
        std::int64_t before = replaced;
        while (!replaced.replace(before, before + 1)) {
        }
      }
    });
  }
  for (std::thread& t : threads) {
    t.join();
  }
  EXPECT_EQ(added, 400000);
  EXPECT_EQ(replaced, 400000);
}
