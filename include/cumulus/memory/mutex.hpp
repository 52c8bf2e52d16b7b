// SPDX-License-Identifier: Apache-2.0
#pragma once
// Mutual exclusion as POSIX gives it: <mutex> brings clocks and error categories into every source.

#include <pthread.h>

namespace cumulus::inline v1 {

class mutex {
 public:
  mutex() = default;
  mutex(mutex const&) = delete;
  mutex& operator=(mutex const&) = delete;
  ~mutex() { pthread_mutex_destroy(&mutex_); }

 private:
  friend class mutex_lock;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Holds a mutex as long as it lives.
class mutex_lock {
 public:
  explicit mutex_lock(mutex& m) noexcept : mutex_(&m.mutex_) { pthread_mutex_lock(mutex_); }
  mutex_lock(mutex_lock const&) = delete;
  mutex_lock& operator=(mutex_lock const&) = delete;
  ~mutex_lock() { pthread_mutex_unlock(mutex_); }

 private:
  pthread_mutex_t* mutex_;
};

}  // namespace cumulus::inline v1
