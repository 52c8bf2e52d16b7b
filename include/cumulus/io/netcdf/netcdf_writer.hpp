// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writing NetCDF files, whole or chunk by chunk along time, so that the file appears under its name
// complete or not at all.

#include <netcdf.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cumulus/array/ndarray.hpp"
#include "cumulus/core/shape.hpp"
#include "cumulus/io/netcdf/cf_decoding.hpp"
#include "cumulus/io/netcdf/cf_encoding.hpp"
#include "cumulus/io/netcdf/netcdf_attributes.hpp"
#include "cumulus/io/netcdf/netcdf_call.hpp"
#include "cumulus/io/netcdf/netcdf_slab.hpp"
#include "cumulus/io/netcdf/netcdf_variable.hpp"
#include "cumulus/io/netcdf/netcdf_writer_options.hpp"
#include "cumulus/io/replaced_file.hpp"

namespace cumulus::inline v1 {

/// A new NetCDF file. Define first, then write; without commit() nothing is left behind.
///     netcdf_writer out("anomaly.nc", {.format = in.format()});
///     out.define_unlimited("time");
///     out.define_dimension("lat", 73);
///     out.define_variable("u", netcdf_type::float32, {"time", "lat"}, in_u.attributes);
///     for (index_t t = 0; t < n; t += 12) {
///       out.write("u", chunk_at(t), {t, 0});       // any array of 12 rows
///     }
///     out.commit();
/// Throws: io_error naming the file if the directory is not writable, the disk is full, a name is
///         illegal or defined twice; the destructor then removes what was written.
class netcdf_writer {
 public:
  explicit netcdf_writer(std::filesystem::path path, netcdf_writer_options options = {})
      : file_(std::move(path)), options_(options) {
    int const flags = creation_flags(options_, this->path());
    std::scoped_lock const lock(netcdf_mutex());
    int id = -1;
    check(nc_create(file_.temporary_path().c_str(), flags, &id), "nc_create");
    id_ = id;
  }

  netcdf_writer(netcdf_writer const&) = delete;
  netcdf_writer& operator=(netcdf_writer const&) = delete;

  ~netcdf_writer() {
    if (id_) {
      // Not nc_abort: after a failed write it keeps the file open, or crashes in HDF5.
      std::scoped_lock const lock(netcdf_mutex());
      nc_close(*id_);
    }
  }

  std::filesystem::path path() const { return file_.path(); }
  netcdf_format format() const { return options_.format; }

  /// A dimension of fixed length.
  /// Throws: value_error if the length is not above 0, io_error.
  void define_dimension(std::string const& name, index_t length) {
    if (length <= 0) {
      // netCDF-C takes 0 for "unlimited".
      throw value_error("define_dimension: expected a length > 0 for '" + name + "' of '" +
                        path().string() + "', got " + std::to_string(length));
    }
    add_dimension({name, length, false});
  }

  /// A dimension that grows as records are written. The classic formats have at most one, which is
  /// the first of its variables.
  /// Throws: io_error.
  void define_unlimited(std::string const& name) { add_dimension({name, 0, true}); }

  /// A variable over defined dimensions. `attributes` are copied with their types; a _FillValue
  /// takes the variable's type. For decoded data pass decoded_attributes(input.attributes, type).
  /// Throws: dtype_error if the format lacks the type, value_error if the _FillValue does not fit,
  ///         dim_error if a dimension is not defined, what attribute_in_format throws; io_error.
  void define_variable(std::string const& name, netcdf_type type,
                       std::vector<std::string> const& dimensions,
                       netcdf_attributes const& attributes = {}) {
    if (!can_hold(options_.format, type)) {
      throw dtype_error("define_variable: expected a type that format " +
                        to_string(options_.format) + " holds for " +
                        variable_place(name, path().string()) + ", got " + to_string(type) +
                        (is_number(type) ? "; cdf5 and netCDF-4 hold it" : ""));
    }
    netcdf_variable v;
    v.name = name;
    v.type = type;
    std::vector<int> axes;
    for (auto const& d : dimensions) {
      axes.push_back(dimension_id(d, name));
      v.dimensions.push_back(dimensions_[static_cast<std::size_t>(axes.back())]);
    }
    std::vector<netcdf_attribute> stored;  // all of it before the variable is there
    for (netcdf_attribute attribute : attributes) {
      if (attribute.name == "_FillValue") {
        attribute = typed_fill(v, attribute);
      }
      stored.push_back(attribute_in_format(attribute, options_.format, place_of(v)));
      v.attributes.set(std::move(attribute));
    }
    std::scoped_lock const lock(netcdf_mutex());
    enter_define_mode();
    check(nc_def_var(*id_, name.c_str(), static_cast<nc_type>(type), static_cast<int>(axes.size()),
                     axes.data(), &v.id),
          "nc_def_var", name);
    if (options_.deflate > 0 && !axes.empty() && type != netcdf_type::string) {
      check(nc_def_var_deflate(*id_, v.id, options_.shuffle ? 1 : 0, 1, options_.deflate),
            "nc_def_var_deflate", name);
    }
    for (auto const& attribute : stored) {
      write_attribute(*id_, v.id, attribute, path());
    }
    variables_.push_back(std::move(v));
  }

  /// An attribute of the file itself.
  ///     out.set_attribute("Conventions", "CF-1.11");
  /// Throws: as attribute_in_format; io_error.
  void set_attribute(netcdf_attribute const& attribute) {
    auto const stored =
        attribute_in_format(attribute, options_.format, "'" + path().string() + "'");
    std::scoped_lock const lock(netcdf_mutex());
    enter_define_mode();
    write_attribute(*id_, NC_GLOBAL, stored, path());
  }
  template <class V> void set_attribute(std::string name, V value) {
    netcdf_attributes one;
    one.set(std::move(name), std::move(value));
    set_attribute(*one.begin());
  }

  /// Writes an array, view or expression at `start`, or as the whole variable; an unlimited
  /// dimension grows as needed.
  ///     out.write("u", u - mean(u, 0, {.keepdims = true}));
  /// Dtype:  float and double take floating numbers, rounded once, and integers that they hold
  ///         exactly; integers take integers that fit, and floating numbers only where the variable
  ///         is packed (rounded half to even).
  /// NaN:    becomes _FillValue; without one it stays NaN, and integers refuse it.
  /// Throws: io_error, dtype_error, shape_error; value_error if a number does not fit the type, or
  ///         equals the _FillValue or missing_value and would read back as missing.
  template <array_like X, class Build = this_build>
  void write(std::string_view name, X const& values, shape const& start,
             netcdf_write_options const& options = {}) {
    using T = value_type_of<X>;
    static_assert(netcdf_number<T>,
                  "cumulus: NetCDF stores 8- to 64-bit integers, float and double; convert with "
                  "astype");
    static_assert(std::same_as<space_of<X>, host>,
                  "cumulus: NetCDF is written from host arrays; copy with to<host>()");
    with_row_major<Build>(values, [&](std::span<T const> elements, shape const& count) {
      write<T, Build>(name, elements, start, count, options);
    });
  }
  template <array_like X, class Build = this_build>
  void write(std::string_view name, X const& values, netcdf_write_options const& options = {}) {
    shape const count = values.shape();
    if (whole_shape("write", variable(name), path().string(), count.size()) != count) {
      throw shape_error("write: expected an array of shape " + to_string(variable(name).shape()) +
                        " for " + place_of(variable(name)) + ", got " + to_string(count));
    }
    write<X, Build>(name, values, shape::filled(count.rank(), 0), options);
  }

  /// The same from row-major elements in memory.
  template <netcdf_number T, class Build = this_build>
  void write(std::string_view name, std::span<T const> values, shape const& start,
             shape const& count, netcdf_write_options const& options = {}) {
    netcdf_variable const& v = variable(name);
    check_slab("write", v, path().string(), start, count, netcdf_growth::along_unlimited);
    check_slab_size("write", v, path().string(), count, static_cast<index_t>(values.size()));
    if (!v.is_numeric()) {
      throw dtype_error("write: expected text for " + place_of(v) + ", got " +
                        to_string(netcdf_type_of<T>));
    }
    netcdf_type const type = options.encode ? signedness_applied(v.type, v.attributes) : v.type;
    visit_netcdf_type(type, [&]<class Stored>(Stored) {
      // The caller's array is left alone, and most of the cost is the disk's.
      ndarray<Stored, host> stored(count);
      cf_encoder<Stored> const encoder(options.encode ? v.attributes : netcdf_attributes{},
                                       place_of(v));
      encoder.encode(values, stored.data());
      put(v, start, count, stored.data());
    });
  }

  /// A whole variable: the length of an unlimited dimension follows from the number of values.
  template <netcdf_number T, class Build = this_build>
  void write(std::string_view name, std::span<T const> values,
             netcdf_write_options const& options = {}) {
    shape const count =
        whole_shape("write", variable(name), path().string(), static_cast<index_t>(values.size()));
    write<T, Build>(name, values, shape::filled(count.rank(), 0), count, options);
  }

  /// Writes all cells of a text variable: one string per cell of type string, one per row of type
  /// char, filled up with NULs.
  /// Throws: dtype_error if the variable holds numbers, shape_error if the number of strings or the
  ///         length of one does not fit, io_error.
  void write_strings(std::string_view name, std::vector<std::string> const& strings) {
    netcdf_variable const& v = variable(name);
    if (v.type == netcdf_type::string) {
      std::vector<char const*> cells;
      for (auto const& s : strings) {
        cells.push_back(s.c_str());
      }
      shape const count =
          whole_shape("write_strings", v, path().string(), static_cast<index_t>(cells.size()));
      put(v, shape::filled(count.rank(), 0), count, cells.data());
    } else if (v.type == netcdf_type::text) {
      std::size_t const width =
          v.rank() == 0 ? 1 : static_cast<std::size_t>(v.dimensions.back().size);
      std::string text;
      for (auto const& s : strings) {
        if (s.size() > width) {
          throw shape_error("write_strings: expected at most " + std::to_string(width) +
                            " characters for " + place_of(v) + ", got '" + s + "'");
        }
        text += s + std::string(width - s.size(), '\0');
      }
      shape const count =
          whole_shape("write_strings", v, path().string(), static_cast<index_t>(text.size()));
      put(v, shape::filled(count.rank(), 0), count, text.data());
    } else {
      throw dtype_error("write_strings: expected numbers for " + place_of(v) + " of type " +
                        to_string(v.type) + ", got text");
    }
  }

  /// Closes the file, flushes it to the disk and gives it its name. The last call.
  /// Throws: io_error; nothing is left then.
  void commit() {
    {
      std::scoped_lock const lock(netcdf_mutex());
      require_open();
      leave_define_mode();
      int const id = *id_;
      id_.reset();  // closed or not, the handle is gone
      check(nc_close(id), "nc_close");
    }
    file_.commit();
  }

 private:
  // Calls f with the elements in row-major order, copied only if they do not lie so.
  template <class Build, class X, class F> static void with_row_major(X const& values, F&& f) {
    using T = value_type_of<X>;
    if constexpr (requires {
                    values.data();
                    values.is_contiguous();
                  }) {
      if (values.is_contiguous()) {
        f(std::span<T const>(values.data(), static_cast<std::size_t>(values.size())),
          values.shape());
        return;
      }
    }
    ndarray<T, host> const copy(values);
    f(std::span<T const>(copy.data(), static_cast<std::size_t>(copy.size())), copy.shape());
  }

  std::string place_of(netcdf_variable const& v) const {
    return variable_place(v.name, path().string());
  }

  void check(int status, char const* call, std::string_view variable = {}) const {
    check_netcdf(status, call, path(), variable);
  }

  void require_open() const {
    if (!id_) {
      throw io_error("netcdf_writer: expected an open file, got '" + path().string() +
                     "', which is already committed");
    }
  }

  void enter_define_mode() {
    require_open();
    if (!defining_) {
      check(nc_redef(*id_), "nc_redef");
      defining_ = true;
    }
  }

  void leave_define_mode() {
    if (defining_) {
      check(nc_enddef(*id_), "nc_enddef");
      defining_ = false;
    }
  }

  void add_dimension(netcdf_dimension dimension) {
    std::scoped_lock const lock(netcdf_mutex());
    enter_define_mode();
    int id = -1;
    check(nc_def_dim(*id_, dimension.name.c_str(),
                     dimension.unlimited ? NC_UNLIMITED : static_cast<std::size_t>(dimension.size),
                     &id),
          ("nc_def_dim of dimension '" + dimension.name + "'").c_str());
    dimensions_.push_back(std::move(dimension));  // netCDF-C numbers them in this order
  }

  int dimension_id(std::string const& name, std::string const& variable) const {
    for (std::size_t k = 0; k < dimensions_.size(); ++k) {
      if (dimensions_[k].name == name) {
        return static_cast<int>(k);
      }
    }
    throw dim_error("define_variable: expected a defined dimension for " +
                    variable_place(variable, path().string()) + ", got '" + name + "'");
  }

  netcdf_variable const& variable(std::string_view name) const {
    for (auto const& v : variables_) {
      if (v.name == name) {
        return v;
      }
    }
    throw io_error("netcdf_writer: expected a variable defined in '" + path().string() +
                   "', got '" + std::string(name) + "'");
  }

  netcdf_attribute typed_fill(netcdf_variable const& v, netcdf_attribute const& fill) const {
    if (fill.type() == v.type) {
      return fill;
    }
    return visit_netcdf_type(v.type, [&]<class Stored>(Stored) {
      auto values = cf_stored_values<Stored>(fill);
      if (values.size() != 1) {
        throw value_error("define_variable: expected one _FillValue that " + place_of(v) +
                          " of type " + to_string(v.type) + " holds, got " + fill.summary());
      }
      return netcdf_attribute{fill.name, std::move(values)};
    });
  }

  void put(netcdf_variable const& v, shape const& start, shape const& count, void const* values) {
    netcdf_slab const slab(start, count);
    std::scoped_lock const lock(netcdf_mutex());
    require_open();
    leave_define_mode();
    if (count.size() > 0) {
      check(nc_put_vara(*id_, v.id, slab.start, slab.count, values), "nc_put_vara", v.name);
    }
  }

  replaced_file file_;
  netcdf_writer_options options_;
  std::optional<int> id_;  // netCDF-C's handle, while it is open
  bool defining_ = true;
  std::vector<netcdf_dimension> dimensions_;
  std::vector<netcdf_variable> variables_;
};

}  // namespace cumulus::inline v1
