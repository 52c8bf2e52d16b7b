// SPDX-License-Identifier: Apache-2.0
#pragma once
// The positions where a mask is true, on the host. exec/nonzero.hpp calls this.

#include <vector>

#include "cumulus/core/plain.hpp"
#include "cumulus/core/shape.hpp"
#include "cumulus/exec/host/parallel.hpp"
#include "cumulus/memory/buffer.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Counts the true elements of a row-major mask by blocks, so that threads know where to write.
class true_positions_host {
 public:
  true_positions_host(bool const* mask, buffer owner, shape const& s)
      : mask_(mask), owner_(std::move(owner)), shape_(s), size_(s.size()) {
    index_t const blocks = (size_ + block - 1) / block;
    first_.assign(static_cast<std::size_t>(blocks) + 1, 0);
    parallel_range(blocks, 1, size_, [&](index_t begin, index_t end) {
      for (index_t b = begin; b < end; ++b) {
        index_t const last = plain::min(size_, (b + 1) * block);
        index_t count = 0;
        for (index_t i = b * block; i < last; ++i) {
          count += mask_[i] ? 1 : 0;
        }
        first_[static_cast<std::size_t>(b) + 1] = count;
      }
    });
    for (std::size_t b = 1; b < first_.size(); ++b) {
      first_[b] += first_[b - 1];
    }
  }

  index_t count() const { return first_.back(); }

  /// For each true element in row-major order, the sum of index[k] * weight[k].
  void write(strides const& weight, index_t* out, buffer const&) const {
    parallel_range(static_cast<index_t>(first_.size()) - 1, 1, size_,
                   [&](index_t begin, index_t end) {
                     for (index_t b = begin; b < end; ++b) {
                       write_block(weight, b, out);
                     }
                   });
  }

 private:
  static constexpr index_t block = 1 << 14;

  void write_block(strides const& weight, index_t b, index_t* out) const {
    int const rank = shape_.rank();
    index_t const end = plain::min(size_, (b + 1) * block);
    index_t const length = rank > 0 ? shape_[rank - 1] : 1;
    index_t const step = rank > 0 ? weight[rank - 1] : 0;
    out += first_[static_cast<std::size_t>(b)];
    for (index_t i = b * block; i < end;) {
      index_t const column = i % length;
      index_t const stop = plain::min(end, i - column + length);
      index_t sum = column * step;
      index_t row = i / length;
      for (int k = rank - 2; k >= 0; --k) {
        sum += row % shape_[k] * weight[k];
        row /= shape_[k];
      }
      for (; i < stop; ++i, sum += step) {
        if (mask_[i]) {
          *out++ = sum;
        }
      }
    }
  }

  bool const* mask_;
  buffer owner_;
  shape shape_;
  index_t size_;
  std::vector<index_t> first_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
