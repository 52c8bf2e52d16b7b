// SPDX-License-Identifier: Apache-2.0
#pragma once
// From stored numbers to physical ones by the CF attributes: _FillValue, missing_value,
// scale_factor, add_offset, _Unsigned, valid_min, valid_max, valid_range. No netCDF call is here.

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/uncontracted.hpp"
#include "cumulus/io/netcdf/netcdf_attributes.hpp"

namespace cumulus::inline v1 {

/// The value as another arithmetic type, or nothing if it does not fit: into integers a value is
/// never rounded; into float and double it may be, but a finite one stays finite.
template <netcdf_number To, netcdf_number From> std::optional<To> cast_if_it_fits(From value) {
  if constexpr (std::floating_point<To>) {
    if (std::floating_point<From> && std::isfinite(static_cast<double>(value)) &&
        std::fabs(static_cast<double>(value)) >
            static_cast<double>(std::numeric_limits<To>::max())) {
      return std::nullopt;
    }
    return static_cast<To>(value);
  } else if constexpr (std::floating_point<From>) {
    double const v = static_cast<double>(value);
    // 2^digits is exact in double; the limits of 64-bit integers are not.
    double const bound = std::ldexp(1.0, std::numeric_limits<To>::digits);
    if (!(v >= (std::is_signed_v<To> ? -bound : 0.0) && v < bound) || v != std::floor(v)) {
      return std::nullopt;
    }
    return static_cast<To>(v);
  } else {
    return std::in_range<To>(value) ? std::optional(static_cast<To>(value)) : std::nullopt;
  }
}

/// The type that a variable's stored numbers really have: `_Unsigned = "true"`, in any case, makes
/// signed integers unsigned, "false" the other way.
/// Source: NetCDF Users' Guide, appendix A.
inline netcdf_type signedness_applied(netcdf_type stored, netcdf_attributes const& attributes) {
  std::string flag;
  for (char const c : attributes.text("_Unsigned").value_or("")) {
    flag += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  auto const swapped = [&](netcdf_type is_signed, netcdf_type is_unsigned) {
    if (stored == is_signed && flag == "true") {
      stored = is_unsigned;
    } else if (stored == is_unsigned && flag == "false") {
      stored = is_signed;
    }
  };
  swapped(netcdf_type::int8, netcdf_type::uint8);
  swapped(netcdf_type::int16, netcdf_type::uint16);
  swapped(netcdf_type::int32, netcdf_type::uint32);
  swapped(netcdf_type::int64, netcdf_type::uint64);
  return stored;
}

/// scale_factor and add_offset of a variable; 1 and 0 where they are absent.
struct cf_packing {
  double scale = 1.0;
  double offset = 0.0;
  bool present() const { return scale != 1.0 || offset != 0.0; }

  /// `place` names the variable in messages.
  /// Throws: value_error if an attribute is not one finite number or the scale is 0.
  static cf_packing of(netcdf_attributes const& attributes, std::string const& place) {
    auto const one = [&](char const* name, double absent) {
      auto const* attribute = attributes.find(name);
      if (attribute == nullptr) {
        return absent;
      }
      auto const values = attribute->numbers();
      if (values.size() != 1 || !std::isfinite(values[0])) {
        throw value_error("cf_packing: expected one finite number as attribute '" +
                          std::string(name) + "' of " + place + ", got " + attribute->summary());
      }
      return values[0];
    };
    cf_packing const p{one("scale_factor", 1.0), one("add_offset", 0.0)};
    if (p.scale == 0.0) {
      throw value_error("cf_packing: expected a scale_factor other than 0 of " + place + ", got 0");
    }
    return p;
  }
};

/// The type that holds a variable's decoded numbers. Packed data become float if both attributes
/// are float and the stored integers have at most 16 bits (float holds those exactly), else double.
/// Unpacked data keep their type.
/// Source: CF conventions 1.11, section 8.1.
inline netcdf_type decoded_type(netcdf_type stored, netcdf_attributes const& attributes) {
  netcdf_type const type = signedness_applied(stored, attributes);
  auto const* scale = attributes.find("scale_factor");
  auto const* offset = attributes.find("add_offset");
  if (!is_number(type) || (scale == nullptr && offset == nullptr)) {
    return type;
  }
  bool const all_float = (scale == nullptr || scale->type() == netcdf_type::float32) &&
                         (offset == nullptr || offset->type() == netcdf_type::float32);
  bool const narrow = type == netcdf_type::float32 || item_bytes(type) <= 2;
  return all_float && narrow ? netcdf_type::float32 : netcdf_type::float64;
}

/// Values of an attribute as stored numbers of type Raw. Those that Raw cannot hold match nothing
/// and are dropped, as is text.
template <netcdf_number Raw> std::vector<Raw> cf_stored_values(netcdf_attribute const& attribute) {
  std::vector<Raw> result;
  std::visit(
      [&]<class V>(V const& values) {
        if constexpr (!std::same_as<V, std::string> && !std::same_as<V, std::vector<std::string>>) {
          using From = typename V::value_type;
          for (From v : values) {
            if constexpr (std::integral<Raw> && std::integral<From> &&
                          sizeof(Raw) == sizeof(From)) {
              result.push_back(static_cast<Raw>(v));  // the same bits, as _Unsigned asks
            } else if (auto fitting = cast_if_it_fits<Raw>(v)) {
              result.push_back(*fitting);
            }
          }
        }
      },
      attribute.values);
  return result;
}

/// The attributes that a variable's decoded numbers carry when they are written as `type`.
/// Those that describe the storage (packing, _Unsigned, valid ranges of packed data) go; _FillValue
/// and missing_value take the new type. Data with a missing_value alone gain a _FillValue, as with
/// CDO. `type` is float32 or float64 for data with missing cells.
inline netcdf_attributes decoded_attributes(netcdf_attributes const& attributes, netcdf_type type) {
  bool const packed = attributes.contains("scale_factor") || attributes.contains("add_offset");
  netcdf_attributes result;
  auto const typed = [&](netcdf_attribute const& a, bool first_only) {
    visit_netcdf_type(type, [&]<class T>(T) {
      auto values = cf_stored_values<T>(a);
      if (packed) {
        // The stored fill is a packed number; physical ones take netCDF's default fill.
        values.clear();
        if constexpr (std::floating_point<T>) {
          values.push_back(static_cast<T>(NC_FILL_FLOAT));
        }
      }
      if (first_only && !values.empty()) {
        values.erase(values.begin() + 1, values.end());
      }
      if (!values.empty()) {
        result.set(first_only ? "_FillValue" : a.name, std::move(values));
      }
    });
  };
  for (auto const& a : attributes) {
    bool const is_fill = a.name == "_FillValue";
    if (is_fill || a.name == "missing_value") {
      if (a.type() != netcdf_type::text && a.type() != netcdf_type::string) {
        typed(a, is_fill);
        if (!is_fill && !attributes.contains("_FillValue")) {
          typed(a, true);
        }
      }
    } else if (a.name == "scale_factor" || a.name == "add_offset" || a.name == "_Unsigned" ||
               (a.name.starts_with("valid_") && (packed || a.type() != type))) {
      continue;
    } else {
      result.set(a);
    }
  }
  return result;
}

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {

/// How to turn the stored numbers of one variable into physical ones.
///     cf_decoder<std::int16_t> const decoder(v.attributes, "variable 'u' of 'a.nc'", false);
///     decoder.decode(stored, physical, count);
/// NaN:    cells equal to _FillValue or to any missing_value become NaN. Both attributes count, as
///         in xarray (CDO looks at _FillValue alone where both are there). They are compared as
///         numbers of the variable's own type. netCDF's default fill values count only where the
///         file declares them (as CDO and xarray; the netCDF4 module masks them). NaN stays NaN.
///         With valid_range, cells outside valid_min/valid_max/valid_range are missing too, which
///         CF asks for and CDO and xarray do not do: it is off by default.
/// Dtype:  stored * scale_factor + add_offset is computed in double (as CDO does), without a fused
///         multiply-add, and rounded once to the target type.
template <netcdf_number Raw> class cf_decoder {
 public:
  /// `place` names the variable in messages.
  /// Throws: value_error as cf_packing::of, or if a wanted valid range is not one of numbers.
  cf_decoder(netcdf_attributes const& attributes, std::string const& place, bool valid_range)
      : packing_(cf_packing::of(attributes, place)) {
    for (char const* name : {"_FillValue", "missing_value"}) {
      if (auto const* attribute = attributes.find(name)) {
        for (Raw v : cf_stored_values<Raw>(*attribute)) {
          if (v == v && std::find(missing_.begin(), missing_.end(), v) == missing_.end()) {
            missing_.push_back(v);
          }
        }
      }
    }
    if (valid_range) {
      read_valid_range(attributes, place);
    }
  }

  bool packed() const { return packing_.present(); }

  /// Stored numbers to physical ones; `out` may be `stored` itself when the types agree.
  template <std::floating_point T> void decode(Raw const* stored, T* out, std::size_t count) const {
    for (std::size_t from = 0; from < count; from += block) {
      std::size_t const n = std::min(block, count - from);
      bool missing[block];
      mark_missing(stored + from, missing, n);
      if (packed()) {
        for (std::size_t i = 0; i < n; ++i) {
          out[from + i] = missing[i] ? not_a_number<T> : static_cast<T>(unpacked(stored[from + i]));
        }
      } else {
        for (std::size_t i = 0; i < n; ++i) {
          out[from + i] = missing[i] ? not_a_number<T> : static_cast<T>(stored[from + i]);
        }
      }
    }
  }

  /// missing[i] is true where the stored number stands for "no value".
  void mark_missing(Raw const* stored, bool* missing, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      missing[i] = stored[i] != stored[i];
    }
    for (Raw const m : missing_) {
      for (std::size_t i = 0; i < count; ++i) {
        missing[i] |= stored[i] == m;
      }
    }
    if (has_range_) {
      for (std::size_t i = 0; i < count; ++i) {
        double const v = range_is_unpacked_ ? unpacked(stored[i]) : static_cast<double>(stored[i]);
        missing[i] |= v < low_ || v > high_;
      }
    }
  }

 private:
  static constexpr std::size_t block = 1024;
  template <class T> static constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

  double unpacked(Raw stored) const {
    double const product = mul_rn(static_cast<double>(stored), packing_.scale);
    return packing_.offset == 0.0 ? product : product + packing_.offset;  // keeps -0.0
  }

  void read_valid_range(netcdf_attributes const& attributes, std::string const& place) {
    auto const read = [&](char const* name, std::vector<double*> const& targets) {
      auto const* attribute = attributes.find(name);
      if (attribute == nullptr) {
        return;
      }
      std::vector<double> const numbers = bounds_of(*attribute);
      if (numbers.size() != targets.size()) {
        throw value_error("cf_decoder: expected " + std::to_string(targets.size()) +
                          " number(s) as attribute '" + name + "' of " + place + ", got " +
                          attribute->summary());
      }
      for (std::size_t k = 0; k < targets.size(); ++k) {
        *targets[k] = numbers[k];
      }
      has_range_ = true;
      // A range of floating type on packed integers is in physical units (Users' Guide).
      range_is_unpacked_ = std::integral<Raw> && is_floating(attribute->type()) && packed();
    };
    read("valid_min", {&low_});
    read("valid_max", {&high_});
    read("valid_range", {&low_, &high_});
  }

  // The numbers of an attribute; integers as wide as the stored ones with the signedness of those.
  static std::vector<double> bounds_of(netcdf_attribute const& attribute) {
    std::vector<double> numbers = attribute.numbers();
    if (std::integral<Raw> && is_number(attribute.type()) && !is_floating(attribute.type()) &&
        item_bytes(attribute.type()) == sizeof(Raw)) {
      auto const stored = cf_stored_values<Raw>(attribute);
      numbers.assign(stored.begin(), stored.end());
    }
    return numbers;
  }

  cf_packing packing_;
  std::vector<Raw> missing_;
  bool has_range_ = false;
  bool range_is_unpacked_ = false;
  double low_ = -std::numeric_limits<double>::infinity();
  double high_ = std::numeric_limits<double>::infinity();
};

/// Copies integers that fit T; `place` names the variable in messages.
/// Throws: value_error for the first one that does not fit.
template <netcdf_number T, netcdf_number Raw>
  requires std::integral<T> && std::integral<Raw>
void copy_fitting(Raw const* stored, std::span<T> out, std::string const& place) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!std::in_range<T>(stored[i])) {
      throw value_error("read_into: expected values of " + place + " that fit " +
                        to_string(netcdf_type_of<T>) + ", got " + std::to_string(stored[i]));
    }
    out[i] = static_cast<T>(stored[i]);
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
