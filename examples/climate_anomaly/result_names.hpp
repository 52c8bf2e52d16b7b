// SPDX-License-Identifier: Apache-2.0
#pragma once
// The names that a field brings into the output file: those of its results, and those of the
// variables and dimensions that are copied with it. Two fields may want the same name.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "prepared_field.hpp"

namespace climate_anomaly {

inline std::vector<std::string> result_names(prepared_field const& p) {
  std::vector<std::string> names;
  for (char const* suffix : {"_climatology", "_anomaly", "_standardised"}) {
    names.push_back(p.variable.name + suffix);
  }
  for (char const* suffix : {"_mean", "_anomaly_mean"}) {
    if (p.grid) {
      names.push_back(p.variable.name + suffix);
    }
  }
  return names;
}

/// The variables that describe a field (coordinates, their bounds, grid mappings), each once.
inline std::vector<std::string> described_by(cm::netcdf_file const& file, field const& f) {
  std::vector<std::string> names;
  auto const add = [&](auto const& self, std::string const& name) -> void {
    auto const* v = file.find_variable(name);
    if (v == nullptr || !can_be_copied(*v) ||
        std::find(names.begin(), names.end(), name) != names.end()) {
      return;
    }
    names.push_back(name);
    for (char const* link : {"bounds", "climatology"}) {
      for (auto const& linked : words_of(v->attributes.text(link).value_or(""))) {
        self(self, linked);
      }
    }
  };
  for (auto const& axis : f.axes) {
    add(add, axis.coordinate);
  }
  for (char const* link : {"coordinates", "grid_mapping"}) {
    for (auto const& name : words_of(f.attributes.text(link).value_or(""))) {
      add(add, name.substr(0, name.find(':')));
    }
  }
  return names;
}

/// The names of an output file, as fields are added to it.
class output_names {
 public:
  explicit output_names(cm::netcdf_file const& input) : input_(input) {}

  bool contains(std::string const& name) const {
    return copies_.contains(name) || results_.contains(name);
  }

  /// Takes the names of a field, or none of them and says which is taken already.
  std::optional<std::string> add(prepared_field const& p) {
    std::string const of_this = " of '" + p.variable.name + "'";
    std::map<std::string, std::string> copies;
    for (auto const& d : p.variable.axes) {
      copies[d.dimension] = "a dimension" + of_this;
    }
    for (auto const& name : described_by(input_, p.variable)) {
      for (auto const& d : input_.variable(name).dimensions) {
        copies[d.name] = "a dimension" + of_this;
      }
    }
    for (auto const& name : described_by(input_, p.variable)) {
      copies[name] = "a coordinate" + of_this;
    }
    for (auto const& name : result_names(p)) {
      for (auto const* taken : {&copies, &copies_, &results_}) {
        if (auto const found = taken->find(name); found != taken->end()) {
          return "its result '" + name + "' would have the name of " + found->second;
        }
      }
    }
    for (auto const& [name, what] : copies) {
      if (auto const found = results_.find(name); found != results_.end()) {
        return "'" + name + "', " + what + ", would have the name of " + found->second;
      }
    }
    copies_.insert(copies.begin(), copies.end());
    for (auto const& name : result_names(p)) {
      results_[name] = "a result" + of_this;
    }
    return std::nullopt;
  }

 private:
  cm::netcdf_file const& input_;
  std::map<std::string, std::string> copies_;  // name, whose it is
  std::map<std::string, std::string> results_;
};

}  // namespace climate_anomaly
