// SPDX-License-Identifier: Apache-2.0
#pragma once
// The default memory of host arrays: large blocks are kept when they are freed, because fresh pages
// cost several times what it costs to write them.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "cumulus/memory/atomic_value.hpp"
#include "cumulus/memory/buffer.hpp"
#include "cumulus/memory/byte_budget.hpp"
#include "cumulus/memory/mutex.hpp"

/// There where a program runs under the address sanitizer.
extern "C" [[gnu::weak]] void __asan_init();

namespace cumulus::inline v1 {

/// An allocator of untyped memory. `allocate` returns memory aligned to 64 bytes or throws
/// out_of_memory (std::bad_alloc becomes one); a resource must outlive every buffer it gave out.
class memory_resource {
 public:
  virtual ~memory_resource() = default;
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void deallocate(void* data, std::size_t bytes) noexcept = 0;
};

/// Host memory aligned to 64 bytes. Blocks of a megabyte and more are kept for the next array of
/// about that size, those of several megabytes in huge pages; smaller ones are the C library's.
/// Sizes are rounded up to one of eight steps between powers of two, and at most 1024 are kept.
class host_memory_pool final : public memory_resource {
 public:
  /// Throws: out_of_memory if the system has not `bytes` left after the pool was released, or the
  /// limit would be passed.
  void* allocate(std::size_t bytes) override {
    budget_.claim(bytes, "host");
    try {
      void* data = bytes < smallest_kept ? nullptr : take_kept(size_class(bytes));
      if (data == nullptr) {
        data = from_system(bytes);
      }
      if (data == nullptr) {
        release();
        data = from_system(bytes);
      }
      if (data == nullptr) {
        raise<out_of_memory>({"allocate: expected ", bytes, " bytes of host memory, got none"});
      }
      return data;
    } catch (...) {
      budget_.give_back(bytes);
      throw;
    }
  }

  void deallocate(void* data, std::size_t bytes) noexcept override {
    budget_.give_back(bytes);
    if (bytes < smallest_kept || !keep(data, size_class(bytes))) {
      std::free(data);
    }
  }

  /// Bytes that arrays hold.
  std::size_t used_bytes() const noexcept { return budget_.used(); }
  /// Bytes that are kept for arrays to come.
  std::size_t kept_bytes() const {
    mutex_lock const lock(mutex_);
    return kept_bytes_;
  }
  /// The most that arrays may hold together; no limit at first.
  std::size_t limit() const noexcept { return budget_.limit(); }
  void set_limit(std::size_t bytes) noexcept { budget_.set_limit(bytes); }
  /// The most that is kept, at first an eighth of the machine's memory. What is above it goes back
  /// to the system when the next block is freed.
  std::size_t kept_limit() const noexcept { return kept_limit_; }
  void set_kept_limit(std::size_t bytes) noexcept { kept_limit_ = bytes; }
  /// Gives all that is kept back to the system.
  void release() noexcept {
    mutex_lock const lock(mutex_);
    shrink_to(0);
  }

 private:
  static constexpr std::size_t smallest_kept = std::size_t{1} << 20;
  static constexpr std::size_t huge_page = std::size_t{1} << 21;

  static std::size_t default_kept_limit() {
    // A block that is kept hides what the address sanitizer looks for.
    if (&__asan_init != nullptr) {
      return 0;
    }
    long const pages = sysconf(_SC_PHYS_PAGES);
    long const bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0
               ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(bytes) / 8
               : 0;
  }

  /// The least of 8, 9, … 15 times a power of two that holds `bytes`; what is too large for that
  /// stays, and no system has it.
  static std::size_t size_class(std::size_t bytes) {
    std::size_t step = smallest_kept / 8;
    while (bytes / step >= 16) {
      step *= 2;
    }
    std::size_t const rounded = (bytes + step - 1) / step * step;
    return rounded < bytes ? bytes : rounded;
  }

  static void* from_system(std::size_t bytes) {
    std::size_t const wanted = bytes < smallest_kept ? bytes : size_class(bytes);
    std::size_t const alignment = wanted >= 2 * huge_page ? huge_page : 64;
    std::size_t const rounded = (wanted + alignment - 1) / alignment * alignment;
    void* const data = rounded < bytes ? nullptr : std::aligned_alloc(alignment, rounded);
#if defined(MADV_HUGEPAGE)
    if (data != nullptr && alignment == huge_page) {
      madvise(data, rounded, MADV_HUGEPAGE);
    }
#endif
    return data;
  }

  void* take_kept(std::size_t size) noexcept {
    mutex_lock const lock(mutex_);
    for (int i = kept_count_; i-- > 0;) {
      if (kept_[i].size == size) {
        void* const data = kept_[i].data;
        kept_bytes_ -= size;
        forget(i, i + 1);
        return data;
      }
    }
    return nullptr;
  }

  bool keep(void* data, std::size_t size) noexcept {
    std::size_t const most = kept_limit_;
    mutex_lock const lock(mutex_);
    shrink_to(size > most ? most : most - size);
    if (size > most) {
      return false;
    }
    if (kept_count_ == most_kept) {
      std::free(kept_[0].data);
      kept_bytes_ -= kept_[0].size;
      forget(0, 1);
    }
    kept_[kept_count_++] = {data, size};
    kept_bytes_ += size;
    return true;
  }

  /// Frees what was kept longest first.
  void shrink_to(std::size_t bytes) noexcept {
    int freed = 0;
    for (; kept_bytes_ > bytes; ++freed) {
      std::free(kept_[freed].data);
      kept_bytes_ -= kept_[freed].size;
    }
    forget(0, freed);
  }

  /// Takes the blocks [first, last) out of the list.
  void forget(int first, int last) noexcept {
    // No loop: its instructions would be those of one build for all (docs/decisions/0002).
    std::memmove(kept_ + first, kept_ + last,
                 static_cast<std::size_t>(kept_count_ - last) * sizeof(block));
    kept_count_ -= last - first;
  }

  struct block {
    void* data;
    std::size_t size;
  };

  mutable mutex mutex_;
  static constexpr int most_kept = 1024;
  block kept_[most_kept];  ///< oldest first
  int kept_count_ = 0;
  std::size_t kept_bytes_ = 0;
  byte_budget budget_;
  atomic_value<std::size_t> kept_limit_{default_kept_limit()};
};

/// The library's own pool: its figures, limits and release().
///     cm::host_pool().set_kept_limit(std::size_t{1} << 30);
/// It is never destroyed: arrays with static storage may free their memory during exit.
[[gnu::visibility("default")]] inline host_memory_pool& host_pool() {
  static host_memory_pool* const pool = new host_memory_pool;
  return *pool;
}

}  // namespace cumulus::inline v1
