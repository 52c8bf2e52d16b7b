// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory for operands: aligned to huge pages and advised to be made of them, so that every program
// reads and writes the same kind of memory.

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace bench {

using index = std::ptrdiff_t;

struct free_memory {
  void operator()(void* data) const { std::free(data); }
};

/// `size` elements that are not initialised.
template <class T> class buffer {
 public:
  explicit buffer(index size) {
    constexpr std::size_t huge_page = std::size_t{1} << 21;
    std::size_t const bytes = static_cast<std::size_t>(size) * sizeof(T);
    std::size_t const rounded = (bytes / huge_page + 1) * huge_page;
    data_.reset(static_cast<T*>(std::aligned_alloc(huge_page, rounded)));
    if (data_ == nullptr) {
      throw std::bad_alloc();
    }
#if defined(MADV_HUGEPAGE)
    madvise(data_.get(), rounded, MADV_HUGEPAGE);
#endif
  }
  T* data() const { return data_.get(); }

 private:
  std::unique_ptr<T, free_memory> data_;
};

}  // namespace bench
