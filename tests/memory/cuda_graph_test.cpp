// SPDX-License-Identifier: Apache-2.0
// Graphs without a GPU: with the stand-in runtime, which notes what CUDA forbids in a capture and
// knows what is ordered after what. The statements are the library's own up to the launch. A CUDA
// build captures and launches on the GPU instead, and says so where there is none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#if defined(CUMULUS_STAND_IN_RUNTIME)

#  define CUMULUS_DEFAULT_SPACE host

#  include <optional>
#  include <thread>

#  include "cumulus/cumulus.hpp"
#  include "cumulus/exec/cuda/reduce_cuda.hpp"
#  include "cumulus/exec/cuda/scatter_cuda.hpp"
#  include "cumulus/memory/cuda_graph.hpp"
#  include "tests/message_of.hpp"

namespace cumulus::inline CUMULUS_TARGET::detail {
thread_local uint4 words[1];  // the shared memory of kernels that never run
}

namespace cm = cumulus;

namespace {

using cm::index_t;

/// Bytes of an array on the device, with a view by which expressions are made of it.
struct device_array {
  explicit device_array(cm::shape const& s)
      : layout(s), memory(cm::allocate_cuda(static_cast<std::size_t>(s.size()) * sizeof(float))) {}
  cm::ndarray<float, cm::host> layout;
  cm::buffer memory;
};

/// Launches the kernels of `out = e` as an assignment does; every array of e stands for `in`.
template <class E> void assign(device_array const& out, device_array const& in, E const& e) {
  using Tree = cm::tree_of<E const&>;
  auto const x = cm::as_expression(e);
  cm::operand operands[1 + Tree::leaf_count];
  void* contexts[1 + Tree::leaf_count] = {out.memory.context()};
  operands[0] = cm::target_of(out.layout.view()).op;
  operands[0].data = static_cast<std::byte const*>(out.memory.data());
  for (int k = 0; k < Tree::leaf_count; ++k) {
    operands[1 + k] = x.leaves()[k].op;
    if (operands[1 + k].kind == cm::leaf_kind::array) {
      operands[1 + k].data = static_cast<std::byte const*>(in.memory.data());
    }
    contexts[1 + k] = in.memory.context();
  }
  auto const sweep = cm::plan_elementwise(out.layout.shape(), operands);
  cm::assign_cuda<Tree>(sweep, operands, contexts);
}

/// A kernel on the current stream that uses a block.
int queue(cm::buffer const& block, bool writes) {
  cm::stream_state& stream = cm::current_stream_state();
  cm::use_cuda_block(block.context(), stream, writes);
  return stand_in::launch(stream.handle);
}

class CudaGraph : public testing::Test {
 protected:
  void SetUp() override {
    stand_in::device = 0;
    stand_in::forget_the_past();
    stand_in::state.forbidden.clear();
    streams_before_ = stand_in::state.live_streams;
  }
  void TearDown() override {
    stand_in::state.failing.clear();
    EXPECT_THAT(stand_in::state.forbidden, testing::IsEmpty());
    EXPECT_EQ(stand_in::state.live_graphs, 0);
    EXPECT_EQ(stand_in::state.live_events, 0);
    EXPECT_EQ(stand_in::state.live_streams, streams_before_);
    EXPECT_EQ(cm::cuda_pool().used_bytes(), 0u);
    EXPECT_EQ(cm::work_in_capture(), nullptr);
    EXPECT_EQ(stand_in::captured, nullptr);
  }

 private:
  int streams_before_ = 0;
};

// Arrays of another stream, used for the first time, and gathers: the rest is done at the launch.
TEST_F(CudaGraph, CapturedStatementsCallNothingForbidden) {
  for (int device : {0, 3}) {  // of 3 there is neither a pool nor a flag for gathers yet
    cudaSetDevice(device);
    cm::stream const other;
    std::optional<device_array> a;
    {
      cm::stream_scope const scope(other);
      a.emplace(cm::shape{64, 40});
      queue(a->memory, true);
    }
    device_array const b(cm::shape{64, 40});
    cm::ndarray<index_t, cm::host> const index(cm::shape{64});
    cm::stream const s;
    cm::stream_scope const scope(s);
    int const operations = stand_in::state.operations;
    cm::graph steps = cm::capture([&] {
      assign(b, *a, a->layout * 2.0f + b.layout);                             // contiguous
      assign(b, *a, a->layout - a->layout(0));                                // rows
      assign(b, *a, cm::transpose(cm::reshape(a->layout.view(), {40, 64})));  // general
      assign(b, *a, cm::take(a->layout, index, 0));                           // a gather
    });
    EXPECT_EQ(stand_in::state.captured_kernels, 4);
    EXPECT_EQ(stand_in::state.operations, operations);
    steps.launch();
    EXPECT_EQ(stand_in::state.operations, operations + 1);
  }
}

// Partial sums, and a result that is as new as they are.
TEST_F(CudaGraph, CapturedReductionsCallNothingForbidden) {
  constexpr index_t rows = 5000;
  device_array const a(cm::shape{rows, 40});
  cm::stream const s;
  cm::stream_scope const scope(s);
  std::size_t const before = cm::cuda_pool().used_bytes();
  cm::buffer result;
  {
    cm::graph sum = cm::capture([&] {
      result = cm::allocate_cuda(40 * sizeof(float));
      cm::operand operands[2] = {cm::target_of(a.layout.view()).op,
                                 cm::target_of(a.layout.view()).op};
      operands[0].data = static_cast<std::byte const*>(result.data());
      operands[0].stride[0] = 0;
      operands[1].data = static_cast<std::byte const*>(a.memory.data());
      int const axis = 0;
      auto const plan = cm::plan_reduction(a.layout.shape(), cm::normalize_axes({&axis, 1}, 2, ""),
                                           operands, false);
      void* const contexts[2] = {nullptr, a.memory.context()};
      cm::reduce_cuda<cm::tree::array<float>>(plan, operands, contexts,
                                              cm::reducers::sums<float, double, float>{});
    });
    EXPECT_GE(stand_in::state.captured_kernels, 2);  // tiles, and their merge
    EXPECT_GT(cm::cuda_pool().used_bytes(), before + result.bytes());
    sum.launch();
    int const launch = stand_in::state.graph_launch;
    // The graph still writes what the program has let go.
    void const* const data = result.data();
    result = cm::buffer();
    EXPECT_EQ(stand_in::state.freed.count(data), 0u);
    sum = cm::capture([] {});
    EXPECT_TRUE(stand_in::freed_after(data, launch));
  }
  EXPECT_EQ(cm::cuda_pool().used_bytes(), before);
}

TEST_F(CudaGraph, LaunchesAreOrderedAsStatementsAre) {
  cm::buffer const read = cm::allocate_cuda(64);
  cm::buffer const written = cm::allocate_cuda(64);
  cm::stream const s;
  cm::stream const other;
  auto const on_other = [&](cm::buffer const& block, bool writes) {
    cm::stream_scope const scope(other);
    return queue(block, writes);
  };
  std::optional<cm::graph> steps;
  {
    cm::stream_scope const scope(s);
    steps.emplace(cm::capture([&] {
      queue(read, false);
      queue(written, false);
      queue(written, true);
    }));
  }
  for (int round = 0; round < 3; ++round) {
    int const write = on_other(read, true);
    int const reader = on_other(written, false);
    steps->launch();
    int const launch = stand_in::state.graph_launch;
    EXPECT_TRUE(stand_in::is_after(launch, write));
    EXPECT_TRUE(stand_in::is_after(launch, reader));
    EXPECT_FALSE(stand_in::is_after(on_other(cm::allocate_cuda(8), true), launch));
    EXPECT_TRUE(stand_in::is_after(on_other(written, false), launch));
    EXPECT_TRUE(stand_in::is_after(on_other(read, true), launch));
  }
}

// An array that ends, or whose buffer is replaced, in the capture or later.
TEST_F(CudaGraph, ArraysLiveAsLongAsTheGraph) {
  cm::stream const s;
  cm::stream_scope const scope(s);
  cm::buffer used = cm::allocate_cuda(64);
  cm::buffer ends = cm::allocate_cuda(64);
  cm::buffer unused = cm::allocate_cuda(64);
  void const* const data[] = {used.data(), ends.data(), unused.data()};
  int last = 0;
  {
    cm::graph steps = cm::capture([&] {
      queue(used, true);
      queue(ends, true);
      ends = cm::buffer();
      unused = cm::buffer();
    });
    used = cm::buffer();
    for (int round = 0; round < 2; ++round) {
      steps.launch();
      for (void const* const each : data) {
        EXPECT_EQ(stand_in::state.freed.count(each), 0u);
      }
    }
    last = stand_in::state.graph_launch;
  }
  for (void const* const each : data) {
    EXPECT_TRUE(stand_in::freed_after(each, last));
  }
}

TEST_F(CudaGraph, WhatCannotBeCapturedSaysSo) {
  device_array const a(cm::shape{8});
  EXPECT_THAT(message_of<cm::cuda_error>([] { cm::capture([] {}); }),
              testing::HasSubstr("expected a stream_scope of a stream of its own"));
  cm::stream const s;
  cm::stream const other;
  cm::stream_scope const scope(s);
  float value = 0;
  auto const thrown_by = [&](auto const& statements) {
    std::string const message =
        message_of<cm::cuda_error>([&] { static_cast<void>(cm::capture(statements)); });
    // Nothing is left of it: the stream works on.
    EXPECT_EQ(stand_in::captured, nullptr);
    EXPECT_GE(queue(a.memory, true), 0);
    s.synchronize();
    return message;
  };
  EXPECT_THAT(thrown_by([&] { s.synchronize(); }), testing::StartsWith("synchronize: expected"));
  EXPECT_THAT(thrown_by([&] {
                queue(a.memory, false);
                cm::copy_bytes<cm::host, cm::cuda>(&value, cm::buffer(), a.memory.data(), a.memory,
                                                   sizeof(float));
              }),
              testing::StartsWith("copy: expected"));
  EXPECT_THAT(thrown_by([&] {
                cm::copy_bytes<cm::cuda, cm::host>(a.memory.data(), a.memory, &value, cm::buffer(),
                                                   sizeof(float));
              }),
              testing::StartsWith("copy: expected"));
  EXPECT_THAT(thrown_by([&] {
                cm::stream_scope const inner(other);
                cm::use_cuda_block(a.memory.context(), other.state(), true);
              }),
              testing::HasSubstr("one on another stream"));
  EXPECT_THAT(thrown_by([&] { cm::capture([] {}); }), testing::StartsWith("capture: expected"));
  EXPECT_THROW(static_cast<void>(cm::capture([] { throw 7; })), int);
  for (char const* call : {"cudaStreamEndCapture", "cudaGraphInstantiate", "cudaLaunchKernel"}) {
    stand_in::state.failing = call;
    EXPECT_THAT(
        message_of<cm::cuda_error>(
            [&] { static_cast<void>(cm::capture([&] { assign(a, a, a.layout * 2.0f); })); }),
        testing::HasSubstr(call == std::string("cudaLaunchKernel") ? "assign packs" : call));
    stand_in::state.failing.clear();
  }
  cm::graph copies = cm::capture([&] {
    cm::copy_bytes<cm::cuda, cm::cuda>(a.memory.data(), a.memory, a.memory.data(), a.memory, 8);
  });
  EXPECT_EQ(stand_in::state.captured_kernels, 1);
  EXPECT_THAT(thrown_by([&] { copies.launch(); }), testing::StartsWith("graph::launch: expected"));
  stand_in::state.failing = "cudaGraphLaunch";
  EXPECT_THROW(copies.launch(), cm::cuda_error);
}

// The threads beside the one that captures work on as ever.
TEST_F(CudaGraph, OtherThreadsAreNotCaptured) {
  cm::stream const s;
  cm::stream_scope const scope(s);
  cm::graph const steps = cm::capture([] {
    std::thread([] {
      cm::buffer const block = cm::allocate_cuda(64);
      EXPECT_GE(queue(block, true), 0);
      cm::synchronize();
    }).join();
  });
  EXPECT_EQ(stand_in::state.captured_kernels, 0);
}

}  // namespace

#else

#  include <vector>

#  include "cumulus/cumulus.hpp"
#  include "cumulus/memory/cuda_graph.hpp"

namespace cm = cumulus;

namespace {

using cm::index_t;
using field = cm::ndarray<float, cm::cuda>;
using host_field = cm::ndarray<float, cm::host>;

/// Asks the runtime, which the library itself does only for a CUDA array.
bool has_device() {
  int count = 0;
  bool const found = cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
  static_cast<void>(cudaGetLastError());
  return found;
}

/// Statements of each kind on small integers, which float holds exactly.
struct walk {
  static constexpr index_t rows = 37;
  static constexpr index_t columns = 1500;  // a row is more than one tile of a sum

  field u = cm::zeros<float, cm::cuda>({rows, columns});
  field v;
  field sums = cm::zeros<float, cm::cuda>({rows});
  cm::ndarray<index_t, cm::cuda> backwards;

  walk() {
    host_field start(cm::shape{rows, columns});
    cm::ndarray<index_t, cm::host> index(cm::shape{rows});
    for (index_t i = 0; i < rows; ++i) {
      index.data()[i] = rows - 1 - i;
      for (index_t j = 0; j < columns; ++j) {
        start.data()[i * columns + j] = started(i, j);
      }
    }
    v = start.to<cm::cuda>();
    backwards = index.to<cm::cuda>();
  }
  static float started(index_t i, index_t j) { return static_cast<float>((3 * i + j) % 7); }

  void step() {
    u += v * 2.0f;                            // packs
    u(cm::_, cm::slice(1, -1)) += 1.0f;       // rows of another alignment
    u.assign(u + cm::take(v, backwards, 0));  // a gather
    sums.assign(cm::sum(u, 1));               // tiles and their merge, in the graph's memory
  }

  /// Oracle: the same in plain loops after n steps.
  void expect(int n) const {
    host_field const got = u.to<cm::host>();
    host_field const got_sums = sums.to<cm::host>();
    for (index_t i = 0; i < rows; ++i) {
      float sum = 0;
      for (index_t j = 0; j < columns; ++j) {
        float const of_step =
            started(i, j) * 2 + (j > 0 && j < columns - 1 ? 1.0f : 0.0f) + started(rows - 1 - i, j);
        ASSERT_EQ(got.data()[i * columns + j], static_cast<float>(n) * of_step) << i << ' ' << j;
        sum += static_cast<float>(n) * of_step;
      }
      ASSERT_EQ(got_sums.data()[i], sum) << i;
    }
  }
};

void expect_launches_to_be_steps() {
  cm::stream const s;
  cm::stream_scope const scope(s);
  walk w;
  w.step();
  cm::graph steps = cm::capture([&] { w.step(); });
  w.expect(1);  // the capture ran nothing
  for (int n = 2; n < 6; ++n) {
    steps.launch();
    w.expect(n);
  }
  // Launched one after the other, between statements and after those of another stream.
  w.u(cm::_) = 0.0f;
  steps.launch();
  steps.launch();
  w.expect(2);
  cm::stream const other;
  {
    cm::stream_scope const inner(other);
    w.step();
  }
  steps.launch();
  w.expect(4);
}

TEST(CudaGraph, LaunchesDoWhatTheStatementsDo) {
  if (!has_device()) {
    GTEST_SKIP() << "no GPU here: launching a graph needs one";
  }
  expect_launches_to_be_steps();
}

TEST(CudaGraph, TheDefaultStreamCannotBeCaptured) {
  if (!has_device()) {
    GTEST_SKIP() << "no GPU here: capturing needs one";
  }
  EXPECT_THROW(static_cast<void>(cm::capture([] {})), cm::cuda_error);
}

}  // namespace

#endif
