// SPDX-License-Identifier: Apache-2.0
// Streams, blocks, errors and devices without a GPU: this program brings a CUDA runtime that knows
// what is ordered after what. Oracle: that order, and values written by plain loops.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#if defined(CUMULUS_STAND_IN_RUNTIME)

#  define CUMULUS_DEFAULT_SPACE host

#  include <atomic>
#  include <barrier>
#  include <memory>
#  include <numeric>
#  include <random>
#  include <thread>

#  include "cumulus/exec/copy.hpp"
#  include "tests/message_of.hpp"

namespace cm = cumulus;

namespace {

thread_local bool no_memory_for_records = false;

}  // namespace

// NOLINTNEXTLINE: replaced, so that a test can have it fail.
void* operator new(std::size_t bytes, std::nothrow_t const&) noexcept {
  try {
    return no_memory_for_records ? nullptr : ::operator new(bytes);
  } catch (...) {
    return nullptr;
  }
}

namespace {

/// A kernel on the current stream that uses a block.
int queue(cm::buffer const& block, bool writes) {
  cm::stream_state& stream = cm::current_stream_state();
  cm::use_cuda_block(block.context(), stream, writes);
  return stand_in::launch(stream.handle);
}

/// A kernel that reads an index out of range.
void queue_bad_index() { *cm::bad_index_flag(cm::current_stream_state().device) = 1; }

int item(cm::buffer const& block) {
  return cm::read_element(block, static_cast<int const*>(block.data()), cm::cuda());
}

cm::buffer array_of(std::vector<int> const& values) {
  std::size_t const bytes = values.size() * sizeof(int);
  cm::buffer result = cm::allocate_cuda(bytes);
  cm::copy_bytes<cm::cuda, cm::host>(result.data(), result, values.data(), cm::buffer(), bytes);
  return result;
}

class CudaOrder : public testing::Test {
 protected:
  void SetUp() override {
    stand_in::device = 0;
    stand_in::forget_the_past();
    streams_before_ = stand_in::state.live_streams;
  }
  void TearDown() override {
    stand_in::state.failing.clear();
    EXPECT_EQ(stand_in::state.live_events, 0);
    EXPECT_EQ(stand_in::state.live_streams, streams_before_);
    EXPECT_EQ(cm::cuda_pool().used_bytes(), 0u);
    cm::synchronize();  // a test leaves no error behind
  }

 private:
  int streams_before_ = 0;
};

TEST_F(CudaOrder, WritesAndFreesWaitForEveryReader) {
  constexpr int count = 13;
  cm::stream const readers[count];
  cm::stream const writer;
  cm::buffer block = cm::allocate_cuda(64);
  void const* const data = block.data();
  int const first = queue(block, true);
  std::vector<int> reads;
  for (cm::stream const& each : readers) {
    cm::stream_scope const scope(each);
    reads.push_back(queue(block, false));
    EXPECT_TRUE(stand_in::is_after(reads.back(), first));
    EXPECT_FALSE(stand_in::is_after(reads.back(), reads.front()));
  }
  int second = 0;
  {
    cm::stream_scope const scope(writer);
    second = queue(block, true);
  }
  for (int read : reads) {
    EXPECT_TRUE(stand_in::is_after(second, read));
  }
  std::vector<int> again;
  for (cm::stream const& each : readers) {
    cm::stream_scope const scope(each);
    again.push_back(queue(block, false));
    EXPECT_TRUE(stand_in::is_after(again.back(), second));
  }
  block = cm::buffer();
  for (int read : again) {
    EXPECT_TRUE(stand_in::freed_after(data, read));
  }
}

TEST_F(CudaOrder, TheHomeStreamWritesAfterEveryReader) {
  cm::stream const readers[7];
  cm::buffer const block = cm::allocate_cuda(64);
  std::vector<int> reads;
  for (cm::stream const& each : readers) {
    cm::stream_scope const scope(each);
    reads.push_back(queue(block, false));
  }
  int const write = queue(block, true);
  for (int read : reads) {
    EXPECT_TRUE(stand_in::is_after(write, read));
  }
}

// Every thread has said that it reads before the first of them queues its kernel.
TEST_F(CudaOrder, ReadersThatHaveNotQueuedYetAreRemembered) {
  constexpr int count = 12;
  cm::buffer block = cm::allocate_cuda(64);
  void const* const data = block.data();
  int reads[count];
  std::barrier together(count);
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) {
    threads.emplace_back([&, mine = block, t]() mutable {
      cm::stream const stream;
      cm::stream_scope const scope(stream);
      cm::use_cuda_block(mine.context(), stream.state(), false);
      together.arrive_and_wait();
      reads[t] = stand_in::launch(stream.get());
      mine = cm::buffer();
    });
  }
  block = cm::buffer();
  for (std::thread& t : threads) {
    t.join();
  }
  for (int read : reads) {
    EXPECT_TRUE(stand_in::freed_after(data, read));
  }
}

TEST_F(CudaOrder, ManyThreadsReadManyArrays) {
  constexpr int threads = 8;
  constexpr int arrays = 6;
  /// Notes what each array's free is ordered after.
  class noting_resource final : public cm::memory_resource {
   public:
    void* allocate(std::size_t bytes) override { return cm::cuda_pool().allocate(bytes); }
    void deallocate(void* data, std::size_t bytes) noexcept override {
      past const before = stand_in::stream_of(cm::current_stream()).before;
      {
        std::lock_guard<std::mutex> const lock(mutex_);
        freed.emplace_back(data, before);
      }
      cm::cuda_pool().deallocate(data, bytes);
    }
    std::vector<std::pair<void*, past>> freed;

   private:
    std::mutex mutex_;
  };
  for (int round = 0; round < 20; ++round) {
    stand_in::forget_the_past();
    noting_resource resource;
    cm::memory_resource& before = cm::set_resource<cm::cuda>(resource);
    std::vector<cm::buffer> blocks;
    std::vector<void*> data;
    for (int k = 0; k < arrays; ++k) {
      blocks.push_back(cm::allocate_cuda(64));
      data.push_back(blocks.back().data());
    }
    std::vector<std::pair<int, int>> reads[threads];  // array, operation
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&, mine = blocks, t]() mutable {
        std::mt19937 numbers(static_cast<unsigned>(100 * round + t));
        for (int step = 0; step < 20; ++step) {
          cm::stream const stream;
          cm::stream_scope const scope(stream);
          int const k = static_cast<int>(numbers() % arrays);
          cm::use_cuda_block(mine[k].context(), stream.state(), false);
          std::this_thread::yield();
          reads[t].emplace_back(k, stand_in::launch(stream.get()));
        }
        std::shuffle(mine.begin(), mine.end(), numbers);
        while (!mine.empty()) {
          mine.pop_back();
        }
      });
    }
    blocks.clear();
    for (std::thread& w : workers) {
      w.join();
    }
    cm::set_resource<cm::cuda>(before);
    ASSERT_EQ(resource.freed.size(), data.size());
    for (auto const& of_thread : reads) {
      for (auto const& [k, operation] : of_thread) {
        auto const free = std::find_if(resource.freed.begin(), resource.freed.end(),
                                       [&, k = k](auto const& f) { return f.first == data[k]; });
        ASSERT_TRUE(free->second.count(operation) == 1);
      }
    }
  }
}

TEST_F(CudaOrder, AnArrayDoesNotKeepEveryStreamThatReadIt) {
  cm::buffer block = cm::allocate_cuda(64);
  void const* const data = block.data();
  int const before = stand_in::state.live_streams;
  std::vector<int> reads;
  for (int k = 0; k < 100; ++k) {
    cm::stream const passing;
    cm::stream_scope const scope(passing);
    reads.push_back(queue(block, false));
    EXPECT_LE(stand_in::state.live_streams, before + 8);
  }
  block = cm::buffer();
  for (int read : reads) {
    EXPECT_TRUE(stand_in::freed_after(data, read));
  }
}

TEST_F(CudaOrder, AFailingEventLeavesNothingBehind) {
  cm::stream const other;
  for (char const* call : {"cudaEventRecord", "cudaStreamWaitEvent"}) {
    cm::buffer const block = cm::allocate_cuda(64);
    cm::stream_scope const scope(other);
    stand_in::state.failing = call;
    EXPECT_THAT(message_of<cm::cuda_error>([&] { queue(block, false); }), testing::HasSubstr(call));
    stand_in::state.failing.clear();
    queue(block, false);
  }
}

TEST_F(CudaOrder, BadIndicesAreReportedOnceByWhoeverWaitsNext) {
  cm::buffer const a = array_of({7, 8});
  cm::stream const s;
  {
    cm::stream_scope const scope(s);
    queue_bad_index();
  }
  // By a copy to the host on another stream.
  std::string const message = message_of<cm::index_error>([&] { item(a); });
  EXPECT_THAT(message, testing::HasSubstr("expected indices in [-extent, extent)"));
  EXPECT_THAT(message, testing::HasSubstr("CUDA device 0"));
  EXPECT_NO_THROW(s.synchronize());
  EXPECT_EQ(item(a), 7);

  queue_bad_index();
  EXPECT_THROW(s.synchronize(), cm::index_error);
  EXPECT_NO_THROW(cm::synchronize());

  cm::event mark;
  queue_bad_index();
  mark.record();
  EXPECT_THROW(mark.synchronize(), cm::index_error);
  EXPECT_NO_THROW(mark.synchronize());
}

TEST_F(CudaOrder, BadIndicesOutliveTheirStream) {
  {
    cm::stream const s;
    cm::stream_scope const scope(s);
    queue_bad_index();
  }
  EXPECT_THROW(cm::synchronize(), cm::index_error);
  EXPECT_NO_THROW(cm::synchronize());
}

TEST_F(CudaOrder, BadIndicesOfABorrowedStreamAreFoundThroughAnyHandle) {
  cudaStream_t handle = nullptr;
  cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking);
  {
    cm::stream const once = cm::stream::borrow(handle);
    cm::stream const twice = cm::stream::borrow(handle);
    {
      cm::stream_scope const scope(once);
      queue_bad_index();
    }
    EXPECT_THROW(twice.synchronize(), cm::index_error);
    EXPECT_NO_THROW(once.synchronize());
  }
  cudaStreamDestroy(handle);
}

TEST_F(CudaOrder, BadIndicesBelongToTheirDevice) {
  cudaSetDevice(1);
  queue_bad_index();
  cudaSetDevice(0);
  EXPECT_NO_THROW(cm::synchronize());
  cudaSetDevice(1);
  EXPECT_THAT(message_of<cm::index_error>([] { cm::synchronize(); }),
              testing::HasSubstr("CUDA device 1"));
  EXPECT_NO_THROW(cm::synchronize());
}

TEST_F(CudaOrder, AFailedWaitKeepsTheBadIndex) {
  queue_bad_index();
  stand_in::state.failing = "cudaStreamSynchronize";
  EXPECT_THROW(cm::synchronize(), cm::cuda_error);
  stand_in::state.failing.clear();
  EXPECT_THROW(cm::synchronize(), cm::index_error);
}

TEST_F(CudaOrder, OneOfManyWaitingThreadsReports) {
  for (int round = 0; round < 50; ++round) {
    queue_bad_index();
    std::atomic<int> reported{0};
    std::barrier together(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        together.arrive_and_wait();
        try {
          cm::synchronize();
        } catch (cm::index_error const&) {
          ++reported;
        }
      });
    }
    for (std::thread& t : threads) {
      t.join();
    }
    ASSERT_EQ(reported, 1);
  }
}

TEST_F(CudaOrder, DevicesAreNotMixedUnnoticed) {
  cm::buffer const zero = array_of({1});
  cm::stream const of_zero;
  cm::event mark;
  cudaSetDevice(1);
  EXPECT_EQ(message_of<cm::cuda_error>([&] { item(zero); }),
            "use: expected arrays of the current device 1, got one of device 0");
  {
    cm::stream_scope const scope(of_zero);
    std::string const message =
        "stream: expected the current stream to be of the current device 1, got a stream of "
        "device 0";
    EXPECT_EQ(message_of<cm::cuda_error>([] { cm::allocate_cuda(8); }), message);
    EXPECT_EQ(message_of<cm::cuda_error>([] { cm::synchronize(); }), message);
    EXPECT_EQ(message_of<cm::cuda_error>([&] { mark.record(); }), message);
    EXPECT_EQ(cm::current_stream(), of_zero.get());
  }
  EXPECT_EQ(message_of<cm::cuda_error>([&] { mark.record(); }),
            "event: expected a stream of device 0, on which the event was made, got one of "
            "device 1");
  EXPECT_NO_THROW(of_zero.synchronize());
  // A borrowed stream knows its device.
  EXPECT_EQ(cm::stream::borrow(of_zero.get()).state().device, 0);
  cudaSetDevice(0);
  mark.record();
  EXPECT_EQ(item(zero), 1);
}

TEST_F(CudaOrder, ABlockIsFreedOnItsOwnDevice) {
  cudaSetDevice(1);
  cm::buffer block = array_of({3});
  cm::stream const reader;
  int read = 0;
  {
    cm::stream_scope const scope(reader);
    read = queue(block, false);
  }
  void const* const data = block.data();
  cudaSetDevice(0);
  block = cm::buffer();
  EXPECT_EQ(stand_in::state.freed_on.at(data), 1);
  EXPECT_TRUE(stand_in::freed_after(data, read));
  EXPECT_EQ(stand_in::device, 0);
}

// Freeing must not throw, whatever has become of the driver.
TEST_F(CudaOrder, FreeingNeedsNoDriverThatAnswers) {
  cm::stream const s;
  cm::stream_scope const scope(s);
  cm::buffer block = cm::allocate_cuda(64);
  for (char const* call : {"cudaGetDevice", "cudaEventRecord"}) {
    queue(block, true);
    stand_in::state.failing = call;
    block = cm::buffer();
    stand_in::state.failing.clear();
    block = cm::allocate_cuda(64);
  }
}

TEST_F(CudaOrder, TheSourceOfACopyMayChangeWhenTheCopyReturns) {
  std::vector<int> source(100, 5);
  for (bool page_locked : {false, true}) {
    for (int device : {2, 3}) {  // asked for the first time here, and remembered
      cudaSetDevice(device);
      stand_in::state.reads_pageable[device] = device == 3;
      if (page_locked) {
        stand_in::state.page_locked.insert(source.data());
      }
      source.assign(100, 5);
      cm::buffer const copy = array_of(source);
      source.assign(100, 6);
      cm::synchronize();
      EXPECT_EQ(static_cast<int const*>(copy.data())[99], 5) << device << page_locked;
      stand_in::state.page_locked.clear();
    }
  }
}

/// Fails as other allocators do.
class failing_resource final : public cm::memory_resource {
 public:
  explicit failing_resource(bool throws) : throws_(throws) {}
  void* allocate(std::size_t) override {
    if (throws_) {
      throw std::bad_alloc();
    }
    return nullptr;
  }
  void deallocate(void*, std::size_t) noexcept override { ADD_FAILURE() << "nothing to free"; }

 private:
  bool throws_;
};

template <class Space> void expect_typed_errors() {
  for (bool throws : {true, false}) {
    failing_resource resource(throws);
    cm::memory_resource& before = cm::set_resource<Space>(resource);
    EXPECT_EQ(message_of<cm::out_of_memory>([] { cm::allocate<Space>(4321); }),
              "allocate: expected 4321 bytes of the memory resource, got none");
    cm::set_resource<Space>(before);
  }
  no_memory_for_records = true;
  std::string const message = message_of<cm::out_of_memory>([] { cm::allocate<Space>(4321); });
  no_memory_for_records = false;
  EXPECT_EQ(message,
            "allocate: expected host memory for the record of a block of 4321 bytes, got none");
}

TEST_F(CudaOrder, NoMemoryIsOneTypeOfError) {
  expect_typed_errors<cm::host>();
  expect_typed_errors<cm::cuda>();
}

TEST_F(CudaOrder, AFullDeviceIsTriedAgainAfterARelease) {
  cm::allocate_cuda(64);
  int const trims = stand_in::state.trims;
  stand_in::state.device_bytes_left = 100;
  EXPECT_THAT(message_of<cm::out_of_memory>([] { cm::allocate_cuda(101); }),
              testing::HasSubstr("expected 101 bytes of device memory, got none"));
  stand_in::state.device_bytes_left = SIZE_MAX;
  EXPECT_EQ(stand_in::state.trims, trims + 1);
}

TEST_F(CudaOrder, APoolThatCannotBeSetUpIsNotKept) {
  cudaSetDevice(2);
  stand_in::state.failing = "cudaMemPoolSetAttribute";
  // On a device without a pool so far, which another test may have made.
  cm::cuda_memory_pool fresh;
  int const pools = stand_in::state.live_pools;
  EXPECT_THROW(fresh.allocate(64), cm::cuda_error);
  EXPECT_EQ(stand_in::state.live_pools, pools);
  EXPECT_EQ(fresh.used_bytes(), 0u);
}

}  // namespace

#else

TEST(CudaOrder, IsTestedWithoutTheRealRuntime) {
  GTEST_SKIP() << "a CUDA build has the real runtime";
}

#endif
