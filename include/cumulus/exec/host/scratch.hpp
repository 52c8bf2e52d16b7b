// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory that the sweeps of reductions on the host need while they run.

#include "cumulus/memory/memory_resource.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// So many bytes, aligned to 64: on the stack if they are few, because a statement on a small array
/// takes less time than an allocation.
class scratch {
 public:
  explicit scratch(std::size_t bytes) {
    if (bytes > sizeof(few_)) {
      many_ = allocate_host(bytes);
    }
  }
  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;

  std::byte* data() {
    return many_.data() == nullptr ? few_ : static_cast<std::byte*>(many_.data());
  }

 private:
  alignas(64) std::byte few_[1024];
  buffer many_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
