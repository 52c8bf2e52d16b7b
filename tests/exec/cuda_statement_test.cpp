// SPDX-License-Identifier: Apache-2.0
// Statements on CUDA arrays from the user's side: the errors of indices, statements on several
// streams, and what happens without a GPU. Oracle: closed forms.

#include <gtest/gtest.h>

#include <vector>

#include "cumulus/cumulus.hpp"

namespace cm = cumulus;

#if CUMULUS_HAS_CUDA

namespace {

using cm::index_t;
template <class T> using device_array = cm::ndarray<T, cm::cuda>;

bool has_device() {
  int count = 0;
  bool const found = cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
  static_cast<void>(cudaGetLastError());
  return found;
}

device_array<float> counting(cm::shape const& s) {
  cm::ndarray<float, cm::host> a(s);
  for (index_t i = 0; i < a.size(); ++i) {
    a.data()[i] = static_cast<float>(i % 1000);
  }
  return device_array<float>(s, a.data());
}

std::vector<float> on_host(device_array<float> const& a) {
  std::vector<float> values(static_cast<std::size_t>(a.size()));
  cm::copy_bytes<cm::host, cm::cuda>(values.data(), cm::buffer(), a.data(), a.owner(),
                                     values.size() * sizeof(float));
  return values;
}

TEST(CudaStatement, WithoutDeviceTheFirstArrayThrows) {
  if (has_device()) {
    GTEST_SKIP() << "a GPU is here";
  }
  EXPECT_THROW(counting({3, 4}), cm::cuda_error);
  // A statement without elements launches nothing.
  device_array<float> none(cm::shape{0, 4});
  EXPECT_NO_THROW(none.assign(none * 2.0f));
}

TEST(CudaStatement, EveryCase) {
  if (!has_device()) {
    GTEST_SKIP() << "no GPU here";
  }
  device_array<float> const a = counting({37, 64});
  device_array<float> const b = a * 2.0f + 1.0f;          // contiguous
  device_array<float> const c = a - a(0);                 // rows
  device_array<float> const d = cm::transpose(a) * 1.0f;  // general
  std::vector<float> const x = on_host(b);
  std::vector<float> const y = on_host(c);
  std::vector<float> const z = on_host(d);
  for (index_t i = 0; i < 37 * 64; ++i) {
    ASSERT_EQ(x[i], static_cast<float>(i % 1000) * 2 + 1);
    ASSERT_EQ(y[i], static_cast<float>(i % 1000) - static_cast<float>(i % 64));
    ASSERT_EQ(z[i], static_cast<float>((i % 37 * 64 + i / 37) % 1000));
  }
  EXPECT_EQ(cm::sum(a).item(), [] {
    float total = 0;
    for (index_t i = 0; i < 37 * 64; ++i) {
      total += static_cast<float>(i % 1000);  // below 2^24, so exact
    }
    return total;
  }());
}

TEST(CudaStatement, IndexOutOfRangeIsReportedOnceByTheNextWait) {
  if (!has_device()) {
    GTEST_SKIP() << "no GPU here";
  }
  device_array<float> const a = counting({12, 20});
  cm::stream const s;
  {
    cm::stream_scope const scope(s);
    device_array<float> const taken = cm::take(a, {0, 12}, 0) * 1.0f;
    EXPECT_THROW(taken(0, 0).item(), cm::index_error);
    EXPECT_EQ(taken(0, 5).item(), 5.0f);
    device_array<float> const again = cm::take(a, {-13}, 0) * 1.0f;
  }
  EXPECT_THROW(s.synchronize(), cm::index_error);
  EXPECT_NO_THROW(s.synchronize());
  // On another stream, which waits for the one that met it.
  device_array<float> later;
  {
    cm::stream_scope const scope(s);
    later = cm::take(a, {12}, 0) * 1.0f;
  }
  EXPECT_THROW(later(0, 0).item(), cm::index_error);
  EXPECT_NO_THROW(s.synchronize());
}

TEST(CudaStatement, StreamsWaitForEachOther) {
  if (!has_device()) {
    GTEST_SKIP() << "no GPU here";
  }
  cm::stream const streams[3];
  for (int round = 0; round < 10; ++round) {
    device_array<float> a = cm::zeros<float, cm::cuda>(cm::shape{1 << 22});
    for (int step = 0; step < 30; ++step) {
      cm::stream_scope const scope(streams[step % 3]);
      a += 1.0f;
      device_array<float> const freed_at_once = a * 2.0f;
    }
    ASSERT_EQ(cm::min(a).item(), 30.0f);
    ASSERT_EQ(cm::max(a).item(), 30.0f);
  }
}

}  // namespace

#else

TEST(CudaStatement, HostStatementsNeedNoDevice) {
  cm::ndarray<double, cm::host> const a{1, 2, 3};
  EXPECT_EQ(cm::sum(a * 2.0).item(), 12.0);
}

#endif
