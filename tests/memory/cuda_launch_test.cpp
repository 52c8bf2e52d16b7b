// SPDX-License-Identifier: Apache-2.0
// What a statement on CUDA arrays asks of the CUDA runtime and of the heap once it has run before.
// The kernels are compiled for the host and never run. Oracle: calls that a runtime of the test
// counts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#if defined(CUMULUS_STAND_IN_RUNTIME)

#  define CUMULUS_DEFAULT_SPACE host

#  include <cstdlib>
#  include <new>

#  include "cumulus/exec/copy.hpp"

#  include "cumulus/exec/cuda/assign_cuda.hpp"

namespace cumulus::inline CUMULUS_TARGET::detail {
thread_local uint4 words[1];  // the shared memory of kernels that never run
}

namespace {

thread_local int allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const p = std::malloc(bytes)) {
    return p;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

namespace cm = cumulus;
using cm::index_t;

using a_float = cm::tree::array<float>;
using difference = cm::tree::apply<cm::operations::subtract, float, a_float, a_float>;

cm::operand operand_of(cm::buffer const& b, std::initializer_list<index_t> strides) {
  cm::operand o{.data = static_cast<std::byte const*>(b.data()),
                .item_bytes = sizeof(float),
                .kind = cm::leaf_kind::array};
  std::copy(strides.begin(), strides.end(), o.stride);
  return o;
}

/// out = a - b over (64, 128), b with the given strides, as exec/assign.hpp queues it.
void queue_difference(cm::buffer const& out, cm::buffer const& a, cm::buffer const& b,
                      std::initializer_list<index_t> b_strides) {
  cm::operand operands[] = {operand_of(out, {128, 1}), operand_of(a, {128, 1}),
                            operand_of(b, b_strides)};
  void* const contexts[] = {out.context(), a.context(), b.context()};
  cm::elementwise_plan const sweep = cm::plan_elementwise(cm::shape{64, 128}, operands);
  cm::assign_cuda<difference>(sweep, operands, contexts);
}

/// What the second of two equal statements asks of the runtime.
template <class F> std::map<std::string, int> second_of(F const& queue) {
  queue();
  stand_in::state.calls.clear();
  queue();
  return stand_in::state.calls;
}

using calls = std::map<std::string, int>;

// cudaGetDevice reads what the driver keeps for the thread: the user may have changed it.
TEST(CudaLaunch, AStatementIsOneLaunch) {
  std::size_t const bytes = 64 * 128 * sizeof(float);
  cm::buffer const out = cm::allocate_cuda(bytes);
  cm::buffer const a = cm::allocate_cuda(bytes);
  cm::buffer const b = cm::allocate_cuda(bytes);
  for (auto const& strides :
       {std::initializer_list<index_t>{128, 1}, {0, 1}, {1, 0}, {1, 64}, {128, -1}}) {
    cm::buffer const& from = b;
    auto const warm = second_of([&] { queue_difference(out, a, from, strides); });
    EXPECT_EQ(warm, (calls{{"cudaGetDevice", 1}, {"cudaLaunchKernel", 1}}));
  }
  cm::stream const s;
  cm::stream_scope const scope(s);
  auto const on_another = second_of([&] { queue_difference(out, a, b, {128, 1}); });
  EXPECT_EQ(on_another, (calls{{"cudaGetDevice", 1}, {"cudaLaunchKernel", 1}}));
}

TEST(CudaLaunch, PlanningNeedsNoHeap) {
  cm::buffer const memory = cm::allocate_cuda(64 * 128 * sizeof(float));
  cm::operand operands[] = {operand_of(memory, {128, 1}), operand_of(memory, {128, 1}),
                            operand_of(memory, {1, 64})};
  void* const contexts[] = {memory.context(), memory.context(), memory.context()};
  int const before = allocations;
  cm::elementwise_plan const sweep = cm::plan_elementwise(cm::shape{64, 128}, operands);
  int* const flag = cm::prepare_operands(cm::current_stream_state(), operands, contexts, 1);
  cm::assign_plan const plan = cm::plan_assign(sweep, operands, cm::assign_widths_of<difference>);
  auto const arguments =
      cm::make_general_arguments<1 + difference::leaf_count>(sweep, operands, plan, flag);
  EXPECT_GT(arguments.shared_bytes, 0);
  // The runtime of the test counts cudaGetDevice in a map that knows it already.
  EXPECT_EQ(allocations, before);
}

}  // namespace

#else

TEST(CudaLaunch, IsCountedInHostBuilds) { GTEST_SKIP() << "nvcc brings the real runtime"; }

#endif
