// SPDX-License-Identifier: Apache-2.0
// The pool of host memory. Oracles: closed forms of what is used and kept.

#include "cumulus/memory/host_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "cumulus/cumulus.hpp"

namespace {

namespace cm = cumulus;
constexpr std::size_t mega = std::size_t{1} << 20;

bool is_aligned(void const* data, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(data) % bytes == 0;
}

TEST(HostPool, KeepsLargeBlocksForSizesOfTheSameStep) {
  cm::host_memory_pool pool;
  pool.set_kept_limit(100 * mega);
  void* const first = pool.allocate(10 * mega - 5);
  EXPECT_TRUE(is_aligned(first, 2 * mega));
  EXPECT_EQ(pool.used_bytes(), 10 * mega - 5);
  EXPECT_EQ(pool.kept_bytes(), 0u);
  pool.deallocate(first, 10 * mega - 5);
  EXPECT_EQ(pool.used_bytes(), 0u);
  EXPECT_EQ(pool.kept_bytes(), 10 * mega);
  void* const other = pool.allocate(12 * mega);
  EXPECT_NE(other, first);
  void* const second = pool.allocate(9 * mega + 1);  // 10 is the next of 8, 9, 10, … 15, 16
  EXPECT_EQ(second, first);
  EXPECT_EQ(pool.kept_bytes(), 0u);
  pool.deallocate(second, 9 * mega + 1);
  pool.deallocate(other, 12 * mega);
  EXPECT_EQ(pool.kept_bytes(), 22 * mega);
  pool.release();
  EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(HostPool, LeavesSmallBlocksToTheCLibrary) {
  cm::host_memory_pool pool;
  void* const small = pool.allocate(1000);
  EXPECT_TRUE(is_aligned(small, 64));
  pool.deallocate(small, 1000);
  EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(HostPool, FreesWhatWasKeptLongestBeyondItsLimit) {
  cm::host_memory_pool pool;
  pool.set_kept_limit(3 * mega);
  void* block[4];
  for (void*& b : block) {
    b = pool.allocate(mega);
  }
  for (void* b : block) {
    pool.deallocate(b, mega);
  }
  EXPECT_EQ(pool.kept_bytes(), 3 * mega);
  EXPECT_EQ(pool.allocate(mega), block[3]);
  EXPECT_EQ(pool.allocate(mega), block[2]);
  EXPECT_EQ(pool.allocate(mega), block[1]);
  for (int i : {1, 2, 3}) {
    pool.deallocate(block[i], mega);
  }
  void* const large = pool.allocate(8 * mega);
  pool.deallocate(large, 8 * mega);  // more than is ever kept
  EXPECT_EQ(pool.kept_bytes(), 3 * mega);
  pool.set_kept_limit(0);
  void* const last = pool.allocate(2 * mega);
  pool.deallocate(last, 2 * mega);
  EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(HostPool, RefusesMoreThanItsLimitAndMoreThanThereIs) {
  cm::host_memory_pool pool;
  pool.set_limit(4 * mega);
  void* const some = pool.allocate(3 * mega);
  EXPECT_THROW(pool.allocate(2 * mega), cm::out_of_memory);
  EXPECT_THROW(pool.allocate(static_cast<std::size_t>(-1)), cm::out_of_memory);
  EXPECT_EQ(pool.used_bytes(), 3 * mega);
  pool.deallocate(some, 3 * mega);
  pool.set_limit(static_cast<std::size_t>(-1));
  for (std::size_t bytes : {static_cast<std::size_t>(-1), static_cast<std::size_t>(-1) / 2}) {
    EXPECT_THROW(pool.allocate(bytes), cm::out_of_memory);
  }
  EXPECT_EQ(pool.used_bytes(), 0u);
}

TEST(HostPool, ServesArrays) {
  cm::host_memory_pool& pool = cm::host_pool();
  std::size_t const before = pool.used_bytes();
  {
    cm::ndarray<double> const a = cm::ones<double>({mega});
    EXPECT_EQ(pool.used_bytes(), before + 8 * mega);
    EXPECT_EQ(cm::sum(a).item(), static_cast<double>(mega));
  }
  EXPECT_EQ(pool.used_bytes(), before);
  pool.release();
}

TEST(HostPool, ManyThreadsTakeAndGiveBack) {
  cm::host_memory_pool pool;
  pool.set_kept_limit(6 * mega);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&pool, &wrong, t] {
      for (int i = 0; i < 200; ++i) {
        std::size_t const bytes = mega + static_cast<std::size_t>((i * 7 + t) % 5) * (mega / 2);
        auto* const data = static_cast<unsigned char*>(pool.allocate(bytes));
        std::memset(data, t, 64);
        std::memset(data + bytes - 64, t, 64);
        std::this_thread::yield();
        wrong += data[0] != t || data[bytes - 1] != t ? 1 : 0;
        pool.deallocate(data, bytes);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(pool.used_bytes(), 0u);
  EXPECT_LE(pool.kept_bytes(), 6 * mega);
}

}  // namespace
