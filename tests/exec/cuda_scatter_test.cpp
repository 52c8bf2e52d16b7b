// SPDX-License-Identifier: Apache-2.0
// The kernel bodies of scatter and nonzero, run on the CPU for every thread of a grid in three
// orders. Oracles: plain loops over the positions.
#include <gtest/gtest.h>

#include "cumulus/exec/cuda/nonzero_body.hpp"
#include "cumulus/exec/cuda/scatter_body.hpp"
#include "tests/exec/emulated_grid.hpp"

namespace {

namespace cm = cumulus;
using cm::index_t;
using emulated_grid::emulate;
using emulated_grid::thread_orders;

cm::leaf leaf_of(void const* data, int item_bytes, cm::strides const& st) {
  cm::leaf l;
  l.op.data = static_cast<std::byte const*>(data);
  l.op.item_bytes = item_bytes;
  l.op.kind = cm::leaf_kind::array;
  l.set_strides(st);
  return l;
}

template <int Bytes>
void scatter_on_grid(cm::scatter_plan const& plan, emulated_grid::thread_order order) {
  using cm::scatter_body;
  using cm::scatter_pass;
  index_t const blocks = 3;  // fewer threads than positions, so that they go round again
  int const threads = 32;
  if (plan.distinct) {
    emulate<scatter_body<Bytes, scatter_pass::write>>(
        blocks, threads, cm::make_scatter_arguments(plan, nullptr), order);
    return;
  }
  std::vector<long long> claims((plan.reach.end - plan.reach.begin) / Bytes, 1LL << 60);
  auto const a = cm::make_scatter_arguments(plan, claims.data());
  emulate<scatter_body<Bytes, scatter_pass::clear>>(blocks, threads, a, order);
  emulate<scatter_body<Bytes, scatter_pass::claim>>(blocks, threads, a, order);
  emulate<scatter_body<Bytes, scatter_pass::settle>>(blocks, threads, a, order);
}

struct element16 {
  std::int64_t words[2];
  friend bool operator==(element16 const&, element16 const&) = default;
};

// target(index[i], 2 j) = value[i, j] for i below 200 and j below 5, values walked backwards along
// j: the order of the threads must not show, the last i wins.
template <class T> void check_last_wins() {
  index_t const rows = 40;
  index_t const columns = 10;
  index_t const count = 200;
  std::mt19937 numbers(7);
  std::vector<index_t> index(count);
  for (index_t& i : index) {
    i = static_cast<index_t>(numbers() % rows) * columns;
  }
  std::vector<T> value(count * 5);
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::uint64_t const bits[2] = {numbers(), numbers()};
    std::memcpy(&value[i], bits, sizeof(T));
  }
  std::vector<T> expected(rows * columns);
  for (index_t i = 0; i < count; ++i) {
    for (index_t j = 0; j < 5; ++j) {
      expected[index[i] + 2 * j] = value[i * 5 + 4 - j];
    }
  }
  for (auto order : thread_orders) {
    std::vector<T> target(rows * columns);
    auto const begin = reinterpret_cast<std::uintptr_t>(target.data());
    cm::scatter_plan const plan{.shape = {count, 5},
                                .index = leaf_of(index.data(), 8, {1, 0}),
                                .target = leaf_of(target.data(), sizeof(T), {0, 2}),
                                .value = leaf_of(value.data() + 4, sizeof(T), {5, -1}),
                                .reach = {begin, begin + target.size() * sizeof(T)}};
    scatter_on_grid<sizeof(T)>(plan, order);
    EXPECT_TRUE(target == expected);
  }
}

TEST(CudaScatter, TheLastPositionWinsWhateverTheOrderOfThreads) {
  check_last_wins<std::uint8_t>();
  check_last_wins<std::uint16_t>();
  check_last_wins<std::uint32_t>();
  check_last_wins<std::uint64_t>();
  check_last_wins<element16>();
}

// target[offset - k] = k, counted downwards from the last element: distances are negative.
TEST(CudaScatter, DistinctPositionsNeedNoClaims) {
  std::vector<index_t> index(150);
  std::vector<float> value(150);
  for (index_t k = 0; k < 150; ++k) {
    index[k] = -k;
    value[k] = static_cast<float>(k);
  }
  for (auto order : thread_orders) {
    std::vector<float> target(150);
    cm::scatter_plan const plan{.shape = {150},
                                .index = leaf_of(index.data(), 8, {1}),
                                .target = leaf_of(&target[149], 4, {0}),
                                .value = leaf_of(value.data(), 4, {1}),
                                .reach = {},
                                .distinct = true};
    scatter_on_grid<4>(plan, order);
    for (index_t k = 0; k < 150; ++k) {
      ASSERT_EQ(target[149 - k], static_cast<float>(k));
    }
  }
}

TEST(CudaScatter, RankZeroIsOneElement) {
  index_t const index = 2;
  double const value = 7;
  double target[4] = {};
  auto const begin = reinterpret_cast<std::uintptr_t>(target);
  cm::scatter_plan const plan{.shape = {},
                              .index = leaf_of(&index, 8, {}),
                              .target = leaf_of(target, 8, {}),
                              .value = leaf_of(&value, 8, {}),
                              .reach = {begin, begin + sizeof target}};
  scatter_on_grid<8>(plan, emulated_grid::thread_order::forward);
  EXPECT_EQ(target[2], 7);
  EXPECT_EQ(target[0] + target[1] + target[3], 0);
}

TEST(CudaNonzero, WritesPositionsInOrder) {
  cm::shape const s{5, 7, 401};  // a little over three chunks of 4096
  index_t const weight[] = {1000000, -1000, 1};
  std::mt19937 numbers(3);
  for (double share : {0.0, 0.01, 0.5, 1.0}) {
    std::vector<unsigned char> mask(static_cast<std::size_t>(s.size()));
    std::vector<index_t> expected;
    for (index_t i = 0; i < s.size(); ++i) {
      mask[i] = numbers() < share * 4294967296.0;
      if (mask[i] != 0) {
        expected.push_back(i / 401 / 7 * weight[0] + i / 401 % 7 * weight[1] + i % 401);
      }
    }
    cm::nonzero_arguments a{.mask = reinterpret_cast<bool const*>(mask.data()),
                            .size = s.size(),
                            .work_blocks = 4,
                            .chunks = nullptr,
                            .rank = 3};
    for (int k = 0; k < 3; ++k) {
      a.extent[k] = s[k];
      a.weight[k] = weight[k];
    }
    index_t const chunks = a.work_blocks;
    ASSERT_EQ((s.size() + cm::nonzero_arguments::chunk - 1) / cm::nonzero_arguments::chunk, chunks);
    for (auto order : thread_orders) {
      std::vector<index_t> counts(static_cast<std::size_t>(chunks), -1);
      a.chunks = counts.data();
      emulate<cm::nonzero_count_body>(chunks, cm::nonzero_arguments::threads, a, order);
      index_t total = 0;
      for (index_t& count : counts) {
        total += std::exchange(count, total);
      }
      ASSERT_EQ(total, static_cast<index_t>(expected.size()));
      std::vector<index_t> positions(expected.size());
      a.out = positions.data();
      emulate<cm::nonzero_write_body>(chunks, cm::nonzero_arguments::threads, a, order);
      EXPECT_EQ(positions, expected);
    }
  }
}

}  // namespace
