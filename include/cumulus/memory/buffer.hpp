// SPDX-License-Identifier: Apache-2.0
#pragma once
// A reference-counted block of bytes. Arrays, views and expressions share it, so none of them can
// outlive the storage they read. The block carries its own deleter: whoever drops the last
// reference needs to know neither the compiler nor the back end that made it.

#include <new>
#include <utility>

#if __has_include(<sys/single_threaded.h>)
#  include <sys/single_threaded.h>
#endif

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"
#include "cumulus/memory/atomic_value.hpp"

namespace cumulus::inline v1 {
namespace detail {

[[noreturn]] inline void throw_no_record(std::size_t bytes) {
  raise<out_of_memory>(
      {"allocate: expected host memory for the record of a block of ", bytes, " bytes, got none"});
}

}  // namespace detail

class buffer {
 public:
  /// Frees `data` of `bytes` bytes; `context` is what the maker of the block stored with it.
  using deleter = void (*)(void* data, std::size_t bytes, void* context) noexcept;

  buffer() = default;
  /// Takes over `data`.
  /// Throws: out_of_memory; `data` is then still the caller's.
  buffer(void* data, std::size_t bytes, deleter free, void* context = nullptr)
      : block_(new(std::nothrow) block{{1}, data, bytes, free, context}) {
    if (block_ == nullptr) {
      detail::throw_no_record(bytes);
    }
  }
  buffer(buffer const& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) {
      add(*block_, 1, atomic_order::relaxed);
    }
  }
  buffer(buffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  buffer& operator=(buffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~buffer() {
    if (block_ != nullptr) {
      let_go(block_);
    }
  }

  void swap(buffer& other) noexcept { std::swap(block_, other.block_); }

  void* data() const noexcept { return block_ != nullptr ? block_->data : nullptr; }
  std::size_t bytes() const noexcept { return block_ != nullptr ? block_->bytes : 0; }
  /// What the maker of the block stored with it: the home stream of a CUDA block.
  void* context() const noexcept { return block_ != nullptr ? block_->context : nullptr; }
  /// Number of arrays, views and expressions that share the block. Whoever finds itself alone may
  /// write: what the others read before they let go has happened.
  std::int64_t use_count() const noexcept {
    return block_ != nullptr ? block_->references.load(atomic_order::acquire) : 0;
  }
  explicit operator bool() const noexcept { return block_ != nullptr; }
  friend bool operator==(buffer const& a, buffer const& b) noexcept { return a.block_ == b.block_; }

 private:
  struct block {
    atomic_value<std::int64_t> references;
    void* data;
    std::size_t bytes;
    deleter free;
    void* context;
  };

  /// Changes the number of references and tells what it was. A lone thread does without the locked
  /// instruction, which waits until everything written before has reached the cache; the C library
  /// says so until the first thread is made, which sees everything that was done before.
  static std::int64_t add(block& b, std::int64_t count, atomic_order order) noexcept {
#if __has_include(<sys/single_threaded.h>)
    if (__libc_single_threaded) {
      std::int64_t const before = b.references.load(atomic_order::relaxed);
      b.references.store(before + count, atomic_order::relaxed);
      return before;
    }
#endif
    return b.references.add(count, order);
  }

  /// Out of line, because it stands wherever an array or an expression ends.
  [[gnu::noinline]] static void let_go(block* b) noexcept {
    if (add(*b, -1, atomic_order::acquire_release) == 1) {
      b->free(b->data, b->bytes, b->context);
      delete b;
    }
  }

  block* block_ = nullptr;
};

}  // namespace cumulus::inline v1
