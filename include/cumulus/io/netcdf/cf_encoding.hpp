// SPDX-License-Identifier: Apache-2.0
#pragma once
// From physical numbers to the ones a NetCDF variable stores: NaN to _FillValue, packing, checked
// conversion. The inverse of cf_decoding.hpp; the writer uses it.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdio>
#include <optional>
#include <span>
#include <string>

#include "cumulus/io/netcdf/cf_decoding.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// Turns numbers into those that a variable with these attributes stores. `place` names the
/// variable in messages.
template <netcdf_number Stored> class cf_encoder {
 public:
  /// Throws: value_error as cf_packing::of.
  cf_encoder(netcdf_attributes const& attributes, std::string place)
      : place_(std::move(place)),
        packing_(cf_packing::of(attributes, place_)),
        decoder_(attributes, place_, false) {
    if (auto const* attribute = attributes.find("_FillValue")) {
      auto const values = cf_stored_values<Stored>(*attribute);
      if (!values.empty()) {
        fill_ = values.front();
      }
    }
  }

  /// NaN:    becomes _FillValue where there is one.
  /// Dtype:  double into float is rounded; integers into float and double are not.
  /// Throws: dtype_error for floating numbers into integers that are not packed; value_error for a
  ///         number that does not fit, that equals a missing value, or NaN into integers without
  ///         _FillValue.
  template <netcdf_number T> void encode(std::span<T const> values, Stored* stored) const {
    if constexpr (std::floating_point<T> && std::integral<Stored>) {
      if (!packing_.present()) {
        throw dtype_error("write: expected integers, or a scale_factor to pack with, for " +
                          place_ + " of type " + to_string(netcdf_type_of<Stored>) + ", got " +
                          to_string(netcdf_type_of<T>));
      }
    }
    constexpr std::size_t block = 1024;
    bool missing[block];
    for (std::size_t from = 0; from < values.size(); from += block) {
      std::size_t const n = std::min(block, values.size() - from);
      for (std::size_t i = from; i < from + n; ++i) {
        stored[i] = is_nan(values[i]) ? fill(values[i]) : convert(values[i]);
      }
      decoder_.mark_missing(stored + from, missing, n);
      for (std::size_t i = 0; i < n; ++i) {
        if (missing[i] && !is_nan(values[from + i])) {
          refuse(values[from + i],
                 "equals its _FillValue or missing_value and would read back as missing; declare "
                 "another _FillValue");
        }
      }
    }
  }

 private:
  template <class T> static bool is_nan(T value) {
    if constexpr (std::floating_point<T>) {
      return value != value;
    } else {
      return false;
    }
  }

  template <class T> Stored fill(T nan) const {
    if (fill_) {
      return *fill_;
    }
    if constexpr (std::floating_point<Stored>) {
      return static_cast<Stored>(nan);
    } else {
      refuse(nan, "needs a _FillValue");
    }
  }

  template <class T> Stored convert(T value) const {
    std::optional<Stored> stored;
    if (packing_.present()) {
      double const packed = (static_cast<double>(value) - packing_.offset) / packing_.scale;
      stored = cast_if_it_fits<Stored>(std::integral<Stored> ? std::nearbyint(packed) : packed);
    } else {
      stored = cast_if_it_fits<Stored>(value);
      if constexpr (std::integral<T> && std::floating_point<Stored>) {
        if (cast_if_it_fits<T>(*stored) != value) {
          refuse(value, "would be rounded; convert with astype where that may be");
        }
      }
    }
    if (!stored) {
      refuse(value, "does not fit");
    }
    return *stored;
  }

  template <class T> [[noreturn]] void refuse(T value, char const* why) const {
    char text[32];
    if constexpr (std::floating_point<T>) {
      std::snprintf(text, sizeof text, "%.17g", static_cast<double>(value));
    } else {
      std::snprintf(text, sizeof text, "%s", std::to_string(value).c_str());
    }
    throw value_error("write: expected numbers that " + place_ + " of type " +
                      to_string(netcdf_type_of<Stored>) + " can hold, got " + text + ", which " +
                      why);
  }

  std::string place_;
  cf_packing packing_;
  cf_decoder<Stored> decoder_;
  std::optional<Stored> fill_;
};

}  // namespace cumulus::inline CUMULUS_TARGET
