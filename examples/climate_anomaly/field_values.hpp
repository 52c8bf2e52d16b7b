// SPDX-License-Identifier: Apache-2.0
#pragma once
// The values of a field on their way in: read piece by piece, with the axes in the order in which
// the computation wants them, in the space where it runs.

#include <algorithm>
#include <utility>

#include "../program/default_space.hpp"
#include "../program/progress.hpp"
#include "cumulus/cumulus.hpp"
#include "input_fields.hpp"

namespace climate_anomaly {

using program::in_default_space;
using program::on_host;
using program::progress;

/// Calls f(start, count) for pieces of an array along its first axis, of about 32 MB each.
template <class F> void in_pieces(cm::shape const& s, std::size_t item_bytes, F&& f) {
  cm::index_t const bytes =
      s.size() / std::max<cm::index_t>(s[0], 1) * static_cast<cm::index_t>(item_bytes);
  cm::index_t const step =
      std::max<cm::index_t>(1, (cm::index_t{32} << 20) / std::max<cm::index_t>(bytes, 1));
  for (cm::index_t from = 0; from < s[0]; from += step) {
    cm::shape start = cm::shape::filled(s.rank(), 0);
    cm::shape count = s;
    start[0] = from;
    count[0] = std::min(step, s[0] - from);
    f(start, count);
  }
}

/// All values of a field as T, missing ones NaN, with the axes (time, …, lat, lon).
template <class T>
cm::ndarray<T> read_values(cm::netcdf_file const& file, field const& f, progress& said) {
  said.begin("reading " + f.name);
  cm::shape const s = file.variable(f.name).shape();
  cm::ndarray<T, cm::host> values(s);
  in_pieces(s, sizeof(T), [&](cm::shape const& start, cm::shape const& count) {
    T* const at = values.data() + start[0] * (s.size() / s[0]);
    file.read_into<T>(f.name, start, count, {at, static_cast<std::size_t>(count.size())});
    said.advance(static_cast<double>(count.size()));
  });
  if (!std::is_sorted(f.file_axis.begin(), f.file_axis.end())) {
    values = cm::ndarray<T, cm::host>(cm::transpose(values, f.file_axis));
  }
  return in_default_space(std::move(values));
}

}  // namespace climate_anomaly
