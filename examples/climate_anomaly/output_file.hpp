// SPDX-License-Identifier: Apache-2.0
#pragma once
// The NetCDF file that the example writes: copies of the input's coordinates, and five variables
// for each field. Everything is defined first, then written field by field.

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "month_statistics.hpp"
#include "prepared_field.hpp"
#include "result_attributes.hpp"
#include "result_names.hpp"

namespace climate_anomaly {

namespace detail {

/// The variables that describe any of the fields, each once.
inline std::vector<std::string> described_by_all(cm::netcdf_file const& file,
                                                 std::vector<prepared_field> const& fields) {
  std::vector<std::string> names;
  for (auto const& p : fields) {
    for (auto& name : described_by(file, p.variable)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

}  // namespace detail

/// The output while it is being written; without commit() nothing is left behind.
class output_file {
 public:
  /// Defines everything.
  /// Throws: io_error naming the file where it cannot be written.
  output_file(std::filesystem::path const& path, cm::netcdf_file const& input,
              std::vector<prepared_field> const& fields, command_line const& asked)
      : input_(input),
        asked_(asked),
        fields_(fields),
        described_(detail::described_by_all(input, fields)),
        writer_(path, {.format = format_for(input, fields, asked)}) {
    for (auto const& name : described_) {
      define_dimensions(input.variable(name).dimensions);
    }
    for (auto const& p : fields) {
      define_dimensions(input.variable(p.variable.name).dimensions);
    }
    for (auto const& name : described_) {
      define_copy(input.variable(name));
    }
    for (auto const& p : fields) {
      define_months(p);
      define_results(p);
    }
    define_global_attributes();
    write_copies();
  }

  template <class T>
  void write(prepared_field const& p, month_statistics<T> const& s, progress& said) {
    std::string const& name = p.variable.name;
    write_pieces(name + "_climatology", s.climatology, said);
    write_pieces(name + "_anomaly", s.anomaly, said);
    write_pieces(name + "_standardised", s.standardised, said);
    if (s.mean) {
      write_pieces(name + "_mean", *s.mean, said);
      write_pieces(name + "_anomaly_mean", *s.anomaly_mean, said);
    }
  }

  /// Gives the file its name. Throws: io_error; nothing is left then.
  void commit() { writer_.commit(); }

  /// The type of a field's results.
  static cm::netcdf_type result_type(field const& f, command_line const& asked) {
    return asked.in_double ? cm::netcdf_type::float64 : f.type;
  }

 private:
  // The input's format; where a classic one would be too small, netCDF-4.
  static cm::netcdf_format format_for(cm::netcdf_file const& input,
                                      std::vector<prepared_field> const& fields,
                                      command_line const& asked) {
    bool const classic = input.format() == cm::netcdf_format::classic ||
                         input.format() == cm::netcdf_format::classic_64bit_offset;
    if (!classic) {
      return input.format();
    }
    for (auto const& p : fields) {
      auto const item = cm::item_bytes(result_type(p.variable, asked));
      if (static_cast<double>(p.variable.shape().size()) * static_cast<double>(item) > 2e9) {
        return cm::netcdf_format::netcdf4_classic;
      }
    }
    return cm::netcdf_format::classic_64bit_offset;
  }

  void define_dimensions(std::vector<cm::netcdf_dimension> const& dimensions) {
    for (auto const& d : dimensions) {
      if (std::find(defined_.begin(), defined_.end(), d.name) == defined_.end()) {
        defined_.push_back(d.name);
        if (d.unlimited && leads_everywhere(d.name)) {
          writer_.define_unlimited(d.name);
        } else {
          writer_.define_dimension(d.name, d.size);
        }
      }
    }
  }

  // Whether a dimension is the first of every variable that has it, as the classic formats want.
  bool leads_everywhere(std::string const& dimension) const {
    auto const leads = [&](std::vector<std::string> const& names) {
      return std::find(names.begin() + (names.empty() ? 0 : 1), names.end(), dimension) ==
             names.end();
    };
    for (auto const& name : described_) {
      auto const& v = input_.variable(name);
      // One character for each step: text is written by rows, whose length must be known.
      bool const is_row = v.type == cm::netcdf_type::text && v.rank() == 1;
      if (!leads(v.dimension_names()) || (is_row && v.dimensions[0].name == dimension)) {
        return false;
      }
    }
    for (auto const& p : fields_) {
      if (!leads(p.variable.dimensions()) || p.variable.axes[0].dimension != dimension) {
        return false;
      }
    }
    return true;
  }

  /// The time axis that a variable is the coordinate of, or the bounds; nullptr otherwise.
  time_axis const* time_of(std::string const& name) const {
    for (auto const& p : fields_) {
      auto const& attributes = input_.variable(p.time.name).attributes;
      if (name == p.time.name || attributes.text("bounds") == name ||
          attributes.text("climatology") == name) {
        return &p.time;
      }
    }
    return nullptr;
  }

  // Steps of months, years and weeks are written as days, which every reader knows.
  static bool is_counted_in_days(time_axis const& t) {
    return t.units.unit == cm::time_unit::month || t.units.unit == cm::time_unit::year ||
           t.units.unit == cm::time_unit::week;
  }

  void define_copy(cm::netcdf_variable const& v) {
    cm::netcdf_attributes attributes = v.attributes;
    attributes.erase("formula_terms");  // what these name is not copied
    attributes.erase("edges");
    for (char const* link : {"bounds", "climatology"}) {
      auto const target = attributes.text(link);
      if (target && std::find(described_.begin(), described_.end(), *target) == described_.end()) {
        attributes.erase(link);
      }
    }
    cm::netcdf_type type = v.type;
    if (time_axis const* t = time_of(v.name)) {
      bool const is_bounds = v.name != t->name;
      // Bounds have the units and the calendar of their coordinate.
      bool const says_units = !is_bounds || attributes.contains("units");
      auto calendar = input_.variable(t->name).attributes.text("calendar");
      bool const is_default = !calendar && t->units.cal == cm::calendar::standard;
      cm::calendar const cal =
          t->units.cal == cm::calendar::none ? cm::calendar::proleptic_gregorian : t->units.cal;
      if (says_units && (!is_default || is_counted_in_days(*t))) {
        attributes.set("calendar", std::string(cm::name(cal)));
      }
      if (is_counted_in_days(*t)) {
        type = cm::netcdf_type::float64;
        attributes = cm::decoded_attributes(attributes, type);
        if (says_units) {
          attributes.set("units", "days since " + date_words(reference_date(*t)));
        }
      }
    }
    writer_.define_variable(v.name, type, v.dimension_names(), attributes);
  }

  static cm::date_time reference_date(time_axis const& t) {
    return cm::to_date_time(t.units.cal, {t.units.reference.days, 0});
  }

  void define_months(prepared_field const& p) {
    if (std::find(defined_.begin(), defined_.end(), p.month_dimension) != defined_.end()) {
      return;
    }
    defined_.push_back(p.month_dimension);
    writer_.define_dimension(p.month_dimension, p.months.count());
    cm::netcdf_attributes attributes;
    attributes.set("long_name", "month of the year");
    attributes.set("units", "1");
    writer_.define_variable(p.month_dimension, cm::netcdf_type::int32, {p.month_dimension},
                            attributes);
  }

  void define_results(prepared_field const& p) {
    field const& f = p.variable;
    cm::netcdf_type const type = result_type(f, asked_);
    std::vector<std::string> const in_time = f.dimensions();
    std::vector<std::string> in_month = in_time;
    in_month[0] = p.month_dimension;
    std::vector<std::string> series = in_time;
    std::string const what = f.attributes.text("long_name").value_or(f.name);
    std::string const methods = f.attributes.text("cell_methods").value_or("");

    auto a = result_attributes(input_, p, type, in_month);
    a.erase("cell_methods");
    a.set("long_name", what + ", mean of each month, " + period_words(p.time));
    define_result(f.name + "_climatology", type, in_month, a);

    a = result_attributes(input_, p, type, in_time);
    a.erase("standard_name");
    a.set("long_name", what + ", anomaly from the mean of each month, " + period_words(p.time));
    define_result(f.name + "_anomaly", type, in_time, a);

    a.erase("cell_methods");
    a.set("long_name",
          what + ", anomaly over the standard deviation of each month, " + period_words(p.time));
    a.set("units", "1");
    define_result(f.name + "_standardised", type, in_time, a);

    if (p.grid) {
      series.resize(series.size() - 2);
      std::string const weights = weight_words(asked_.weights);
      a = result_attributes(input_, p, cm::netcdf_type::float64, series);
      a.erase("grid_mapping");
      a.set("cell_methods",
            methods + (methods.empty() ? "" : " ") + "area: mean (weighted by " + weights + ")");
      a.set("area_weights", weight_name(asked_.weights));
      a.set("long_name", what + ", area mean weighted by " + weights);
      define_result(f.name + "_mean", cm::netcdf_type::float64, series, a);
      a.erase("standard_name");
      a.set("long_name", what + ", area mean of the anomaly weighted by " + weights);
      define_result(f.name + "_anomaly_mean", cm::netcdf_type::float64, series, a);
    }
  }

  void define_result(std::string const& name, cm::netcdf_type type,
                     std::vector<std::string> const& dimensions,
                     cm::netcdf_attributes const& attributes) {
    writer_.define_variable(name, type, dimensions, attributes);
    fill_[name] = attributes.number("_FillValue").value();
  }

  void define_global_attributes() {
    for (auto const& a : input_.attributes()) {
      if (a.name != "Conventions" && a.name != "history") {
        writer_.set_attribute(a);
      }
    }
    writer_.set_attribute("Conventions", "CF-1.8");
    std::string history = "climate_anomaly: monthly climatology and anomaly of ";
    history += asked_.input ? asked_.input->string() : "a generated dataset";
    if (auto const before = input_.attributes().text("history")) {
      history += "\n" + *before;
    }
    writer_.set_attribute("history", history);
    writer_.set_attribute("area_weights", weight_name(asked_.weights));
  }

  void write_copies() {
    for (auto const& name : described_) {
      auto const& v = input_.variable(name);
      time_axis const* t = time_of(name);
      if (t != nullptr && is_counted_in_days(*t)) {
        write_days(name, *t);
      } else if (!v.is_numeric()) {
        writer_.write_strings(name, input_.read_strings(name));
      } else if (cm::is_floating(v.type)) {
        write_copy<double>(name);  // holds every float, too
      } else if (v.type == cm::netcdf_type::uint64) {
        write_copy<std::uint64_t>(name);
      } else {
        write_copy<std::int64_t>(name);
      }
    }
    std::vector<std::string> written;
    for (auto const& p : fields_) {
      if (std::find(written.begin(), written.end(), p.month_dimension) == written.end()) {
        written.push_back(p.month_dimension);
        writer_.write<int>(p.month_dimension, std::span<int const>(p.months.months));
      }
    }
  }

  // The stored numbers as they are.
  template <class T> void write_copy(std::string const& name) {
    writer_.write(name, input_.read<T>(name, {.decode = false}), {.encode = false});
  }

  void write_days(std::string const& name, time_axis const& t) {
    auto const& attributes = input_.variable(t.name).attributes;
    auto const dates = read_dates(input_, name, attributes.text("units").value_or(""),
                                  attributes.text("calendar").value_or(""));
    std::vector<double> days;
    for (auto const& d : dates) {
      auto const whole =
          cm::days_from_date(t.units.cal, d.year, d.month, d.day) - t.units.reference.days;
      days.push_back(static_cast<double>(whole) +
                     (d.hour * 3600.0 + d.minute * 60.0 + d.second) / 86400.0);
    }
    writer_.write<double>(name, std::span<double const>(days));
  }

  template <class T>
  void write_pieces(std::string const& name, cm::ndarray<T> const& values, progress& said) {
    said.begin("writing " + name);
    auto const v = on_host(values);
    T const fill = static_cast<T>(fill_.at(name));
    std::vector<T> masked;
    in_pieces(v.shape(), sizeof(T), [&](cm::shape const& start, cm::shape const& count) {
      std::span<T const> piece(v.data() + start[0] * (v.size() / v.shape()[0]),
                               static_cast<std::size_t>(count.size()));
      if (std::find(piece.begin(), piece.end(), fill) != piece.end()) {
        // Readers take such a result for missing (of cells that nobody has written, say).
        masked.assign(piece.begin(), piece.end());
        std::replace(masked.begin(), masked.end(), fill, std::numeric_limits<T>::quiet_NaN());
        piece = masked;
      }
      writer_.write<T>(name, piece, start, count);
      said.advance(static_cast<double>(count.size()));
    });
  }

  cm::netcdf_file const& input_;
  command_line const& asked_;
  std::vector<prepared_field> const& fields_;
  std::vector<std::string> described_;
  std::vector<std::string> defined_;
  std::map<std::string, double> fill_;  // of each result
  cm::netcdf_writer writer_;
};

}  // namespace climate_anomaly
