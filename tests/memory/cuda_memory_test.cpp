// SPDX-License-Identifier: Apache-2.0
// Device memory, streams and events: on a GPU what they do, elsewhere that host arrays work all the
// same and a CUDA array says what is missing. Oracle: values written by plain loops.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

#if CUMULUS_HAS_CUDA_RUNTIME

namespace {

/// Asks the runtime, which the library itself does only for a CUDA array.
bool has_device() {
  int count = 0;
  bool const found = cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
  static_cast<void>(cudaGetLastError());
  return found;
}

std::vector<double> counting(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

TEST(CudaMemory, HostArraysNeedNoDevice) {
  cm::ndarray<double, cm::host> const a{1, 2, 3};
  cm::ndarray<double, cm::host> const b = a * 2.0;
  EXPECT_EQ(cm::sum(b).item(), 12.0);
  EXPECT_EQ(cm::cuda_pool().used_bytes(), 0u);
  EXPECT_EQ(cm::cuda_pool().reserved_bytes(), 0u);
}

TEST(CudaMemory, ArraysWithoutElementsNeedNoDevice) {
  cm::ndarray<double, cm::cuda> const none(cm::shape{0, 3});
  EXPECT_EQ(none.size(), 0);
}

TEST(CudaMemory, WithoutDeviceAnArraySaysWhatIsMissing) {
  if (has_device()) {
    GTEST_SKIP() << "a GPU is here";
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      cm::ndarray<double, cm::cuda> const a(cm::shape{2, 3});
      FAIL() << "there is no device";
    } catch (cm::cuda_error const& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("a CUDA array needs a GPU and its driver"));
    }
  }
  EXPECT_THROW(cm::stream(), cm::cuda_error);
  EXPECT_THROW(cm::event(), cm::cuda_error);
  EXPECT_THROW(cm::synchronize(), cm::cuda_error);
  EXPECT_EQ(cm::cuda_pool().used_bytes(), 0u);
}

TEST(CheckCuda, NamesTheCallAndItsSizes) {
  try {
    cm::check_cuda(cudaErrorInvalidValue, "cudaMemcpyAsync", {{"bytes", 4096}, {"kind", 2}});
    FAIL();
  } catch (cm::cuda_error const& e) {
    EXPECT_EQ(std::string(e.what()),
              "cudaMemcpyAsync(bytes = 4096, kind = 2): expected success, got "
              "cudaErrorInvalidValue (invalid argument)");
  }
  EXPECT_NO_THROW(cm::check_cuda(cudaSuccess, "cudaMemcpyAsync"));
}

TEST(Stream, OneQueuePerThreadCannotBeBorrowed) {
  EXPECT_THROW(cm::stream::borrow(cudaStreamPerThread), cm::value_error);
}

/// Counts what it gives out, as a user's resource might.
class counting_resource final : public cm::memory_resource {
 public:
  void* allocate(std::size_t bytes) override {
    ++allocations;
    return std::malloc(bytes);
  }
  void deallocate(void* data, std::size_t) noexcept override {
    ++frees;
    std::free(data);
  }
  int allocations = 0;
  int frees = 0;
};

TEST(CudaMemory, TheResourceCanBeReplaced) {
  counting_resource counting;
  cm::memory_resource& before = cm::set_resource<cm::cuda>(counting);
  EXPECT_EQ(&before, &cm::cuda_pool());
  EXPECT_EQ(&cm::current_resource<cm::cuda>(), &counting);
  if (has_device()) {
    cm::allocate_cuda(100);
    EXPECT_EQ(counting.allocations, 1);
    EXPECT_EQ(counting.frees, 1);
  }
  cm::set_resource<cm::cuda>(before);
}

#  define NEEDS_DEVICE               \
    if (!has_device()) {             \
      GTEST_SKIP() << "no GPU here"; \
    }

TEST(CudaMemory, CopiesThereAndBack) {
  NEEDS_DEVICE
  std::vector<double> const values = counting(100001);
  cm::ndarray<double, cm::cuda> const a(cm::shape{100001}, values.data());
  cm::ndarray<double, cm::cuda> const b(a);
  std::vector<double> back(values.size());
  cm::copy_bytes<cm::host, cm::cuda>(back.data(), cm::buffer(), b.data(), b.owner(),
                                     back.size() * sizeof(double));
  EXPECT_EQ(back, values);
}

TEST(CudaMemory, PoolCountsLimitsAndReleases) {
  NEEDS_DEVICE
  cm::cuda_memory_pool& pool = cm::cuda_pool();
  std::size_t const before = pool.used_bytes();
  {
    cm::ndarray<double, cm::cuda> const a(cm::shape{1 << 20});
    EXPECT_EQ(pool.used_bytes(), before + (std::size_t{8} << 20));
    EXPECT_GE(pool.reserved_bytes(), std::size_t{8} << 20);
    pool.set_limit(pool.used_bytes() + 1000);
    EXPECT_THROW(cm::allocate_cuda(1001), cm::out_of_memory);
    pool.set_limit(SIZE_MAX);
  }
  EXPECT_EQ(pool.used_bytes(), before);
  pool.release();
  EXPECT_THROW(cm::allocate_cuda(std::size_t{1} << 50), cm::out_of_memory);
  // Nothing is lost, and the failure is not the next call's.
  EXPECT_EQ(pool.used_bytes(), before);
  EXPECT_EQ(cudaPeekAtLastError(), cudaSuccess);
  EXPECT_NO_THROW(cm::allocate_cuda(1000));
}

TEST(CudaMemory, BlocksFollowTheStreamsThatUseThem) {
  NEEDS_DEVICE
  std::size_t const n = std::size_t{1} << 22;
  std::vector<double> const values = counting(n);
  cm::shape const s{static_cast<cm::index_t>(n)};
  for (int round = 0; round < 20; ++round) {
    cm::stream streams[6];
    cm::ndarray<double, cm::cuda> last;
    {
      cm::ndarray<double, cm::cuda> a(s, values.data());
      for (cm::stream const& each : streams) {
        cm::stream_scope const scope(each);
        // Reads a on this stream, and writes it on the next.
        cm::ndarray<double, cm::cuda> copy(a);
        cm::copy_bytes<cm::cuda, cm::cuda>(a.data(), a.owner(), copy.data(), copy.owner(),
                                           n * sizeof(double));
        swap(a, copy);
      }
      last = std::move(a);
    }
    std::vector<double> back(n);
    cm::copy_bytes<cm::host, cm::cuda>(back.data(), cm::buffer(), last.data(), last.owner(),
                                       n * sizeof(double));
    ASSERT_EQ(back, values);
  }
}

TEST(Stream, ScopesNestAndBelongToAThread) {
  NEEDS_DEVICE
  cm::stream const a;
  cm::stream const b;
  {
    cm::stream_scope const outer(a);
    EXPECT_EQ(cm::current_stream(), a.get());
    {
      cm::stream_scope const inner(b);
      EXPECT_EQ(cm::current_stream(), b.get());
      std::thread([] { EXPECT_EQ(cm::current_stream(), cudaStreamLegacy); }).join();
    }
    EXPECT_EQ(cm::current_stream(), a.get());
  }
  EXPECT_EQ(cm::current_stream(), cudaStreamLegacy);
}

TEST(Event, MeasuresTime) {
  NEEDS_DEVICE
  cm::event start;
  cm::event stop;
  start.record();
  cm::ndarray<double, cm::cuda> const a(cm::shape{1 << 20}, counting(1 << 20).data());
  stop.record();
  EXPECT_GT(cm::elapsed_seconds(start, stop), 0.0);
}

/// A CUDA array with static storage must not make the end of the program fail.
cm::ndarray<double, cm::cuda>& lasting_array() {
  static cm::ndarray<double, cm::cuda> array;
  return array;
}

TEST(CudaMemory, ProgramsEndQuietly) {
  NEEDS_DEVICE
  lasting_array() = cm::ndarray<double, cm::cuda>(cm::shape{1000});
  EXPECT_EQ(lasting_array().size(), 1000);
}

}  // namespace

#else

// Without the CUDA runtime the headers are empty, and a CUDA array is refused by the compiler.
TEST(CudaMemory, HostArraysNeedNoToolkit) {
  cm::ndarray<double, cm::host> const a{1, 2, 3};
  EXPECT_EQ(cm::sum(a).item(), 6.0);
}

#endif
