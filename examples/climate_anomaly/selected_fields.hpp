// SPDX-License-Identifier: Apache-2.0
#pragma once
// The fields that a run processes: those asked for, all of which must be usable, or all usable ones
// of the file.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "input_fields.hpp"
#include "prepared_field.hpp"
#include "result_names.hpp"

namespace climate_anomaly {

struct selection {
  std::vector<prepared_field> fields;
  std::vector<refusal> left_out;  ///< without names asked for: other variables with a time axis
};

namespace detail {

inline std::string names_of(std::vector<field> const& fields) {
  std::string list;
  for (auto const& f : fields) {
    list += (list.empty() ? "" : ", ") + f.name;
  }
  return list.empty() ? "none" : list;
}

/// The fields with these names. Throws: value_error naming the file, what is wrong with a name, and
/// the names that would do.
inline std::vector<field> fields_named(cm::netcdf_file const& file, field_survey const& all,
                                       std::vector<std::string> const& names) {
  std::vector<field> found;
  std::string const path = "--var: '" + file.path().string() + "'";
  for (auto const& name : names) {
    auto const has_name = [&](auto const& x) { return x.name == name; };
    auto const field = std::find_if(all.fields.begin(), all.fields.end(), has_name);
    auto const refused = std::find_if(all.refused.begin(), all.refused.end(), has_name);
    if (field == all.fields.end()) {
      throw cm::value_error(path +
                            (refused == all.refused.end()
                                 ? " has no variable '" + name + "'"
                                 : ": cannot use '" + name + "': " + refused->reason) +
                            "; variables with a usable time axis: " + names_of(all.fields));
    }
    found.push_back(*field);
  }
  return found;
}

/// Why variables are refused, those with a time axis first, and not more than can be read.
inline std::string reasons_of(std::vector<refusal> refused) {
  constexpr std::size_t most = 5;
  std::stable_partition(refused.begin(), refused.end(),
                        [](refusal const& r) { return r.has_time; });
  std::string words;
  for (std::size_t i = 0; i < std::min(most, refused.size()); ++i) {
    words += (words.empty() ? ": " : "; ") + refused[i].name + ": " + refused[i].reason;
  }
  if (refused.size() > most) {
    words += "; and " + std::to_string(refused.size() - most) + " more";
  }
  return words;
}

/// Why a field cannot be prepared; what concerns the whole file or the machine is thrown.
template <class F> std::optional<std::string> refusal_of(F&& prepare) {
  try {
    return prepare();
  } catch (cm::io_error const&) {
    throw;
  } catch (cm::out_of_memory const&) {
    throw;
  } catch (cm::cuda_error const&) {
    throw;
  } catch (cm::error const& e) {
    return e.what();
  }
}

/// Fields whose months are the same share a dimension, with a name that nothing else in the output
/// has.
inline void name_month_dimensions(output_names const& taken, std::vector<prepared_field>& fields) {
  std::map<std::vector<int>, std::string> named;
  int count = 0;
  for (auto& p : fields) {
    auto& name = named[p.months.months];
    while (name.empty() || taken.contains(name)) {
      name = ++count == 1 ? "month" : "month_" + std::to_string(count);
    }
    p.month_dimension = name;
  }
}

}  // namespace detail

/// The fields with these names, or without names all usable fields of the file, in its order; one
/// whose results would have a name that is taken already is left out.
/// Throws: value_error naming a field that cannot be used, and why; coord_error with all reasons
///         where no variable can be used; io_error.
inline selection select_fields(cm::netcdf_file const& file, std::vector<std::string> const& names,
                               cm::climate::cell_weight kind) {
  field_survey const all = survey(file);
  std::string const path = "'" + file.path().string() + "'";
  selection selected;
  std::vector<refusal> refused = all.refused;
  output_names taken(file);
  std::map<std::string, time_axis> times;
  for (auto const& f : names.empty() ? all.fields : detail::fields_named(file, all, names)) {
    auto const reason = detail::refusal_of([&] {
      prepared_field p = prepare_field(file, f, kind, times);
      auto const clash = taken.add(p);
      if (!clash) {
        selected.fields.push_back(std::move(p));
      }
      return clash;
    });
    if (reason && !names.empty()) {
      throw cm::value_error("--var: " + path + ": cannot use '" + f.name + "': " + *reason);
    }
    if (reason) {
      refused.push_back({f.name, *reason, true});
    }
  }
  if (selected.fields.empty()) {
    throw cm::coord_error("climate_anomaly: expected a variable with a usable time axis in " +
                          path + ", got none" + detail::reasons_of(std::move(refused)));
  }
  for (auto& r : refused) {
    if (r.has_time && names.empty()) {
      selected.left_out.push_back(std::move(r));
    }
  }
  detail::name_month_dimensions(taken, selected.fields);
  return selected;
}

}  // namespace climate_anomaly
