// SPDX-License-Identifier: Apache-2.0
#pragma once
// The positions where a mask is true, on a GPU. exec/nonzero.hpp calls this.

#include <vector>

#include "cumulus/exec/cuda/launch_cuda.hpp"
#include "cumulus/exec/cuda/nonzero_body.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Counts the true elements of a row-major mask by chunks; the host waits and adds them up, because
/// it needs the number of elements to make an array of them. A template only so that a file without
/// a mask compiles none of these kernels.
template <memory_space Space> class true_positions_cuda {
 public:
  true_positions_cuda(bool const* mask, buffer owner, shape const& s)
      : owner_(std::move(owner)),
        arguments_{
            .mask = mask,
            .size = s.size(),
            .work_blocks = (s.size() + nonzero_arguments::chunk - 1) / nonzero_arguments::chunk,
            .chunks = nullptr,
            .rank = s.rank()} {
    for (int k = 0; k < s.rank(); ++k) {
      arguments_.extent[k] = s[k];
    }
    index_t const chunks = arguments_.work_blocks;
    if (chunks == 0) {
      return;
    }
    std::size_t const bytes = static_cast<std::size_t>(chunks) * sizeof(index_t);
    chunks_ = allocate_cuda(bytes);
    arguments_.chunks = static_cast<index_t*>(chunks_.data());
    launch<nonzero_count_body>("nonzero count");
    std::vector<index_t> counts(static_cast<std::size_t>(chunks));
    copy_cuda(counts.data(), buffer(), chunks_.data(), chunks_, bytes, copy_direction::to_host);
    for (index_t& count : counts) {
      index_t const before = count_;
      count_ += count;
      count = before;
    }
    copy_cuda(chunks_.data(), chunks_, counts.data(), buffer(), bytes, copy_direction::to_device);
  }

  index_t count() const { return count_; }

  /// For each true element in row-major order, the sum of index[k] * weight[k].
  void write(strides const& weight, index_t* out, buffer const& out_owner) const {
    if (count_ == 0) {
      return;
    }
    nonzero_arguments arguments = arguments_;
    for (int k = 0; k < weight.rank(); ++k) {
      arguments.weight[k] = weight[k];
    }
    arguments.out = out;
    stream_state& stream = current_stream_state();
    use_cuda_block(out_owner.context(), stream, true);
    launch<nonzero_write_body>("nonzero write", arguments);
  }

 private:
  template <class Body> void launch(char const* name) const { launch<Body>(name, arguments_); }
  template <class Body> void launch(char const* name, nonzero_arguments const& arguments) const {
    stream_state& stream = current_stream_state();
    use_cuda_block(owner_.context(), stream, false);
    use_cuda_block(chunks_.context(), stream, true);
    launch_shape const grid{.blocks = blocks_for(arguments.work_blocks, 1),
                            .threads = nonzero_arguments::threads};
    launch_cuda<Body>(name, grid, stream, arguments);
  }

  buffer owner_;
  nonzero_arguments arguments_;
  buffer chunks_;
  index_t count_ = 0;
};

}  // namespace cumulus::inline CUMULUS_TARGET
