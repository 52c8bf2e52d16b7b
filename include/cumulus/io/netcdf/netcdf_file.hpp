// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading NetCDF files: classic, 64-bit offset, CDF5 and netCDF-4. Whoever reads data goes through
// netcdf_file.

#include <netcdf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cumulus/array/ndarray.hpp"
#include "cumulus/core/shape.hpp"
#include "cumulus/io/netcdf/cf_decoding.hpp"
#include "cumulus/io/netcdf/classic_layout.hpp"
#include "cumulus/io/netcdf/netcdf_attributes.hpp"
#include "cumulus/io/netcdf/netcdf_call.hpp"
#include "cumulus/io/netcdf/netcdf_contents.hpp"
#include "cumulus/io/netcdf/netcdf_slab.hpp"
#include "cumulus/io/netcdf/netcdf_variable.hpp"

namespace cumulus::inline v1 {

/// How values are read.
struct netcdf_read_options {
  bool decode = true;        ///< apply packing and missing values; false: the stored numbers
  bool valid_range = false;  ///< also treat values outside valid_min/max/range as missing
};

/// A NetCDF file open for reading. Opening reads the dimensions, variables and attributes of the
/// root group; data are read on demand.
///     netcdf_file file("winds.nc");
///     for (auto const& v : file.variables()) { … v.name, v.shape(), v.attributes … }
///     ndarray<float, host> u = file.read<float>("UWND");
///     ndarray<float, host> year = file.read<float>("UWND", {12, 0, 0}, {12, 73, 144});
/// Concurrent reads are safe, one at a time is served (netCDF-C is not thread-safe).
/// Throws: io_error naming the file if it is missing, not a regular file, not NetCDF or truncated.
class netcdf_file {
 public:
  explicit netcdf_file(std::filesystem::path path) : path_(std::move(path)) {
    std::string const absolute = check_regular();
    layout_ = read_classic_layout(absolute, file_bytes_);
    std::scoped_lock const lock(netcdf_mutex());
    check_netcdf(nc_open(absolute.c_str(), NC_NOWRITE, &id_), "nc_open", path_);
    try {
      contents_ = read_contents(id_, path_);
    } catch (...) {
      // nc_close of a damaged netCDF-4 file frees what could not be read, and crashes.
      if (layout_) {
        nc_close(id_);
      }
      throw;
    }
  }

  netcdf_file(netcdf_file const&) = delete;
  netcdf_file& operator=(netcdf_file const&) = delete;

  ~netcdf_file() {
    std::scoped_lock const lock(netcdf_mutex());
    nc_close(id_);
  }

  std::filesystem::path const& path() const { return path_; }
  netcdf_format format() const { return contents_.format; }
  std::vector<netcdf_dimension> const& dimensions() const { return contents_.dimensions; }
  std::vector<netcdf_variable> const& variables() const { return contents_.variables; }
  netcdf_attributes const& attributes() const { return contents_.attributes; }

  /// The dimension of that name, or nullptr.
  netcdf_dimension const* find_dimension(std::string_view name) const {
    return find_in(contents_.dimensions, name);
  }

  /// The variable of that name, or nullptr.
  netcdf_variable const* find_variable(std::string_view name) const {
    return find_in(contents_.variables, name);
  }

  /// Throws: io_error with the list of variables if there is none of that name.
  netcdf_variable const& variable(std::string_view name) const {
    if (auto const* found = find_variable(name)) {
      return *found;
    }
    std::string list;
    for (auto const& v : contents_.variables) {
      list += (list.empty() ? "" : ", ") + v.name;
    }
    throw io_error("netcdf_file: expected one of the variables of '" + path_.string() + "' (" +
                   (list.empty() ? "it has none" : list) + "), got '" + std::string(name) + "'");
  }

  /// Reads a hyperslab, or the whole variable, decoded by the CF attributes (see cf_decoder).
  ///     auto t = file.read<double>("t");
  /// Dtype:  any number to float and double, rounded once. Integers to integers if every value
  ///         fits, neither packed nor decoded: cells equal to the fill stay (see read_missing).
  /// NaN:    missing cells of a float or double target.
  /// Throws: io_error if the variable or its bytes are absent; dtype_error for text, user-defined
  ///         types, and floating or packed data into integers; shape_error if start + count leaves
  ///         the variable; value_error if an integer does not fit T or the packing is no number;
  ///         out_of_memory.
  template <netcdf_number T, class Build = this_build>
  ndarray<T, host> read(std::string_view name, shape const& start, shape const& count,
                        netcdf_read_options const& options = {}) const {
    netcdf_variable const& v = variable(name);
    check_number("read", v);
    check("read", v, start, count);
    auto values = room_for<T>(v, count);
    read_into<T, Build>(name, start, count, span_of(values), options);
    return values;
  }
  template <netcdf_number T, class Build = this_build>
  ndarray<T, host> read(std::string_view name, netcdf_read_options const& options = {}) const {
    shape const all = variable(name).shape();
    return read<T, Build>(name, shape::filled(all.rank(), 0), all, options);
  }

  /// The same into memory of the caller, in row-major order.
  /// Throws: also shape_error if `out` has another size.
  template <netcdf_number T, class Build = this_build>
  void read_into(std::string_view name, shape const& start, shape const& count, std::span<T> out,
                 netcdf_read_options const& options = {}) const {
    netcdf_variable const& v = variable(name);
    check("read_into", v, start, count);
    check_slab_size("read_into", v, path_.string(), count, static_cast<index_t>(out.size()));
    visit_number("read_into", v, options.decode, [&]<class Raw>(Raw) {
      std::string const place = place_of(v);
      cf_decoder<Raw> const decoder(options.decode ? v.attributes : netcdf_attributes{}, place,
                                    options.valid_range);
      check_target<Raw, T>(v, decoder.packed());
      if constexpr (std::same_as<Raw, T>) {
        get(v, start, count, out.data());
        if constexpr (std::floating_point<T>) {
          decoder.decode(out.data(), out.data(), out.size());
        }
      } else {
        auto stored = room_for<Raw>(v, count);
        get(v, start, count, stored.data());
        if constexpr (std::floating_point<T>) {
          decoder.decode(stored.data(), out.data(), out.size());
        } else if constexpr (std::integral<Raw>) {
          copy_fitting(stored.data(), out, place);
        }
      }
    });
  }
  template <netcdf_number T, class Build = this_build>
  void read_into(std::string_view name, std::span<T> out,
                 netcdf_read_options const& options = {}) const {
    shape const all = variable(name).shape();
    read_into<T, Build>(name, shape::filled(all.rank(), 0), all, out, options);
  }

  /// True where the stored number stands for "no value". What integer reads need.
  ///     auto missing = file.read_missing("count");
  /// Throws: as read.
  template <class Build = this_build>
  ndarray<bool, host> read_missing(std::string_view name, shape const& start, shape const& count,
                                   netcdf_read_options const& options = {}) const {
    netcdf_variable const& v = variable(name);
    check_number("read_missing", v);
    check("read_missing", v, start, count);
    auto missing = room_for<bool>(v, count);
    read_missing_into<Build>(name, start, count, span_of(missing), options);
    return missing;
  }
  template <class Build = this_build>
  ndarray<bool, host> read_missing(std::string_view name,
                                   netcdf_read_options const& options = {}) const {
    shape const all = variable(name).shape();
    return read_missing<Build>(name, shape::filled(all.rank(), 0), all, options);
  }

  /// The same into memory of the caller.
  /// Throws: also shape_error if `out` has another size.
  template <class Build = this_build>
  void read_missing_into(std::string_view name, shape const& start, shape const& count,
                         std::span<bool> out, netcdf_read_options const& options = {}) const {
    netcdf_variable const& v = variable(name);
    check("read_missing_into", v, start, count);
    check_slab_size("read_missing_into", v, path_.string(), count,
                    static_cast<index_t>(out.size()));
    visit_number("read_missing_into", v, true, [&]<class Raw>(Raw) {
      auto stored = room_for<Raw>(v, count);
      get(v, start, count, stored.data());
      cf_decoder<Raw>(v.attributes, place_of(v), options.valid_range)
          .mark_missing(stored.data(), out.data(), out.size());
    });
  }

  /// All strings of a text variable, in row-major order: of type string one per cell, of type char
  /// one per row of its last dimension, without the NULs and blanks that fill it up.
  /// Throws: dtype_error if the variable does not hold text; io_error.
  std::vector<std::string> read_strings(std::string_view name) const {
    netcdf_variable const& v = variable(name);
    shape const all = v.shape();
    shape const zero = shape::filled(all.rank(), 0);
    check("read_strings", v, zero, all);
    auto const count = static_cast<std::size_t>(all.size());
    std::vector<std::string> result;
    if (v.type == netcdf_type::string) {
      buffer const storage = allocate<host>(count * sizeof(char*));
      std::span<char*> const cells(static_cast<char**>(storage.data()), count);
      get(v, zero, all, cells.data());
      for (char* cell : cells) {
        result.emplace_back(cell == nullptr ? "" : cell);
      }
      std::scoped_lock const lock(netcdf_mutex());
      nc_free_string(cells.size(), cells.data());
    } else if (v.type == netcdf_type::text) {
      buffer const storage = allocate<host>(count);
      std::string_view const text(static_cast<char const*>(storage.data()), count);
      get(v, zero, all, storage.data());
      std::size_t const width = all.empty() ? 1 : static_cast<std::size_t>(all.back());
      for (std::size_t from = 0; width > 0 && from < text.size(); from += width) {
        std::string row(text.substr(from, width));
        row.erase(std::min(row.size(), row.find('\0')));
        row.erase(row.find_last_not_of(' ') + 1);
        result.push_back(std::move(row));
      }
    } else {
      throw dtype_error("read_strings: expected text in " + place_of(v) + ", got " +
                        to_string(v.type));
    }
    return result;
  }

 private:
  template <class T> static std::span<T> span_of(ndarray<T, host>& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
  }

  template <class T> static T const* find_in(std::vector<T> const& list, std::string_view name) {
    for (auto const& entry : list) {
      if (entry.name == name) {
        return &entry;
      }
    }
    return nullptr;
  }

  // The absolute path, which netCDF-C cannot take for a URL.
  std::string check_regular() {
    struct stat info{};
    if (path_.empty() || ::stat(path_.c_str(), &info) != 0) {
      int const code = path_.empty() ? ENOENT : errno;
      throw io_error("netcdf_file: cannot open '" + path_.string() +
                     "': " + std::generic_category().message(code));
    }
    if (!S_ISREG(info.st_mode)) {
      throw io_error("netcdf_file: expected a file, got '" + path_.string() + "', which is " +
                     (S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket"));
    }
    if (::access(path_.c_str(), R_OK) != 0) {
      throw io_error("netcdf_file: cannot open '" + path_.string() +
                     "': " + std::generic_category().message(errno));
    }
    file_bytes_ = static_cast<std::uint64_t>(info.st_size);
    return std::filesystem::absolute(path_).string();
  }

  std::string place_of(netcdf_variable const& v) const {
    return variable_place(v.name, path_.string());
  }

  // That the variable has this slab and its bytes are there.
  void check(char const* function, netcdf_variable const& v, shape const& start,
             shape const& count) const {
    check_slab(function, v, path_.string(), start, count, netcdf_growth::fixed);
    check_bytes(v, start, count);
  }

  void check_number(char const* function, netcdf_variable const& v) const {
    if (!v.is_numeric()) {
      throw dtype_error(std::string(function) + ": expected numbers in " + place_of(v) + ", got " +
                        to_string(v.type));
    }
  }

  template <class T> ndarray<T, host> room_for(netcdf_variable const& v, shape const& count) const {
    try {
      return ndarray<T, host>(count);
    } catch (out_of_memory const& e) {
      throw out_of_memory("netcdf_file: " + place_of(v) + ", count " + to_string(count) + ": " +
                          e.what());
    }
  }

  template <class F>
  void visit_number(char const* function, netcdf_variable const& v, bool decode, F&& f) const {
    check_number(function, v);
    visit_netcdf_type(decode ? signedness_applied(v.type, v.attributes) : v.type, f);
  }

  template <class Raw, class T> void check_target(netcdf_variable const& v, bool packed) const {
    if constexpr (std::integral<T>) {
      if (packed || std::floating_point<Raw>) {
        throw dtype_error("read_into: expected a float or double target for " + place_of(v) +
                          ", which holds " + (packed ? "packed " : "") + to_string(v.type) +
                          " values, got " + to_string(netcdf_type_of<T>));
      }
    }
  }

  void get(netcdf_variable const& v, shape const& start, shape const& count, void* out) const {
    if (count.size() == 0) {
      return;
    }
    netcdf_slab const slab(start, count);
    std::scoped_lock const lock(netcdf_mutex());
    check_netcdf(nc_get_vara(id_, v.id, slab.start, slab.count, out), "nc_get_vara", path_, v.name);
  }

  // netCDF-C reads zeros beyond the end of a classic file; refuse what is not there.
  void check_bytes(netcdf_variable const& v, shape const& start, shape const& count) const {
    if (!layout_ || count.size() == 0) {
      return;
    }
    if (static_cast<std::size_t>(v.id) >= layout_->variables.size()) {
      throw io_error("netcdf_file: expected " + place_of(v) + " in the header, got " +
                     std::to_string(layout_->variables.size()) + " variables: it is damaged");
    }
    auto const& place = layout_->variables[static_cast<std::size_t>(v.id)];
    // In double, which cannot overflow; its rounding only matters beyond 2^53 bytes.
    double last = 0.0;  // row-major index of the last element, within its record
    for (int k = place.is_record ? 1 : 0; k < start.rank(); ++k) {
      last = last * static_cast<double>(v.dimensions[static_cast<std::size_t>(k)].size) +
             static_cast<double>(start[k] + count[k] - 1);
    }
    double const records = place.is_record ? static_cast<double>(start[0] + count[0] - 1) : 0.0;
    double const end = static_cast<double>(place.begin) +
                       records * static_cast<double>(layout_->record_bytes) +
                       (last + 1.0) * static_cast<double>(place.item_bytes);
    if (end > static_cast<double>(file_bytes_)) {
      throw io_error("netcdf_file: '" + path_.string() + "' is truncated: expected more for " +
                     "variable '" + v.name + "', got " + std::to_string(file_bytes_) + " bytes");
    }
  }

  std::filesystem::path path_;
  std::uint64_t file_bytes_ = 0;
  std::optional<classic_layout> layout_;  // of classic formats
  int id_ = -1;
  netcdf_contents contents_;
};

}  // namespace cumulus::inline v1
