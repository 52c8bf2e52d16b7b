// SPDX-License-Identifier: Apache-2.0
#pragma once
// Attributes of a NetCDF file or variable, with the types they have in the file, so that a copy is
// verbatim. The reader fills them, the writer takes them.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cumulus/io/netcdf/netcdf_call.hpp"
#include "cumulus/io/netcdf/netcdf_type.hpp"

namespace cumulus::inline v1 {

/// Name and values of one attribute. `std::string` is type char, a vector of strings type string.
struct netcdf_attribute {
  using values_type =
      std::variant<std::string, std::vector<std::string>, std::vector<std::int8_t>,
                   std::vector<std::uint8_t>, std::vector<std::int16_t>, std::vector<std::uint16_t>,
                   std::vector<std::int32_t>, std::vector<std::uint32_t>, std::vector<std::int64_t>,
                   std::vector<std::uint64_t>, std::vector<float>, std::vector<double>>;
  std::string name;
  values_type values;

  netcdf_type type() const {
    return std::visit(
        []<class V>(V const&) {
          if constexpr (std::same_as<V, std::string>) {
            return netcdf_type::text;
          } else if constexpr (std::same_as<V, std::vector<std::string>>) {
            return netcdf_type::string;
          } else {
            return netcdf_type_of<typename V::value_type>;
          }
        },
        values);
  }

  /// The value as text, without the NULs that some C programs write at its end; nothing if the
  /// attribute is numeric or holds several strings.
  std::optional<std::string> text() const {
    std::string result;
    if (auto const* chars = std::get_if<std::string>(&values)) {
      result = *chars;
    } else if (auto const* list = std::get_if<std::vector<std::string>>(&values);
               list != nullptr && list->size() == 1) {
      result = list->front();
    } else {
      return std::nullopt;
    }
    result.erase(result.find_last_not_of('\0') + 1);
    return result;
  }

  /// All values as double; empty for text.
  std::vector<double> numbers() const {
    return std::visit(
        []<class V>(V const& v) {
          if constexpr (std::same_as<V, std::string> || std::same_as<V, std::vector<std::string>>) {
            return std::vector<double>{};
          } else {
            std::vector<double> result;
            result.reserve(v.size());
            for (auto const number : v) {
              result.push_back(static_cast<double>(number));
            }
            return result;
          }
        },
        values);
  }

  /// What it holds, for messages: "0.5 of type float", "2 values of type short".
  std::string summary() const {
    std::string const of_type = " of type " + to_string(type());
    return std::visit(
        [&]<class V>(V const& v) {
          if constexpr (std::same_as<V, std::string>) {
            return "'" + v + "'" + of_type;
          } else if (v.size() != 1) {
            return std::to_string(v.size()) + " values" + of_type;
          } else if constexpr (std::same_as<V, std::vector<std::string>>) {
            return "'" + v.front() + "'" + of_type;
          } else if constexpr (std::floating_point<typename V::value_type>) {
            char text[32];
            std::snprintf(text, sizeof text, "%.9g", static_cast<double>(v.front()));
            return text + of_type;
          } else {
            return std::to_string(v.front()) + of_type;
          }
        },
        values);
  }

  friend bool operator==(netcdf_attribute const&, netcdf_attribute const&) = default;
};

/// Attributes in the order of the file, found by name.
///     atts.set("units", "m s-1");  atts.set("scale_factor", 0.01);
///     if (auto units = atts.text("units")) { … }
class netcdf_attributes {
 public:
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  /// The attribute, or nullptr.
  netcdf_attribute const* find(std::string_view name) const {
    auto const it = std::find_if(list_.begin(), list_.end(),
                                 [&](netcdf_attribute const& a) { return a.name == name; });
    return it == list_.end() ? nullptr : &*it;
  }

  /// Text of an attribute; nothing if it is absent or numeric.
  std::optional<std::string> text(std::string_view name) const {
    auto const* attribute = find(name);
    return attribute == nullptr ? std::nullopt : attribute->text();
  }

  /// First number of an attribute; nothing if it is absent, empty or text.
  std::optional<double> number(std::string_view name) const {
    auto const* attribute = find(name);
    auto const values = attribute == nullptr ? std::vector<double>{} : attribute->numbers();
    return values.empty() ? std::nullopt : std::optional(values.front());
  }

  /// Adds an attribute, or replaces the one of that name where it stands.
  void set(netcdf_attribute attribute) {
    for (auto& a : list_) {
      if (a.name == attribute.name) {
        a = std::move(attribute);
        return;
      }
    }
    list_.push_back(std::move(attribute));
  }
  void set(std::string name, std::string text) { set({std::move(name), {std::move(text)}}); }
  void set(std::string name, char const* text) { set(std::move(name), std::string(text)); }
  template <netcdf_number T> void set(std::string name, T value) {
    set({std::move(name), std::vector<T>{value}});
  }
  template <netcdf_number T> void set(std::string name, std::vector<T> values) {
    set({std::move(name), std::move(values)});
  }

  void erase(std::string_view name) {
    std::erase_if(list_, [&](netcdf_attribute const& a) { return a.name == name; });
  }

  friend bool operator==(netcdf_attributes const&, netcdf_attributes const&) = default;

 private:
  std::vector<netcdf_attribute> list_;
};

namespace detail {

/// Where an attribute stands, for messages: a variable's name, or nothing for the file's own.
inline std::string attribute_owner(int ncid, int varid) {
  char name[NC_MAX_NAME + 1] = {};
  bool const known = varid != NC_GLOBAL && nc_inq_varname(ncid, varid, name) == NC_NOERR;
  return known ? name : "";
}

inline std::vector<std::string> read_string_attribute(int ncid, int varid, char const* name,
                                                      std::size_t length,
                                                      std::filesystem::path const& file) {
  std::vector<char*> pointers(length, nullptr);
  check_netcdf(nc_get_att_string(ncid, varid, name, pointers.data()), "nc_get_att_string", file,
               attribute_owner(ncid, varid), name);
  std::vector<std::string> result;
  for (char* p : pointers) {
    result.emplace_back(p == nullptr ? "" : p);
  }
  nc_free_string(length, pointers.data());
  return result;
}

/// Integers in the narrowest classic type that holds each of them exactly: short, int, else double.
/// Nothing if none does, which a value beyond 2^53 can cause, or if they are no integers.
inline std::optional<netcdf_attribute::values_type> narrowed_to_classic(
    netcdf_attribute const& attribute) {
  using result = std::optional<netcdf_attribute::values_type>;
  return std::visit(
      []<class V>(V const& values) -> result {
        if constexpr (requires { requires std::integral<typename V::value_type>; } &&
                      !std::same_as<V, std::string>) {
          auto const fit = [&](auto low, auto high) {
            return std::all_of(values.begin(), values.end(), [&](auto v) {
              return std::cmp_greater_equal(v, low) && std::cmp_less_equal(v, high);
            });
          };
          auto const converted = [&]<class T>(T) {
            std::vector<T> result;
            for (auto const v : values) {
              result.push_back(static_cast<T>(v));
            }
            return result;
          };
          if (fit(-32768, 32767)) {
            return converted(std::int16_t{});
          }
          if (fit(-2147483648LL, 2147483647)) {
            return converted(std::int32_t{});
          }
          auto const exact = [](auto v) {
            // The largest values round to 2^digits, which is no integer of the type any more.
            using T = typename V::value_type;
            double const d = static_cast<double>(v);
            return d < std::ldexp(1.0, std::numeric_limits<T>::digits) && static_cast<T>(d) == v;
          };
          if (std::all_of(values.begin(), values.end(), exact)) {
            return converted(double{});
          }
          return std::nullopt;
        } else {
          return std::nullopt;
        }
      },
      attribute.values);
}

}  // namespace detail

/// All attributes of a variable (or of the file with NC_GLOBAL) except those of user-defined types.
/// The caller holds netcdf_mutex().
/// Throws: io_error naming the file, the variable and the attribute that cannot be read.
inline netcdf_attributes read_attributes(int ncid, int varid, std::filesystem::path const& file) {
  auto const check = [&](int status, char const* call, char const* attribute) {
    if (status != NC_NOERR) {
      check_netcdf(status, call, file, detail::attribute_owner(ncid, varid), attribute);
    }
  };
  int count = 0;
  check(nc_inq_varnatts(ncid, varid, &count), "nc_inq_varnatts", "");
  netcdf_attributes result;
  for (int k = 0; k < count; ++k) {
    char name[NC_MAX_NAME + 1] = {};
    nc_type type = NC_NAT;
    std::size_t length = 0;
    check(nc_inq_attname(ncid, varid, k, name), "nc_inq_attname", "");
    check(nc_inq_att(ncid, varid, name, &type, &length), "nc_inq_att", name);
    if (type == NC_CHAR) {
      std::string text(length, '\0');
      check(nc_get_att_text(ncid, varid, name, text.data()), "nc_get_att_text", name);
      result.set(name, std::move(text));
    } else if (type == NC_STRING) {
      result.set({name, detail::read_string_attribute(ncid, varid, name, length, file)});
    } else if (type < NC_STRING) {
      visit_netcdf_type(netcdf_type{type}, [&]<class T>(T) {
        std::vector<T> values(length);
        check(nc_get_att(ncid, varid, name, values.data()), "nc_get_att", name);
        result.set(name, std::move(values));
      });
    }
  }
  return result;
}

/// The attribute as a file of this format holds it. In a format that lacks its type a single string
/// becomes text, and integers take the narrowest of short, int and double that holds them exactly.
/// `place` names what it belongs to.
/// Throws: dtype_error if a classic format is asked to hold several strings; value_error if it is
///         asked to hold integers that double would round.
inline netcdf_attribute attribute_in_format(netcdf_attribute attribute, netcdf_format format,
                                            std::string const& place) {
  if (can_hold(format, attribute.type())) {
    return attribute;
  }
  auto const details = [&] {
    return " as attribute '" + attribute.name + "' of " + place + " in format " +
           to_string(format) + ", got " + attribute.summary();
  };
  if (auto text = attribute.text()) {
    attribute.values = *text;
  } else if (attribute.type() == netcdf_type::string) {
    throw dtype_error("netcdf_writer: expected one string" + details());
  } else if (auto narrowed = detail::narrowed_to_classic(attribute)) {
    attribute.values = *narrowed;
  } else {
    throw value_error("netcdf_writer: expected integers that int or double hold exactly" +
                      details() + "; cdf5 and netCDF-4 hold them");
  }
  return attribute;
}

/// Writes one attribute with its own type. The caller holds netcdf_mutex().
/// Throws: io_error naming the file, the variable and the attribute.
inline void write_attribute(int ncid, int varid, netcdf_attribute const& attribute,
                            std::filesystem::path const& file) {
  char const* const name = attribute.name.c_str();
  int const status = std::visit(
      [&]<class V>(V const& v) {
        if constexpr (std::same_as<V, std::string>) {
          return nc_put_att_text(ncid, varid, name, v.size(), v.data());
        } else if constexpr (std::same_as<V, std::vector<std::string>>) {
          std::vector<char const*> pointers;
          for (auto const& s : v) {
            pointers.push_back(s.c_str());
          }
          return nc_put_att_string(ncid, varid, name, pointers.size(), pointers.data());
        } else {
          return nc_put_att(ncid, varid, name,
                            static_cast<nc_type>(netcdf_type_of<typename V::value_type>), v.size(),
                            v.data());
        }
      },
      attribute.values);
  if (status != NC_NOERR) {
    check_netcdf(status, "nc_put_att", file, detail::attribute_owner(ncid, varid), attribute.name);
  }
}

}  // namespace cumulus::inline v1
