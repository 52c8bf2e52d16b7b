// SPDX-License-Identifier: Apache-2.0
#pragma once
// The groups of a grouped reduction, all of which are reduced together: where the members of each
// begin, and where its tiles begin among the tiles of all. Made on the host, tested without a GPU.

#include <span>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/plain.hpp"

namespace cumulus::inline v1 {

/// Elements of the reduced index that form one tile, and lanes within a tile.
inline constexpr int tile_length = 1024;
inline constexpr int tile_lanes = 32;

/// The tiles of an output that one block of a kernel merges: a power of two up to 256.
inline int merge_chunk(index_t tiles) {
  int chunk = 2;
  while (chunk < 256 && chunk < tiles) {
    chunk *= 2;
  }
  return chunk;
}

/// `bounds` holds levels of groups + 1 positions each. Level 0: where the members of a group begin.
/// Level 1: where its tiles begin, of which an empty group has one. Further levels: where what a
/// merge leaves of the tiles begins, until every group has one.
class group_plan {
 public:
  /// `first` has groups + 1 entries: the members of group g are first[g] … first[g + 1].
  explicit group_plan(std::span<index_t const> first) : bounds_(first.begin(), first.end()) {
    for (index_t per_unit = tile_length;;) {
      std::size_t const from = bounds_.size() - first.size();
      index_t sum = 0;
      index_t most = 1;
      for (std::size_t g = 0; g < first.size(); ++g) {
        bounds_.push_back(sum);
        if (g + 1 < first.size()) {
          index_t const count = bounds_[from + g + 1] - bounds_[from + g];
          index_t const units = plain::max<index_t>(1, (count + per_unit - 1) / per_unit);
          sum += units;
          most = plain::max(most, units);
        }
      }
      most_.push_back(most);
      if (most == 1) {
        break;
      }
      per_unit = merge_chunk(most);
    }
    for (index_t g = 0; g < groups(); ++g) {
      longest_ = plain::max(longest_, first[g + 1] - first[g]);
    }
  }

  index_t groups() const { return static_cast<index_t>(bounds_.size() / (most_.size() + 1)) - 1; }
  int levels() const { return static_cast<int>(most_.size()) + 1; }
  std::vector<index_t> const& bounds() const { return bounds_; }
  std::span<index_t const> level(int l) const {
    std::size_t const size = static_cast<std::size_t>(groups()) + 1;
    return {bounds_.data() + static_cast<std::size_t>(l) * size, size};
  }
  /// Members of the largest group.
  index_t longest() const { return longest_; }
  /// Tiles of all groups.
  index_t tiles() const { return level(1).back(); }
  /// The most that one group has at a level: tiles at level 1.
  index_t most(int l) const { return most_[static_cast<std::size_t>(l) - 1]; }

 private:
  std::vector<index_t> bounds_;
  std::vector<index_t> most_;  // of the levels from 1
  index_t longest_ = 0;
};

/// A group_plan, and the arrays that the loops of a space read, in its memory.
struct group_table {
  group_plan const* plan = nullptr;
  index_t const* members = nullptr;  ///< positions along the reduced axis, sorted by group
  index_t const* bounds = nullptr;   ///< those of the plan
  index_t stride = 0;                ///< elements from one group's output to the next one's

  index_t const* level(int l) const { return bounds + l * (plan->groups() + 1); }
};

}  // namespace cumulus::inline v1
